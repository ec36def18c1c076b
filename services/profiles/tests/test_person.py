"""Registering, being too young, and coming of age."""

from datetime import UTC, datetime, timedelta

import pytest

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.testing import pass_time, play, refused, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import AccountState, RefusalCode, Role
from commons_contracts.ids import PLATFORM
from commons_contracts.profiles import (
    BlockPerson,
    ChooseLanguage,
    ChooseZone,
    GrantRole,
    JoinProject,
    MembersPage,
    NoteActivity,
    PeopleByIds,
    PersonCameOfAge,
    PersonRegistered,
    ReadNotices,
    RegisterPerson,
    UnblockPerson,
    Viewer,
    ZoneChosen,
)
from commons_profiles.app import service

ACCOUNT = RegisterPerson(display_name="Ada", birth_year=1990, birth_month=5, country="SE", language="sv")
SECOND = timedelta(seconds=1)


async def test_who_registers_has_an_account_and_no_membership_yet(tx, act):
    await act(new_id())

    view = await run(service, ACCOUNT, tx)

    assert (view.person, view.display_name, view.state) == (tx.person, "Ada", AccountState.ACTIVE)
    assert (view.country, view.language, view.zone, view.memberships) == ("SE", "sv", "Europe/Stockholm", ())
    assert await run(service, Viewer(), tx) == view
    of_her = {"project": PLATFORM, "at": tx.now, "person": tx.person}
    assert told(tx) == [PersonRegistered(**of_her, state=AccountState.ACTIVE, zone="Europe/Stockholm")]


async def test_registering_again_changes_nothing_least_of_all_her_age(tx, register):
    person = await register("Ada", born=(1990, 5))

    again = await run(service, ACCOUNT.model_copy(update={"display_name": "Eve", "birth_year": 2012}), tx)

    assert (again.person, again.display_name, again.state) == (person, "Ada", AccountState.ACTIVE)
    assert len(told(tx)) == 1


async def test_before_registering_there_is_no_account(tx, act):
    await act(new_id())

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, Viewer(), tx)


async def test_nobody_sees_another_persons_account(tx, register, act):
    ada = await register("Ada")
    await act(new_id())

    rows = await tx.rows(service.metadata.tables["people"].select())
    assert rows == []

    await act(ada)
    assert (await run(service, Viewer(), tx)).display_name == "Ada"


async def test_the_young_may_register_and_nothing_else(tx, westem, register):
    young = await register("Ida", born=(2010, 3))
    view = await run(service, Viewer(), tx)
    assert (view.state, view.memberships) == (AccountState.PENDING_GUARDIAN, ())

    for command in (
        JoinProject(roles=(Role.MENTEE,)),
        NoteActivity(),
        BlockPerson(person=new_id()),
        UnblockPerson(person=new_id()),
        ReadNotices(ids=()),
    ):
        async with refused(tx, RefusalCode.GUARDIAN_CONSENT_REQUIRED):
            await run(service, command, tx)

    await play(tx, operator=True)
    async with refused(tx, RefusalCode.GUARDIAN_CONSENT_REQUIRED):
        await run(service, GrantRole(person=young, role=Role.MENTEE), tx)


async def test_joining_itself_looks_whether_she_is_old_enough(tx, westem, register):
    """Without the copy that the doors look at, which may be behind."""
    await register("Ida", born=(2010, 3))
    await tx.run(service.metadata.tables["pending_guardian"].delete())

    async with refused(tx, RefusalCode.GUARDIAN_CONSENT_REQUIRED):
        await run(service, JoinProject(roles=(Role.MENTEE,)), tx)


async def test_the_young_are_in_no_list(tx, register, coordinate):
    young = await register("Ida", born=(2010, 3))
    coordinator = await coordinate()

    assert (await run(service, PeopleByIds(ids=(young, coordinator)), tx)).items[0].id == coordinator
    assert len((await run(service, PeopleByIds(ids=(young, coordinator)), tx)).items) == 1
    assert [p.id for p in (await run(service, MembersPage(), tx)).items] == [coordinator]


async def test_on_her_first_day_as_an_adult_she_may_join(tx, westem, register):
    person = await register("Ida", born=(2008, 9))
    day = datetime(2026, 9, 30, 22, tzinfo=UTC)

    await pass_time(service, tx, to=day - SECOND)
    async with refused(tx, RefusalCode.GUARDIAN_CONSENT_REQUIRED):
        await run(service, JoinProject(roles=(Role.MENTEE,)), tx)

    await pass_time(service, tx, to=day + SECOND)
    assert told(tx)[-1] == PersonCameOfAge(project=PLATFORM, at=day, person=person)
    assert (await run(service, JoinProject(roles=(Role.MENTEE,)), tx)).person == person


async def test_for_an_adult_nothing_is_left_to_look_at(tx, register):
    await register("Ada", born=(1990, 5))

    assert await tx.rows(service.metadata.tables["due"].select()) == []


async def test_an_unknown_zone_is_refused(tx, act):
    await act(new_id())

    async with refused(tx, RefusalCode.NOT_FOUND, zone="Europe/Atlantis"):
        await run(service, ACCOUNT.model_copy(update={"zone": "Europe/Atlantis"}), tx)


async def test_nobody_registers_without_signing_in(tx):
    tx.actor = Actor(project=tx.project)

    with pytest.raises(Exception, match="UNAUTHENTICATED"):
        await doors.answer(ACCOUNT, tx, service)


async def test_she_is_spoken_to_in_the_language_she_chose_and_nobody_is_told(tx, register):
    await register("Ada", born=(1990, 5))
    facts = len(told(tx))

    view = await run(service, ChooseLanguage(language="nb"), tx)

    assert (view.language, (await run(service, Viewer(), tx)).language) == ("nb", "nb")
    assert len(told(tx)) == facts


async def test_without_an_account_there_is_no_language_to_choose(tx, act):
    await act(new_id())
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, ChooseLanguage(language="nb"), tx)


async def test_whoever_shows_her_times_hears_by_which_clock_she_lives(tx, register):
    person = await register("Ada", born=(1990, 5))

    view = await run(service, ChooseZone(zone="Asia/Tokyo"), tx)

    assert (view.zone, (await run(service, Viewer(), tx)).zone) == ("Asia/Tokyo", "Asia/Tokyo")
    assert told(tx)[-1] == ZoneChosen(project=PLATFORM, at=tx.now, person=person, zone="Asia/Tokyo")
    async with refused(tx, RefusalCode.NOT_FOUND, zone="Mars/Base"):
        await run(service, ChooseZone(zone="Mars/Base"), tx)
