"""Taking back what a table has brought, but of whom somebody has to do with since: all of it in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.tx import Row as Found
from commons_chassis.tx import Tx
from commons_contracts.base import Event
from commons_contracts.codes import Role, RowOutcome
from commons_contracts.ids import PLATFORM, PersonId, membership_of
from commons_contracts.profiles import (
    AccountTakenBack,
    Description,
    MembershipEnded,
    ParticipantTakenBack,
    ProfileDescribed,
    RolesRevoked,
)

from ..rules.membership import Membership
from ..rules.profile import Profile
from ..rules.sheet import TAKEN, Sheet
from ..tables import (
    acceptances,
    addresses,
    introductions,
    links,
    memberships,
    notices,
    people,
    profiles,
    sessions,
    sheet_rows,
    ticks,
    trainings,
)
from .importing import NEVER
from .progress import STEP, Told

r, m = sheet_rows.c, memberships.c


async def take_back(sheet: Sheet, tx: Tx, told: Told) -> None:
    """Whoever has come in, or has been met, stays as she is now, and her row says so."""
    mine = sa.select(r.number, r.person, r.before, r.met, r.who["role"].astext.label("role"))
    rows = await tx.rows(mine.where(r.sheet == sheet.id, r.outcome.in_(TAKEN)).order_by(r.number))
    removed = 0
    for at in range(0, len(rows), STEP):
        removed += await _undo(rows[at : at + STEP], sheet, tx)
        await tx.write_facts()
        await told(min(at + STEP, len(rows)), len(rows))
    await tx.emit(sheet.undone(removed, len(rows) - removed, at=tx.now))


async def _undo(rows: Sequence[Found], sheet: Sheet, tx: Tx) -> int:
    came = await _came_in([row["person"] for row in rows], sheet, tx)
    begun = [row for row in rows if row["before"]["membership"] and not row["met"] and row["person"] not in came]
    known = [row for row in rows if not row["before"]["membership"] and not row["met"]]
    facts = await _forget(begun, sheet, tx)
    restored, more = await _restore(known, sheet, tx)
    gone = {row["number"] for row in begun} | restored
    for outcome, numbers in (
        (RowOutcome.UNDONE, gone),
        (RowOutcome.STAYED, {row["number"] for row in rows} - gone),
    ):
        await tx.run(sa.update(sheet_rows).where(r.sheet == sheet.id, r.number.in_(numbers)).values(outcome=outcome))
    await tx.emit(*facts, *more)
    return len(gone)


async def _came_in(persons: Sequence[PersonId], sheet: Sheet, tx: Tx) -> Collection[UUID]:
    """Who has signed in since, or done or been given anything in the project."""
    since = sheet.imported_at
    ids = [membership_of(person, tx.project) for person in persons]
    acted = (m.version > 1) | m.invited_at.is_(None) | (m.active_on > NEVER)
    looks = [
        sa.select(sessions.c.person).where(sessions.c.person.in_(persons), sessions.c.seen_at >= since),
        sa.select(links.c.person).where(links.c.person.in_(persons), links.c.used_at >= since),
        sa.select(m.person).where(m.id.in_(ids), acted),
        sa.select(profiles.c.person).where(profiles.c.id.in_(ids), profiles.c.version > 1),
        *(
            sa.select(of.c.person).where(of.c.membership.in_(ids) if "membership" in of.c else of.c.id.in_(ids))
            for of in (acceptances, introductions, ticks, trainings)
        ),
    ]
    return {row["person"] for row in await tx.rows(sa.union(*looks))}


async def _forget(rows: Sequence[Found], sheet: Sheet, tx: Tx) -> list[Event]:
    """Memberships that the import began, and accounts that nobody else has use for."""
    persons = [row["person"] for row in rows]
    ids = [membership_of(person, tx.project) for person in persons]
    await tx.run(sa.delete(profiles).where(profiles.c.id.in_(ids)))
    await tx.run(sa.delete(memberships).where(m.id.in_(ids)))
    await tx.run(sa.delete(notices).where(notices.c.person.in_(persons), notices.c.project == tx.project))
    made = [row["person"] for row in rows if row["before"]["account"]]
    elsewhere = sa.exists().where(m.person == people.c.person)
    gone = sa.delete(people).where(people.c.person.in_(made), ~elsewhere).returning(people.c.person)
    nobody = {row["person"] for row in await tx.rows(gone)}
    unknown = [row["person"] for row in rows if row["before"]["address"] and row["person"] in nobody]
    await tx.run(sa.delete(addresses).where(addresses.c.person.in_(unknown)))
    facts: list[Event] = []
    for row in rows:
        named: dict[str, Any] = {"membership": membership_of(row["person"], tx.project), "person": row["person"]}
        facts.append(MembershipEnded(project=tx.project, at=tx.now, **named))
        facts.append(_taken_back(row, sheet, tx, ended=True))
        if row["person"] in nobody:
            facts.append(AccountTakenBack(project=PLATFORM, at=tx.now, person=row["person"]))
    return facts


async def _restore(rows: Sequence[Found], sheet: Sheet, tx: Tx) -> tuple[set[int], list[Event]]:
    """Who was a member before is what she was, where nothing has changed since."""
    ids = {row["number"]: membership_of(row["person"], tx.project) for row in rows}
    members = await tx.load_many(Membership, list(ids.values()))
    told = await tx.load_many(Profile, list(ids.values()))
    done: set[int] = set()
    facts: list[Event] = []
    for row in rows:
        id = ids[row["number"]]
        if id in members and _as_left(row["before"]["after"], members[id], told[id]):
            done.add(row["number"])
            facts += [*_unsay(row["before"], members[id], told[id], tx.now), _taken_back(row, sheet, tx, ended=False)]
    return done, facts


def _as_left(after: dict[str, Any], member: Membership, profile: Profile) -> bool:
    said = Description.model_validate(after["description"])
    return (list(member.roles), profile.description, profile.motivation) == (
        after["roles"],
        said,
        after["motivation"],
    )


def _unsay(before: dict[str, Any], member: Membership, profile: Profile, at: datetime) -> list[Event]:
    facts: list[Event] = []
    named: dict[str, Any] = {"project": member.project, "membership": member.id, "person": member.person, "at": at}
    roles = tuple(Role(role) for role in before["roles"])
    if roles != tuple(member.roles):
        member.roles = roles
        facts.append(RolesRevoked(**named, roles=roles))
    profile.motivation = before["motivation"]
    hers = Description.model_validate(before["description"])
    if hers != profile.description:
        profile.description = hers
        facts.append(ProfileDescribed(**named, description=hers))
    return facts


def _taken_back(row: Found, sheet: Sheet, tx: Tx, *, ended: bool) -> ParticipantTakenBack:
    return ParticipantTakenBack(
        project=tx.project,
        at=tx.now,
        membership=membership_of(row["person"], tx.project),
        person=row["person"],
        sheet=sheet.id,
        round=sheet.options.round,
        role=Role(row["role"]),
        ended=ended,
    )
