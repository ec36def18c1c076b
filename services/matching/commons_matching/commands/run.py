"""Match runs: started, cancelled, and what coordinators want of pairs in them."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import RunId
from commons_contracts.matching import (
    CancelMatchRun,
    PublishMatchRun,
    RepeatMatchRun,
    RerunMatchRun,
    RunSettings,
    RunView,
    StartMatchRun,
)

from ..rules.round import Round
from ..rules.run import UNDER_WAY, Run, start
from ..runs.forgetting import keep
from ..runs.ledger import begin
from ..runs.publishing import publish
from ..runs.views import run_view
from ..tables import runs
from ..tables.complete import require_collected
from ..tables.round import find_round
from ..tables.run import anybody_to_match

r = runs.c


@answers
async def start_match_run(command: StartMatchRun, tx: Tx) -> RunView:
    round = await find_round(tx, command.round)
    return await _start(tx, round, command.settings, seed=command.seed, dry=command.dry_run)


@answers
async def rerun_match_run(command: RerunMatchRun, tx: Tx) -> RunView:
    before = await tx.load(Run, command.run)
    before.require_result()
    round = await find_round(tx, before.round)
    return await _start(tx, round, before.rules, seed=before.seed, dry=before.dry_run, based_on=before.id)


@answers
async def repeat_match_run(command: RepeatMatchRun, tx: Tx) -> RunView:
    before = await tx.load(Run, command.run)
    return await _queue(tx, before.again(RunId(new_id()), by=tx.person, at=tx.now))


@answers
async def cancel_match_run(command: CancelMatchRun, tx: Tx) -> RunView:
    run = await tx.load(Run, command.run)
    await tx.emit(run.cancel(at=tx.now))
    await keep(tx, run)
    return run_view(asdict(run))


@answers
async def publish_match_run(command: PublishMatchRun, tx: Tx) -> RunView:
    run = await tx.load(Run, command.run)
    await publish(tx, run, await find_round(tx, run.round))
    return run_view(asdict(run))


async def _start(
    tx: Tx, round: Round, settings: RunSettings, *, seed: int, dry: bool, based_on: RunId | None = None
) -> RunView:
    run = start(RunId(new_id()), round, settings, by=tx.person, at=tx.now, dry=dry, seed=seed, based_on=based_on)
    if not await anybody_to_match(tx, round):
        raise Refusal(RefusalCode.MATCH_POOL_EMPTY)
    await require_collected(tx, round)
    return await _queue(tx, run)


async def _queue(tx: Tx, run: Run) -> RunView:
    """One at a time: an index says whether there is another, however many start at once."""
    row = asdict(run) | {"version": 1}
    if await tx.run(insert(runs).values(row).on_conflict_do_nothing()) != 1:
        raise Refusal(RefusalCode.MATCH_RUN_IN_PROGRESS, run=await _under_way(tx, run))
    await begin(tx, run.id)
    await tx.emit(run.started())
    return run_view(row)


async def _under_way(tx: Tx, run: Run) -> UUID | None:
    found: UUID | None = await tx.value(sa.select(r.id).where(r.round == run.round, r.state.in_(UNDER_WAY)))
    return found
