"""Reading one's notices, of all projects: newest first, or those that came since a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.profiles import NoticeNews, NoticesPage, NoticesSince, NoticeView

from ..tables import notices


@answers
async def notices_page(query: NoticesPage, tx: Tx) -> Page[NoticeView]:
    n, wanted = notices.c, _hers(tx)
    if query.unread:
        wanted = wanted.where(n.read_at.is_(None))
    keys = (n.at.desc(), n.id.desc())
    return await page(tx, wanted, keys=keys, first=query.first, after=query.after, show=_notice_view)


@answers
async def notices_since(query: NoticesSince, tx: Tx) -> NoticeNews:
    """By place: `keep_notice` sees to it that hers are committed in that order, so that a place stands for all before it."""
    n = notices.c
    if query.cursor is None:
        newest = await tx.value(sa.select(sa.func.max(n.place)).where(n.person == tx.person))
        return NoticeNews(items=(), cursor=str(newest or 0))
    later = _hers(tx).where(n.place > int(query.cursor)).order_by(n.place)
    rows = await tx.rows(later.limit(query.first + 1))
    shown = rows[: query.first]
    cursor = str(shown[-1]["place"]) if shown else query.cursor
    return NoticeNews(items=tuple(map(_notice_view, shown)), cursor=cursor, more=len(rows) > query.first)


def _hers(tx: Tx) -> sa.Select[Any]:
    """Nobody is told on the platform what she has just done there."""
    return sa.select(notices).where(notices.c.person == tx.person, sa.not_(notices.c.own))


def _notice_view(row: Mapping[Any, Any]) -> NoticeView:
    return NoticeView(
        id=row["id"],
        code=row["code"],
        subject_id=row["subject_id"],
        number=row["number"],
        at=row["at"],
        read=row["read_at"] is not None,
    )
