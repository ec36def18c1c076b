"""Codes of conduct: putting them in force, accepting them, being asked again (journey J1.2)."""

from commons_chassis.testing import refused, run, told
from commons_contracts.codes import Conduct, Language, RefusalCode, Role
from commons_contracts.ids import derived, membership_of
from commons_contracts.profiles import (
    AcceptCodeOfConduct,
    ConductAccepted,
    ConductInForce,
    ConductView,
    DescribeProfile,
    Description,
    JoinProject,
    Viewer,
)
from commons_profiles.app import service
from commons_profiles.tables import acceptances, codes


async def test_a_published_code_is_in_force_and_told_once(tx, westem, code_in_force):
    before = len(told(tx))

    await code_in_force()
    await code_in_force()

    conduct = derived("code of conduct", westem, Conduct.COMMUNITY)
    assert told(tx)[before:] == [
        ConductInForce(project=westem, at=tx.now, conduct=conduct, kind=Conduct.COMMUNITY, version=1)
    ]
    (kept,) = await tx.rows(codes.select())
    assert (kept["id"], kept["newest"]) == (conduct, 1)


async def test_an_older_version_heard_of_late_is_not_in_force(tx, westem, code_in_force):
    await code_in_force(version=2)
    before = len(told(tx))

    await code_in_force(version=1)

    assert len(told(tx)) == before
    assert await tx.value(codes.select().with_only_columns(codes.c.newest)) == 2


async def test_before_accepting_no_write_is_let_in_and_after_it_is(tx, join, code_in_force, accept):
    await code_in_force()
    await join()
    wish = DescribeProfile(description=Description(fields=("0541",)))
    async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=Conduct.COMMUNITY, version=1):
        await run(service, wish, tx)

    view = await accept()

    assert view.conduct == (ConductView(kind=Conduct.COMMUNITY, version=1, accepted=1),)
    assert (await run(service, wish, tx)).description.fields == ("0541",)


async def test_acceptance_is_told_and_kept_as_a_proof(tx, join, westem, code_in_force, accept):
    await code_in_force()
    person = await join()
    tx.actor = tx.actor.model_copy(update={"language": Language.NB})
    await accept()

    id = membership_of(person, westem)
    assert told(tx)[-1] == ConductAccepted(
        project=westem, at=tx.now, membership=id, person=person, kind=Conduct.COMMUNITY, version=1
    )
    (proof,) = await tx.rows(acceptances.select())
    assert (proof["membership"], proof["version"], proof["language"], proof["accepted_at"]) == (id, 1, "nb", tx.now)


async def test_accepting_twice_is_accepting_once(tx, join, code_in_force, accept):
    await code_in_force()
    await join()
    await accept()
    before = len(told(tx))

    await accept()

    assert len(told(tx)) == before


async def test_a_new_version_asks_her_again(tx, join, code_in_force, accept):
    await code_in_force()
    await join()
    await accept()
    await code_in_force(version=2)

    (membership,) = (await run(service, Viewer(), tx)).memberships
    assert membership.conduct == (ConductView(kind=Conduct.COMMUNITY, version=2, accepted=1),)
    async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=Conduct.COMMUNITY, version=2):
        await run(service, DescribeProfile(description=Description()), tx)
    async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=Conduct.COMMUNITY, version=2):
        await accept(version=1)

    await accept(version=2)
    await run(service, DescribeProfile(description=Description()), tx)
    (membership,) = (await run(service, Viewer(), tx)).memberships
    assert membership.conduct == (ConductView(kind=Conduct.COMMUNITY, version=2, accepted=2),)


async def test_a_code_that_the_project_has_not_cannot_be_accepted(tx, join):
    await join(Role.MENTOR)

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, AcceptCodeOfConduct(kind=Conduct.MENTOR, version=1), tx)


async def test_each_project_has_its_own_codes(tx, join, open_project, code_in_force, act):
    await code_in_force()
    person = await join()
    await run(service, AcceptCodeOfConduct(kind=Conduct.COMMUNITY, version=1), tx)
    await open_project("stem-nord")
    await code_in_force(version=4)
    await act(person)
    await run(service, JoinProject(roles=(Role.COMPANY,)), tx)

    seen = {m.roles: m.conduct for m in (await run(service, Viewer(), tx)).memberships}

    assert seen == {
        (Role.MENTEE,): (ConductView(kind=Conduct.COMMUNITY, version=1, accepted=1),),
        (Role.COMPANY,): (ConductView(kind=Conduct.COMMUNITY, version=4, accepted=None),),
    }
