"""Everyone of a round as the engine knows them: who takes part, with how many places, and which pairs are kept apart.

PostgreSQL tells each list as one JSON text: cheap to read, however many take part, and to hand to a process that has time to
make people of it. Each names its people by one array and joins nothing: so it is quick whatever the planner knows of tables
that were filled a moment ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.tx import Tx
from commons_contracts.codes import Role, Style
from commons_contracts.ids import PersonId

from ..rules.calendar import day
from ..rules.card import profile_of
from ..rules.engine.people import Apart, People, Profile
from ..rules.known import Lists, apart_in, cards_in, fellows_in, read
from ..rules.round import Round
from .facts import consents, place_points, supervisions, trainings, vettings
from .preference import acknowledgements
from .schema import cards, matches, metadata, participations, places

standings, blocked = metadata.tables["standings"], metadata.tables["blocked"]
Persons = Collection[PersonId]


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everyone of a round at one moment."""

    round: Round
    today: date
    lists: Mapping[str, str]


async def people_of(tx: Tx, round: Round, style: Style | None = None) -> People:
    """The mentors, with the places that are free with each in a style (the season's, if none is named), and the mentees who
    have no mentor yet. A second or so for 25,000 people: where nobody can wait, `gather` here and `people_in` elsewhere.
    """
    return people_in(await gather(tx, round, style))


async def gather(tx: Tx, round: Round, style: Style | None = None) -> Gathered:
    """All that is known, unread."""
    here = sa.func.array(sa.select(participations.c.person).where(participations.c.round == round.id).scalar_subquery())
    statements = _known(round, here) | _pairs(round, here) | _parts(round, style or round.season_style)
    return Gathered(round=round, today=day(tx.now, round.zone), lists=await _told(tx, statements))


def people_in(gathered: Gathered) -> People:
    """Pure, for whoever has the time."""
    lists = read(gathered.lists)
    matched, here = {row["mentee"] for row in lists["matched"]}, [(row["person"], row["role"]) for row in lists["here"]]
    mentors = [person for person, role in here if role == Role.MENTOR]
    mentees = [person for person, role in here if role == Role.MENTEE and person not in matched]
    return _people(gathered.round, gathered.today, lists, mentors, mentees)


async def people_among(tx: Tx, round: Round, mentors: Persons, mentees: Persons, style: Style | None = None) -> People:
    """These alone, matched or not; who takes no part in the round is not ready."""
    persons = sa.cast([*mentors, *mentees], pg.ARRAY(sa.Uuid))
    statements = _known(round, persons) | _pairs(round, persons) | _parts(round, style or round.season_style, persons)
    lists = read(await _told(tx, statements))
    here = {(row["person"], row["role"]) for row in lists["here"]}
    found = _people(round, day(tx.now, round.zone), lists, map(str, mentors), map(str, mentees))
    sides = {Role.MENTOR: found.mentors, Role.MENTEE: found.mentees}
    present = {
        role: tuple(one if (str(one.person), role) in here else replace(one, ready=False) for one in side)
        for role, side in sides.items()
    }
    return People(mentors=present[Role.MENTOR], mentees=present[Role.MENTEE], apart=found.apart)


def _people(round: Round, today: date, lists: Lists, mentors: Iterable[str], mentees: Iterable[str]) -> People:
    known, free = cards_in(lists, round.rules), {row["mentor"]: row["free"] for row in lists["free"]}

    def side(persons: Iterable[str], role: Role) -> Iterator[Profile]:
        for person in persons:
            room = free.get(person, 0) if role is Role.MENTOR else 1
            yield profile_of(known(person, role), round.project, role, round.rules, today=today, places=room)

    one, other = tuple(side(mentors, Role.MENTOR)), tuple(side(mentees, Role.MENTEE))
    apart = apart_in(lists, {profile.person for profile in one}, {profile.person for profile in other})
    return People(mentors=one, mentees=other, apart=tuple(apart))


async def profiles_of(tx: Tx, round: Round, role: Role, persons: Persons) -> list[Profile]:
    """These people of a side, as they are now."""
    return profiles_in(await knowing(tx, round, persons), role, persons)


async def knowing(tx: Tx, round: Round, persons: Persons) -> Gathered:
    """All that is known of these, unread."""
    lists = await _told(tx, _known(round, sa.cast(list(persons), pg.ARRAY(sa.Uuid))))
    return Gathered(round=round, today=day(tx.now, round.zone), lists=lists)


def profiles_in(gathered: Gathered, role: Role, persons: Persons) -> list[Profile]:
    """Pure, for whoever has the time."""
    round, known = gathered.round, cards_in(read(gathered.lists), gathered.round.rules)
    return [profile_of(known(str(p), role), round.project, role, round.rules, today=gathered.today) for p in persons]


async def apart_of(tx: Tx, round: Round, mentors: Persons, mentees: Persons) -> tuple[Apart, ...]:
    """Which of these must not be a pair in this round, beside what the rules say of everyone."""
    statements = _pairs(round, sa.cast([*mentors, *mentees], pg.ARRAY(sa.Uuid)))
    return tuple(apart_in(read(await _told(tx, statements)), set(mentors), set(mentees)))


async def fellows_of(tx: Tx, round: Round, mentees: Persons) -> tuple[tuple[UUID, UUID], ...]:
    """Which of these must not be in one circle."""
    statements = _pairs(round, sa.cast([*mentees], pg.ARRAY(sa.Uuid)))
    return tuple(fellows_in(read(await _told(tx, statements)), set(mentees)))


def was_or_is_apart(
    round: Round, mentee: PersonId | sa.ColumnElement[Any], mentor: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """A condition in lists: one of the two supervises the other, or they were a pair before. (Blocks are `may_meet`'s.)"""
    s, m = supervisions.c, matches.c
    declared = (s.supervisor == mentor) & (s.supervised == mentee) | (s.supervisor == mentee) & (s.supervised == mentor)
    was = (m.mentee == mentee) & (m.mentor == mentor) & _over(round)
    return sa.exists().where(s.project == round.project, declared) | sa.exists().where(was)


def _over(round: Round) -> sa.ColumnElement[bool]:
    """They were a pair for a season: in another round of the project, or in this one, and it is over."""
    m = matches.c
    elsewhere = (m.round != round.id) | m.over_at.is_not(None)
    return (m.project == round.project) & (m.style != Style.FLASH) & elsewhere


async def _told(tx: Tx, statements: Mapping[str, sa.Select[Any]]) -> Mapping[str, str]:
    """All of them in one look."""
    looks = [_as_json(statement).scalar_subquery().label(name) for name, statement in statements.items()]
    row = await tx.row(sa.select(*looks))
    return dict(row or {})


def _as_json(rows: sa.Select[Any]) -> sa.Select[Any]:
    each = rows.subquery("each")
    whole = sa.func.json_agg(sa.literal_column('"each"'))
    return sa.select(sa.cast(sa.func.coalesce(whole, sa.literal_column("'[]'::json")), sa.Text)).select_from(each)


def _known(round: Round, persons: sa.ColumnElement[Any]) -> dict[str, sa.Select[Any]]:
    """What `cards_in` is made of."""
    s, c, g, t, v, a = standings.c, cards.c, consents.c, trainings.c, vettings.c, acknowledgements.c
    h = participations.c
    brought = (h.round == round.id) & (h.role == Role.MENTOR) & h.brought.is_not(None)

    def mine(columns: Any) -> sa.ColumnElement[bool]:
        return sa.and_(columns.project == round.project, columns.person == sa.any_(persons))

    homes = sa.select(c.place).where(mine(c)).distinct().scalar_subquery()
    near = place_points.c.place == sa.any_(sa.func.array(homes))
    read_it = (a.round == round.id) & (a.version == round.programme_version) & (a.person == sa.any_(persons))
    return {
        "stands": sa.select(s.person, s.roles, s.adult).where(mine(s)),
        "cards": sa.select(c.person, c.description, c.introduced, c.paused).where(mine(c)),
        "brought": sa.select(h.person).where(brought, h.person == sa.any_(persons)),
        "consents": sa.select(g.person, g.criterion, g.codes).where(mine(g)),
        "trained": sa.select(t.person, t.module, t.held_on).where(mine(t)),
        "vetted": sa.select(v.person, v.until).where(mine(v)),
        "points": sa.select(place_points.c.place, place_points.c.latitude, place_points.c.longitude).where(near),
        "acknowledged": sa.select(a.person).where(read_it),
    }


def _pairs(round: Round, persons: sa.ColumnElement[Any]) -> dict[str, sa.Select[Any]]:
    """What `apart_in` is made of: two people each, in either order, but for `before`."""
    b, s, m = blocked.c, supervisions.c, matches.c

    def both(one: sa.ColumnElement[Any], other: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(one == sa.any_(persons), other == sa.any_(persons))

    declared = (s.project == round.project) & both(s.supervisor, s.supervised)
    return {
        "blocks": sa.select(b.by.label("one"), b.person.label("other")).where(both(b.by, b.person)),
        "supervised": sa.select(s.supervisor.label("one"), s.supervised.label("other")).where(declared),
        "before": sa.select(m.mentor, m.mentee).where(_over(round), both(m.mentor, m.mentee)),
    }


def _parts(round: Round, style: Style | None, among: sa.ColumnElement[Any] | None = None) -> dict[str, sa.Select[Any]]:
    """Who takes part as what, what is free with whom, and who has a mentor; flash sessions are had beside one."""
    h, p, m = participations.c, places.c, matches.c
    free = sa.func.greatest(p.most - p.used - p.held, 0).label("free")
    season = (m.round == round.id) & (m.style != Style.FLASH) & m.over_at.is_(None)
    rooms = sa.select(p.mentor, free).where(p.round == round.id, p.style == (style or Style.TRADITIONAL))
    here = sa.select(h.person, h.role).where(h.round == round.id)
    return {
        "here": here if among is None else here.where(h.person == sa.any_(among)),
        "free": rooms if among is None else rooms.where(p.mentor == sa.any_(among)),
        "matched": sa.select(m.mentee).where(season),
    }
