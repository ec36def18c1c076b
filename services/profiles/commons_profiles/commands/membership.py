"""Joining a project, roles, pausing, and being there."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.codes import Audience, PauseCause, Role
from commons_contracts.ids import PersonId, membership_of
from commons_contracts.profiles import (
    EndMembership,
    GrantRole,
    JoinProject,
    MembershipView,
    NoteActivity,
    OwnProfileView,
    PauseMentoring,
    ResumeMentoring,
    RevokeRole,
)

from ..rules import membership as rule
from ..rules.person import Person
from ..rules.profile import begin_profile
from ..tables import memberships
from ..views import find_membership, find_own_profile, find_zone


@answers
async def join_project(cmd: JoinProject, tx: Tx) -> MembershipView:
    """Joining again adds roles."""
    rule.choose_oneself(cmd.roles)
    return await _join(tx.person, cmd.roles, cmd.audience, tx)


@answers
async def grant_role(cmd: GrantRole, tx: Tx) -> MembershipView:
    return await _join(cmd.person, (cmd.role,), None, tx)


async def _join(person: PersonId, roles: tuple[Role, ...], audience: Audience | None, tx: Tx) -> MembershipView:
    await find_zone(tx)
    account = await tx.load(Person, person)
    membership = await tx.find(rule.Membership, membership_of(person, tx.project))
    if membership is None:
        membership, began = rule.join(account, tx.project, roles, audience, at=tx.now)
        tx.add(membership, begin_profile(membership, account))
        await tx.emit(began)
    elif membership.roles:
        if person == tx.actor.person:
            membership.come_in()
        await tx.emit(*membership.take(roles, audience, at=tx.now))
    else:
        await tx.emit(membership.come_back(account, roles, audience, at=tx.now))
    return await find_membership(tx, membership.id)


@answers
async def revoke_role(cmd: RevokeRole, tx: Tx) -> MembershipView:
    membership = await tx.load(rule.Membership, membership_of(cmd.person, tx.project))
    await tx.emit(*membership.lose(cmd.role, at=tx.now))
    return await find_membership(tx, membership.id)


@answers
async def end_membership(cmd: EndMembership, tx: Tx) -> Done:
    membership = await tx.load(rule.Membership, membership_of(cmd.person, tx.project))
    await tx.emit(*membership.end(at=tx.now))
    return Done()


async def own_membership(tx: Tx) -> rule.Membership:
    return await tx.load(rule.Membership, membership_of(tx.person, tx.project))


@answers
async def pause_mentoring(_: PauseMentoring, tx: Tx) -> OwnProfileView:
    membership = await own_membership(tx)
    await tx.emit(*membership.pause(PauseCause.OWN_WISH, at=tx.now))
    return await find_own_profile(tx)


@answers
async def resume_mentoring(_: ResumeMentoring, tx: Tx) -> OwnProfileView:
    membership = await own_membership(tx)
    await tx.emit(*membership.resume(at=tx.now))
    return await find_own_profile(tx)


@answers
async def note_activity(_: NoteActivity, tx: Tx) -> Done:
    """Kept to the day, so the first of a day writes and the others do not even lock."""
    m, today = memberships.c, tx.now.date()
    mine = (m.id == membership_of(tx.person, tx.project)) & (m.active_on < today)
    await tx.run(sa.update(memberships).where(mine).values(active_on=today))
    return Done()
