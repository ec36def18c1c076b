"""Every table mentoring owns, and the rules' objects that they carry."""

from .agreement import agreements
from .base import metadata
from .mentorship import checklist_lines, mentorships, unopened_matches
from .programme import find_zone, programmes, projects

__all__ = [
    "agreements",
    "checklist_lines",
    "find_zone",
    "mentorships",
    "metadata",
    "programmes",
    "projects",
    "unopened_matches",
]
