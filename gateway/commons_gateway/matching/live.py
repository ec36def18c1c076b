"""Requests as they change."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.ids import ConnectionId

from ..context import Info
from ..cursors import scope_of
from ..fields import argument, hears, said, shape
from ..live import patiently, turns
from .connections import ConnectionRequest

Since = Annotated[
    str | None, argument("The cursor of the last answer seen; without it, only what happens from now on is told.")
]


@shape
class ConnectionNews:
    """Requests that have changed. A change may be told twice, and is never missed."""

    connections: list[ConnectionRequest] = said("The requests as they are now; the first answer may hold none.")
    cursor: str = said("Give it as `since` after an interruption.")


@strawberry.type
class Subscription:
    @hears(contract.ConnectionsSince)
    async def connection_changed(self, info: Info, since: Since = None) -> AsyncGenerator[ConnectionNews, None]:
        """The viewer's requests, those she sent and those she received, whenever one changes. The first answer comes at once."""
        actor = info.context.ground().actor
        seal, scope = info.context.desk.seal, scope_of(actor, contract.ConnectionsSince.subject)
        cursor = None if since is None else seal.open(scope, since)
        told: dict[ConnectionId, contract.ConnectionView] = {}
        begun = False
        async for ground in turns(info.context):
            news = await patiently(ground, contract.ConnectionsSince(cursor=cursor))
            cursor = news.cursor
            fresh = [view for view in news.items if told.get(view.id) != view]
            told.update({view.id: view for view in fresh})
            if fresh or not begun:
                begun = True
                yield ConnectionNews(
                    connections=[ConnectionRequest.of(view, ground) for view in fresh], cursor=seal.close(scope, cursor)
                )
