"""What follows when a place comes free: it is offered to the next who waits for it."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.codes import OfferState, WaitingState
from commons_contracts.ids import OfferId, WaitingId
from commons_contracts.matching import OfferExpiryDue

from .rules.round import Round
from .rules.waiting import Offer, Waiting
from .tables import offers, waitings
from .tables.person import is_available
from .tables.place import OfMentor, find_places, hold_place, release_place
from .tables.queue import ORDER
from .tables.round import find_round


async def offer_free_places(tx: Tx, it: OfMentor) -> None:
    """Offer each free place to the next in the queue.

    None is offered while the mentor is away, and none to whom she may not be in contact with: they keep their turn.
    """
    free = await find_places(tx, it, lock=True)
    if free is None or free.free == 0 or not await is_available(tx, it.mentor):
        return
    w, round = waitings.c, await find_round(tx, it.round)
    here = (w.round == it.round, w.mentor == it.mentor, w.style == it.style, w.state == WaitingState.WAITING)
    for row in await tx.rows(sa.select(w.id, w.mentee).where(*here).order_by(*ORDER)):
        if await may_contact(tx, it.mentor, row["mentee"]) is not Contact.ALLOWED:
            continue
        waiting = await tx.load(Waiting, row["id"])
        if waiting.state is not WaitingState.WAITING:  # she left while this waited for her row
            continue
        if not await hold_place(tx, it):
            return
        await _offer(tx, waiting, round)


async def free_held_place(tx: Tx, it: OfMentor) -> None:
    """A place that was held for someone goes on to the next, or is free for all."""
    await release_place(tx, it)
    await offer_free_places(tx, it)


async def leave_queue(tx: Tx, waiting: Waiting) -> None:
    """She waits no longer; a place that was offered to her goes on."""
    offered = await tx.all_of(Offer, offers.c.waiting == waiting.id, offers.c.state == OfferState.OPEN)
    await tx.emit(waiting.leave(at=tx.now), *(offer.let_go(at=tx.now) for offer in offered))
    for offer in offered:
        await free_held_place(tx, offer)


def offer_key(waiting: WaitingId) -> str:
    """Where the end of her offer is noted."""
    return f"waiting:{waiting}:offer"


async def _offer(tx: Tx, waiting: Waiting, round: Round) -> None:
    offer = waiting.offer(OfferId(new_id()), round, at=tx.now)
    tx.add(offer)
    await tx.later(OfferExpiryDue(offer=offer.id), at=offer.expires_at, key=offer_key(waiting.id))
    await tx.emit(*offer.offered(tx.now))
