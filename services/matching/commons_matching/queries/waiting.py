"""Reading one's turns in queues, and the places one is offered; newest first."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.matching import Offers, OwnOffers, OwnWaitings, Waitings

from ..tables import offers, waitings
from ..tables.queue import positions
from ..views import offer_view, waiting_view


@answers
async def own_waitings(query: OwnWaitings, tx: Tx) -> Waitings:  # noqa: ARG001 - its type is what it answers
    ahead, w = positions(), waitings.c
    mine = sa.select(waitings, ahead.c.position).outerjoin(ahead, ahead.c.id == w.id).where(w.mentee == tx.person)
    rows = await tx.rows(mine.order_by(w.id.desc()))
    return Waitings(items=tuple(waiting_view(row) for row in rows))


@answers
async def own_offers(query: OwnOffers, tx: Tx) -> Offers:  # noqa: ARG001 - its type is what it answers
    mine = sa.select(offers).where(offers.c.mentee == tx.person).order_by(offers.c.id.desc())
    return Offers(items=tuple(offer_view(row) for row in await tx.rows(mine)))
