"""Ticking the checklist before taking part, and recording who was trained."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.ids import membership_of
from commons_contracts.profiles import ReadinessView, RecordTraining, TickReadiness, TrainingRecorded

from ..rules.calendar import today
from ..rules.membership import Membership
from ..rules.readiness import record_training, vouch
from ..tables import ticks, trainings
from ..views import find_readiness, find_zone


@answers
async def tick_readiness(cmd: TickReadiness, tx: Tx) -> ReadinessView:
    vouch(cmd.item)
    row = {"membership": membership_of(tx.person, tx.project), "project": tx.project, "person": tx.person}
    await tx.run(insert(ticks).values(**row, item=cmd.item, ticked_at=tx.now).on_conflict_do_nothing())
    return await find_readiness(tx)


@answers
async def record_a_training(cmd: RecordTraining, tx: Tx) -> Done:
    """For a member of the coordinator's own project; anyone else is not found."""
    membership = await tx.load(Membership, membership_of(cmd.person, tx.project))
    day = today(tx.now, await find_zone(tx))
    fact = record_training(membership, cmd.module, cmd.held_on, today=day, at=tx.now)
    await tx.emit(*await keep_trainings([fact], tx))
    return Done()


async def keep_trainings(facts: Sequence[TrainingRecorded], tx: Tx) -> list[TrainingRecorded]:
    """Those that were not recorded before, and so are still to be told."""
    if not facts:
        return []
    named = {"membership", "module", "held_on", "project", "person"}
    rows = [{**fact.model_dump(include=named), "recorded_by": tx.person} for fact in facts]
    t = trainings.c
    put = insert(trainings).values(rows).on_conflict_do_nothing().returning(t.membership, t.module, t.held_on)
    fresh = {(row["membership"], row["module"], row["held_on"]) for row in await tx.rows(put)}
    return [fact for fact in facts if (fact.membership, fact.module, fact.held_on) in fresh]
