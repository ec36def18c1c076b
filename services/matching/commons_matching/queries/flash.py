"""Reading flash slots: those to take, one's own, and those one has taken."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.matching import FlashSlots, FlashSlotsByIds, FlashSlotsPage, FlashSlotView, OwnFlashSlotsPage

from ..tables import flash_slots
from ..tables.flash import slots_to_take
from ..tables.round import find_round
from ..views import flash_slot_view

f = flash_slots.c


@answers
async def flash_slots_page(query: FlashSlotsPage, tx: Tx) -> Page[FlashSlotView]:
    round = await find_round(tx, query.round)
    wanted = slots_to_take(tx, round.id, tx.now)
    if query.mentor is not None:
        wanted = wanted.where(f.mentor == query.mentor)
    if query.topics:
        wanted = wanted.where(f.topics.overlap(list(query.topics)))
    show = lambda row: flash_slot_view(row, tx.person)  # noqa: E731 - said once, used once
    return await page(tx, wanted, keys=(f.starts_at, f.id), first=query.first, after=query.after, show=show)


@answers
async def own_flash_slots_page(query: OwnFlashSlotsPage, tx: Tx) -> Page[FlashSlotView]:
    mine = sa.select(flash_slots).where(f.mentor == tx.person)
    latest = (f.starts_at.desc(), f.id.desc())
    return await page(
        tx, mine, keys=latest, first=query.first, after=query.after, show=lambda row: flash_slot_view(row, tx.person)
    )


@answers
async def flash_slots_by_ids(query: FlashSlotsByIds, tx: Tx) -> FlashSlots:
    """To its mentor and to who has taken it, and to those who could."""
    hers = (f.mentor == tx.person) | (f.mentee == tx.person)
    mine = sa.select(flash_slots).where(f.id.in_(query.ids), hers)
    found = {row["id"]: row for row in await tx.rows(mine)}
    rounds = await tx.rows(sa.select(f.round).where(f.id.in_(set(query.ids) - set(found))).distinct())
    for row in rounds:
        free = slots_to_take(tx, row["round"], tx.now).where(f.id.in_(query.ids))
        found |= {one["id"]: one for one in await tx.rows(free)}
    return FlashSlots(items=tuple(flash_slot_view(found[id], tx.person) for id in query.ids if id in found))
