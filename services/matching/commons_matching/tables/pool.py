"""The pools that this process keeps in memory: the mentors of a round, compiled once and then followed card by card.

Each process has them before anybody asks and follows what is told (`keeping`), and looks once more when a list is asked for.
Only the order of a list comes from here. Who is ready, free and contactable is asked of the database each time a list is
shown, so that a pool that missed someone's leaving can show nobody who has left. Whatever is heard of a person touches her
card (`keep_card`), and what is told of a place is followed beside it: so each process has it in its next list.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa

from commons_chassis.pages import news
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, RoundId

from ..rules.calendar import day
from ..rules.card import choosing
from ..rules.engine.compile import compile_pool, ids_of
from ..rules.engine.graph import Longs
from ..rules.engine.live import amended, carried
from ..rules.engine.people import People
from ..rules.engine.pool import Pool
from ..rules.round import Round
from .facts import place_points, prices, pricings
from .people import Gathered, knowing, profiles_in, profiles_of
from .schema import cards, participations

MOST, FOLLOWED = 32, 16
"""Rounds kept at once, the one asked for longest ago goes first; recruiting rounds, the newest first, that are kept unasked."""
BEHIND = sa.text("select round, project from pools_behind(:now, :most, cast(:held as uuid[]), cast(:seen as bigint[]))")
"""Whatever `_changes` would tell of, in every project; nothing of it is read."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A pool on a day of the project's calendar, what a place of each mentor costs, and where the news were left."""

    round: Round
    pool: Pool
    today: date
    prices: Longs
    seen: str

    def holds(self, at: datetime) -> bool:
        """Whose training or vetting still counts is a matter of the day."""
        return self.today == day(at, self.round.zone)


_kept: OrderedDict[RoundId, Kept] = OrderedDict()
_compiling: dict[RoundId, asyncio.Lock] = {}


async def mentors_pool(tx: Tx, round: Round) -> Kept:
    """The mentors of a round as they are now: whoever changed since the last look is read again."""
    fresh = None
    while fresh is None:
        kept = _found(round, tx.now) or await _compiled_once(tx, round)
        fresh = await _followed(tx, round, kept)
        if fresh is None:
            _kept.pop(round.id, None)
    _keep(round, fresh)
    return fresh


async def left_behind(tx: Tx) -> Sequence[Row]:
    """(round, project) of recruiting rounds whose pool is not here, or not as people are now."""
    held = {id: int(kept.seen) for id, kept in _kept.items() if kept.holds(tx.now)}
    return await tx.rows(BEHIND, now=tx.now, most=FOLLOWED, held=list(held), seen=list(held.values()))


def recruiting(at: datetime) -> list[Round]:
    """Of the rounds whose pools are here."""
    return [kept.round for kept in _kept.values() if kept.round.is_open(at)]


def forget_pools() -> None:
    """As after a start."""
    _kept.clear()


def _found(round: Round, at: datetime) -> Kept | None:
    kept = _kept.get(round.id)
    return kept if kept is not None and kept.holds(at) else None


def _keep(round: Round, kept: Kept) -> None:
    _kept[round.id] = kept
    _kept.move_to_end(round.id)
    while len(_kept) > MOST:
        _kept.popitem(last=False)


async def _compiled_once(tx: Tx, round: Round) -> Kept:
    """However many ask at the same time."""
    async with _compiling.setdefault(round.id, asyncio.Lock()):
        kept = _found(round, tx.now)
        if kept is None:
            kept = await _compiled(tx, round)
            _keep(round, kept)
    _compiling.pop(round.id, None)
    return kept


async def _compiled(tx: Tx, round: Round) -> Kept:
    """Where the news stand is asked first: what changes meanwhile is told again. Others are answered meanwhile too."""
    _, _, seen = await _changes(tx, round, None)
    mentors = await _mentors(tx, round)
    pool = await asyncio.to_thread(_pool_of, await knowing(tx, round, mentors), mentors)
    today = day(tx.now, round.zone)
    return Kept(round=round, pool=pool, today=today, prices=await _prices(tx, round, pool), seen=seen)


def _pool_of(known: Gathered, mentors: Collection[PersonId]) -> Pool:
    profiles = tuple(profiles_in(known, Role.MENTOR, mentors))
    return compile_pool(People(mentors=profiles, mentees=()), choosing(known.round.rules.matching))


async def _followed(tx: Tx, round: Round, kept: Kept) -> Kept | None:
    """None where someone tells what nobody told before."""
    people, priced, seen = await _changes(tx, round, kept.seen)
    changed = await _mentors(tx, round, people) if people else []
    if not changed and not priced:
        return replace(kept, seen=seen)
    pool = amended(kept.pool, await profiles_of(tx, round, Role.MENTOR, changed)) if changed else kept.pool
    if pool is None:
        return None
    if priced:
        costs = await _prices(tx, round, pool)
    else:
        costs = carried(kept.prices, kept.pool.mentor.ids, pool.mentor.ids)
    return replace(kept, pool=pool, prices=costs, seen=seen)


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
    """What was last reckoned that a place with each costs; whoever was not known then costs nothing."""
    rows = await tx.rows(sa.select(prices.c.mentor, prices.c.points).where(prices.c.round == round.id))
    points = np.array([row["points"] for row in rows], np.int64)
    return carried(points, ids_of([row["mentor"] for row in rows]), pool.mentor.ids)
