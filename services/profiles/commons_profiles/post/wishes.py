"""What someone has said of the letters that she wants, and the links by which she stops them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import AccountState, DigestRhythm, Language, NoticeCategory, NoticeWay, RefusalCode
from commons_contracts.ids import PersonId, ProjectId, Zone
from commons_contracts.profiles import CategoryWay, Digest, NoticePreferencesView, StopView

from ..rules.telling import Preferences
from ..tables import addresses, memberships, notices, people, preferences, projects, stop_links

SAID = tuple(it.name for it in fields(Preferences))
HOURS = tuple(name for name in SAID if name not in {"ways", "rhythm"})


@dataclass(frozen=True)
class Stop:
    """What a link stops: one kind of letters of hers, or (None) all that come together."""

    person: PersonId
    project: ProjectId
    category: NoticeCategory | None


def among_reached(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Of notices: those to whom letters go, with what they said of them. Whoever has no address, is no adult, or is no member
    any more, is told on the platform alone.
    """
    n, member = notices.c, memberships.c
    return (
        statement.add_columns(people.c.zone, *(preferences.c[name] for name in SAID))
        .join(people, people.c.person == n.person)
        .join(addresses, addresses.c.person == n.person)
        .join(memberships, (member.person == n.person) & (member.project == n.project))
        .outerjoin(preferences, (preferences.c.person == n.person) & (preferences.c.project == n.project))
        .where(people.c.state == AccountState.ACTIVE, member.roles != sa.cast([], member.roles.type))
    )


def preferences_of(row: Mapping[str, Any]) -> Preferences:
    """From a row that has the columns of `preferences`; from one of an outer join that found none, what holds by default."""
    if row["ways"] is None:
        return Preferences()
    ways = {NoticeCategory(kind): NoticeWay(way) for kind, way in row["ways"].items()}
    return Preferences(ways=ways, rhythm=DigestRhythm(row["rhythm"]), **{name: row[name] for name in HOURS})


async def find_preferences(tx: Tx, person: PersonId, project: ProjectId) -> Preferences:
    p = preferences.c
    row = await tx.row(sa.select(preferences).where(p.person == person, p.project == project))
    return preferences_of(row) if row else Preferences()


async def preferences_view(tx: Tx, said: Preferences) -> NoticePreferencesView:
    """The viewer's own."""
    zone: Zone = await tx.value(sa.select(people.c.zone).where(people.c.person == tx.person))
    return NoticePreferencesView(
        project=tx.project,
        ways=tuple(CategoryWay(category=kind, way=said.way(kind)) for kind in NoticeCategory),
        rhythm=said.rhythm,
        zone=zone,
        **{name: getattr(said, name) for name in HOURS},
    )


async def find_stop(tx: Tx, link: Digest) -> Stop:
    """NOT_FOUND where no letter had such a link, or its person is not there any more."""
    s = stop_links.c
    row = await tx.row(sa.select(s.person, s.project, s.category).where(s.token == link))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND, "link")
    return Stop(row["person"], row["project"], NoticeCategory(row["category"]) if row["category"] else None)


async def stop_view(tx: Tx, stop: Stop, *, stopped: bool) -> StopView:
    of_project = sa.select(projects.c.name).where(projects.c.id == stop.project)
    of_person = sa.select(people.c.language).where(people.c.person == stop.person)
    language, name = await tx.value(of_person), await tx.value(of_project)
    if language is None or name is None:
        raise Refusal(RefusalCode.NOT_FOUND, "link")
    return StopView(project_name=name, category=stop.category, language=Language(language), stopped=stopped)
