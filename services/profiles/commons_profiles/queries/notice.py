"""Reading one's notices, of all projects, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.profiles import NoticesPage, NoticeView

from ..tables import notices


@answers
async def notices_page(query: NoticesPage, tx: Tx) -> Page[NoticeView]:
    n = notices.c
    wanted = sa.select(notices).where(n.person == tx.person)
    if query.unread:
        wanted = wanted.where(n.read_at.is_(None))
    keys = (n.at.desc(), n.id.desc())
    return await page(tx, wanted, keys=keys, first=query.first, after=query.after, show=_notice_view)


def _notice_view(row: Mapping[Any, Any]) -> NoticeView:
    return NoticeView(
        id=row["id"],
        code=row["code"],
        subject_id=row["subject_id"],
        number=row["number"],
        at=row["at"],
        read=row["read_at"] is not None,
    )
