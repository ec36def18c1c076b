"""Whom a coordinator's table has take part in a round, and who does no longer once it was taken back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import Role
from commons_contracts.ids import derived
from commons_contracts.matching import ParticipantLeft, PlacesSet
from commons_contracts.profiles import ParticipantBrought, ParticipantTakenBack

from .rules.round import Round
from .rules.taking_part import may_take_part, participation_of, places_brought, registered
from .tables import cards, connections, matches, participations, places
from .tables.round import round_in
from .tables.schema import rounds

p, k = participations.c, places.c


@answers
async def bring_in(event: ParticipantBrought, tx: Tx) -> None:
    """By the rule of RegisterForRound, as it stood when the coordinator said yes; who may not take part then does not."""
    row = await tx.row(sa.select(rounds).where(rounds.c.id == event.round))
    if row is None:
        return
    round = round_in(row)
    try:
        may_take_part(round, event.role, (event.role,), at=event.at)
    except Refusal:
        return
    id = participation_of(round, event.person, event.role)
    seat: dict[str, Any] = {"id": id, "project": round.project, "round": round.id, "person": event.person}
    seat |= {"role": event.role, "at": event.at, "brought": event.sheet}
    if await tx.run(insert(participations).values(seat).on_conflict_do_nothing()) != 1:
        return
    if event.role is Role.MENTOR:
        await _give_places(round, event, tx)
    await tx.emit(registered(round, event.person, event.role, at=event.at))


async def _give_places(round: Round, event: ParticipantBrought, tx: Tx) -> None:
    given = places_brought(round, event.style, event.places)
    base: dict[str, Any] = {"project": round.project, "round": round.id, "mentor": event.person}
    rows = [
        {**base, "id": derived("places", round.id, event.person, style), "style": style, "most": most}
        for style, most in given.items()
    ]
    if rows:
        await tx.run(insert(places).values(rows).on_conflict_do_nothing())
    if event.style is not None or event.places is not None:
        await tx.emit(*(PlacesSet(**base, at=event.at, style=style, most=most) for style, most in given.items()))


@answers
async def take_back(event: ParticipantTakenBack, tx: Tx) -> None:
    """What was not the table's stays, and so does who is in somebody's plans by now."""
    if event.ended:
        await tx.run(sa.delete(cards).where(cards.c.id == event.membership))
    hers = (p.round == event.round) & (p.person == event.person) & (p.role == event.role) & (p.brought == event.sheet)
    seat = await tx.row(sa.select(p.id, p.round).where(hers).with_for_update())
    if seat is None or await _planned_with(event, tx):
        return
    mine = (k.round == event.round) & (k.mentor == event.person)
    if event.role is Role.MENTOR:
        await tx.run(sa.delete(places).where(mine))
    await tx.run(sa.delete(participations).where(p.id == seat["id"]))
    left = ParticipantLeft(
        project=event.project,
        at=event.at,
        participation=seat["id"],
        round=seat["round"],
        person=event.person,
        role=event.role,
    )
    await tx.emit(left)


async def _planned_with(event: ParticipantTakenBack, tx: Tx) -> bool:
    """A request, a match, or a place that is taken or held; the places are locked until the end."""
    mine = (k.round == event.round) & (k.mentor == event.person)
    held = await tx.rows(sa.select(k.used, k.held).where(mine).order_by(k.style).with_for_update())
    if event.role is Role.MENTOR and any(row["used"] or row["held"] for row in held):
        return True
    looks = [
        sa.exists().where(of.c.round == event.round, (of.c.mentor == event.person) | (of.c.mentee == event.person))
        for of in (connections, matches)
    ]
    return bool(await tx.value(sa.select(sa.or_(*looks))))
