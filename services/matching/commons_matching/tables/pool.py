"""The pools that this process keeps in memory: the mentors of a round, compiled once and then followed card by card.

Only the order of a list comes from here. Who is ready, free and contactable is asked of the database each time a list is
shown, so that a pool that missed someone's leaving can show nobody who has left.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import news
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId
from commons_contracts.profiles import Description

from ..rules.card import choosing, profile_of
from ..rules.engine.compile import compile_pool
from ..rules.engine.live import amended
from ..rules.engine.people import People, Profile
from ..rules.engine.pool import Pool
from ..rules.round import Round
from .schema import cards, participations

MOST = 16
"""Rounds kept at once; the one asked for longest ago goes first."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A pool, and the cursors of the cards and registrations that it has seen."""

    pool: Pool
    cards: str
    registered: str


_kept: OrderedDict[Any, Kept] = OrderedDict()


async def mentors_pool(tx: Tx, round: Round) -> Pool:
    """The mentors of a round as they are now: whoever changed since the last look is read again."""
    kept = _kept.pop(round.id, None)
    fresh = await _compiled(tx, round) if kept is None else await _followed(tx, round, kept)
    _kept[round.id] = fresh
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return fresh.pool


def forget_pools() -> None:
    """As after a start."""
    _kept.clear()


async def _compiled(tx: Tx, round: Round) -> Kept:
    _, seen = await _changed_cards(tx, round, None)
    _, registered = await _changed_registrations(tx, round, None)
    mentors = tuple(_profile(row) for row in await tx.rows(_mentors(round)))
    pool = compile_pool(People(mentors=mentors, mentees=()), choosing(round.rules.matching))
    return Kept(pool=pool, cards=seen, registered=registered)


async def _followed(tx: Tx, round: Round, kept: Kept) -> Kept:
    changed, seen = await _changed_cards(tx, round, kept.cards)
    joined, registered = await _changed_registrations(tx, round, kept.registered)
    people = {row["person"] for row in (*changed, *joined)}
    if not people:
        return Kept(pool=kept.pool, cards=seen, registered=registered)
    rows = await tx.rows(_mentors(round).where(cards.c.person.in_(people)))
    pool = amended(kept.pool, [_profile(row) for row in rows])
    return await _compiled(tx, round) if pool is None else Kept(pool=pool, cards=seen, registered=registered)


async def _changed_cards(tx: Tx, round: Round, cursor: str | None) -> tuple[Sequence[Row], str]:
    ours = sa.select(cards.c.person).where(cards.c.project == round.project)
    return await news(tx, ours, cards.c.changed, cursor)


async def _changed_registrations(tx: Tx, round: Round, cursor: str | None) -> tuple[Sequence[Row], str]:
    p = participations.c
    return await news(tx, sa.select(p.person).where(p.round == round.id, p.role == Role.MENTOR), p.changed, cursor)


def _mentors(round: Round) -> sa.Select[Any]:
    c, p = cards.c, participations.c
    return (
        sa.select(c.person, c.project, c.description, (c.introduced & ~c.paused).label("ready"))
        .join(participations, p.person == c.person)
        .where(p.round == round.id, p.role == Role.MENTOR, c.project == round.project)
    )


def _profile(row: Row) -> Profile:
    told = Description.model_validate(row["description"])
    return profile_of(PersonId(row["person"]), row["project"], told, ready=row["ready"])
