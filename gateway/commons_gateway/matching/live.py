"""Requests as they change."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from commons_contracts import matching as contract

from ..context import Info
from ..fields import hears, said, shape
from ..live import SINCE, Since, followed
from .connections import ConnectionRequest


@shape
class ConnectionNews:
    """Requests that have changed. A change may be told twice, and is never missed."""

    connections: list[ConnectionRequest] = said("The requests as they are now; the first answer may hold none.")
    cursor: str = said(SINCE)


@strawberry.type
class Subscription:
    @hears(contract.ConnectionsSince)
    async def connection_changed(self, info: Info, since: Since = None) -> AsyncGenerator[ConnectionNews, None]:
        """The viewer's requests, those she sent and those she received, whenever one changes. The first answer comes at once."""
        async for ground, views, cursor in followed(info.context, contract.ConnectionsSince, since):
            connections = [ConnectionRequest.of(view, ground) for view in views]
            yield ConnectionNews(connections=connections, cursor=cursor)
