"""Writing a run's way into the database: begun, under way, proposed or failed. A few statements each, however many people."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.tx import Tx
from commons_contracts.codes import RunFailure
from commons_contracts.ids import CircleId, PersonId, RunId

from ..rules.circle import circle_of
from ..rules.run import Run
from ..tables import circles, run_snapshots, runs
from ..tables.preference import blocking_pairs
from ..tables.round import find_round
from ..tables.tariff import set_prices
from .forgetting import keep
from .snapshot import Sizes

PROPOSALS = sa.text("""
    insert into proposals (id, project, run, circle, mentor, mentee, points, parts, origin, moved)
    select gen_random_uuid(), :project, :run, (cast(:circles as uuid[]))[circle + 1],
        mentor, mentee, points, parts, origin, moved
    from json_to_recordset(cast(:rows as json))
    as it (circle int, mentor uuid, mentee uuid, points int, parts jsonb, origin text, moved bool) returning 1
""")
UNMATCHED = sa.text("""
    insert into unmatched (id, project, run, mentee, why, change, mentors, language)
    select gen_random_uuid(), :project, :run, mentee, why, change, mentors, language
    from json_to_recordset(cast(:rows as json))
    as it (mentee uuid, why text, change text, mentors int, language text) returning 1
""")


async def active(tx: Tx, run: RunId) -> bool:
    """Whether there is still something to compute for: not cancelled, not ended."""
    it = await tx.find(Run, run)
    return it is not None and it.under_way


async def begun(tx: Tx, run: RunId, people: bytes, sizes: Sizes) -> bool:
    """Keep whom the run is about. False: nobody is left to be matched, and the run has ended."""
    it = await tx.find(Run, run)
    if it is None or not it.under_way:
        return False
    if not (sizes.mentees and sizes.places):
        await fail(tx, run, RunFailure.POOL_EMPTY)
        return False
    it.begin(
        identity=sizes.identity,
        mentors=sizes.mentors,
        mentees=sizes.mentees,
        places=sizes.places,
        pins_dropped=sizes.pins_dropped,
    )
    put = insert(run_snapshots).values(run=run, project=it.project, people=people, seen=sizes.seen)
    await tx.run(put.on_conflict_do_nothing())
    return True


async def progress(tx: Tx, run: RunId, done: int, total: int, workers: int) -> None:
    it = await tx.find(Run, run)
    if it is not None and it.under_way:
        await tx.emit(it.progress(done, total, workers, at=tx.now))


async def settle(tx: Tx, run: RunId, outcome: bytes, result_hash: str) -> None:
    """Propose what was computed and verified; told twice, it is proposed once. Of a run that repeats another: say whether it is the same."""
    it = await tx.find(Run, run)
    if it is None or not it.under_way:
        return
    head, formed, pairs, left = outcome.split(b"\n")
    told = json.loads(head)
    if it.repeats is not None:
        came = {"result_hash": result_hash, "matched": told["matched"], "total": told["total"]}
        await tx.emit(it.repeated(await tx.load(Run, it.repeats), **came, at=tx.now))
        await keep(tx, it)
        return
    whole = {"project": it.project, "run": run}
    await tx.rows(PROPOSALS, rows=pairs.decode(), circles=await _circles(tx, it, json.loads(formed)), **whole)
    await tx.rows(UNMATCHED, rows=left.decode(), **whole)
    prices = base64.b64decode(told["prices"])
    await tx.run(sa.update(run_snapshots).where(run_snapshots.c.run == run).values(prices=prices))
    if not it.dry_run:
        seen = await tx.value(sa.select(run_snapshots.c.seen).where(run_snapshots.c.run == run))
        await set_prices(tx, it.project, it.round, told["tariff"], seen=seen)
    it.moved, it.report = told["moved"], told["report"] | await _checked(tx, it, told["apart"])
    await tx.emit(
        it.propose(
            result_hash=result_hash, matched=told["matched"], total=told["total"], below=told["below"], at=tx.now
        )
    )
    await keep(tx, it)
    took = sa.func.extract("epoch", sa.func.clock_timestamp() - runs.c.since)
    await tx.run(sa.update(runs).where(runs.c.id == run).values(seconds=took))


async def _circles(tx: Tx, run: Run, formed: Sequence[Mapping[str, Any]]) -> list[CircleId]:
    """The circles, and their ids in the order in which proposals number them."""
    ids = [circle_of(run.id, PersonId(UUID(it["facilitator"])), it["block"]) for it in formed]
    whole = {"project": run.project, "run": run.id}
    rows = [dict(it) | whole | {"id": id} for id, it in zip(ids, formed, strict=True)]
    if rows:
        await tx.run(insert(circles).values(rows))
    return ids


async def _checked(tx: Tx, run: Run, apart: list[list[str]] | None) -> dict[str, int]:
    """Where both sides rank each other: how many would rather have each other, counted in what is stored (journey J5.6)."""
    if apart is None:
        return {}
    forbidden = {(UUID(mentor), UUID(mentee)) for mentor, mentee in apart}
    found = await blocking_pairs(tx, await find_round(tx, run.round), run.id)
    return {"blocking_pairs": len(found - forbidden)}


async def fail(tx: Tx, run: UUID, why: RunFailure) -> None:
    it = await tx.find(Run, run)
    if it is not None and it.under_way:
        await tx.emit(it.fail(why, at=tx.now))
        await keep(tx, it)
