"""Places change by one conditional statement each, so that no two people ever get the same one."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.codes import Style
from commons_contracts.ids import PersonId, RoundId

from ..rules.match import Match
from ..rules.places import Places
from .schema import matches, places

p, m = places.c, matches.c


class OfMentor(Protocol):
    """A connection, a waiting, an offer: anything that is about one mentor's places of one style in a round."""

    @property
    def round(self) -> RoundId: ...
    @property
    def mentor(self) -> PersonId: ...
    @property
    def style(self) -> Style: ...


def places_of(it: OfMentor) -> sa.ColumnElement[bool]:
    return sa.and_(p.round == it.round, p.mentor == it.mentor, p.style == it.style)


async def find_places(tx: Tx, it: OfMentor, *, lock: bool) -> Places | None:
    """`lock`: nobody else takes, frees or changes them before this transaction is over."""
    wanted = sa.select(p.most, p.used, p.held).where(places_of(it))
    row = await tx.row(wanted.with_for_update() if lock else wanted)
    return None if row is None else Places(**row)


async def use_place(tx: Tx, it: OfMentor, *, held: bool) -> bool:
    """Take a free place for good, or the one that was held for this. False: there is none."""
    if held:
        return await _change(tx, it, p.held > 0, {p.used: p.used + 1, p.held: p.held - 1})
    return await _change(tx, it, p.used + p.held < p.most, {p.used: p.used + 1})


async def hold_place(tx: Tx, it: OfMentor) -> bool:
    """Keep a free place for somebody. False: there is none."""
    return await _change(tx, it, p.used + p.held < p.most, {p.held: p.held + 1})


async def release_place(tx: Tx, it: OfMentor) -> bool:
    """Keep it no longer. False: none was kept."""
    return await _change(tx, it, p.held > 0, {p.held: p.held - 1})


async def give_place_back(tx: Tx, it: OfMentor) -> bool:
    """A place that was taken for good is free again. False: none was taken."""
    return await _change(tx, it, p.used > 0, {p.used: p.used - 1})


async def others_hold(tx: Tx, match: Match) -> bool:
    """Whether somebody else of its circle holds the place that they share. Of two who leave at once, one is the last."""
    if match.circle is None:
        return False
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(match.circle), 0))
    await tx.value(sa.select(lock))
    beside = (m.circle == match.circle, m.id != match.id, m.place_held)
    return bool(await tx.value(sa.select(sa.exists().where(*beside))))


async def _change(tx: Tx, it: OfMentor, where: sa.ColumnElement[bool], to: dict[Any, Any]) -> bool:
    return await tx.run(sa.update(places).where(places_of(it), where).values(to)) == 1
