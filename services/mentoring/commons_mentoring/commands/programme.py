"""Drafting, revising and publishing a programme, and loading a shipped design."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import ProgrammeState, RefusalCode
from commons_contracts.ids import ProgrammeId
from commons_contracts.mentoring import DraftProgramme, ProgrammeView, PublishProgramme, ReviseDraft, SeedProgramme

from .. import designs
from ..rules import programme as rule
from ..rules.design import Design, first_design
from ..rules.programme import Programme
from ..tables import find_zone, programmes
from ..views import programme_view

published = programmes.alias("published")
NEWEST = programmes.c.number == (
    sa.select(sa.func.max(published.c.number)).where(published.c.state == ProgrammeState.PUBLISHED).scalar_subquery()
)


@answers
async def draft_programme(command: DraftProgramme, tx: Tx) -> ProgrammeView:
    zone = await find_zone(tx)
    base = await _base(command.based_on, tx)
    design = base.with_changes(command.changes) if base else first_design(command.changes)
    programme, drafted = rule.draft(
        ProgrammeId(new_id()),
        design,
        project=tx.project,
        number=await _next_number(tx),
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        at=tx.now,
        zone=zone,
    )
    tx.add(programme)
    await tx.emit(drafted)
    return programme_view(programme)


@answers
async def revise_draft(command: ReviseDraft, tx: Tx) -> ProgrammeView:
    zone = await find_zone(tx)
    programme = await tx.load(Programme, command.programme)
    dates = {"starts_on": command.starts_on, "ends_on": command.ends_on}
    await tx.emit(programme.revise(command.changes, **dates, at=tx.now, zone=zone))
    return programme_view(programme)


@answers
async def publish_programme(command: PublishProgramme, tx: Tx) -> ProgrammeView:
    zone = await find_zone(tx)
    programme = await tx.load(Programme, command.programme)
    await tx.emit(programme.publish(at=tx.now, zone=zone))
    return programme_view(programme)


@answers
async def seed_programme(command: SeedProgramme, tx: Tx) -> ProgrammeView:
    """Loading again what is already in force changes nothing."""
    design, zone = designs.load(command.design), await find_zone(tx)
    dates = {"starts_on": command.starts_on, "ends_on": command.ends_on}
    for newest in await tx.all_of(Programme, NEWEST):
        if newest.is_as(design, **dates):
            return programme_view(newest)
    programme, drafted = rule.draft(
        ProgrammeId(new_id()), design, project=tx.project, number=await _next_number(tx), **dates, at=tx.now, zone=zone
    )
    in_force = programme.publish(at=tx.now, zone=zone)
    tx.add(programme)
    await tx.emit(drafted, in_force)
    return programme_view(programme)


async def _base(based_on: ProgrammeId | None, tx: Tx) -> Design | None:
    """The design to start from: the one asked for, else the newest published, else none."""
    wanted = programmes.c.id == based_on if based_on else NEWEST
    row = await tx.row(sa.select(programmes.c.rules, programmes.c.texts).where(wanted))
    if row is None and based_on:
        raise Refusal(RefusalCode.NOT_FOUND)
    return Design(**row) if row else None


async def _next_number(tx: Tx) -> int:
    """Versions count up per project; `find_zone` keeps two from taking the same number."""
    number: int | None = await tx.value(sa.select(sa.func.max(programmes.c.number)))
    return (number or 0) + 1
