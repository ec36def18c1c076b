"""Work of each process of the service: tables that wait are taken up, one at a time, and by another where one is killed."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from commons_chassis import doors
from commons_chassis.faults import conflicting, passing
from commons_chassis.log import logger, where
from commons_chassis.runtime import Runtime
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import SheetState

from ..rules.sheet import Sheet
from ..tables import sheet_turns
from .importing import take_over
from .progress import Told
from .reading import read_through
from .undoing import take_back

TICK_SECONDS = 0.5
TRIES = 3
TURN = 4_242_003
"""One table at a time on the whole platform: two that name the same person would else wait for each other."""
t = sheet_turns.c
WORK = {
    SheetState.READING: read_through,
    SheetState.IMPORTING: take_over,
    SheetState.UNDOING: take_back,
}


async def take_up(runtime: Runtime) -> None:
    """Work of each process of the service, until it stops."""
    await Desk(runtime).run()


class Desk:
    """What a killed process had in hand has changed nothing, and is taken up by the next."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self) -> None:
        while not self._runtime.stopping:
            try:
                if await self.turn():
                    continue
            except Exception as broken:
                if not passing(broken):
                    raise
                logger.warning("tables wait", **where(broken))
            await asyncio.sleep(TICK_SECONDS)

    async def turn(self) -> bool:
        """The table that has waited for longest; False where none does, or another process is at work."""
        async with self._transaction(None) as tx:
            row = await tx.row(sa.select(t.sheet, t.project, t.tries).order_by(t.asked_at, t.sheet).limit(1))
        if row is None:
            return False
        try:
            return await self._work(row)
        except Exception as broken:
            if passing(broken) or (isinstance(broken, DBAPIError) and conflicting(broken)):
                raise
            logger.error("a table was not worked through", tries=row["tries"], **where(broken))
            await self._failed(row)
        return True

    async def _work(self, row: Row) -> bool:
        async with self._transaction(row["project"]) as tx:
            if not await tx.value(sa.select(sa.func.pg_try_advisory_xact_lock(TURN))):
                return False
            await work(row["sheet"], tx, self._telling(row["sheet"]))
        self._runtime.committed.set()
        return True

    def _telling(self, sheet: UUID) -> Told:
        async def told(done: int, of: int) -> None:
            async with self._transaction(None) as tx:
                await tx.run(sa.update(sheet_turns).where(t.sheet == sheet).values(done=done, of=of))

        return told

    async def _failed(self, row: Row) -> None:
        """A mistake of ours is met again each time: after three tries the table stands as it stood."""
        async with self._transaction(row["project"]) as tx:
            if row["tries"] + 1 < TRIES:
                await tx.run(sa.update(sheet_turns).where(t.sheet == row["sheet"]).values(tries=row["tries"] + 1))
                return
            await tx.run(sa.delete(sheet_turns).where(t.sheet == row["sheet"]))
            if (sheet := await tx.find(Sheet, row["sheet"])) is not None:
                sheet.stop()

    def _transaction(self, project: UUID | None) -> AbstractAsyncContextManager[Tx]:
        runtime, actor = self._runtime, doors.service_actor(project)
        return doors.transaction(runtime.service, runtime.app, actor, self._now(), own=True)

    def _now(self) -> datetime:
        return self._runtime.clock.now()


async def work(sheet: UUID, tx: Tx, told: Told) -> None:
    """What the state of the table asks for; its turn goes with it. One that is gone, or done, asks for nothing."""
    found = await tx.find(Sheet, sheet)
    if found is not None and (step := WORK.get(found.state)) is not None:
        await step(found, tx, told)
    await tx.run(sa.delete(sheet_turns).where(t.sheet == sheet))
