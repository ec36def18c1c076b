"""Whom a person could be matched with: those of the other side whom she may meet, and whom no rule keeps from her."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from commons_chassis.standing import may_meet
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId

from ..rules.engine.compile import compile_pool
from ..rules.engine.explain import barred
from ..rules.engine.people import Bar
from ..rules.engine.weights import rules_of
from ..rules.preference import OTHER_SIDE
from ..rules.round import Round
from .people import people_among
from .person import in_season
from .schema import cards, metadata, participations
from .told import Counted, told_of

SIDES = ("mentors", "mentees")


def mentees_for(tx: Tx, round: Round, what: Counted) -> sa.Select[Any]:
    """Mentees of a round whom the acting mentor may meet, and who have no mentor yet."""
    here = participations.c
    season = in_season(round.id, here.person)
    return (
        sa.select(here.person, *told_of(what))
        .outerjoin(cards, (cards.c.person == here.person) & (cards.c.project == round.project))
        .where(here.round == round.id, here.role == Role.MENTEE, here.person != tx.person, ~season)
        .where(may_meet(metadata, round.project, tx.person, here.person))
    )


async def partners_among(tx: Tx, round: Round, role: Role, wanted: Collection[PersonId]) -> set[PersonId]:
    """Of these, those whom the acting person may rank in this role."""
    here, c = participations.c, cards.c
    found = (
        sa.select(here.person)
        .outerjoin(cards, (c.person == here.person) & (c.project == round.project))
        .where(here.round == round.id, here.role == OTHER_SIDE[role], here.person.in_(wanted))
        .where(may_meet(metadata, round.project, tx.person, here.person))
    )
    if role is Role.MENTEE:
        found = found.where(c.introduced, ~c.paused)
    return {PersonId(row["person"]) for row in await tx.rows(found)}


async def rules_between(tx: Tx, round: Round, role: Role, wanted: Collection[PersonId]) -> dict[PersonId, Bar]:
    """The hard rule that keeps each of these from the acting person, where there is one.

    Whether they are ready, and have told all that the programme needs, is asked when the round is matched: it may still come.
    """
    me, them = [tx.person], list(wanted)
    mentors, mentees = (them, me) if role is Role.MENTEE else (me, them)
    people = await people_among(tx, round, mentors, mentees)
    sides = {
        name: tuple(replace(one, ready=True, acknowledged=True) for one in getattr(people, name)) for name in SIDES
    }
    pool = compile_pool(
        replace(people, **sides), replace(rules_of(round.rules.matching), needed=(), untold_language=True)
    )
    found = {}
    for i in range(pool.mentees):
        for j in range(pool.mentors):
            if (bar := barred(pool, i, j)) is not None:
                found[PersonId(pool.mentor.person(j) if role is Role.MENTEE else pool.mentee.person(i))] = bar
    return found
