"""What cards are compared by: columns of a row for each, as far as a programme counts them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.reads import kept
from commons_chassis.tx import Tx
from commons_contracts.codes import Criterion
from commons_contracts.ids import PersonId

from ..rules.card import Card
from ..rules.engine.weights import Rules
from ..rules.known import card_of
from .facts import consents, place_points
from .schema import cards

NOTHING = sa.cast(sa.null(), pg.JSONB)
Counted = tuple[bool, bool]
"""Whether it counts where people live, and whether anything by consent."""
EVERY: tuple[Counted, ...] = ((False, False), (False, True), (True, False), (True, True))


def counted(rules: Rules) -> Counted:
    return any(c is Criterion.PLACE for c, _ in rules.weights), bool(rules.opted)


def told_of(what: Counted) -> list[sa.ColumnElement[Any]]:
    """Columns beside a card: her description, where her place is, and what she told with her consent. For `card_of`."""
    near, agreed = what
    at, c = place_points.c, consents.c
    point = sa.select(sa.func.jsonb_build_array(at.latitude, at.longitude, type_=pg.JSONB)).where(
        at.place == cards.c.place
    )
    told = sa.select(sa.func.jsonb_object_agg(c.criterion, c.codes, type_=pg.JSONB))
    hers = told.where(c.project == cards.c.project, c.person == cards.c.person)
    return [
        cards.c.description,
        (point.scalar_subquery() if near else NOTHING).label("at"),
        (hers.scalar_subquery() if agreed else NOTHING).label("consents"),
    ]


PROJECT, PERSON = (sa.bindparam(name, type_=sa.Uuid) for name in ("project", "person"))
HERS = {
    what: kept(sa.select(cards.c.person, *told_of(what)).where(cards.c.project == PROJECT, cards.c.person == PERSON))
    for what in EVERY
}


async def find_card(tx: Tx, person: PersonId, rules: Rules) -> Card:
    """Someone's own; a blank one where she has told nothing yet."""
    row = await tx.row(HERS[counted(rules)], project=tx.project, person=person)
    return Card(person=person) if row is None else card_of(row)
