"""What every process does all the time for suggestions: it has its pools ready as people are now, and has places priced."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import inf

from commons_chassis.faults import passing
from commons_chassis.log import logger, where
from commons_chassis.runtime import Runtime
from commons_contracts.ids import RoundId

from .acting import acting
from .rules.choosing import priced
from .rules.round import Round
from .runs.holding import HandLostError, Held, WorkError
from .runs.solving import Kind
from .tables import tariff
from .tables.pool import left_behind, mentors_pool, recruiting
from .tables.round import find_round

FOLLOW_SECONDS, PRICE_SECONDS = 0.5, 5.0


async def keep(runtime: Runtime) -> None:
    """Work of each process of the service, until it stops."""
    keeper = Keeper(runtime)
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(keeper.repeat(keeper.follow, FOLLOW_SECONDS))
            both.create_task(keeper.repeat(keeper.price, PRICE_SECONDS))
    finally:
        await keeper.held.close()


class Keeper:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.held = runtime, Held()
        self.priced: dict[RoundId, float] = {}
        """When this process last looked whether the prices of a round should be reckoned anew."""

    async def repeat(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        while not self.runtime.stopping:
            try:
                await work()
            except Exception as broken:
                if not passing(broken):
                    raise
            await asyncio.sleep(seconds)

    async def follow(self) -> None:
        """Compile what is missing, from the own database; read again what has changed, whichever process heard of it."""
        async with acting(self.runtime, None) as tx:
            behind = await left_behind(tx)
        for row in behind:
            async with acting(self.runtime, row["project"]) as tx:
                await mentors_pool(tx, await find_round(tx, row["round"]))

    async def price(self) -> None:
        """Have prices reckoned where enough has changed, by whoever comes first: the others have them from the database."""
        time = asyncio.get_running_loop().time()
        for round in recruiting(self.runtime.clock.now()):
            if priced(round.rules) and time - self.priced.get(round.id, -inf) >= tariff.PAUSE.total_seconds():
                self.priced[round.id] = time
                await self._price(round)

    async def _price(self, round: Round) -> None:
        async with acting(self.runtime, round.project) as tx:
            basis = await tariff.find_basis(tx, round) if await tariff.take_turn(tx, round) else None
        if basis is None:
            return
        try:
            answer = await self.held.do((str(round.id), Kind.TARIFF, "0", "0"), basis.everyone, _nothing)
        except (WorkError, HandLostError) as broken:
            logger.warning("prices were not reckoned", **where(broken))
            return
        finally:
            await self.held.close()
        async with acting(self.runtime, round.project) as tx:
            await tariff.set_prices(tx, round.project, round.id, answer["tariff"], seen=basis.seen, free=basis.free)


async def _nothing(_: Sequence[str]) -> Sequence[bytes]:
    return ()
