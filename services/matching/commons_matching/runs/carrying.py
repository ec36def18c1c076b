"""Carrying runs out: every process of the service takes jobs from one queue, and the database knows what has been done.

Whoever finishes the last job of a stage notes those of the next in the same transaction, and tells the queue afterwards; what
a process did not come to tell, any other does within a second. A job may be done twice: it gives the same bytes, and counts
once. Whoever computes is a process beside this one (`hand`), so that the loop that answers people goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from commons_chassis import doors
from commons_chassis.faults import passing
from commons_chassis.jobs import Job, LostError, Pieces, Queue
from commons_chassis.log import logger, where
from commons_chassis.runtime import Runtime
from commons_contracts.codes import RunFailure
from commons_contracts.ids import ProjectId, RunId

from ..acting import acting
from ..tables import run_snapshots
from . import ledger, settling, snapshot
from .holding import Held, WorkError
from .solving import Kind, Named

TICK_SECONDS = 1.0
IDLE_SECONDS = 30.0
"""So long a hand is kept for the next job."""
TRIES, LAST_OFFER = 3, 6
"""Up to which offer what fails is tried anew; at which offer nobody tries any more, whatever became of those who had it."""
PAUSE_SECONDS = 1.0
WHY: Final[dict[str, RunFailure]] = {
    "NotVerifiedError": RunFailure.NOT_VERIFIED,
    "BandsTooManyError": RunFailure.TOO_MANY_BANDS,
    "ChangedError": RunFailure.DIFFERENT,
}
"""What would come out the same however often it was tried."""


async def carry(runtime: Runtime) -> None:
    """Work of each process of the service, until it stops."""
    carrier = Carrier(runtime)
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(carrier.tend())
            both.create_task(carrier.work())
    finally:
        await carrier.held.close()


class Carrier:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.held = runtime, Held()
        self.queue, self.pieces = Queue(runtime), Pieces(runtime)
        self.run: RunId | None = None
        """Whose job is in hand."""
        self.idle_since = 0.0

    # ------------------------------------------------------------ one job
    async def work(self) -> None:
        async with aclosing(self.queue.jobs()) as jobs:
            async for job in jobs:
                named = Named.of(*job.words)
                self.run = _run(named)
                try:
                    await self._take(job, named)
                except Exception as broken:
                    if not passing(broken):
                        raise
                    logger.warning("a job of a run waits", kind=named.kind, **where(broken))
                    await self._over()
                    await self.queue.again(job)
                finally:
                    self.run, self.idle_since = None, asyncio.get_running_loop().time()

    async def _take(self, job: Job, named: Named) -> None:
        async with acting(self.runtime, None) as tx:
            project = await ledger.project_of(tx, named)
        if project is None or not await self._goes_on(named, project):
            await self.queue.done(job)
            return
        if job.tries >= LAST_OFFER:
            await self._failed(job, named, project, WorkError("WornOut", ()))
            return
        try:
            then = await self._done(named, project)
        except Exception as broken:
            if passing(broken):
                raise
            await self._failed(job, named, project, broken)
            return
        await self.queue.done(job)
        if then is None:  # nobody wants it any more: what was made meanwhile goes as the rest has gone
            await self.pieces.drop(named.run, named.pieces)
        else:
            await self._tell(then)

    async def _done(self, named: Named, project: ProjectId) -> Sequence[Named] | None:
        """Compute it, keep what came of it, note it; the jobs that can be done next. None: its run is over."""
        given = None
        if named.kind is Kind.SNAPSHOT:
            async with acting(self.runtime, project) as tx:
                given = await snapshot.read(tx, _run(named))
        answer = await self.held.do(named.words, given, self._fetch(project))
        if named.kind is not Kind.SNAPSHOT:
            for name, content in answer["pieces"].items():
                await self.pieces.put(name, content)
        return await doors.rerun(lambda: self._noted(named, project, answer))

    async def _noted(self, named: Named, project: ProjectId, answer: dict[str, Any]) -> Sequence[Named] | None:
        """Of those who did the same one notes it: whoever holds the run's row first."""
        run, (_, workers) = _run(named), await self.queue.state()
        (content, *_), told, last = answer["pieces"].values(), answer["told"], answer["then"] is None
        async with acting(self.runtime, project) as tx:
            if not await settling.active(tx, run):
                return None
            if await ledger.project_of(tx, named) is None:
                return []
            if named.kind is Kind.SNAPSHOT and not await settling.begun(tx, run, content, told["sizes"]):
                return []
            then = await ledger.finish(tx, named, answer["then"])
            if then or last:
                await settling.progress(tx, run, *await ledger.count(tx, run), workers)
            if last:
                await settling.settle(tx, run, content, told["hash"])
        self.runtime.committed.set()
        return then

    def _fetch(self, project: ProjectId) -> Any:
        async def fetch(names: Sequence[str]) -> Sequence[bytes]:
            return [await self._piece(name, project) for name in names]

        return fetch

    async def _piece(self, name: str, project: ProjectId) -> bytes:
        """The people are read from the database, where they stay as they were first read."""
        run, kind, *_ = name.split("/")
        if kind != Kind.SNAPSHOT:
            return await self.pieces.get(name)
        async with acting(self.runtime, project) as tx:
            content: bytes = await tx.value(sa.select(run_snapshots.c.people).where(run_snapshots.c.run == run))
        return content

    # ------------------------------------------------------------ what goes wrong
    async def _over(self) -> None:
        """Until the database answers again: however long it is away, a job is offered in vain once."""
        while not self.runtime.stopping:
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                async with acting(self.runtime, None):
                    return
            except Exception as broken:
                if not passing(broken):
                    raise

    async def _failed(self, job: Job, named: Named, project: ProjectId, broken: Exception) -> None:
        """Once more, by whoever is free; what fails each time ends the run, which says so."""
        if not await self._goes_on(named, project):
            await self.queue.done(job)  # it was ended while somebody was at it
            return
        said: dict[str, Any] = {"job": "/".join(named.words), "tries": job.tries} | _said(broken)
        if isinstance(broken, LostError) and job.tries < TRIES:
            logger.warning("pieces of a run are gone; it is computed again", **said)
            async with acting(self.runtime, project) as tx:
                if await settling.active(tx, _run(named)):
                    await ledger.compute_again(tx, _run(named))
            await self.queue.done(job)
            return
        why = WHY.get(said["error"])
        if why is None and job.tries < TRIES:
            logger.warning("a job of a run failed", **said)
            await self.queue.again(job, seconds=PAUSE_SECONDS)
            return
        logger.error("a run failed", **said)
        async with acting(self.runtime, project) as tx:
            await ledger.fail(tx, named, said["error"])
            await settling.fail(tx, _run(named), why or RunFailure.WORK_FAILED)
        self.runtime.committed.set()
        await self.queue.done(job)

    # ------------------------------------------------------------ all the time
    async def tend(self) -> None:
        """What others did not come to: tell jobs, say how far runs are, clear away what is over."""
        while not self.runtime.stopping:
            try:
                await self._look_round()
            except Exception as broken:
                if not passing(broken):
                    raise
            await asyncio.sleep(TICK_SECONDS)

    async def _look_round(self) -> None:
        mine = self.run
        async with acting(self.runtime, None) as tx:
            runs, untold = await ledger.open_runs(tx), await ledger.untold(tx)
        if mine not in runs and mine == self.run is not None:
            await self.held.close()  # it is over and cleared away, by whomever: nobody waits for what is computed
        await self._tell(untold)
        if not runs:
            if self.run is None and asyncio.get_running_loop().time() - self.idle_since > IDLE_SECONDS:
                await self.held.close()
            return
        left, workers = await self.queue.state()
        for run, project in runs.items():
            await self._look_at(run, project, workers)
        if not left:
            async with acting(self.runtime, None) as tx:
                await ledger.tell_again(tx)

    async def _look_at(self, run: RunId, project: ProjectId, workers: int) -> None:
        async with acting(self.runtime, project) as tx:
            seen = await ledger.seen(tx, run)
            if seen is not None:
                now = (*await ledger.count(tx, run), workers)
                if seen != now and await settling.active(tx, run):
                    await settling.progress(tx, run, *now)
                    self.runtime.committed.set()
                return
            names = await ledger.pieces(tx, run)
        await self.pieces.drop(str(run), names)
        async with acting(self.runtime, project) as tx:
            await ledger.forget(tx, run)

    async def _goes_on(self, named: Named, project: ProjectId) -> bool:
        async with acting(self.runtime, project) as tx:
            return await ledger.seen(tx, _run(named)) is not None

    async def _tell(self, jobs: Sequence[Named]) -> None:
        for job in jobs:
            await self.queue.put(*job.words)
        if jobs:
            async with acting(self.runtime, None) as tx:
                await ledger.told(tx, jobs)


def _run(named: Named) -> RunId:
    return RunId(UUID(named.run))


def _said(broken: Exception) -> dict[str, Any]:
    if isinstance(broken, WorkError):
        return {"error": broken.kind, "at": broken.at}
    return where(broken)
