"""The same page answered by FastStream's own request/reply."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from faststream import BaseMiddleware, Header, StreamMessage
from faststream.nats import NatsBroker
from faststream.nats.prometheus import NatsPrometheusMiddleware
from prometheus_client import CollectorRegistry

from commons_chassis import wire
from commons_contracts.base import Actor

from .cards import Cards, CardsView, page
from .ends import obey

ALIKE, ALIKE_WITH_WORKERS, ALIKE_BY_PARAMETERS, BARE = "alike", "alike_with_workers", "alike_by_parameters", "bare"
AT_ONCE = 64
QUEUE = "peer"


class CallerAndDeadline(BaseMiddleware[Any, Any]):
    """What our own answering end does with every question, in the cheapest way FastStream has for it."""

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        Actor.model_validate_json(msg.headers[wire.ACTOR])
        async with asyncio.timeout(int(msg.headers[wire.LEFT]) / 1000):
            return await call_next(msg)


async def run(nats: str) -> None:
    counted = NatsPrometheusMiddleware(registry=CollectorRegistry())
    alike = NatsBroker(nats, logger=None, middlewares=[counted, CallerAndDeadline])
    by_parameters, bare = NatsBroker(nats, logger=None, middlewares=[counted]), NatsBroker(nats, logger=None)

    async def cards(query: Cards) -> CardsView:
        return await page(query.seconds)

    async def with_parameters(
        query: Cards, actor: Annotated[str, Header(wire.ACTOR)], left: Annotated[str, Header(wire.LEFT)]
    ) -> CardsView:
        Actor.model_validate_json(actor)
        async with asyncio.timeout(int(left) / 1000):
            return await page(query.seconds)

    alike.subscriber(ALIKE, queue=QUEUE)(cards)
    alike.subscriber(ALIKE_WITH_WORKERS, queue=QUEUE, max_workers=AT_ONCE)(cards)
    by_parameters.subscriber(ALIKE_BY_PARAMETERS, queue=QUEUE)(with_parameters)
    bare.subscriber(BARE, queue=QUEUE)(cards)
    async with alike, by_parameters, bare:
        for broker in (alike, by_parameters, bare):
            await broker.start()
        await obey({})
