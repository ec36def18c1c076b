"""`tallying` hears counting, keeps a copy of every counter, and breaks on purpose where a test says so."""

from __future__ import annotations

import sys
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis import standing
from commons_chassis.classify import NONE
from commons_chassis.service import Service, answers
from commons_chassis.tables import Wall, new_metadata, project, table
from commons_chassis.tx import Tx
from commons_contracts.base import Entry, Message, Query

from .counting import Raised, Started

metadata = new_metadata()
tallies = table(
    "tallies",
    metadata,
    project(),
    sa.Column("counter", sa.Uuid, primary_key=True, info=NONE),
    sa.Column("raised", sa.Integer, nullable=False, info=NONE),
    sa.Column("last", sa.Integer, nullable=False, info=NONE),
    wall=Wall.PROJECT,
    copy_of="counting",
)

POISON = 666


class TallyView(Message):
    raised: int
    last: int


class Tally(Query[TallyView], entry=Entry.ANYONE):
    counter: UUID


@answers
async def keep_tally(event: Started | Raised, tx: Tx) -> None:
    """`last` tells the order: only the fact heard last may have set it."""
    by = event.by if isinstance(event, Raised) else 0
    if by == POISON:
        msg = "this one nobody can digest"
        raise ZeroDivisionError(msg)
    put = insert(tallies).values(project=event.project, counter=event.counter, raised=by, last=by)
    more = {"raised": tallies.c.raised + by, "last": by}
    await tx.run(put.on_conflict_do_update(index_elements=[tallies.c.counter], set_=more))


@answers
async def tally(query: Tally, tx: Tx) -> TallyView:
    row = await tx.row(sa.select(tallies).where(tallies.c.counter == query.counter))
    return TallyView(raised=row["raised"], last=row["last"]) if row else TallyView(raised=0, last=0)


service = Service("tallying", metadata, [standing, sys.modules[__name__]], migrations="toy.tallying_migrations")
