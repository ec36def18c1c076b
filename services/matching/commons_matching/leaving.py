"""What ends when somebody is matched: she asks and waits no more in this round."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.tx import LAST_CHARACTER, Tx
from commons_contracts.codes import ConnectionState, WaitingState
from commons_contracts.ids import RoundId

from .offering import free_held_place, leave_queue
from .rules.connection import Connection
from .rules.waiting import Waiting
from .tables import connections, waitings

c, w = connections.c, waitings.c
FORGET = sa.text("""
    delete from due using unnest(cast(:keys as text[])) as gone (key)
    where project = :project and due.key >= gone.key and due.key < gone.key || :last returning 1
""")
"""As `Tx.forget`, for many at once."""


async def leave_elsewhere(
    tx: Tx, round: RoundId, mentees: sa.ColumnElement[Any] | sa.Select[Any], *, but: UUID | None = None
) -> None:
    """Other requests of those who are matched, and their turns in queues, go; what was kept for them goes on to the next.

    mentees: a selection of ids. but: the request that brought the match about.
    """
    asked = [c.round == round, c.mentee.in_(mentees), c.state == ConnectionState.ASKED]
    if but is not None:
        asked.append(c.id != but)
    await _forget(tx, "connection", sa.select(c.id).where(*asked))
    for other in await tx.all_of(Connection, *asked):
        await tx.emit(other.withdraw_elsewhere(tx.now))
        if other.holds_place:
            await free_held_place(tx, other)
    waits = (w.round == round, w.mentee.in_(mentees), w.state.in_([WaitingState.WAITING, WaitingState.OFFERED]))
    await _forget(tx, "waiting", sa.select(w.id).where(*waits))
    for waiting in await tx.all_of(Waiting, *waits):
        await leave_queue(tx, waiting)


async def _forget(tx: Tx, kind: str, wanted: sa.Select[Any]) -> None:
    keys = [f"{kind}:{row['id']}:" for row in await tx.rows(wanted)]
    if keys:
        await tx.rows(FORGET, keys=keys, project=tx.project, last=LAST_CHARACTER)
