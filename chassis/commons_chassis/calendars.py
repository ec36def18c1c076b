"""Calendars as RFC 5545 writes them: the same session has the same name and counts its changes, whoever tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
MAKER = "-//STEM Commons//EN"
ASK_AGAIN, YEAR = timedelta(hours=1), timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One event. `at`: when this was said of it; `sequence` grows with each change; `stands`: or it is only proposed."""

    id: UUID
    at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    where: str = ""
    sequence: int = 0
    stands: bool = True


def calendar(
    meetings: Sequence[Meeting],
    zone: str,
    *,
    name: str = "",
    method: Method = "PUBLISH",
    organiser: str = "",
    guest: str = "",
) -> bytes:
    """A calendar with times in `zone`, whose rules it brings along. `organiser`, `guest`: e-mail addresses, for invitations."""
    from icalendar import Calendar, Event, vCalAddress  # heavy, and few need it

    made = Calendar()
    for key, value in (("PRODID", MAKER), ("VERSION", "2.0"), ("METHOD", method)):
        made.add(key, value)
    if name:
        made.add("X-WR-CALNAME", name)
        made.add("REFRESH-INTERVAL", ASK_AGAIN, {"VALUE": "DURATION"})
    for meeting in meetings:
        event = Event()
        for key, said in _said(meeting, ZoneInfo(zone), method).items():
            event.add(key, said)
        for key, address in (("ORGANIZER", organiser), ("ATTENDEE", guest)):
            if address:
                event.add(key, vCalAddress(f"mailto:{address}"))
        made.add_component(event)
    if meetings:
        first, last = min(it.starts_at for it in meetings).date(), max(it.ends_at for it in meetings).date()
        made.add_missing_timezones(first_date=first - YEAR, last_date=last + YEAR)
    return bytes(made.to_ical())


def _said(meeting: Meeting, there: ZoneInfo, method: Method) -> dict[str, Any]:
    found = {
        "UID": f"{meeting.id}@commons",
        "SEQUENCE": meeting.sequence,
        "DTSTAMP": meeting.at,
        "DTSTART": meeting.starts_at.astimezone(there),
        "DTEND": meeting.ends_at.astimezone(there),
        "SUMMARY": meeting.title,
        "STATUS": "CANCELLED" if method == "CANCEL" else "CONFIRMED" if meeting.stands else "TENTATIVE",
        "CLASS": "PRIVATE",
    }
    return found | ({"LOCATION": meeting.where} if meeting.where else {})
