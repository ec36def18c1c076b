"""What a project learns of its mentorships: figures of enough people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from commons_contracts.codes import MentorshipState, Role
from commons_contracts.mentoring import Grades, QuestionCode

COHORT = 5
"""Of fewer people no figure is shown (rules of the platform: small cells are suppressed)."""
STUCK = {MentorshipState.OPEN, MentorshipState.PAUSED_INACTIVE}


def graded(question: QuestionCode, side: Role, spread: Sequence[int]) -> Grades:
    """`spread`: how many gave 1, 2, 3, 4, 5. Suppressed under five, also how many there were (journeys J4.8, J6.8)."""
    people = sum(spread)
    if people < COHORT:
        return Grades(question=question, side=side, people=None, mean=None, spread=())
    mean = sum(grade * count for grade, count in enumerate(spread, start=1)) / people
    return Grades(question=question, side=side, people=people, mean=round(mean, 2), spread=tuple(spread))


def still_days(state: MentorshipState, active_at: datetime, now: datetime) -> int:
    """For how many whole days nothing has happened in it; 0 for what is over or rests."""
    return max(timedelta(0), now - active_at).days if state in STUCK else 0
