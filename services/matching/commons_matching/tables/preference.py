"""What people have read of the matching, and whom they rank."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, project, table
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, RoundId

from ..rules.preference import RankedList, in_places
from .schema import metadata, participations

acknowledgements = table(
    "acknowledgements",
    metadata,
    ident(info=personal("matching notice")),
    project(),
    sa.Column("round", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False, info=NONE),
    sa.Column("person", sa.Uuid, nullable=False, info=personal("matching notice")),
    sa.Column("version", sa.Integer, nullable=False, info=personal("matching notice")),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, info=personal("matching notice")),
    sa.UniqueConstraint("round", "person"),
    wall=Wall.PROJECT,
)
"""Who has confirmed how matching works; `version` is the programme's, whose words she read."""

preferences = table(
    "preferences",
    metadata,
    sa.Column("round", sa.Uuid, sa.ForeignKey("rounds.id"), primary_key=True, info=NONE),
    sa.Column("person", sa.Uuid, primary_key=True, info=personal("ranked list")),
    sa.Column("role", sa.Enum(Role, native_enum=False, length=40), primary_key=True, info=personal("ranked list")),
    sa.Column("partner", sa.Uuid, primary_key=True, info=personal("ranked list", export=False)),
    project(),
    sa.Column("place", sa.Integer, nullable=False, info=personal("ranked list")),
    sa.Index(None, "partner"),
    wall=Wall.PERSON,
)
"""Whom a person ranks, best in place 1; those in one place are equal. The database shows it to her and to a match run alone."""


async def find_list(tx: Tx, round: RoundId, role: Role) -> RankedList:
    """The acting person's own list; empty where she has sent none."""
    p = preferences.c
    hers = sa.select(p.partner, p.place).where(p.round == round, p.person == tx.person, p.role == role)
    rows = await tx.rows(hers.order_by(p.place, p.partner))
    return in_places([(PersonId(row["partner"]), row["place"]) for row in rows])


async def count_lists(tx: Tx, round: RoundId, role: Role) -> tuple[int, int]:
    """How many take part in a role, and how many of them have sent a list."""
    p = participations.c
    counted = sa.select(sa.func.count().label("all"), sa.func.count(p.listed_at).label("sent"))
    row = await tx.row(counted.where(p.round == round, p.role == role))
    return (row["all"], row["sent"]) if row else (0, 0)
