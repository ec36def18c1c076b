"""A person's calendar, for herself and for whoever has its address."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.calendars import Meeting, calendar
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import Language, RefusalCode
from commons_contracts.mentoring import CalendarByFeed, CalendarFeeds, CalendarFeedView, CalendarView, OwnCalendarFeed

from ..rules.calendar import Entry
from ..tables import calendar_entries, calendar_feeds, person_zones

NAME = "STEM Commons"
e, f, z = calendar_entries.c, calendar_feeds.c, person_zones.c
ENTRIES = (e.session, e.starts_at, e.ends_at, e.stands, e.mode, e.sequence)
MOST = 1_000
UNKNOWN = "UTC"
"""For who registered before anyone asked by which clock she lives."""


@answers
async def own_calendar_feed(query: OwnCalendarFeed, tx: Tx) -> CalendarFeeds:  # noqa: ARG001 - its type is what it answers
    rows = await tx.rows(sa.select(f.since, f.language).where(f.person == tx.person))
    return CalendarFeeds(items=tuple(CalendarFeedView.model_validate(dict(row)) for row in rows))


@answers
async def calendar_by_feed(query: CalendarByFeed, tx: Tx) -> CalendarView:
    """All her sessions, in whichever project; nothing else of anybody."""
    feed = await tx.row(sa.select(f.person, f.language).where(f.digest == query.feed))
    if feed is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    rows = await tx.rows(
        sa.select(*ENTRIES).where(e.person == feed["person"]).order_by(e.starts_at.desc(), e.session).limit(MOST)
    )
    zone = await tx.value(sa.select(z.zone).where(z.person == feed["person"])) or UNKNOWN
    meetings = [_meeting(row, feed["language"], tx) for row in rows]
    return CalendarView(text=calendar(meetings, zone, name=NAME).decode())


def _meeting(row: Row, language: Language, tx: Tx) -> Meeting:
    entry = Entry(**row)
    return Meeting(
        id=entry.session,
        at=tx.now,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        title=entry.title(language),
        where=entry.where(language),
        sequence=entry.sequence,
        stands=entry.stands,
    )
