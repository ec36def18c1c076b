"""Flash mentoring: offering slots, taking one, and going on from it."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Style
from commons_contracts.ids import ConnectionId, FlashSlotId, RoundId
from commons_contracts.matching import (
    ConnectionView,
    ContinueAsTraditional,
    FlashSlots,
    FlashSlotView,
    OfferFlash,
    RequestConnection,
    RequestFlash,
    WithdrawFlashSlot,
)

from ..rules.asking import may_take_slot
from ..rules.flash import FlashSlot, NextSlot, continues, may_have_another, offer, require_topic
from ..rules.places import Spot
from ..rules.round import Round
from ..tables import flash_slots, matches, rounds
from ..tables.flash import slots_to_take
from ..tables.person import find_asked, find_asker, require_trained
from ..tables.place import find_places, use_place
from ..tables.round import find_round
from ..views import connection_view, flash_slot_view
from .connection import request

f = flash_slots.c


@answers
async def offer_flash(command: OfferFlash, tx: Tx) -> FlashSlots:
    round = await find_round(tx, command.round)
    if await find_places(tx, Spot(round=round.id, mentor=tx.person, style=Style.FLASH), lock=False) is None:
        raise Refusal(RefusalCode.ENROLMENT_REQUIRED, round=round.id)
    await require_trained(tx, round, tx.person)
    wanted = [(FlashSlotId(new_id()), slot) for slot in command.slots]
    slots = offer(wanted, command.topics, round, mentor=tx.person, at=tx.now)
    rows = [asdict(slot) | {"version": 1} for slot in slots]
    # A constraint of the database says whether two overlap: of these, and of all that she has offered before.
    if await tx.run(insert(flash_slots).values(rows).on_conflict_do_nothing()) != len(rows):
        raise Refusal(RefusalCode.SESSION_CONFLICT)
    await tx.emit(*(slot.offered(tx.now) for slot in slots))
    return FlashSlots(items=tuple(flash_slot_view(asdict(slot), tx.person) for slot in slots))


@answers
async def withdraw_flash_slot(command: WithdrawFlashSlot, tx: Tx) -> FlashSlotView:
    slot = await tx.load(FlashSlot, command.slot)
    await tx.emit(slot.withdraw(by=tx.person, at=tx.now))
    return flash_slot_view(asdict(slot), tx.person)


@answers
async def request_flash(command: RequestFlash, tx: Tx) -> ConnectionView:
    """Who comes first has it: the slot's row is locked while this looks whether it is still open."""
    require_topic(command.question)
    seen = await tx.row(sa.select(f.round, f.mentor).where(f.id == command.slot))
    if seen is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    round = await find_round(tx, seen["round"])
    asker = await find_asker(tx, round, Style.FLASH)
    may_take_slot(round, asker, await find_asked(tx, round, seen["mentor"], Style.FLASH))
    may_have_another(await _coming(tx, round.id), round)
    slot = await tx.load(FlashSlot, command.slot)
    later = None if slot.is_open(tx.now) else await _next(tx, round, slot)
    connection, match = slot.take(
        ConnectionId(new_id()), round, mentee=tx.person, question=command.question, at=tx.now, later=later
    )
    if not await use_place(tx, slot, held=False):
        raise Refusal(RefusalCode.MENTOR_AT_CAPACITY)
    tx.add(connection, match)
    await tx.emit(*slot.taken(connection, match, round))
    return connection_view(asdict(connection), tx.person, tx.now)


@answers
async def continue_as_traditional(command: ContinueAsTraditional, tx: Tx) -> ConnectionView:
    m = matches.c
    hers = sa.select(m.round, m.mentor, m.style, f.starts_at).outerjoin(flash_slots, f.match == m.id)
    match = await tx.row(hers.where(m.id == command.match, m.mentee == tx.person))
    if match is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    continues(command.match, style=match["style"], session_at=match["starts_at"], at=tx.now)
    round = command.round or await _recruiting(tx) or match["round"]
    wish = RequestConnection(round=round, mentor=match["mentor"], style=Style.TRADITIONAL, message=command.message)
    return await request(wish, tx, continues=command.match)


async def _next(tx: Tx, round: Round, slot: FlashSlot) -> NextSlot | None:
    """Of the same mentor, if she has one, else of any other: the earliest."""
    same_first = (f.mentor != slot.mentor, f.starts_at, f.id)
    wanted = slots_to_take(tx, round.id, tx.now).with_only_columns(f.id, f.starts_at).where(f.id != slot.id)
    row = await tx.row(wanted.order_by(*same_first).limit(1))
    return None if row is None else NextSlot(**row)


async def _coming(tx: Tx, round: RoundId) -> int:
    """How many flash sessions of hers are still to come."""
    hers = (f.round == round, f.mentee == tx.person, f.starts_at > tx.now)
    count: int = await tx.value(sa.select(sa.func.count()).where(*hers))
    return count


async def _recruiting(tx: Tx) -> RoundId | None:
    """The newest round that one can register for now."""
    r = rounds.c
    opened = r.opens_at.is_(None) | (r.opens_at <= tx.now)
    going = r.closes_at.is_(None) | (r.closes_at > tx.now)
    newest: RoundId | None = await tx.value(
        sa.select(r.id).where(opened, going).order_by(r.begins.desc(), r.id).limit(1)
    )
    return newest
