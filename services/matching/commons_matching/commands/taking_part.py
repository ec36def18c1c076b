"""Registering for a round, one by one or by an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.standing import known, meets
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, derived
from commons_contracts.matching import (
    ParticipantEntry,
    ParticipationView,
    PlacesSet,
    RegisterForRound,
    RegisterParticipants,
)
from commons_contracts.profiles import BatchView

from ..rules.calendar import day
from ..rules.round import Round
from ..rules.taking_part import may_take_part, participation_of, places_given, registered
from ..rules.training import modules_for, require_training_to_join
from ..tables import participations, places
from ..tables.person import find_trainings
from ..tables.round import find_round


@answers
async def register_for_round(command: RegisterForRound, tx: Tx) -> ParticipationView:
    round = await find_round(tx, command.round)
    may_take_part(round, command.role, tx.actor.roles, at=tx.now)
    await _require_training(tx, round, {tx.person: command.role})
    await _enrol(tx, round, [ParticipantEntry(person=tx.person, role=command.role)])
    return ParticipationView(round=round.id, person=tx.person, role=command.role)


@answers
async def register_participants(command: RegisterParticipants, tx: Tx) -> BatchView:
    round = await find_round(tx, command.round)
    actors = await known(tx, [item.person for item in command.items])
    for actor in {(a.roles, tuple(a.conduct.items())): a for a in actors.values()}.values():
        await meets(RegisterForRound, actor, tx)
    for item in command.items:
        may_take_part(round, item.role, actors[item.person].roles, at=tx.now)
    await _require_training(tx, round, {item.person: item.role for item in command.items if item.role is Role.MENTOR})
    return BatchView(count=await _enrol(tx, round, command.items))


async def _require_training(tx: Tx, round: Round, roles: Mapping[PersonId, Role]) -> None:
    if not any(modules_for(round.rules, role) for role in {*roles.values()}):
        return
    held = await find_trainings(tx, roles)
    for person, role in roles.items():
        require_training_to_join(round.rules, role, held[person], on=day(tx.now, round.zone))


async def _enrol(tx: Tx, round: Round, entries: Sequence[ParticipantEntry]) -> int:
    """Whoever takes part already stays as she is, and who stands there twice is one. Returns how many are new."""
    if not entries:
        return 0
    keys = {(entry.person, entry.role): entry for entry in reversed(entries)}
    rows = [
        {"id": participation_of(round, *key), "project": round.project, "round": round.id, "at": tx.now}
        | {"person": key[0], "role": key[1]}
        for key in keys
    ]
    p = participations.c
    put = insert(participations).values(rows).on_conflict_do_nothing().returning(p.person, p.role)
    fresh = {(row["person"], row["role"]) for row in await tx.rows(put)}
    await _give_places(tx, round, [e for key, e in keys.items() if e.role is Role.MENTOR and key in fresh])
    await tx.emit(*(registered(round, person, role, at=tx.now) for person, role in keys if (person, role) in fresh))
    return len(fresh)


async def _give_places(tx: Tx, round: Round, mentors: Sequence[ParticipantEntry]) -> None:
    given = {entry.person: places_given(round, entry.places) for entry in mentors}
    rows = [
        {"id": derived("places", round.id, mentor, style), "project": round.project, "round": round.id}
        | {"mentor": mentor, "style": style, "most": most}
        for mentor, by_style in given.items()
        for style, most in by_style.items()
    ]
    if rows:
        await tx.run(insert(places).values(rows).on_conflict_do_nothing())
    await tx.emit(
        *(
            PlacesSet(project=round.project, at=tx.now, mentor=entry.person, round=round.id, style=style, most=most)
            for entry in mentors
            if entry.places is not None
            for style, most in given[entry.person].items()
        )
    )
