"""Time: the agreed period, its half and its end, and what is done when nothing happens for long."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commons_contracts.base import Event, Refusal
from commons_contracts.codes import MentorshipState, NoticeCode, RefusalCode, Style
from commons_contracts.mentoring import (
    HalfwayReached,
    MentorshipPaused,
    MentorshipStoodStill,
    PaceRules,
    PeriodEndNear,
    ProgrammeRules,
)

from .mentorship import Mentorship
from .phase import works_over_time

MONTHS_A_YEAR = 12
LAST_MONTH = date.max.year * MONTHS_A_YEAR + MONTHS_A_YEAR - 1


def midnight(day: date, zone: str) -> datetime:
    """When a day begins where the project is."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last; the end of the calendar is the end."""
    count = day.year * MONTHS_A_YEAR + day.month - 1 + months
    if count > LAST_MONTH:
        return date.max
    year, month = divmod(count, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))


def require_duration(
    starts_on: date, ends_on: date, *, first: date | None, style: Style, rules: ProgrammeRules, today: date
) -> None:
    """From weeks to months, and not over already (WESTEM framework: weeks to at most four months; journeys J2.3, J2.11).

    `first`: the day on which the first agreed period began; the longest is reckoned from there. What is done in one
    sitting has no shortest.
    """
    days, months = rules.time.duration_days, rules.time.duration_months
    shortest = starts_on
    if works_over_time(rules, style):
        shortest = max(months_after(starts_on, months.least or 0), days_after(starts_on, days.least or 0))
    begin = min(starts_on, first or starts_on)
    ends = [months_after(begin, months.most)] if months.most is not None else []
    ends += [days_after(begin, days.most)] if days.most is not None else []
    earliest, latest = max(shortest, today), min(ends, default=date.max)
    if not earliest <= ends_on <= latest:
        shown: dict[str, Any] = {} if latest == date.max else {"latest": latest}
        raise Refusal(RefusalCode.DURATION_OUT_OF_RANGE, earliest=earliest, max=months.most, **shown)


def halfway(starts_on: date, ends_on: date, zone: str) -> datetime:
    """When half of the agreed period is over (WESTEM mentor manual, the mid-point reflection)."""
    return midnight(starts_on + (ends_on - starts_on) // 2, zone)


def period_ends(ends_on: date, rules: ProgrammeRules, zone: str) -> tuple[tuple[int, datetime], ...]:
    """When both are reminded of the end of the agreed period, and when it is over: its last day counts."""
    before = sorted(set(rules.time.end_reminder_days) - {0}, reverse=True)
    first = date.min + timedelta(days=max(before, default=0))
    reminders = [(days, midnight(ends_on - timedelta(days=days), zone)) for days in before if ends_on > first]
    return *reminders, (0, midnight(days_after(ends_on, 1), zone))


def reach_halfway(mentorship: Mentorship, at: datetime) -> tuple[Event, ...]:
    """The reflection opens, once; a period agreed anew does not close it again (journey J2.8)."""
    if mentorship.state == MentorshipState.FROZEN or mentorship.halfway_at is not None:
        return ()
    mentorship.halfway_at = at
    return HalfwayReached(**mentorship.facts(at)), *mentorship.notices(NoticeCode.HALFWAY_REFLECTION, at)


def near_period_end(mentorship: Mentorship, days: int, at: datetime) -> tuple[Event, ...]:
    """Both are told; ending or extending it is theirs to decide."""
    if mentorship.state == MentorshipState.FROZEN:
        return ()
    code = NoticeCode.PERIOD_ENDS if days else NoticeCode.PERIOD_ENDED
    return PeriodEndNear(**mentorship.facts(at), days=days), *mentorship.notices(code, at, number=days or None)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the ladder: after so many days, what."""

    days: int
    listed: bool = False
    paused: bool = False


def ladder(pace: PaceRules, style: Style) -> tuple[Rung, ...]:
    """What is done when nothing happens: both are asked, the coordinators look, it is paused (journey J2.8)."""
    if style not in pace.styles:
        return ()
    rungs = (
        (pace.nudge_days, False, False),
        (pace.coordinator_days, True, False),
        (pace.pause_days, False, True),
    )
    found = (Rung(days=days, listed=listed, paused=paused) for days, listed, paused in rungs if days is not None)
    return tuple(sorted(found, key=lambda rung: rung.days))


def stand_still(
    mentorship: Mentorship, step: int, rungs: Sequence[Rung], at: datetime
) -> tuple[tuple[Event, ...], int | None]:
    """What a rung brings, and the next one to look at; None: no more of it.

    Where something has happened since the rung was set, nothing is done, and the ladder begins again from there.
    """
    if mentorship.state != MentorshipState.OPEN or step >= len(rungs):
        return (), None
    rung = rungs[step]
    if at < rung_at(mentorship, rung):
        return (), 0
    if rung.paused:
        return _pause(mentorship, rung.days, at), None
    stood = MentorshipStoodStill(**mentorship.facts(at), days=rung.days, listed=rung.listed)
    if rung.listed:
        mentorship.listed_at = at
        return (stood,), step + 1
    return (stood, *mentorship.notices(NoticeCode.STILL_MEETING, at, number=rung.days)), step + 1


def rung_at(mentorship: Mentorship, rung: Rung) -> datetime:
    return mentorship.active_at + timedelta(days=rung.days)


def _pause(mentorship: Mentorship, days: int, at: datetime) -> tuple[Event, ...]:
    """Its place goes back to matching; the two may go on when one is free (journey J2.8)."""
    mentorship.state = MentorshipState.PAUSED_INACTIVE
    mentorship.turn += 1
    paused = MentorshipPaused(**mentorship.facts(at), match=mentorship.match, turn=mentorship.turn, days=days)
    return paused, *mentorship.notices(NoticeCode.MENTORSHIP_PAUSED, at, number=days)
