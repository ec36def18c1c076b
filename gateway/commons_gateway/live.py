"""Subscriptions: whoever is woken asks again, as the viewer she is, for what came after the cursor she holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel

from commons_chassis import telemetry
from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.base import News, Query
from commons_contracts.codes import FaultCode

from .context import Context, Ground
from .cursors import scope_of
from .faults import RESTING
from .fields import argument

R = TypeVar("R", bound=BaseModel)

Since = Annotated[
    str | None, argument("The cursor of the last answer seen; without it, only what happens from now on is told.")
]
SINCE = "Give it as `since` after an interruption."

TICK_SECONDS = 20.0
"""How often one asks without having been woken: a gap in the gateway's own hearing is no longer than this."""
PAUSE_SECONDS = 1.0


async def turns(context: Context, *, echoes: Sequence[float] = ()) -> AsyncIterator[Ground]:
    """A ground with nothing loaded: at once, whenever something about the viewer was told, and now and then.

    `echoes`: seconds after being woken to look again, where what was told still has to reach the service that is asked.
    Raises Fault UNAUTHENTICATED for nobody, and when the token has run out.
    """
    caller = context.caller
    if caller.person is None:
        raise Fault(FaultCode.UNAUTHENTICATED)
    with context.desk.newsroom.waiting(caller.person) as woken:
        waits: list[float] = []
        while True:
            woken.clear()
            yield context.again().ground()
            rest = (caller.expires or 0) - real_now().timestamp()
            if rest <= 0:
                raise Fault(FaultCode.UNAUTHENTICATED)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(rest, waits.pop(0) if waits else TICK_SECONDS)):
                    await woken.wait()
                    waits = list(echoes)
            telemetry.begin()


async def followed(
    context: Context, query: type[Query[Any]], since: str | None, *, echoes: Sequence[float] = ()
) -> AsyncIterator[tuple[Ground, Sequence[Any], str]]:
    """What `query` (whose answer is a News) brings behind `since`, and the cursor behind it: at once, then whenever there is
    something. A thing that a service tells of once more, unchanged, is not shown once more.
    """
    seal, scope = context.desk.seal, scope_of(context.ground().actor, query.subject)
    cursor = None if since is None else seal.open(scope, since)
    told: dict[Any, Any] = {}
    begun = False
    async for ground in turns(context, echoes=echoes):
        more = True
        while more:
            news: News[Any] = await patiently(ground, query.model_validate({"cursor": cursor}))
            cursor, more = news.cursor, news.more
            fresh = [view for view in news.items if told.get(view.id) != view]
            told.update({view.id: view for view in fresh})
            if fresh or not begun:
                begun = True
                yield ground, fresh, seal.close(scope, cursor)


async def patiently(ground: Ground, query: Query[R]) -> R:
    """The answer, however long its service rests: a subscriber would only come back and ask the same."""
    while True:
        try:
            return await ground.ask(query)
        except Fault as fault:
            if fault.code not in RESTING:
                raise
        ground.context.resting.clear()
        await asyncio.sleep(PAUSE_SECONDS)
