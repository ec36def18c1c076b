"""What coordinators see of all mentorships: figures, and none of what was said in them."""

from __future__ import annotations

from datetime import datetime

from ..base import Message, Page, Query
from ..codes import MentorshipState, Phase, Role, Style
from ..ids import MentorshipId, PersonId, ProgrammeId
from .asks import First
from .design import QuestionCode


class Record(Message):
    """One mentorship from outside."""

    id: MentorshipId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    state: MentorshipState
    phase: Phase
    opened_at: datetime
    over_at: datetime | None
    still_days: int
    """For how many days nothing has happened in it; 0 where nothing should."""
    stuck: bool
    """Whether somebody should look after it."""
    sessions: int
    minutes: int
    """In sessions that were held."""
    evaluated_by: tuple[Role, ...]
    """Who of the two has written the final evaluation."""


class Standing(Message):
    """How many mentorships stand at one place."""

    style: Style
    phase: Phase
    state: MentorshipState
    count: int


class Grades(Message):
    """How one side has graded one question; nothing but that where they are too few to be shown."""

    question: QuestionCode
    side: Role
    people: int | None
    mean: float | None
    spread: tuple[int, ...]
    """How many gave 1, 2, 3, 4 and 5."""


class OverviewView(Message):
    programme: ProgrammeId | None = None
    """The version that it is of; None: all together."""
    mentorships: int
    standings: tuple[Standing, ...]
    stuck: int
    completed: int
    ended: int
    sessions: int
    minutes: int
    final_evaluations: int
    grades: tuple[Grades, ...]
    """Of one programme alone: of several together those of a small one could be reckoned."""


class Overview(Query[OverviewView], roles=(Role.COORDINATOR,)):
    """Of one programme's version, or of all."""

    programme: ProgrammeId | None = None


class RecordsPage(Query[Page[Record]], roles=(Role.COORDINATOR,)):
    """Newest first; `stuck`: those alone that somebody should look after."""

    programme: ProgrammeId | None = None
    state: MentorshipState | None = None
    phase: Phase | None = None
    stuck: bool = False
    first: First = 20
    after: str | None = None
