"""Everyone of a round as the engine knows them: who takes part, with how many places, and which pairs are kept apart.

A few statements for a whole round, however many take part: 25,000 people are read in about a second. Each names its people
by one array and joins nothing: so it is quick whatever the planner knows of tables that were filled a moment ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Role, Style
from commons_contracts.ids import PersonId
from commons_contracts.profiles import Description

from ..rules.card import profile_of
from ..rules.engine.people import Apart, Bar, People, Profile
from ..rules.round import Round
from .schema import cards, matches, metadata, participations, places

standings, blocked = metadata.tables["standings"], metadata.tables["blocked"]
Persons = Collection[PersonId]


async def people_of(tx: Tx, round: Round) -> People:
    """The mentors, with the places that are free with each, and the mentees who have no mentor yet."""
    p = participations.c
    here = await tx.rows(sa.select(p.person, p.role).where(p.round == round.id))
    mentors = {row["person"] for row in here if row["role"] is Role.MENTOR}
    mentees = {row["person"] for row in here if row["role"] is Role.MENTEE}
    mentees -= {row["mentee"] for row in await tx.rows(_matched(round, mentees))}
    free = {row["mentor"]: row["free"] for row in await tx.rows(_free_places(round, mentors))}
    known = await _known(tx, round, mentors | mentees)
    return People(
        mentors=tuple(_profiles(round, Role.MENTOR, known, {person: free.get(person, 0) for person in mentors})),
        mentees=tuple(_profiles(round, Role.MENTEE, known, dict.fromkeys(mentees, 1))),
        apart=await apart_of(tx, round, mentors, mentees),
    )


async def apart_of(tx: Tx, round: Round, mentors: Persons, mentees: Persons) -> tuple[Apart, ...]:
    """Which of these must not be a pair in this round, beside what the rules say of everyone."""
    found = {
        Bar.UNAVAILABLE: await tx.rows(_blocks(mentors, mentees)),
        Bar.PREVIOUS: await tx.rows(_before(round, mentors, mentees)),
    }
    return tuple(Apart(**row, why=why) for why, rows in found.items() for row in rows)


async def _known(tx: Tx, round: Round, persons: Persons) -> Mapping[PersonId, dict[str, Any]]:
    """What each has told, and what she is in the project; a line for each of whom anything is known."""
    s, c, found = standings.c, cards.c, dict[PersonId, dict[str, Any]]()
    stands = sa.select(s.person, s.roles, s.adult).where(s.project == round.project, _among(s.person, persons))
    told = sa.select(c.person, c.description, (c.introduced & ~c.paused).label("shown"))
    for statement in (stands, told.where(c.project == round.project, _among(c.person, persons))):
        for row in await tx.rows(statement):
            found.setdefault(row["person"], {}).update(row)
    return found


def _profiles(
    round: Round, role: Role, known: Mapping[PersonId, Row], places: Mapping[PersonId, int]
) -> Iterator[Profile]:
    """Of whom profiles has told nothing yet nobody knows whether she is an adult: she is taken for young, and not ready."""
    for person, room in places.items():
        told = known.get(person, {})
        shown = role is Role.MENTEE or bool(told.get("shown"))
        yield profile_of(
            person,
            round.project,
            Description.model_validate(told.get("description") or {}),
            ready=shown and role in told.get("roles", ()),
            minor=not told.get("adult", False),
            places=room,
        )


def _among(column: sa.ColumnElement[Any], persons: Persons) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.cast(list(persons), pg.ARRAY(sa.Uuid)))


def _free_places(round: Round, mentors: Persons) -> sa.Select[Any]:
    p = places.c
    free = sa.func.greatest(p.most - p.used - p.held, 0).label("free")
    return sa.select(p.mentor, free).where(
        p.round == round.id, p.style == (round.season_style or Style.TRADITIONAL), _among(p.mentor, mentors)
    )


def _matched(round: Round, mentees: Persons) -> sa.Select[Any]:
    """Who has a mentor for the season in this round; flash sessions are had beside one."""
    m = matches.c
    season = (m.round == round.id, m.style != Style.FLASH, m.over_at.is_(None))
    return sa.select(m.mentee).where(*season, _among(m.mentee, mentees))


def _blocks(mentors: Persons, mentees: Persons) -> sa.Select[Any]:
    """Whoever of the two made it."""
    t = blocked.c
    by_mentor = sa.select(t.by.label("mentor"), t.person.label("mentee"))
    by_mentee = sa.select(t.person, t.by).where(_among(t.by, mentees), _among(t.person, mentors))
    return sa.select(by_mentor.where(_among(t.by, mentors), _among(t.person, mentees)).union(by_mentee).subquery())


def _before(round: Round, mentors: Persons, mentees: Persons) -> sa.Select[Any]:
    """They were a pair for a season: in another round of the project, or in this one, and it is over."""
    m = matches.c
    was = (m.project == round.project) & (m.style != Style.FLASH) & ((m.round != round.id) | m.over_at.is_not(None))
    return sa.select(m.mentor, m.mentee).distinct().where(was, _among(m.mentor, mentors), _among(m.mentee, mentees))
