"""The pools that this process keeps in memory: the mentors of a round, compiled once and then followed card by card.

Only the order of a list comes from here. Who is ready, free and contactable is asked of the database each time a list is
shown, so that a pool that missed someone's leaving can show nobody who has left. Whatever is heard of a person touches her
card (`keep_card`), and what is told of a place is followed beside it: so each process has it in its next list.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa

from commons_chassis.pages import news
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId

from ..rules.calendar import day
from ..rules.card import choosing
from ..rules.engine.compile import compile_pool
from ..rules.engine.graph import Longs
from ..rules.engine.live import amended
from ..rules.engine.people import People
from ..rules.engine.pool import Pool
from ..rules.round import Round
from .facts import place_points, prices, pricings
from .people import profiles_of
from .schema import cards, participations

MOST = 16
"""Rounds kept at once; the one asked for longest ago goes first."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A pool on a day of the project's calendar, what a place of each mentor costs, and where the news were left."""

    pool: Pool
    today: date
    prices: Longs
    seen: str


_kept: OrderedDict[Any, Kept] = OrderedDict()


async def mentors_pool(tx: Tx, round: Round) -> Kept:
    """The mentors of a round as they are now: whoever changed since the last look is read again."""
    kept, today = _kept.pop(round.id, None), day(tx.now, round.zone)
    stale = kept is None or kept.today != today
    fresh = await _compiled(tx, round) if kept is None or stale else await _followed(tx, round, kept)
    _kept[round.id] = fresh
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return fresh


def forget_pools() -> None:
    """As after a start."""
    _kept.clear()


async def _compiled(tx: Tx, round: Round) -> Kept:
    """Where the news stand is asked first: what changes meanwhile is told again."""
    _, _, seen = await _changes(tx, round, None)
    mentors = tuple(await profiles_of(tx, round, Role.MENTOR, await _mentors(tx, round)))
    pool = compile_pool(People(mentors=mentors, mentees=()), choosing(round.rules.matching))
    return Kept(pool=pool, today=day(tx.now, round.zone), prices=await _prices(tx, round, pool), seen=seen)


async def _followed(tx: Tx, round: Round, kept: Kept) -> Kept:
    people, priced, seen = await _changes(tx, round, kept.seen)
    pool: Pool | None = kept.pool
    if people and (changed := await _mentors(tx, round, people)):
        pool = amended(kept.pool, await profiles_of(tx, round, Role.MENTOR, changed))
    if pool is None:
        return await _compiled(tx, round)
    same = pool is kept.pool and not priced
    return replace(kept, pool=pool, seen=seen, prices=kept.prices if same else await _prices(tx, round, pool))


async def _changes(tx: Tx, round: Round, seen: str | None) -> tuple[set[PersonId], bool, str]:
    """(of whom something changed, whether prices did, where the news stand now). One look for all."""
    c, p, at, r = cards.c, participations.c, place_points.c, pricings.c
    moved = sa.select(c.person, at.changed).join(place_points, at.place == c.place).where(c.project == round.project)
    every = sa.union_all(
        sa.select(c.person, c.changed).where(c.project == round.project),
        sa.select(p.person, p.changed).where(p.round == round.id),
        moved,
        sa.select(sa.null(), r.changed).where(r.round == round.id),
    ).subquery()
    rows, now = await news(tx, sa.select(every.c.person), every.c.changed, seen)
    people = {row["person"] for row in rows}
    return people - {None}, None in people, now


async def _mentors(tx: Tx, round: Round, among: Collection[PersonId] | None = None) -> list[PersonId]:
    p = participations.c
    here = sa.select(p.person).where(p.round == round.id, p.role == Role.MENTOR)
    return [row["person"] for row in await tx.rows(here if among is None else here.where(p.person.in_(among)))]


async def _prices(tx: Tx, round: Round, pool: Pool) -> Longs:
    """What the last solve said that a place with each costs; whoever it did not know costs nothing."""
    found = np.zeros(pool.mentors, np.int64)
    for row in await tx.rows(sa.select(prices.c.mentor, prices.c.points).where(prices.c.round == round.id)):
        j = pool.mentor.find(row["mentor"])
        if j is not None:
            found[j] = row["points"]
    return found
