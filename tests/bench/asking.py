"""Who asks: our own way and FastStream's, and commands at a steady pace."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from faststream.nats import NatsBroker
from toy.counting import Raise, Start

from commons_chassis import telemetry, wire
from commons_chassis.ask import Asker
from commons_contracts.base import Actor

from .cards import Cards, CardsView
from .ends import obey, timed
from .peer import BARE

AT_ONCE, AT_ONCE_IN_TRANSACTIONS, PATIENCE = 64, 8, 30.0


class Asking:
    """One process with a connection of each kind."""

    def __init__(self, asker: Asker, broker: NatsBroker) -> None:
        self.asker, self.broker = asker, broker
        self.counters: list[UUID] = []
        self.last = 1000
        """Above the number that the toy service cannot digest."""

    async def ours(
        self, person: UUID, project: UUID, count: int, seconds: float, transaction: bool
    ) -> dict[str, float]:
        actor = Actor(person=person, project=project)

        async def ask(_: int) -> None:
            await self.asker.ask(Cards(seconds=seconds, transaction=transaction), actor, left=PATIENCE)

        return await timed(range(count), ask, at_once=AT_ONCE_IN_TRANSACTIONS if transaction else AT_ONCE)

    async def theirs(self, subject: str, person: UUID, project: UUID, count: int, seconds: float) -> dict[str, float]:
        """With the caller, the deadline and an id of the request, as ours; the bare one asks for nothing but the page."""
        actor = Actor(person=person, project=project)

        def headers() -> dict[str, str]:
            left = str(round(PATIENCE * 1000))
            return {wire.ACTOR: wire.actor_header(actor), wire.TRACE: telemetry.traceparent(), wire.LEFT: left}

        async def ask(_: int) -> None:
            said = None if subject == BARE else headers()
            reply = await self.broker.request(Cards(seconds=seconds), subject, headers=said, timeout=PATIENCE)
            CardsView.model_validate_json(reply.body)

        return await timed(range(count), ask, at_once=AT_ONCE)

    async def steadily(self, person: UUID, project: UUID, a_second: int, seconds: float, counters: int) -> list[int]:
        """Commands at this pace whether or not the earlier ones are answered; the numbers that were added."""
        actor = Actor(person=person, project=project)
        while len(self.counters) < counters:
            self.counters.append((await self.asker.ask(Start(), actor)).id)
        begin, numbers = time.monotonic(), range(self.last + 1, self.last + 1 + round(a_second * seconds))
        async with asyncio.TaskGroup() as group:
            for nth, by in enumerate(numbers):
                await asyncio.sleep(begin + nth / a_second - time.monotonic())
                which = self.counters[by % counters]
                group.create_task(self.asker.ask(Raise(counter=which, by=by, most=2**31 - 1), actor, left=PATIENCE))
        self.last = numbers[-1]
        assert await self.asker.operations.settle(), "not everything was heard"
        return list(numbers)


async def run(nats: str) -> None:
    asker, broker = Asker(nats, name="asking"), NatsBroker(nats, logger=None)
    await asker.start()
    async with broker:
        it = Asking(asker, broker)
        await obey({"ours": it.ours, "theirs": it.theirs, "steadily": it.steadily})
    await asker.stop()
