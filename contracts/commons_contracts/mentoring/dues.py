"""What mentoring tells itself to look at later."""

from __future__ import annotations

from ..base import Due
from ..ids import MentorshipId


class StandstillDue(Due):
    """Whether something has happened in a mentorship since; `step` counts the rungs of the ladder from 0."""

    mentorship: MentorshipId
    step: int


class HalfwayDue(Due):
    mentorship: MentorshipId


class PeriodEndDue(Due):
    """So many days before the agreed period ends; 0: it is over."""

    mentorship: MentorshipId
    days: int
