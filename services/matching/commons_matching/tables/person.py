"""Looking at people: the mentee who acts, the mentor she means, and what each tells of herself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.codes import ConnectionState, Role, Style, TrainingModule
from commons_contracts.ids import PersonId

from ..rules.asking import Asked, Asker
from ..rules.calendar import day
from ..rules.offering import Wanted
from ..rules.places import Spot
from ..rules.round import Round
from ..rules.training import modules_for, require_training
from .facts import supervisions, trainings
from .place import find_places
from .preference import acknowledgements
from .schema import cards, connections, matches, participations


async def roles_in(tx: Tx, round: UUID, person: PersonId) -> frozenset[Role]:
    """What someone takes part as."""
    p = participations.c
    return frozenset(
        row["role"] for row in await tx.rows(sa.select(p.role).where(p.round == round, p.person == person))
    )


async def take_seat(tx: Tx, round: UUID, mentee: PersonId) -> frozenset[Role]:
    """Lock a mentee's place in a round, so that what is decided about her is decided one after the other."""
    p = participations.c
    hers = sa.select(p.role).where(p.round == round, p.person == mentee).order_by(p.role).with_for_update()
    return frozenset(row["role"] for row in await tx.rows(hers))


async def find_asker(tx: Tx, round: Round, style: Style | None, *, as_: Role = Role.MENTEE) -> Asker:
    """The person who acts, her seat locked. Flash sessions are no mentor for the season, and can be had beside one; what is
    over leaves her free to ask again.
    """
    registered = await take_seat(tx, round.id, tx.person)
    c = connections.c
    own, other = (c.mentor, c.mentee) if as_ is Role.MENTOR else (c.mentee, c.mentor)
    open_ones = (c.round == round.id, own == tx.person, c.state == ConnectionState.ASKED)
    asked = await tx.rows(sa.select(other.label("other"), (c.asked_by == as_).label("hers")).where(*open_ones))
    return Asker(
        person=tx.person,
        roles=tx.actor.roles,
        registered=registered,
        matched=as_ is Role.MENTEE and style is not Style.FLASH and await is_matched(tx, round, tx.person),
        asked=tuple(row["other"] for row in asked if row["hers"]),
        offered=tuple(row["other"] for row in asked if not row["hers"]),
        acknowledged=await has_acknowledged(tx, round, tx.person),
    )


async def is_matched(tx: Tx, round: Round, mentee: PersonId) -> bool:
    """She has a mentor for the season."""
    return bool(await tx.value(sa.select(in_season(round.id, mentee))))


def in_season(round: Any, mentee: Any) -> sa.Exists:
    """A condition: this mentee has a mentor for this round's season."""
    m = matches.c
    return sa.exists().where(m.round == round, m.mentee == mentee, m.style != Style.FLASH, m.over_at.is_(None))


async def has_acknowledged(tx: Tx, round: Round, person: PersonId) -> bool:
    """She has confirmed how matching works in this round, or nobody asks for it."""
    if not round.rules.matching.notice_acknowledged:
        return True
    a = acknowledgements.c
    hers = sa.exists().where(a.round == round.id, a.person == person, a.version == round.programme_version)
    return bool(await tx.value(sa.select(hers)))


async def find_wanted(tx: Tx, round: Round, mentee: PersonId, style: Style) -> Wanted:
    """The mentee as the acting mentor may know her."""
    p, contact = participations.c, await may_contact(tx, tx.person, mentee)
    takes_part = sa.exists().where(p.round == round.id, p.person == mentee, p.role == Role.MENTEE)
    return Wanted(
        person=mentee,
        registered=bool(await tx.value(sa.select(takes_part))),
        matched=style is not Style.FLASH and await is_matched(tx, round, mentee),
        blocked=contact is Contact.BLOCKED,
        unsure=contact is Contact.UNKNOWN,
        supervision=await is_supervision(tx, tx.person, mentee),
    )


async def find_asked(tx: Tx, round: Round, mentor: PersonId, style: Style, *, lock: bool = False) -> Asked:
    """The mentor as the acting person may know her; `lock` keeps her places as they are until the end.

    So does a limit of requests for a place: of two who ask at once, the second one is counted after the first.
    """
    contact, limited = await may_contact(tx, tx.person, mentor), round.rules.requests.open_per_place is not None
    return Asked(
        person=mentor,
        places=await find_places(tx, Spot(round=round.id, mentor=mentor, style=style), lock=lock or limited),
        waiting=await tx.value(sa.select(waiting_for(round.id, mentor, style))) if limited else 0,
        available=await is_available(tx, mentor),
        blocked=contact is Contact.BLOCKED,
        unsure=contact is Contact.UNKNOWN,
        supervision=await is_supervision(tx, tx.person, mentor),
    )


def waiting_for(round: Any, mentor: Any, style: Any) -> sa.ScalarSelect[int]:
    """How many requests wait for a mentor's answer."""
    c = connections.c
    hers = (c.round == round, c.mentor == mentor, c.style == style, c.state == ConnectionState.ASKED)
    return sa.select(sa.func.count()).select_from(connections).where(*hers).scalar_subquery()


async def is_available(tx: Tx, mentor: PersonId) -> bool:
    """Her introduction is out and she is not paused."""
    c = cards.c
    ready = sa.exists().where(c.project == tx.project, c.person == mentor, c.introduced, ~c.paused)
    return bool(await tx.value(sa.select(ready)))


async def is_supervision(tx: Tx, one: PersonId, other: PersonId) -> bool:
    """One of the two supervises the other."""
    s = supervisions.c
    either = sa.tuple_(s.supervisor, s.supervised).in_([(one, other), (other, one)])
    return bool(await tx.value(sa.select(sa.exists().where(s.project == tx.project, either))))


async def find_trainings(tx: Tx, persons: Collection[PersonId]) -> dict[PersonId, dict[TrainingModule, date]]:
    """When each last took part in what; every one of them has an entry."""
    t, found = trainings.c, {person: dict[TrainingModule, date]() for person in persons}
    hers = sa.select(trainings).where(t.project == tx.project, t.person.in_(persons))
    for row in await tx.rows(hers):
        found[row["person"]][row["module"]] = row["held_on"]
    return found


async def require_trained(tx: Tx, round: Round, mentor: PersonId) -> None:
    """Refusal(TRAINING_REQUIRED) where the programme asks for more than she has gone through, or than still holds."""
    if modules_for(round.rules, Role.MENTOR):
        held = (await find_trainings(tx, [mentor]))[mentor]
        require_training(round.rules, Role.MENTOR, held, on=day(tx.now, round.zone))
