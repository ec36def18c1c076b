"""Every table mentoring owns, and the rules' objects that they carry."""

from .agreement import agreements
from .base import metadata
from .evaluation import evaluations, private_answers, project_answers, shared_notes
from .mentorship import checklist_lines, mentorships, unopened_matches
from .programme import find_zone, programmes, projects
from .session import calendar_entries, calendar_feeds, person_zones, session_tasks, session_texts, sessions

__all__ = [
    "agreements",
    "calendar_entries",
    "calendar_feeds",
    "checklist_lines",
    "evaluations",
    "find_zone",
    "mentorships",
    "metadata",
    "person_zones",
    "private_answers",
    "programmes",
    "project_answers",
    "projects",
    "session_tasks",
    "session_texts",
    "sessions",
    "shared_notes",
    "unopened_matches",
]
