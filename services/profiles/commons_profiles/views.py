"""How profiles shows its things, and what it reads for that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.clock import real_now
from commons_chassis.reads import kept
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import Conduct, ReadinessItem, RefusalCode, Role, TrainingModule
from commons_contracts.ids import MembershipId, OrganisationId, PersonId, ProjectId, Zone, membership_of
from commons_contracts.profiles import (
    AccountView,
    AffiliationView,
    ConductView,
    Description,
    Digest,
    DiscordView,
    IntroductionView,
    MembershipView,
    OwnProfileView,
    PersonView,
    ReadinessLine,
    ReadinessView,
    SessionView,
)

from .rules.membership import band
from .rules.readiness import Checklists, Progress, checklist
from .rules.session import Session
from .tables import (
    Strings,
    acceptances,
    affiliations,
    checklists,
    codes,
    introductions,
    media_consents,
    memberships,
    organisations,
    people,
    profiles,
    projects,
    registrations,
    sessions,
    ticks,
    trainings,
)


async def find_zone(tx: Tx) -> Zone:
    """The zone in which the project reckons its days; NOT_FOUND where nobody has opened such a project."""
    zone: Zone | None = await tx.value(sa.select(projects.c.zone).where(projects.c.id == tx.project))
    if zone is None:
        raise Refusal(RefusalCode.NOT_FOUND, "project")
    return zone


async def find_organisations(tx: Tx, told: Collection[Description]) -> set[OrganisationId]:
    """Those that these name and that there are."""
    named = {one.organisation for one in told if one.organisation is not None}
    if not named:
        return set()
    rows = await tx.rows(sa.select(organisations.c.id).where(organisations.c.id.in_(named)))
    return {row["id"] for row in rows}


# ---------------------------------------------------------------- codes of conduct
async def find_in_force(tx: Tx, projects: Collection[ProjectId]) -> dict[ProjectId, dict[Conduct, int]]:
    """The versions in force, by project and kind."""
    found: dict[ProjectId, dict[Conduct, int]] = defaultdict(dict)
    for row in await tx.rows(sa.select(codes).where(codes.c.project.in_(projects)).order_by(codes.c.kind)):
        found[row["project"]][Conduct(row["kind"])] = row["newest"]
    return found


async def find_accepted(tx: Tx, ids: Collection[UUID]) -> dict[UUID, dict[Conduct, int]]:
    """The newest version that each has accepted, by membership and kind."""
    a = acceptances.c
    newest = sa.select(a.membership, a.kind, sa.func.max(a.version).label("version"))
    found: dict[UUID, dict[Conduct, int]] = defaultdict(dict)
    for row in await tx.rows(newest.where(a.membership.in_(ids)).group_by(a.membership, a.kind)):
        found[row["membership"]][Conduct(row["kind"])] = row["version"]
    return found


# ---------------------------------------------------------------- accounts and memberships
async def find_account(tx: Tx, person: PersonId) -> AccountView:
    """With her memberships of all projects; NOT_FOUND before she has registered."""
    row = await tx.row(sa.select(people).where(people.c.person == person))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND, "account")
    hers = await _membership_views(tx, (memberships.c.person == person) & (memberships.c.roles != sa.cast([], Strings)))
    said = await tx.rows(sa.select(affiliations).where(affiliations.c.person == person).order_by(*affiliations.c))
    home = tuple(AffiliationView(**{name: row[name] for name in AffiliationView.model_fields}) for row in said)
    own = {name: row[name] for name in row if name in AccountView.model_fields}
    return AccountView(**own, memberships=hers, affiliations=tuple(dict.fromkeys(home)))


async def find_session(tx: Tx, token: Digest) -> SessionView:
    """The session that a secret opens now, in real time; NOT_FOUND where there is none."""
    s, now = sessions.c, real_now()
    row = await tx.row(sa.select(sessions).where((s.token == token) | (s.before == token)))
    session = Session(**row) if row is not None else None
    if session is None or not session.open_to(token, at=now):
        raise Refusal(RefusalCode.NOT_FOUND, "session")
    return session.shown(token, at=now)


async def find_membership(tx: Tx, id: MembershipId) -> MembershipView:
    (view,) = await _membership_views(tx, memberships.c.id == id)
    return view


async def _membership_views(tx: Tx, which: sa.ColumnElement[bool]) -> tuple[MembershipView, ...]:
    rows = await tx.rows(sa.select(memberships).where(which).order_by(memberships.c.project))
    in_force = await find_in_force(tx, {row["project"] for row in rows})
    accepted = await find_accepted(tx, [row["id"] for row in rows])
    return tuple(
        MembershipView(
            id=row["id"],
            person=row["person"],
            project=row["project"],
            roles=row["roles"],
            conduct=tuple(
                ConductView(kind=kind, version=version, accepted=accepted[row["id"]].get(kind))
                for kind, version in in_force[row["project"]].items()
            ),
            paused=row["paused"] is not None,
        )
        for row in rows
    )


# ---------------------------------------------------------------- profiles
async def find_own_profile(tx: Tx) -> OwnProfileView:
    """The viewer's own, with what nobody else sees."""
    i, m, c = introductions.c, memberships.c, media_consents.c
    consented = sa.exists().where(c.project == m.project, c.person == m.person, c.withdrawn_at.is_(None))
    statement = (
        sa.select(profiles.c.description, profiles.c.motivation, i.title, i.text, i.language, i.published)
        .add_columns(consented.label("media_consent"), m.paused.is_not(None).label("paused"))
        .select_from(memberships.join(profiles, profiles.c.id == m.id).outerjoin(introductions, i.id == m.id))
        .where(m.id == membership_of(tx.person, tx.project))
    )
    row = await tx.row(statement)
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND, "profile")
    return OwnProfileView(
        description=row["description"],
        motivation=row["motivation"],
        introduction=_introduction(row),
        media_consent=row["media_consent"],
        paused=row["paused"],
    )


def members_shown(tx: Tx) -> sa.Select[Any]:
    """The members of the project, with what they show each other; the young have no membership and so are never here.

    Whom a table brought is seen by herself and by coordinators, until she has come in (ADR 36).
    """
    return _members(tx.project, tx.actor.person, all_seen=_sees_all(tx))


def _sees_all(tx: Tx) -> bool:
    return Role.COORDINATOR in tx.actor.roles


def _members(project: Any, viewer: Any, *, all_seen: bool) -> sa.Select[Any]:
    i, m, p = introductions.c, memberships.c, profiles.c
    shown = introductions
    hers = () if all_seen else (m.invited_at.is_(None) | (m.person == viewer),)
    return (
        sa.select(m.person, m.audience, m.active_on, p.display_name, p.description)
        .add_columns(i.title, i.text, i.language, i.published)
        .select_from(memberships.join(profiles, p.id == m.id).outerjoin(shown, (i.id == m.id) & i.published))
        .where(m.project == project, m.roles != sa.cast([], Strings), *hers)
    )


PROJECT, VIEWER = (sa.bindparam(name, type_=sa.Uuid) for name in ("project", "viewer"))
AMONG = memberships.c.person == sa.any_(sa.bindparam("ids", type_=pg.ARRAY(sa.Uuid)))
MEMBERS = {seen: kept(_members(PROJECT, VIEWER, all_seen=seen).where(AMONG)) for seen in (False, True)}


async def find_members(tx: Tx, ids: Collection[PersonId]) -> Sequence[Row]:
    """Those of these whom the acting person sees, for `person_view`."""
    viewer = {} if (seen := _sees_all(tx)) else {"viewer": tx.actor.person}
    return await tx.rows(MEMBERS[seen], project=tx.project, ids=list(ids), **viewer)


def person_view(row: Mapping[Any, Any], today: date) -> PersonView:
    """A row of `members_shown`; whom she wants for a mentor is shown to herself alone."""
    told: Description = row["description"]
    return PersonView(
        id=row["person"],
        display_name=row["display_name"],
        audience=row["audience"],
        active=band(row["active_on"], today),
        description=told.model_copy(update={"wants_woman": False}) if told.wants_woman else told,
        introduction=_introduction(row),
    )


def _introduction(row: Mapping[Any, Any]) -> IntroductionView | None:
    if row["title"] is None:
        return None
    return IntroductionView(**{name: row[name] for name in IntroductionView.model_fields})


# ---------------------------------------------------------------- readiness
async def find_checklists(tx: Tx) -> Checklists:
    """Of the project's newest programme; nothing is asked where there is none."""
    asked = await tx.value(sa.select(checklists.c.readiness).where(checklists.c.project == tx.project))
    return {Role(role): tuple(ReadinessItem(item) for item in items) for role, items in (asked or {}).items()}


async def find_progress(tx: Tx, persons: Collection[PersonId]) -> dict[PersonId, Progress]:
    """What each has done in the project so far; every one of them has an entry."""
    ids = {person: membership_of(person, tx.project) for person in persons}
    accepted = await find_accepted(tx, ids.values())
    r = registrations.c
    registered = await _by_person(tx, r.person, r.role, (r.project == tx.project) & r.person.in_(persons))
    t, m, i = ticks.c, trainings.c, introductions.c
    ticked = await _by_person(tx, t.person, t.item, t.membership.in_(ids.values()))
    trained = await _by_person(tx, m.person, m.module, m.membership.in_(ids.values()))
    introduced = await _by_person(tx, i.person, i.id, i.id.in_(ids.values()))
    return {
        person: Progress(
            registered=frozenset(map(Role, registered[person])),
            accepted=accepted[id],
            ticked=frozenset(map(ReadinessItem, ticked[person])),
            trained=frozenset(map(TrainingModule, trained[person])),
            introduced=bool(introduced[person]),
        )
        for person, id in ids.items()
    }


async def _by_person(
    tx: Tx, person: sa.ColumnElement[Any], thing: sa.ColumnElement[Any], where: sa.ColumnElement[bool]
) -> dict[PersonId, set[Any]]:
    found: dict[PersonId, set[Any]] = defaultdict(set)
    for row in await tx.rows(sa.select(person.label("person"), thing.label("thing")).where(where)):
        found[row["person"]].add(row["thing"])
    return found


async def find_readiness(tx: Tx) -> ReadinessView:
    """The viewer's own checklist, for the roles she has."""
    progress = (await find_progress(tx, [tx.person]))[tx.person]
    in_force = (await find_in_force(tx, [tx.project]))[tx.project]
    roles = [role for role in Role if role in tx.actor.roles]
    lines = checklist(roles, await find_checklists(tx), progress, in_force)
    items = tuple(ReadinessLine(item=item, done=done) for item, done in lines.items())
    return ReadinessView(items=items, ready=all(lines.values()))


def discord_view(row: Mapping[str, Any]) -> DiscordView:
    return DiscordView(state=row["state"], topics=tuple(row["topics"]), since=row["since"])
