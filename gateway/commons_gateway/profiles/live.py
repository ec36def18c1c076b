"""Notices as they arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from commons_contracts import profiles as contract

from ..context import Info
from ..cursors import scope_of
from ..fields import argument, hears, said, shape
from ..live import patiently, turns
from .own import Notice

NEWEST = 100
ECHOES = (0.2, 1.0, 3.0)
"""A notice is kept by profiles a moment after it was wanted by another service."""


@shape
class NoticeNews:
    """Notices that have arrived."""

    notices: list[Notice] = said("The notices, newest first; the first answer may hold none.")
    cursor: str = said("Give it as `since` after an interruption.")


@strawberry.type
class Subscription:
    @hears(contract.NoticesPage)
    async def notice_arrived(
        self,
        info: Info,
        since: Annotated[
            str | None,
            argument("The cursor of the last answer seen; without it, only what arrives from now on is told."),
        ] = None,
    ) -> AsyncGenerator[NoticeNews, None]:
        """What the viewer is told, as it arrives. The first answer comes at once."""
        seal, scope = info.context.desk.seal, scope_of(info.context.ground().actor, "notices")
        known = None if since is None else set(filter(None, [seal.open(scope, since)]))
        begun = False
        async for ground in turns(info.context, echoes=ECHOES):
            newest = (await patiently(ground, contract.NoticesPage(first=NEWEST))).items
            ids = [str(view.id) for view in newest]
            last = next((place for place, id in enumerate(ids) if known and id in known), len(ids))
            fresh = () if known is None else newest[:last]
            known = set(ids) if known is None else known.union(ids)
            if fresh or not begun:
                begun = True
                cursor = seal.close(scope, ids[0] if ids else "")
                yield NoticeNews(notices=[Notice.of(view, ground) for view in fresh], cursor=cursor)
