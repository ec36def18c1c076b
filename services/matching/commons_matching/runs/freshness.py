"""Pairs of a run that the hard rules would not allow any more, as everyone is now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Role, Stale
from commons_contracts.ids import PersonId
from commons_contracts.matching import RunSettings

from ..rules.calendar import day
from ..rules.engine.compile import compile_pool
from ..rules.engine.people import People
from ..rules.engine.pool import Pool
from ..rules.round import Round
from ..rules.run import Run, rules_for
from ..rules.training import modules_for
from ..tables import cards, metadata, place_points, proposals, run_snapshots, trainings
from ..tables.people import apart_of, profiles_of, was_or_is_apart


async def pool_of(
    tx: Tx, round: Round, settings: RunSettings, mentors: Collection[PersonId], mentees: Collection[PersonId]
) -> Pool:
    """These people as they are now, under the rules of a run."""
    people = People(
        mentors=tuple(await profiles_of(tx, round, Role.MENTOR, mentors)),
        mentees=tuple(await profiles_of(tx, round, Role.MENTEE, mentees)),
        apart=await apart_of(tx, round, mentors, mentees),
    )
    return compile_pool(people, rules_for(settings, round))


async def changed_rules(tx: Tx, run: Run, round: Round) -> Iterator[Row]:
    """Of the pairs about which something may be different since the run looked: those that no rule allows any more."""
    p = proposals.c
    seen = sa.select(run_snapshots.c.seen).where(run_snapshots.c.run == run.id).scalar_subquery()
    fresh = sa.union_all(*_fresh(run, round, seen, today=day(tx.now, round.zone))).subquery()
    those = sa.select(fresh.c.person)
    of_pair = was_or_is_apart(round, p.mentee, p.mentor)
    wanted = sa.select(p.mentor, p.mentee).where(p.run == run.id, p.mentor.in_(those) | p.mentee.in_(those) | of_pair)
    pairs = await tx.rows(wanted)
    if not pairs:
        return iter(())
    mentors, mentees = {row["mentor"] for row in pairs}, {row["mentee"] for row in pairs}
    return _barred(await pool_of(tx, round, run.rules, mentors, mentees), pairs)


def _fresh(run: Run, round: Round, seen: sa.ScalarSelect[Any], *, today: date) -> Iterator[sa.Select[Any]]:
    """Of whom something may be different: what she told or was told of her, where her place is, what has run out by the
    calendar alone. The young are looked at again in any case.
    """
    c, t, s, at = cards.c, trainings.c, metadata.tables["standings"].c, place_points.c
    yield sa.select(c.person).where(c.project == run.project, c.changed >= seen)
    moved = sa.select(at.place).where(at.changed >= seen)
    yield sa.select(c.person).where(c.project == run.project, c.place.in_(moved))
    yield sa.select(s.person).where(s.project == run.project, ~s.adult)
    days, looked = round.rules.entry.training_valid_days, day(run.started_at, round.zone)
    if days is not None and modules_for(round.rules, Role.MENTOR):
        ends = t.held_on + days
        yield sa.select(t.person).where(t.project == run.project, ends >= looked, ends < today)


def _barred(pool: Pool, pairs: Collection[Row]) -> Iterator[Row]:
    for row in pairs:
        i, j = pool.mentee.find(row["mentee"]), pool.mentor.find(row["mentor"])
        if i is None or j is None or not pool.allowed(i, j):
            yield {"why": Stale.UNAVAILABLE, "mentor": row["mentor"], "mentee": row["mentee"]}
