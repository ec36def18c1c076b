"""Reading rounds, and what a mentor gives in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Done
from commons_contracts.codes import Role
from commons_contracts.ids import RoundId
from commons_contracts.matching import AllPlaces, OwnPlaces, RecruitingRound, Rounds, RoundsOf

from ..rules.asking import Asker
from ..rules.places import Places, Spot
from ..rules.round import Round
from ..tables import acknowledgements, participations, places, rounds
from ..tables.person import in_season
from ..tables.round import find_round, round_in
from ..views import places_view, round_view


@answers
async def rounds_of(query: RoundsOf, tx: Tx) -> Rounds:
    r = rounds.c
    wanted = sa.select(rounds).order_by(r.begins.desc(), r.id)
    if query.programme is not None:
        wanted = wanted.where(r.programme == query.programme)
    if query.ids:
        wanted = wanted.where(r.id.in_(query.ids))
    found = [round_in(row) for row in await tx.rows(wanted)]
    hers = {row["round"]: row for row in await tx.rows(_hers(tx, [round.id for round in found]))}
    return Rounds(items=tuple(round_view(round, _viewer(tx, round, hers.get(round.id)), tx.now) for round in found))


@answers
async def recruiting_round(query: RecruitingRound, tx: Tx) -> Done:
    (await find_round(tx, query.round)).require_open(tx.now)
    return Done()


def _hers(tx: Tx, ids: Sequence[RoundId]) -> sa.Select[Any]:
    """Of each round that the acting person takes part in: as what, whether she is matched, and which notice she has read."""
    p, a = participations.c, acknowledgements.c
    read = sa.select(a.version).where(a.round == p.round, a.person == p.person).scalar_subquery()
    columns = (p.round, sa.func.array_agg(p.role).label("roles"), read.label("read"))
    season = in_season(p.round, p.person).label("matched")
    mine = sa.select(*columns, season).where(p.person == tx.person, p.round.in_(ids))
    return mine.group_by(p.round, p.person)


def _viewer(tx: Tx, round: Round, row: Row | None) -> Asker:
    asked = round.rules.matching.notice_acknowledged
    return Asker(
        person=tx.person,
        roles=tx.actor.roles,
        registered=frozenset(map(Role, row["roles"])) if row else frozenset(),
        matched=bool(row and row["matched"]),
        acknowledged=not asked or bool(row and row["read"] == round.programme_version),
    )


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
