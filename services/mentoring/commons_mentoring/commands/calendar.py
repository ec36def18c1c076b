"""A private address for one's calendar: made, made anew, and taken away."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.mentoring import CalendarFeeds, CalendarFeedView, EndCalendarFeed, RenewCalendarFeed

from ..tables import calendar_feeds


@answers
async def renew_calendar_feed(command: RenewCalendarFeed, tx: Tx) -> CalendarFeedView:
    """One a person: whatever address there was opens nothing from now on."""
    feed = {"digest": command.feed, "language": tx.actor.language, "since": tx.now}
    put = insert(calendar_feeds).values(person=tx.person, **feed)
    await tx.run(put.on_conflict_do_update(index_elements=[calendar_feeds.c.person], set_=feed))
    return CalendarFeedView(since=tx.now, language=tx.actor.language)


@answers
async def end_calendar_feed(command: EndCalendarFeed, tx: Tx) -> CalendarFeeds:  # noqa: ARG001 - its type is what it answers
    await tx.run(sa.delete(calendar_feeds).where(calendar_feeds.c.person == tx.person))
    return CalendarFeeds(items=())
