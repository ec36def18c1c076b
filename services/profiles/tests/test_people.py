"""Importing people: the same rules as for one, all or nothing, and in bulk."""

from collections import Counter
from datetime import timedelta
from time import perf_counter

import pytest

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.testing import play, refused, run, told
from commons_contracts.codes import Audience, Cefr, Conduct, ReadinessItem, RefusalCode, Role, TrainingModule
from commons_contracts.ids import PersonId
from commons_contracts.profiles import (
    ConductAccepted,
    Description,
    ImportPeople,
    IntroductionPublished,
    MembershipBegan,
    OwnProfile,
    PersonEntry,
    PersonRegistered,
    ProfileDescribed,
    PublishIntroductions,
    Readiness,
    RegisterPerson,
    RolesGranted,
    Speaks,
    TrainingRecorded,
    Viewer,
    WriteIntroduction,
)
from commons_profiles.app import service

CHECKLIST = (
    ReadinessItem.CONDUCT_MENTORING,
    ReadinessItem.MANUAL_READ,
    ReadinessItem.PREPARATION_MEETING,
    ReadinessItem.PRESENTATION,
)


def a_mentor(**changes):
    known = {
        "person": PersonId(new_id()),
        "account": RegisterPerson(display_name="Ada", birth_year=1980, birth_month=3, country="SE", language="sv"),
        "roles": (Role.MENTOR,),
        "audience": Audience.PROFESSIONAL_WOMAN,
        "conduct": (Conduct.COMMUNITY, Conduct.MENTOR),
        "description": Description(fields=("0541",), languages=(Speaks(language="sv", level=Cefr.C2),), country="SE"),
        "motivation": "I like teaching.",
        "introduction": WriteIntroduction(title="Mathematician", text="I build engines.", language="en"),
        "ticked": (ReadinessItem.MANUAL_READ,),
        "trained": (TrainingModule.PREPARATION_MEETING,),
    }
    return PersonEntry(**known | changes)


@pytest.fixture
async def ground(tx, westem, code_in_force, programme):
    """A project with codes and a checklist; its operator acts."""
    await code_in_force(Conduct.COMMUNITY)
    await code_in_force(Conduct.MENTOR, version=2)
    await programme(*CHECKLIST)
    await play(tx, operator=True)
    return westem


async def test_an_imported_mentor_is_as_if_she_had_done_it_all_herself(tx, ground, act):
    entry = a_mentor()
    before = len(told(tx))

    assert (await run(service, ImportPeople(items=(entry,)), tx)).count == 1

    kinds = [type(fact) for fact in told(tx)[before:]]
    assert kinds == [
        PersonRegistered, MembershipBegan, ConductAccepted, ConductAccepted, ProfileDescribed, TrainingRecorded,
    ]  # fmt: skip
    await act(entry.person)
    account = await run(service, Viewer(), tx)
    assert (account.display_name, account.memberships[0].roles) == ("Ada", (Role.MENTOR,))
    assert [(c.kind, c.accepted) for c in account.memberships[0].conduct] == [("COMMUNITY", 1), ("MENTOR", 2)]
    own = await run(service, OwnProfile(), tx)
    assert (own.description, own.motivation) == (entry.description, "I like teaching.")
    assert (own.introduction.title, own.introduction.published) == ("Mathematician", False)
    assert (await run(service, Readiness(), tx)).ready


async def test_imported_again_nothing_is_told_and_nothing_is_lost(tx, ground, act):
    entry = a_mentor()
    await run(service, ImportPeople(items=(entry,)), tx)
    before = len(told(tx))

    await run(service, ImportPeople(items=(entry, entry)), tx)
    bare = entry.model_copy(update={"description": Description(), "motivation": "", "introduction": None})
    tx.now += timedelta(days=1)
    await run(service, ImportPeople(items=(bare,)), tx)

    assert told(tx)[before:] == []
    await act(entry.person)
    own = await run(service, OwnProfile(), tx)
    assert (own.motivation, own.introduction.title) == ("I like teaching.", "Mathematician")


async def test_someone_who_stands_twice_in_a_batch_is_told_of_once(tx, ground):
    entry = a_mentor()
    before = len(told(tx))

    await run(service, ImportPeople(items=(entry, entry)), tx)

    kinds = Counter(type(fact) for fact in told(tx)[before:])
    assert kinds.pop(ConductAccepted) == len(entry.conduct)
    assert set(kinds.values()) == {1}


async def test_a_member_who_is_imported_gets_more_roles_and_new_words(tx, ground, act):
    entry = a_mentor()
    await run(service, ImportPeople(items=(entry,)), tx)
    before = len(told(tx))
    words = WriteIntroduction(title="Countess", text="I write notes.", language="sv")

    await run(
        service,
        ImportPeople(items=(entry.model_copy(update={"roles": (Role.TEACHER,), "introduction": words}),)),
        tx,
    )

    assert [(type(f), f.roles) for f in told(tx)[before:]] == [(RolesGranted, (Role.MENTOR, Role.TEACHER))]
    await act(entry.person)
    assert (await run(service, OwnProfile(), tx)).introduction.title == "Countess"


YOUNG = RegisterPerson(display_name="Ida", birth_year=2010, birth_month=3, country="SE")
LOST = RegisterPerson(display_name="Lo", birth_year=1990, birth_month=3, country="SE", zone="Europe/Atlantis")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"account": YOUNG}, RefusalCode.GUARDIAN_CONSENT_REQUIRED),
        ({"account": LOST}, RefusalCode.NOT_FOUND),
        ({"roles": (Role.COORDINATOR,)}, RefusalCode.ROLE_NOT_ALLOWED),
        ({"roles": ()}, RefusalCode.ROLE_NOT_ALLOWED),
        ({"conduct": (Conduct.MENTEE,)}, RefusalCode.NOT_FOUND),
        ({"conduct": (Conduct.MENTOR,)}, RefusalCode.CODE_OF_CONDUCT_REQUIRED),
        ({"description": Description(fields=("0999",))}, RefusalCode.NOT_FOUND),
        ({"ticked": (ReadinessItem.PREPARATION_MEETING,)}, RefusalCode.ROLE_NOT_ALLOWED),
    ],
)
async def test_one_wrong_row_refuses_the_batch_and_is_named(tx, ground, wrong, code):
    async with refused(tx, code, row=1):
        await run(service, ImportPeople(items=(a_mentor(), a_mentor(**wrong), a_mentor())), tx)


async def test_who_has_not_accepted_the_code_may_be_imported_as_long_as_she_says_nothing(tx, ground, act):
    quiet = a_mentor(conduct=(), description=Description(), motivation="", introduction=None, ticked=(), trained=())
    await run(service, ImportPeople(items=(quiet,)), tx)

    for says in (
        {"description": Description(country="SE")},
        {"motivation": "x"},
        {"introduction": a_mentor().introduction},
        {"ticked": (ReadinessItem.MANUAL_READ,)},
    ):
        async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, row=0, kind=Conduct.COMMUNITY, version=1):
            await run(service, ImportPeople(items=(quiet.model_copy(update=says),)), tx)


async def test_into_no_project_nobody_is_imported(tx, ground):
    await play(tx, project=new_id(), operator=True)

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, ImportPeople(items=(a_mentor(),)), tx)


async def test_introductions_are_published_together_by_the_rule_for_one(tx, ground):
    entries = tuple(a_mentor() for _ in range(3))
    await run(service, ImportPeople(items=entries), tx)
    persons = tuple(e.person for e in entries)

    assert (await run(service, PublishIntroductions(persons=persons), tx)).count == 3
    assert (await run(service, PublishIntroductions(persons=persons), tx)).count == 3

    assert [f.person for f in told(tx) if isinstance(f, IntroductionPublished)] == list(persons)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"introduction": None}, RefusalCode.MENTOR_NOT_READY),
        ({"trained": ()}, RefusalCode.MENTOR_NOT_READY),
        ({"roles": (Role.MENTEE,)}, RefusalCode.ROLE_NOT_ALLOWED),
        (None, RefusalCode.NOT_A_MEMBER),
    ],
)
async def test_one_who_is_not_ready_keeps_the_batch_unpublished_and_is_named(tx, ground, wrong, code):
    ready, other = a_mentor(), a_mentor(**wrong or {})
    await run(service, ImportPeople(items=(ready, other) if wrong is not None else (ready,)), tx)

    async with refused(tx, code, row=1):
        await run(service, PublishIntroductions(persons=(ready.person, other.person)), tx)


@pytest.mark.parametrize("command", [ImportPeople(items=()), PublishIntroductions(persons=())])
async def test_only_an_operator_imports(tx, westem, command):
    await play(tx, roles=(Role.COORDINATOR,))

    with pytest.raises(Exception, match="FORBIDDEN"):
        await doors.answer(command, tx, service)


async def test_a_batch_is_some_thousand_people_a_minute(tx, ground):
    entries = tuple(a_mentor() for _ in range(500))
    began = perf_counter()

    await run(service, ImportPeople(items=entries), tx)
    await run(service, PublishIntroductions(persons=tuple(e.person for e in entries)), tx)

    assert perf_counter() - began < 15, "500 people in 15 s is 2,000 a minute"
