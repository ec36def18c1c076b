"""What has been done of each run and what is still to do: `run_jobs`, the only place where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.clock import real_now
from commons_chassis.tx import Tx
from commons_contracts.ids import ProjectId, RunId

from ..rules.run import UNDER_WAY
from ..tables import run_jobs, runs
from .solving import Kind, Named, Stage

J = run_jobs.c
AT_ONCE = 500
LOST_AFTER = timedelta(seconds=5)
"""Before a job that was told and is nowhere in the queue is told again."""


async def begin(tx: Tx, run: RunId) -> None:
    """In the transaction in which a run is started: its first job."""
    await _write(tx, str(run), tx.project, Stage(Kind.SNAPSHOT, 0, 1))


async def project_of(tx: Tx, job: Named) -> ProjectId | None:
    """Where a job is still to be done; None where it has been, or nobody wants it any more."""
    found: ProjectId | None = await tx.value(sa.select(J.project).where(*_this(job), J.done_at.is_(None)))
    return found


async def finish(tx: Tx, job: Named, then: Stage | None) -> Sequence[Named]:
    """Note that it has been done; the jobs of the next stage, where this was the last one.

    For whoever holds the run's row: of two who finish at once, one is the last.
    """
    await tx.run(sa.update(run_jobs).where(*_this(job)).values(done_at=real_now()))
    same = (J.run == job.run, J.kind == job.kind, J.turn == job.turn, J.done_at.is_(None))
    if then is None or await tx.value(sa.select(sa.func.count()).where(*same)):
        return []
    return await _write(tx, job.run, tx.project, then)


async def untold(tx: Tx) -> Sequence[Named]:
    """What nobody has told the queue yet."""
    waits = sa.select(J.run, J.kind, J.turn, J.n).where(J.told_at.is_(None), J.done_at.is_(None))
    rows = await tx.rows(waits.order_by(J.run, J.kind, J.turn, J.n).limit(AT_ONCE))
    return [Named(str(row["run"]), Kind(row["kind"]), row["turn"], row["n"]) for row in rows]


async def told(tx: Tx, jobs: Sequence[Named]) -> None:
    which = sa.tuple_(J.run, J.kind, J.turn, J.n).in_([tuple(job) for job in jobs])
    await tx.run(sa.update(run_jobs).where(which).values(told_at=real_now()))


async def tell_again(tx: Tx) -> int:
    """The queue is empty, and these are not done: it has lost them. How many there are."""
    lost = (J.done_at.is_(None), J.failure.is_(None), J.told_at < real_now() - LOST_AFTER)
    return await tx.run(sa.update(run_jobs).where(*lost).values(told_at=None))


async def compute_again(tx: Tx, run: RunId) -> None:
    """Pieces are gone: back to the first stage after the snapshot, which the database keeps. Where no lists are made (of
    people's own lists, of circles) that is to solve.
    """
    first = (Kind.SNAPSHOT, Kind.LISTS)
    await tx.run(sa.delete(run_jobs).where(J.run == run, J.kind.not_in(first)))
    lists = sa.update(run_jobs).where(J.run == run, J.kind == Kind.LISTS)
    if not await tx.run(lists.values(told_at=None, done_at=None)):
        await _write(tx, str(run), tx.project, Stage(Kind.SOLVE, 0, 1))


async def fail(tx: Tx, job: Named, why: str) -> None:
    """The dead letter of a run: which job it was, and what came of it."""
    await tx.run(sa.update(run_jobs).where(*_this(job)).values(failure=why))


async def count(tx: Tx, run: RunId) -> tuple[int, int]:
    """(jobs done, jobs known)."""
    row = await tx.row(
        sa.select(sa.func.count(J.done_at).label("done"), sa.func.count().label("known")).where(J.run == run)
    )
    return (row["done"], row["known"]) if row else (0, 0)


async def open_runs(tx: Tx) -> dict[RunId, ProjectId]:
    """Runs of which something is noted, beside dead letters."""
    rows = await tx.rows(sa.select(J.run, J.project).distinct().where(J.failure.is_(None)))
    return {row["run"]: row["project"] for row in rows}


async def seen(tx: Tx, run: RunId) -> tuple[int, int, int] | None:
    """(jobs done, jobs known, workers) as everyone sees them; None where the run is not under way."""
    r = runs.c
    row = await tx.row(sa.select(r.shards_done, r.shards, r.workers).where(r.id == run, r.state.in_(UNDER_WAY)))
    return (row["shards_done"], row["shards"], row["workers"]) if row else None


async def pieces(tx: Tx, run: RunId) -> Sequence[str]:
    """The names of all pieces that the run may have left."""
    rows = await tx.rows(sa.select(J.kind, J.turn, J.n).where(J.run == run))
    named = [Named(str(run), Kind(row["kind"]), row["turn"], row["n"]) for row in rows]
    return [piece for job in named for piece in job.pieces]


async def forget(tx: Tx, run: RunId) -> None:
    """All but the dead letters."""
    await tx.run(sa.delete(run_jobs).where(J.run == run, J.failure.is_(None)))


async def _write(tx: Tx, run: str, project: ProjectId, stage: Stage) -> Sequence[Named]:
    jobs = [Named(run, stage.kind, stage.turn, n) for n in range(stage.jobs)]
    rows = [job._asdict() | {"project": project} for job in jobs]
    await tx.run(insert(run_jobs).values(rows).on_conflict_do_nothing())
    return jobs


def _this(job: Named) -> tuple[sa.ColumnElement[bool], ...]:
    return J.run == job.run, J.kind == job.kind, J.turn == job.turn, J.n == job.n
