"""What a project learns of its mentorships: figures of enough people, and tables that no spreadsheet mistakes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from commons_contracts.codes import MentorshipState, Role
from commons_contracts.mentoring import Grades, QuestionCode

COHORT = 5
"""Of fewer people no figure is shown (rules of the platform: small cells are suppressed)."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
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


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated values (RFC 4180) that a spreadsheet reads as text and numbers, never as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def cell(value: object) -> str:
    """What begins like a formula gets an apostrophe before it (OWASP, CSV injection); a number of ours stays one."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(FORMULA) or text.startswith(FORMULA) else text
