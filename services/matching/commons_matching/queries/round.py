"""Reading rounds, and what a mentor gives in one."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.matching import AllPlaces, OwnPlaces, Rounds, RoundsOf

from ..rules.places import Places, Spot
from ..tables import participations, places, rounds
from ..tables.round import round_in
from ..views import places_view, round_view


@answers
async def rounds_of(query: RoundsOf, tx: Tx) -> Rounds:
    r, p = rounds.c, participations.c
    wanted = sa.select(rounds).order_by(r.begins.desc(), r.id)
    if query.programme is not None:
        wanted = wanted.where(r.programme == query.programme)
    if query.ids:
        wanted = wanted.where(r.id.in_(query.ids))
    found = [round_in(row) for row in await tx.rows(wanted)]
    roles: dict[object, list[Role]] = {round.id: [] for round in found}
    mine = sa.select(p.round, p.role).where(p.person == tx.person, p.round.in_(roles)).order_by(p.role)
    for row in await tx.rows(mine):
        roles[row["round"]].append(row["role"])
    return Rounds(items=tuple(round_view(round, tuple(roles[round.id]), tx.now) for round in found))


@answers
async def own_places(query: OwnPlaces, tx: Tx) -> AllPlaces:
    p = places.c
    mine = sa.select(p.style, p.most, p.used, p.held).where(p.round == query.round, p.mentor == tx.person)
    return AllPlaces(
        items=tuple(
            places_view(
                Spot(round=query.round, mentor=tx.person, style=row["style"]),
                Places(most=row["most"], used=row["used"], held=row["held"]),
            )
            for row in await tx.rows(mine.order_by(p.style))
        )
    )
