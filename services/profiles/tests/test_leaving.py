"""Losing a role, and being no member any more."""

import pytest

from commons_chassis.faults import Fault
from commons_chassis.standing import Contact, may_contact
from commons_chassis.testing import play, refused, run, told
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.profiles import (
    EndMembership,
    JoinProject,
    MembershipEnded,
    OwnProfile,
    PauseMentoring,
    PeopleByIds,
    RevokeRole,
    RolesRevoked,
    Viewer,
)
from commons_profiles.app import service


async def test_whoever_loses_a_role_keeps_the_others(tx, join):
    ada = await join(Role.MENTOR, Role.MENTEE)
    await play(tx, operator=True)

    view = await run(service, RevokeRole(person=ada, role=Role.MENTOR), tx)
    await run(service, RevokeRole(person=ada, role=Role.MENTOR), tx)

    assert view.roles == (Role.MENTEE,)
    revoked = [fact for fact in told(tx) if isinstance(fact, RolesRevoked)]
    assert [fact.roles for fact in revoked] == [(Role.MENTEE,)]


@pytest.mark.parametrize("command", [RevokeRole, EndMembership])
async def test_whoever_is_no_member_any_more_is_a_stranger_until_she_joins_again(tx, westem, join, act, command):
    ada = await join(Role.MENTOR)
    eve = await join(Role.MENTEE, name="Eve")
    await play(tx, operator=True)
    await run(service, command(person=ada, **({"role": Role.MENTOR} if command is RevokeRole else {})), tx)
    assert isinstance(told(tx)[-1], MembershipEnded)

    await act(ada)
    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await run(service, OwnProfile(), tx)
    assert (await run(service, Viewer(), tx)).memberships == ()
    assert await may_contact(tx, eve, ada) is Contact.UNKNOWN
    await act(eve)
    assert (await run(service, PeopleByIds(ids=(ada,)), tx)).items == ()

    await act(ada)
    assert (await run(service, JoinProject(roles=(Role.MENTEE,)), tx)).roles == (Role.MENTEE,)
    assert await may_contact(tx, eve, ada) is Contact.ALLOWED
    assert (told(tx)[-1].roles, told(tx)[-1].adult) == ((Role.MENTEE,), True)
    await run(service, OwnProfile(), tx)


async def test_coming_back_she_need_not_accept_again_what_she_has_accepted(tx, join, code_in_force, accept, act):
    await code_in_force()
    ada = await join(Role.MENTOR)
    await accept()
    await play(tx, operator=True)
    await run(service, EndMembership(person=ada), tx)

    await act(ada)
    await run(service, JoinProject(roles=(Role.MENTOR,)), tx)
    await run(service, PauseMentoring(), tx)


async def test_only_an_operator_takes_roles_and_memberships(tx, join, coordinate):
    ada = await join(Role.MENTOR)
    await coordinate()
    for command in (RevokeRole(person=ada, role=Role.MENTOR), EndMembership(person=ada)):
        with pytest.raises(Fault, match="FORBIDDEN"):
            await run(service, command, tx)


async def test_of_another_project_nothing_can_be_taken(tx, join, open_project):
    ada = await join(Role.MENTOR)
    await open_project("stem-nord")
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, EndMembership(person=ada), tx)
