"""Reading how one is told by mail, and what a link to stop letters would stop."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import NoticePreferences, NoticePreferencesView, StopLink, StopView

from ..post.wishes import find_preferences, find_stop, preferences_view, stop_view


@answers
async def notice_preferences(query: NoticePreferences, tx: Tx) -> NoticePreferencesView:  # noqa: ARG001 - its type is what it answers
    return await preferences_view(tx, await find_preferences(tx, tx.person, tx.project))


@answers
async def stop_link(query: StopLink, tx: Tx) -> StopView:
    link = await find_stop(tx, query.link)
    found = await find_preferences(tx, link.person, link.project)
    return await stop_view(tx, link, stopped=found == found.without(link.category))
