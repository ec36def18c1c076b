"""What a place with each mentor costs in a round, so that suggestions spread what people ask for; and when to reckon it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.tx import Tx
from commons_contracts.ids import ProjectId, RoundId

from ..rules.round import Round
from .facts import prices, pricings
from .people import Gathered, gather
from .schema import cards, participations, places

PAUSE: Final = timedelta(minutes=1)
"""Between two looks at a round, whichever process looks; by the database's clock."""
ENOUGH: Final = 50
"""One in so many people or places has changed: it is worth reckoning anew."""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What prices are reckoned from: everyone, the places that were free, and from which transaction on nothing was seen."""

    everyone: Gathered
    free: int
    seen: int


async def take_turn(tx: Tx, round: Round) -> bool:
    """Of all processes one looks at a round, and none within a pause after it; nor at once at a round that is new."""
    g, real = pricings.c, sa.func.clock_timestamp()
    first = insert(pricings).values(round=round.id, project=round.project, turn_at=real)
    await tx.run(first.on_conflict_do_nothing())
    due = g.turn_at.is_(None) | (g.turn_at < real - PAUSE)
    taken = sa.update(pricings).where(g.round == round.id, due).values(turn_at=real, changed=g.changed)
    return await tx.run(taken) == 1


async def find_basis(tx: Tx, round: Round) -> Basis | None:
    """None where too little has changed since the last time."""
    seen = await tx.value(sa.text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    people, free, changed = await _changes(tx, round)
    if changed < max(people // ENOUGH, 1):
        return None
    return Basis(everyone=await gather(tx, round), free=free, seen=seen)


async def set_prices(
    tx: Tx,
    project: ProjectId,
    round: RoundId,
    tariff: Mapping[str, int],
    *,
    seen: int | None = None,
    free: int | None = None,
) -> None:
    """In points, by the id of a mentor; who is not named costs nothing. Every process has them with its next list."""
    await tx.run(sa.delete(prices).where(prices.c.round == round))
    mentors = sa.cast([UUID(mentor) for mentor in tariff], pg.ARRAY(sa.Uuid))
    points = sa.cast(list(tariff.values()), pg.ARRAY(sa.Integer))
    each = sa.func.unnest(mentors, points).table_valued("mentor", "points").render_derived()
    whose = (sa.literal(round, sa.Uuid), sa.literal(project, sa.Uuid))
    rows = sa.select(*whose, each.c.mentor, each.c.points)
    await tx.run(sa.insert(prices).from_select(["round", "project", "mentor", "points"], rows))
    told = {"at": tx.now, "seen": seen, "free": free}
    put = insert(pricings).values(round=round, project=project, **told)
    fresh = told | {"changed": put.excluded.changed}
    await tx.run(put.on_conflict_do_update(index_elements=[pricings.c.round], set_=fresh))


async def _changes(tx: Tx, round: Round) -> tuple[int, int, int]:
    """(people of the round, places that are free, how many of both have changed since prices were last set)."""
    h, c, p, g = participations.c, cards.c, places.c, pricings.c
    here = h.round == round.id
    since = sa.select(sa.func.coalesce(g.seen, 0)).where(g.round == round.id).scalar_subquery()
    told = sa.exists().where(c.project == round.project, c.person == h.person, c.changed >= since)
    free = sa.select(sa.func.coalesce(sa.func.sum(p.most - p.used - p.held), 0))
    row = await tx.row(
        sa.select(
            sa.select(sa.func.count()).where(here).scalar_subquery().label("people"),
            sa.select(sa.func.count()).where(here, (h.changed >= since) | told).scalar_subquery().label("changed"),
            free.where(p.round == round.id, p.style == round.season_style).scalar_subquery().label("free"),
            sa.select(g.free).where(g.round == round.id).scalar_subquery().label("were_free"),
        )
    )
    assert row is not None  # noqa: S101 - it has no table to be empty
    moved = 0 if row["were_free"] is None else abs(row["free"] - row["were_free"])
    return row["people"], row["free"], row["changed"] + moved
