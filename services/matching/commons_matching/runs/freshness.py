"""Pairs of a run that the hard rules would not allow any more, as everyone is now."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Role, Stale
from commons_contracts.ids import PersonId
from commons_contracts.matching import RunSettings

from ..rules.engine.compile import compile_pool
from ..rules.engine.people import People
from ..rules.engine.pool import Pool
from ..rules.round import Round
from ..rules.run import Run, rules_for
from ..tables import cards, proposals, run_snapshots
from ..tables.people import apart_of, profiles_of


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
    """Of the pairs in which someone has told something new since the run looked: those that no rule allows any more."""
    p = proposals.c
    seen = sa.select(run_snapshots.c.seen).where(run_snapshots.c.run == run.id).scalar_subquery()
    fresh = sa.select(cards.c.person).where(cards.c.project == run.project, cards.c.changed >= seen)
    wanted = sa.select(p.mentor, p.mentee).where(p.run == run.id, p.mentor.in_(fresh) | p.mentee.in_(fresh))
    pairs = await tx.rows(wanted)
    if not pairs:
        return iter(())
    mentors, mentees = {row["mentor"] for row in pairs}, {row["mentee"] for row in pairs}
    return _barred(await pool_of(tx, round, run.rules, mentors, mentees), pairs)


def _barred(pool: Pool, pairs: Collection[Row]) -> Iterator[Row]:
    for row in pairs:
        i, j = pool.mentee.find(row["mentee"]), pool.mentor.find(row["mentor"])
        if i is None or j is None or not pool.allowed(i, j):
            yield {"why": Stale.UNAVAILABLE, "mentor": row["mentor"], "mentee": row["mentee"]}
