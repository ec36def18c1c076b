"""Who is a member in good standing, kept by every service from what profiles tells; and who may contact whom."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql import insert

from commons_contracts.base import Actor, Command, Entry, Refusal, Request
from commons_contracts.codes import AccountState, Conduct, FaultCode, RefusalCode, Role
from commons_contracts.ids import PersonId
from commons_contracts.profiles import (
    ConductAccepted,
    ConductInForce,
    MembershipBegan,
    MembershipEnded,
    PersonBlocked,
    PersonCameOfAge,
    PersonRegistered,
    PersonUnblocked,
    RolesGranted,
    RolesRevoked,
)

from .faults import Fault
from .service import answers
from .tx import Tx

BETWEEN = sa.text("""
    select (select count(*) from standings where project = :project and person in (:one, :other) and adult) as adults,
        exists (select from blocked where (by, person) in ((:one, :other), (:other, :one))) as blocked
""")

# ---------------------------------------------------------------- keeping the copies


@answers
async def keep_standing(event: MembershipBegan, tx: Tx) -> None:
    t = tx.metadata.tables["standings"]
    row = {"project": event.project, "person": event.person, "roles": list(event.roles), "adult": event.adult}
    put = insert(t).values({**row, "conduct": {}})
    await tx.run(put.on_conflict_do_update(index_elements=[t.c.project, t.c.person], set_=row))


@answers
async def keep_roles(event: RolesGranted | RolesRevoked, tx: Tx) -> None:
    t = tx.metadata.tables["standings"]
    hers = (t.c.project == event.project) & (t.c.person == event.person)
    await tx.run(sa.update(t).where(hers).values(roles=list(event.roles)))


@answers
async def keep_end(event: MembershipEnded, tx: Tx) -> None:
    """Without a role she is a stranger, and nobody may contact her; what she has accepted stays, should she come back."""
    t = tx.metadata.tables["standings"]
    hers = (t.c.project == event.project) & (t.c.person == event.person)
    await tx.run(sa.update(t).where(hers).values(roles=[], adult=False))


@answers
async def keep_acceptance(event: ConductAccepted, tx: Tx) -> None:
    t = tx.metadata.tables["standings"]
    hers = (t.c.project == event.project) & (t.c.person == event.person)
    accepted = sa.cast({event.kind.value: event.version}, pg.JSONB)
    await tx.run(sa.update(t).where(hers).values(conduct=t.c.conduct.op("||")(accepted)))


@answers
async def keep_pending(event: PersonRegistered, tx: Tx) -> None:
    if event.state is AccountState.PENDING_GUARDIAN:
        put = insert(tx.metadata.tables["pending_guardian"]).values(person=event.person)
        await tx.run(put.on_conflict_do_nothing())


@answers
async def forget_pending(event: PersonCameOfAge, tx: Tx) -> None:
    t = tx.metadata.tables["pending_guardian"]
    await tx.run(sa.delete(t).where(t.c.person == event.person))


@answers
async def keep_conduct_in_force(event: ConductInForce, tx: Tx) -> None:
    t = tx.metadata.tables["conduct_in_force"]
    put = insert(t).values(project=event.project, kind=event.kind, version=event.version)
    await tx.run(put.on_conflict_do_update(index_elements=[t.c.project, t.c.kind], set_={"version": event.version}))


@answers
async def keep_block(event: PersonBlocked, tx: Tx) -> None:
    put = insert(tx.metadata.tables["blocked"]).values(by=event.by, person=event.person)
    await tx.run(put.on_conflict_do_nothing())


@answers
async def forget_block(event: PersonUnblocked, tx: Tx) -> None:
    t = tx.metadata.tables["blocked"]
    await tx.run(sa.delete(t).where(t.c.by == event.by, t.c.person == event.person))


# ---------------------------------------------------------------- asking them


RECOGNISE = sa.text("""
    select s.roles, s.conduct, c.version from (select cast(:project as uuid) as project) as here
    left join standings s on s.project = here.project and s.person = :person
    left join conduct_in_force c on c.project = here.project and c.kind = 'COMMUNITY'
""").columns(conduct=pg.JSONB)


class Contact(StrEnum):
    ALLOWED = "ALLOWED"
    BLOCKED = "BLOCKED"
    """To her, the other must look merely unavailable."""
    UNKNOWN = "UNKNOWN"
    """No adult, or nobody this service knows: safety fails closed."""


async def may_contact(tx: Tx, a: PersonId, b: PersonId) -> Contact:
    """Asked before any request, channel or session between two people of the project (rules for safety, 35)."""
    found = await tx.row(BETWEEN, project=tx.project, one=a, other=b)
    if found is None or found["adults"] != len({a, b}):
        return Contact.UNKNOWN
    return Contact.BLOCKED if found["blocked"] else Contact.ALLOWED


def contactable(tx: Tx, viewer: PersonId, person: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """`may_contact(viewer, person)` is ALLOWED, as a condition in lists; the viewer herself passed `admit`."""
    return may_meet(tx.metadata, tx.project, viewer, person)


def may_meet(metadata: sa.MetaData, project: Any, viewer: Any, person: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The same in a statement that stands in a module: project and viewer are parameters of it."""
    standings, blocked = metadata.tables["standings"], metadata.tables["blocked"]
    adult = sa.exists().where(standings.c.project == project, standings.c.person == person, standings.c.adult)
    one_way = sa.select(blocked.c.person).where(blocked.c.by == viewer)
    other_way = sa.select(blocked.c.by).where(blocked.c.person == viewer)
    # An array, and not EXISTS: the viewer's own few are looked up once, and not with each person of the list.
    apart = sa.func.array(sa.union_all(one_way, other_way).scalar_subquery())
    return sa.and_(adult, person != sa.all_(apart))


async def admit(request: type[Request[Any]], tx: Tx) -> None:
    """Is the caller what the request's class asks for? Fills `tx.actor.roles` and `.conduct` on the way, unless anyone may ask.

    Raises Fault(UNAUTHENTICATED | FORBIDDEN) or Refusal(GUARDIAN_CONSENT_REQUIRED | NOT_A_MEMBER | ROLE_NOT_ALLOWED |
    CODE_OF_CONDUCT_REQUIRED).
    """
    if request.entry is Entry.GATEWAY and tx.actor.person is not None:
        raise Fault(FaultCode.FORBIDDEN)  # put in someone's name, it was not the gateway's own question
    if request.entry in {Entry.ANYONE, Entry.GATEWAY}:
        return
    if tx.actor.person is None:
        raise Fault(FaultCode.UNAUTHENTICATED)
    version = await _recognise(tx)
    if request.entry is Entry.OPERATOR:
        if not tx.actor.operator:
            raise Fault(FaultCode.FORBIDDEN)
        return
    if not tx.actor.roles and issubclass(request, Command):
        await _no_pending(tx)
    if request.entry is not Entry.ACCOUNT:
        _meets(request, tx.actor, version)


async def _recognise(tx: Tx) -> int | None:
    """Fill in who asks, from this service's copy; the version of the community's code of conduct that is in force."""
    row = (await tx.db.execute(RECOGNISE, {"project": tx.project, "person": tx.actor.person})).mappings().one()
    standing = {"roles": frozenset(Role(r) for r in row["roles"] or ()), "conduct": row["conduct"] or {}}
    tx.actor = tx.actor.model_copy(update=standing)
    version: int | None = row["version"]
    return version


async def known(tx: Tx, persons: Sequence[PersonId]) -> dict[PersonId, Actor]:
    """What this service's copy says of each: roles and acceptances. What the wire says of them is not believed."""
    t = tx.metadata.tables["standings"]
    found = sa.select(t.c.person, t.c.roles, t.c.conduct).where(t.c.project == tx.project, t.c.person.in_(persons))
    blank: dict[str, object] = {"roles": frozenset(), "conduct": {}}
    actors = {p: tx.actor.model_copy(update={**blank, "person": p}) for p in persons}
    for row in await tx.rows(found):
        standing = {"roles": frozenset(Role(r) for r in row["roles"]), "conduct": row["conduct"]}
        actors[row["person"]] = actors[row["person"]].model_copy(update=standing)
    return actors


async def meets(request: type[Request[Any]], actor: Actor, tx: Tx) -> None:
    """MEMBER and STANDING entries and roles, for one actor as `known` gave her; an import asks it for each person."""
    _meets(request, actor, await conduct_in_force(tx) if request.entry is Entry.STANDING else None)


def _meets(request: type[Request[Any]], actor: Actor, version: int | None) -> None:
    if not actor.roles:
        raise Refusal(RefusalCode.NOT_A_MEMBER)
    if request.for_roles and not request.for_roles & actor.roles:
        raise Refusal(RefusalCode.ROLE_NOT_ALLOWED, roles=sorted(request.for_roles))
    if request.entry is Entry.STANDING and version is not None and actor.conduct.get(Conduct.COMMUNITY, 0) < version:
        raise Refusal(RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=Conduct.COMMUNITY, version=version)


async def conduct_in_force(tx: Tx) -> int | None:
    """The community's code of conduct that members must have accepted; None where a project has none yet."""
    t = tx.metadata.tables["conduct_in_force"]
    version: int | None = await tx.value(
        sa.select(t.c.version).where(t.c.project == tx.project, t.c.kind == Conduct.COMMUNITY)
    )
    return version


async def _no_pending(tx: Tx) -> None:
    t = tx.metadata.tables["pending_guardian"]
    if await tx.value(sa.select(sa.literal(1)).where(t.c.person == tx.person)):
        raise Refusal(RefusalCode.GUARDIAN_CONSENT_REQUIRED)
