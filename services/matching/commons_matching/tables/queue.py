"""The order in which mentees wait for a mentor."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.codes import WaitingState
from commons_contracts.ids import WaitingId

from .schema import waitings

w = waitings.c
ORDER = (w.first_call.desc(), w.joined_at, w.id)
"""Who took part and found nobody in the last round comes first; then who came first."""


def positions() -> sa.Subquery:
    """(id, position) of everyone who waits; 1 is next."""
    queue = sa.func.row_number().over(partition_by=(w.round, w.mentor, w.style), order_by=ORDER)
    return sa.select(w.id, queue.label("position")).where(w.state == WaitingState.WAITING).subquery()


async def find_position(tx: Tx, waiting: WaitingId) -> int | None:
    ahead = positions()
    place: int | None = await tx.value(sa.select(ahead.c.position).where(ahead.c.id == waiting))
    return place
