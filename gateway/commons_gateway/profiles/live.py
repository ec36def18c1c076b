"""Notices as they arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from commons_contracts import profiles as contract

from ..context import Info
from ..fields import hears, said, shape
from ..live import SINCE, Since, followed
from .own import Notice

ECHOES = (0.2, 1.0, 3.0)
"""A notice is kept by profiles a moment after it was wanted by another service."""


@shape
class NoticeNews:
    """Notices that have arrived. Behind a cursor each is told exactly once, however often a connection breaks."""

    notices: list[Notice] = said("The notices, oldest first; the first answer may hold none.")
    cursor: str = said(SINCE)


@strawberry.type
class Subscription:
    @hears(contract.NoticesSince)
    async def notice_arrived(self, info: Info, since: Since = None) -> AsyncGenerator[NoticeNews, None]:
        """What the viewer is told in any of her projects, as it arrives. The first answer comes at once."""
        async for ground, views, cursor in followed(info.context, contract.NoticesSince, since, echoes=ECHOES):
            yield NoticeNews(notices=[Notice.of(view, ground) for view in views], cursor=cursor)
