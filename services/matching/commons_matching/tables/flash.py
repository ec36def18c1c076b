"""Slots for flash mentoring, and the looks at them that several doors take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.standing import contactable
from commons_chassis.tables import Wall, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.codes import FlashState, Goal, Style
from commons_contracts.ids import RoundId

from ..rules.flash import FlashSlot
from .schema import cards, metadata, places

flash_slots = table(
    "flash_slots",
    metadata,
    ident(),
    project(),
    sa.Column("round", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False, info=NONE),
    sa.Column("mentor", sa.Uuid, nullable=False, info=personal("flash slot", erase="anonymise")),
    sa.Column("topics", pg.ARRAY(sa.Enum(Goal, native_enum=False, length=40)), nullable=False, info=NONE),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, info=personal("flash slot")),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, info=personal("flash slot")),
    sa.Column("state", sa.Enum(FlashState, native_enum=False, length=40), nullable=False, info=NONE),
    sa.Column("mentee", sa.Uuid, index=True, info=personal("flash slot", erase="anonymise")),
    sa.Column("match", sa.Uuid, unique=True, info=NONE),
    version(),
    pg.ExcludeConstraint(
        (sa.column("mentor"), "="),
        (sa.func.tstzrange(sa.column("starts_at"), sa.column("ends_at")), "&&"),
        name="ex_flash_slots_one_at_a_time",
        where=sa.text("state <> 'WITHDRAWN'"),
    ),
    sa.Index(None, "round", "starts_at"),
    wall=Wall.PROJECT,
)
"""A mentor is in one place at a time: what she offers does not overlap, and a slot goes to one by its row's lock."""

mapped(metadata, FlashSlot, flash_slots)


def slots_to_take(tx: Tx, round: RoundId, at: datetime) -> sa.Select[Any]:
    """Open slots to come of mentors whom the acting person may meet, who are there and have a place left."""
    f, p, c = flash_slots.c, places.c, cards.c
    free = sa.exists().where(p.round == f.round, p.mentor == f.mentor, p.style == Style.FLASH, p.used + p.held < p.most)
    there = sa.exists().where(c.project == f.project, c.person == f.mentor, c.introduced, ~c.paused)
    return (
        sa.select(flash_slots)
        .where(f.round == round, f.state == FlashState.OPEN, f.starts_at > at, f.mentor != tx.person)
        .where(free, there, contactable(tx, tx.person, f.mentor))
    )
