"""What is noted of a run's jobs: whoever does the last of a stage begins the next one, and lost pieces begin at the first."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_contracts.ids import RunId
from commons_matching.runs import ledger
from commons_matching.runs.solving import Kind, Named, Stage
from commons_matching.tables import run_jobs


@pytest.fixture
def noted(recruitment):
    return Noted(recruitment.tx)


class Noted:
    """The jobs of one run."""

    def __init__(self, tx):
        self.tx, self.run = tx, RunId(new_id())

    def job(self, kind, turn=0, n=0):
        return Named(str(self.run), kind, turn, n)

    async def finish(self, kind, turn=0, n=0, *, then=None):
        return await ledger.finish(self.tx, self.job(kind, turn, n), then)

    async def open(self):
        """What is to be told to the queue."""
        return [(job.kind, job.turn, job.n) for job in await ledger.untold(self.tx) if job.run == str(self.run)]

    async def begun(self, then):
        await ledger.begin(self.tx, self.run)
        await ledger.told(self.tx, await self.finish(Kind.SNAPSHOT, then=then))


async def test_the_last_of_a_stage_begins_the_next(noted):
    await ledger.begin(noted.tx, noted.run)
    assert await noted.open() == [(Kind.SNAPSHOT, 0, 0)]
    lists = await noted.finish(Kind.SNAPSHOT, then=Stage(Kind.LISTS, 0, 3))
    assert [job.n for job in lists] == [0, 1, 2]
    solve = Stage(Kind.SOLVE, 0, 1)
    assert await noted.finish(Kind.LISTS, n=1, then=solve) == []
    assert await noted.finish(Kind.LISTS, n=0, then=solve) == []
    assert await noted.finish(Kind.LISTS, n=2, then=solve) == [noted.job(Kind.SOLVE)]
    assert await ledger.count(noted.tx, noted.run) == (4, 5)


async def test_what_has_been_done_nobody_has_to_do(noted):
    await noted.begun(Stage(Kind.LISTS, 0, 1))
    assert await ledger.project_of(noted.tx, noted.job(Kind.LISTS)) == noted.tx.project
    assert await ledger.project_of(noted.tx, noted.job(Kind.SNAPSHOT)) is None
    assert await ledger.project_of(noted.tx, noted.job(Kind.SOLVE)) is None


@pytest.mark.parametrize(
    ("then", "again"),
    [
        (Stage(Kind.LISTS, 0, 2), [(Kind.LISTS, 0, 0), (Kind.LISTS, 0, 1)]),
        (Stage(Kind.SOLVE, 0, 1), [(Kind.SOLVE, 0, 0)]),
    ],
    ids=["lists of the engine", "lists of people"],
)
async def test_pieces_that_are_lost_are_computed_from_the_first(noted, then, again):
    """However many notice it."""
    await noted.begun(then)
    for n in range(then.jobs):
        await noted.finish(then.kind, n=n, then=Stage(Kind.OUTCOME, 0, 1))
    for _ in range(2):
        await ledger.compute_again(noted.tx, noted.run)
        assert await noted.open() == again
    assert await ledger.count(noted.tx, noted.run) == (1, 1 + then.jobs)


async def test_of_what_is_over_only_the_dead_letter_stays(noted):
    await noted.begun(Stage(Kind.LISTS, 0, 2))
    await ledger.fail(noted.tx, noted.job(Kind.LISTS, n=1), "ValueError")
    pieces = await ledger.pieces(noted.tx, noted.run)
    assert {piece.partition("/")[2] for piece in pieces} == {"snapshot/0/0", "lists/0/0", "lists/0/1"}
    await ledger.forget(noted.tx, noted.run)
    kept = sa.select(run_jobs.c.kind, run_jobs.c.n, run_jobs.c.failure).where(run_jobs.c.run == noted.run)
    assert [tuple(row.values()) for row in await noted.tx.rows(kept)] == [(Kind.LISTS, 1, "ValueError")]
    assert noted.run not in await ledger.open_runs(noted.tx)
