"""Looking at people: the mentee who acts, the mentor she means, and what each tells of herself."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.codes import ConnectionState, Role, Style
from commons_contracts.ids import PersonId
from commons_contracts.profiles import Description

from ..rules.asking import Asked, Asker
from ..rules.places import Spot
from ..rules.round import Round
from .place import find_places
from .schema import cards, connections, matches, participations


async def take_seat(tx: Tx, round: UUID, mentee: PersonId) -> frozenset[Role]:
    """Lock a mentee's place in a round, so that what is decided about her is decided one after the other."""
    p = participations.c
    hers = sa.select(p.role).where(p.round == round, p.person == mentee).order_by(p.role).with_for_update()
    return frozenset(row["role"] for row in await tx.rows(hers))


async def find_asker(tx: Tx, round: Round, style: Style) -> Asker:
    """The person who acts, her seat locked. Flash sessions are no mentor for the season, and can be had beside one; what is
    over leaves her free to ask again.
    """
    registered = await take_seat(tx, round.id, tx.person)
    c, m = connections.c, matches.c
    open_ones = (c.round == round.id, c.mentee == tx.person, c.state == ConnectionState.ASKED)
    season = sa.exists().where(m.round == round.id, m.mentee == tx.person, m.style != Style.FLASH, m.over_at.is_(None))
    return Asker(
        person=tx.person,
        roles=tx.actor.roles,
        registered=registered,
        matched=style is not Style.FLASH and bool(await tx.value(sa.select(season))),
        asked=tuple(row["mentor"] for row in await tx.rows(sa.select(c.mentor).where(*open_ones))),
    )


async def find_asked(tx: Tx, round: Round, mentor: PersonId, style: Style, *, lock: bool = False) -> Asked:
    """The mentor as the acting person may know her; `lock` keeps her places as they are until the end."""
    contact = await may_contact(tx, tx.person, mentor)
    return Asked(
        person=mentor,
        places=await find_places(tx, Spot(round=round.id, mentor=mentor, style=style), lock=lock),
        available=await is_available(tx, mentor),
        blocked=contact is Contact.BLOCKED,
        unsure=contact is Contact.UNKNOWN,
    )


async def is_available(tx: Tx, mentor: PersonId) -> bool:
    """Her introduction is out and she is not paused."""
    c = cards.c
    ready = sa.exists().where(c.project == tx.project, c.person == mentor, c.introduced, ~c.paused)
    return bool(await tx.value(sa.select(ready)))


async def find_description(tx: Tx, person: PersonId) -> Description:
    """What she tells of herself; nothing where she has not yet."""
    c = cards.c
    told = await tx.value(sa.select(c.description).where(c.project == tx.project, c.person == person))
    return Description.model_validate(told or {})
