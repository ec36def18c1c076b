"""Days as the people of a project count them: by the wall clock of its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def day(at: datetime, zone: str) -> date:
    """The date that the calendar shows there."""
    return at.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The first second of a day in the zone, as UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def days_after(at: datetime, days: int, zone: str, *, working: bool = False) -> datetime:
    """The same time of day so many days later; working days leave out Saturdays and Sundays, not public holidays.

    "Days before" and "days after" are those of the project's zone (journeys, conventions).
    """
    local = at.astimezone(ZoneInfo(zone))
    left = days
    while left:
        local += timedelta(days=1)
        left -= not working or local.weekday() < SATURDAY
    return local.astimezone(UTC)
