"""Circles that a run proposes, looked at as everyone is now: who could not follow hers any more, and who may join or leave one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa

from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Stale
from commons_contracts.ids import CircleId, PersonId

from ..rules.circle import Circle, Terms
from ..rules.circle_faults import members_astray, way_in
from ..rules.engine.pool import Pool
from ..rules.engine.sides import Side
from ..rules.round import Round
from ..rules.run import Run
from ..tables import circles, proposals
from ..tables.people import fellows_of
from .freshness import pool_of

o, p = circles.c, proposals.c


async def changed_circles(tx: Tx, run: Run, round: Round, terms: Terms) -> Iterator[Row]:
    """Whoever cannot be in her circle any more, looked at beside everyone else in it."""
    proposed = await _proposed(tx, run)
    if not proposed:
        return iter(())
    pool, terms = await _people(tx, run, round, terms, proposed.values())
    found = members_astray(pool, terms, [_circle(pool, rows) for rows in proposed.values()])
    return (
        {"why": Stale.UNAVAILABLE, "mentor": pool.mentor.person(it.mentor), "mentee": pool.mentee.person(it.mentee)}
        for it in found
    )


async def require_enough(tx: Tx, run: Run, circle: CircleId | None, terms: Terms, leaver: PersonId) -> None:
    """Whoever leaves a circle leaves enough behind for it to be one."""
    others = sa.select(sa.func.count()).where(p.run == run.id, p.circle == circle, p.mentee != leaver)
    if circle is not None and await tx.value(others) < terms.least:
        raise Refusal(RefusalCode.CIRCLE_TOO_SMALL, min=terms.least)


async def circle_for(tx: Tx, run: Run, round: Round, terms: Terms, pair: tuple[PersonId, PersonId]) -> CircleId:
    """The first circle of the facilitator that the other of the two may join; a refusal says what it lacks, of the last that has room."""
    facilitator, joiner = pair
    proposed = {id: rows for id, rows in (await _proposed(tx, run)).items() if rows[0]["facilitator"] == facilitator}
    if not proposed:
        raise Refusal(RefusalCode.CIRCLE_TOO_SMALL, min=terms.least)
    pool, terms = await _people(tx, run, round, terms, proposed.values(), joiner)
    i, no = _at(pool.mentee, joiner), Refusal(RefusalCode.CIRCLE_FULL, max=terms.most)
    for id, rows in proposed.items():
        others = [row for row in rows if row["mentee"] != joiner]
        if len(others) < terms.most:
            barred = way_in(pool, terms, _circle(pool, others), i)
            if barred is None:
                return id
            no = barred
    raise no


async def _proposed(tx: Tx, run: Run) -> Mapping[CircleId, Sequence[Row]]:
    """A row for each member, by circle in the order of the week."""
    columns = (o.id, o.facilitator, o.language, o.block, o.modality, p.mentee)
    wanted = sa.select(*columns).join_from(proposals, circles).where(p.run == run.id)
    rows = await tx.rows(wanted.order_by(o.block, o.id, p.mentee))
    return {id: list(those) for id, those in groupby(rows, key=itemgetter("id"))}


async def _people(
    tx: Tx, run: Run, round: Round, terms: Terms, proposed: Collection[Sequence[Row]], *more: PersonId
) -> tuple[Pool, Terms]:
    members = {row["mentee"] for rows in proposed for row in rows} | {*more}
    leads = {rows[0]["facilitator"] for rows in proposed}
    pool = await pool_of(tx, round, run.rules, leads, members)
    return pool, replace(terms, apart=await fellows_of(tx, round, members))


def _circle(pool: Pool, rows: Sequence[Row]) -> Circle:
    return Circle(
        facilitator=_at(pool.mentor, rows[0]["facilitator"]),
        language=rows[0]["language"],
        block=rows[0]["block"],
        modality=rows[0]["modality"],
        members=tuple(_at(pool.mentee, row["mentee"]) for row in rows),
    )


def _at(side: Side, person: PersonId) -> int:
    at = side.find(person)
    assert at is not None  # noqa: S101 - the pool is of these people
    return at
