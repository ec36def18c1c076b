"""What a place with each mentor costs in a round: kept from the last solve, so that suggestions spread what people ask for."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.tx import Tx
from commons_contracts.ids import ProjectId, RoundId

from .facts import prices, pricings


async def set_prices(tx: Tx, project: ProjectId, round: RoundId, tariff: Mapping[str, int]) -> None:
    """In points, by the id of a mentor; who is not named costs nothing. Every process has them with its next list."""
    await tx.run(sa.delete(prices).where(prices.c.round == round))
    mentors = sa.cast([UUID(mentor) for mentor in tariff], pg.ARRAY(sa.Uuid))
    points = sa.cast(list(tariff.values()), pg.ARRAY(sa.Integer))
    each = sa.func.unnest(mentors, points).table_valued("mentor", "points").render_derived()
    whose = (sa.literal(round, sa.Uuid), sa.literal(project, sa.Uuid))
    rows = sa.select(*whose, each.c.mentor, each.c.points)
    await tx.run(sa.insert(prices).from_select(["round", "project", "mentor", "points"], rows))
    put = insert(pricings).values(round=round, project=project, at=tx.now)
    fresh = {"at": tx.now, "changed": put.excluded.changed}
    await tx.run(put.on_conflict_do_update(index_elements=[pricings.c.round], set_=fresh))
