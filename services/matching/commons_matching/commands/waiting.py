"""Waiting for a mentor, and taking the place that is offered."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role, Style, WaitingState
from commons_contracts.ids import ConnectionId, OfferId, PersonId, WaitingId
from commons_contracts.matching import (
    ConnectionView,
    JoinWaitlist,
    LeaveWaitlist,
    LetOfferGo,
    OfferView,
    TakeOffer,
    WaitingView,
)

from ..offering import free_held_place, leave_queue, offer_key
from ..rules.asking import may_take, may_wait
from ..rules.connection import ask
from ..rules.refusing import mentor_unavailable
from ..rules.round import Round
from ..rules.waiting import Offer, Waiting
from ..tables import matches, offers, participations, rounds, waitings
from ..tables.person import find_asked, find_asker
from ..tables.queue import find_position
from ..tables.round import find_round
from ..views import offer_view, waiting_view
from .connection import send


@answers
async def join_waitlist(command: JoinWaitlist, tx: Tx) -> WaitingView:
    round = await find_round(tx, command.round)
    style = command.style or round.first_style
    if style is None:
        raise mentor_unavailable()
    asker = await find_asker(tx, round, style)
    asked = await find_asked(tx, round, command.mentor, style, lock=True)
    may_wait(round, asker, asked, waits=await _waits(tx, round, command.mentor, style))
    waiting = Waiting(
        id=WaitingId(new_id()),
        project=round.project,
        round=round.id,
        mentor=command.mentor,
        mentee=tx.person,
        style=style,
        joined_at=tx.now,
        first_call=await _found_nobody_before(tx, round),
    )
    tx.add(waiting)
    await tx.emit(waiting.joined())
    return waiting_view(asdict(waiting) | {"position": await find_position(tx, waiting.id)})


@answers
async def leave_waitlist(command: LeaveWaitlist, tx: Tx) -> WaitingView:
    w = waitings.c
    if await tx.row(sa.select(w.id).where(w.id == command.waiting, w.mentee == tx.person)) is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    waiting = await _settle(tx, command.waiting)
    await leave_queue(tx, waiting)
    return waiting_view(asdict(waiting) | {"position": None})


@answers
async def take_offer(command: TakeOffer, tx: Tx) -> ConnectionView:
    seen = await _own_offer(tx, command.offer)
    round = await find_round(tx, seen["round"])
    asker = await find_asker(tx, round, seen["style"])
    waiting = await _settle(tx, seen["waiting"])
    offer = await tx.load(Offer, command.offer)
    taken = offer.take(at=tx.now)
    may_take(asker, await find_asked(tx, round, offer.mentor, offer.style))
    waiting.end()
    await tx.emit(taken)
    connection = ask(
        ConnectionId(new_id()),
        round,
        mentee=tx.person,
        mentor=offer.mentor,
        style=offer.style,
        message=command.message,
        at=tx.now,
        holds_place=True,
    )
    return await send(tx, round, connection)


@answers
async def let_offer_go(command: LetOfferGo, tx: Tx) -> OfferView:
    seen = await _own_offer(tx, command.offer)
    waiting = await _settle(tx, seen["waiting"])
    offer = await tx.load(Offer, command.offer)
    await tx.emit(offer.let_go(at=tx.now), waiting.leave(at=tx.now))
    await free_held_place(tx, offer)
    return offer_view(asdict(offer))


async def _own_offer(tx: Tx, id: OfferId) -> Row:
    o = offers.c
    row = await tx.row(sa.select(o.round, o.waiting, o.style).where(o.id == id, o.mentee == tx.person))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return row


async def _settle(tx: Tx, id: WaitingId) -> Waiting:
    """Lock a turn that is about to end, its deadline first, as the job does."""
    await tx.forget(offer_key(id))
    return await tx.load(Waiting, id)


async def _waits(tx: Tx, round: Round, mentor: PersonId, style: Style) -> bool:
    w = waitings.c
    hers = (w.round == round.id, w.mentor == mentor, w.mentee == tx.person, w.style == style)
    states = [WaitingState.WAITING, WaitingState.OFFERED]
    return bool(await tx.value(sa.select(sa.exists().where(*hers, w.state.in_(states)))))


async def _found_nobody_before(tx: Tx, round: Round) -> bool:
    """She was registered as a mentee in the project's last round, and remained unmatched (waiting list: those rank first)."""
    r, p, m = rounds.c, participations.c, matches.c
    before = sa.select(r.id).where(r.begins < round.begins).order_by(r.begins.desc(), r.id).limit(1).scalar_subquery()
    took_part = sa.exists().where(p.round == before, p.person == tx.person, p.role == Role.MENTEE)
    matched = sa.exists().where(m.round == before, m.mentee == tx.person, m.style != Style.FLASH)
    return bool(await tx.value(sa.select(sa.and_(took_part, ~matched))))
