"""The checklist before taking part, and the introduction it opens (journey J1.4)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, refused, run, told
from commons_contracts.codes import Conduct, ReadinessItem, RefusalCode, Role, TrainingModule
from commons_contracts.ids import membership_of
from commons_contracts.matching import ParticipantRegistered
from commons_contracts.profiles import (
    IntroductionPublished,
    IntroductionWithdrawn,
    OwnProfile,
    PeopleByIds,
    PublishIntroduction,
    Readiness,
    RecordTraining,
    TickReadiness,
    TrainingRecorded,
    WithdrawIntroduction,
    WriteIntroduction,
)
from commons_profiles.app import service
from commons_profiles.tables import trainings

MANUAL_READ, RESOURCES = ReadinessItem.MANUAL_READ, ReadinessItem.RESOURCES_EXPLORED
CHECKLIST = (
    ReadinessItem.REGISTERED,
    ReadinessItem.CONDUCT_MENTORING,
    MANUAL_READ,
    ReadinessItem.PREPARATION_MEETING,
    ReadinessItem.PRESENTATION,
)
WORDS = WriteIntroduction(title="Mathematician", text="I build engines.", language="en")


@pytest.fixture
def register_for_round(tx, westem):
    async def registered(person, role=Role.MENTOR):
        told = ParticipantRegistered(
            project=westem, at=tx.now, participation=new_id(), round=new_id(), person=person, role=role
        )
        await hear(service, told, tx)

    return registered


@pytest.fixture
async def mentor(tx, programme, code_in_force, join):
    """A mentor who has done nothing yet of a checklist of five; she acts."""
    await programme(*CHECKLIST)
    await code_in_force(Conduct.MENTOR)
    return await join(Role.MENTOR)


@pytest.fixture
def do(tx, accept, coordinate, act, register_for_round):
    """What gets an item of the checklist done, for who acts."""

    async def meet(person):
        await coordinate()
        await run(service, RecordTraining(person=person, module="PREPARATION_MEETING", held_on=tx.now.date()), tx)
        await act(person)

    ways = {
        ReadinessItem.REGISTERED: lambda: register_for_round(tx.person),
        ReadinessItem.CONDUCT_MENTORING: lambda: accept(Conduct.MENTOR),
        MANUAL_READ: lambda: run(service, TickReadiness(item=MANUAL_READ), tx),
        ReadinessItem.PREPARATION_MEETING: lambda: meet(tx.person),
        ReadinessItem.PRESENTATION: lambda: run(service, WORDS, tx),
    }
    return lambda item: ways[item]()


async def test_a_mentor_publishes_once_the_five_things_are_done(tx, mentor, do, westem):
    await do(ReadinessItem.REGISTERED)
    async with refused(tx, RefusalCode.MENTOR_NOT_READY, missing=list(CHECKLIST[1:])):
        await run(service, PublishIntroduction(), tx)

    for item in CHECKLIST[1:]:
        await do(item)
    readiness = await run(service, Readiness(), tx)
    assert readiness.ready
    assert [line.item for line in readiness.items] == list(CHECKLIST)

    view = await run(service, PublishIntroduction(), tx)
    await run(service, PublishIntroduction(), tx)

    assert view.introduction.published
    published = [fact for fact in told(tx) if isinstance(fact, IntroductionPublished)]
    assert published == [
        IntroductionPublished(project=westem, at=tx.now, membership=membership_of(mentor, westem), person=mentor)
    ]


@pytest.mark.parametrize("left_out", CHECKLIST)
async def test_each_of_the_five_is_needed(tx, mentor, do, left_out):
    for item in CHECKLIST:
        if item is not left_out:
            await do(item)

    async with refused(tx, RefusalCode.MENTOR_NOT_READY, missing=[left_out]):
        await run(service, PublishIntroduction(), tx)


async def test_a_new_version_of_the_mentoring_code_must_be_accepted_again(tx, programme, code_in_force, join, accept):
    await programme(ReadinessItem.CONDUCT_MENTORING)
    await code_in_force(Conduct.MENTOR)
    await join(Role.MENTOR)
    await run(service, WORDS, tx)
    await accept(Conduct.MENTOR)
    assert (await run(service, Readiness(), tx)).ready

    await code_in_force(Conduct.MENTOR, version=2)

    assert not (await run(service, Readiness(), tx)).ready
    async with refused(tx, RefusalCode.MENTOR_NOT_READY, missing=[ReadinessItem.CONDUCT_MENTORING]):
        await run(service, PublishIntroduction(), tx)
    await accept(Conduct.MENTOR, version=2)
    assert (await run(service, PublishIntroduction(), tx)).introduction.published


async def test_the_newest_programme_says_what_is_asked_however_late_an_older_one_is_heard_of(tx, programme, join):
    newest = tx.now
    await programme(MANUAL_READ, role=Role.MENTEE, at=newest)
    await programme(RESOURCES, role=Role.MENTEE, at=newest - timedelta(days=1))
    await join(Role.MENTEE)
    assert [line.item for line in (await run(service, Readiness(), tx)).items] == [MANUAL_READ]

    await programme(RESOURCES, role=Role.MENTEE, at=newest + timedelta(days=1))
    assert [line.item for line in (await run(service, Readiness(), tx)).items] == [RESOURCES]


async def test_without_a_programme_nothing_is_asked_but_an_introduction_must_be_written(tx, join):
    await join(Role.MENTOR)
    readiness = await run(service, Readiness(), tx)
    assert (readiness.items, readiness.ready) == ((), True)

    async with refused(tx, RefusalCode.MENTOR_NOT_READY, missing=[ReadinessItem.PRESENTATION]):
        await run(service, PublishIntroduction(), tx)


async def test_what_she_ticks_is_ticked_once_and_for_her_alone(tx, programme, join):
    await programme(MANUAL_READ, RESOURCES)
    await join(Role.MENTOR, name="Eve")
    await join(Role.MENTOR)

    await run(service, TickReadiness(item=MANUAL_READ), tx)
    readiness = await run(service, TickReadiness(item=MANUAL_READ), tx)

    assert [(line.item, line.done) for line in readiness.items] == [(MANUAL_READ, True), (RESOURCES, False)]
    assert not readiness.ready
    assert len(await tx.rows(service.metadata.tables["ticks"].select())) == 1


async def test_what_others_see_she_cannot_tick(tx, join):
    await join(Role.MENTOR)

    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED, items=["MANUAL_READ", "RESOURCES_EXPLORED"]):
        await run(service, TickReadiness(item=ReadinessItem.PREPARATION_MEETING), tx)


async def test_registering_as_a_mentee_does_not_register_a_mentor(tx, programme, join, register_for_round):
    await programme(ReadinessItem.REGISTERED)
    ada = await join(Role.MENTOR)
    await register_for_round(ada, Role.MENTEE)
    assert not (await run(service, Readiness(), tx)).ready

    await register_for_round(ada, Role.MENTOR)
    await register_for_round(ada, Role.MENTOR)
    assert (await run(service, Readiness(), tx)).ready


async def test_an_introduction_shows_when_published_and_goes_when_withdrawn(tx, join, act, westem):
    ada = await join(Role.MENTOR)
    eve = await join(Role.MENTEE, name="Eve")
    await act(ada)

    async def as_shown():
        await act(eve)
        (person,) = (await run(service, PeopleByIds(ids=(ada,)), tx)).items
        await act(ada)
        return person.introduction

    written = await run(service, WORDS, tx)
    assert (written.introduction.text, written.introduction.published) == ("I build engines.", False)
    assert await as_shown() is None

    await run(service, PublishIntroduction(), tx)
    await run(service, WORDS.model_copy(update={"title": "Countess"}), tx)
    assert (await as_shown()).title == "Countess"

    await run(service, WithdrawIntroduction(), tx)
    await run(service, WithdrawIntroduction(), tx)
    assert await as_shown() is None
    assert (await run(service, OwnProfile(), tx)).introduction.title == "Countess"
    withdrawn = [fact for fact in told(tx) if isinstance(fact, IntroductionWithdrawn)]
    assert [fact.person for fact in withdrawn] == [ada]


async def test_only_mentors_publish_and_only_what_is_there_is_withdrawn(tx, join):
    await join(Role.MENTEE)
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, PublishIntroduction(), tx)

    await join(Role.MENTOR)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, WithdrawIntroduction(), tx)


async def test_a_training_is_recorded_by_a_coordinator_and_told_once(tx, join, coordinate, westem):
    ada = await join(Role.MENTOR)
    coordinator = await coordinate()
    held = RecordTraining(person=ada, module=TrainingModule.GENDER, held_on=date(2026, 9, 1))

    await run(service, held, tx)
    before = len(told(tx))
    await run(service, held, tx)

    assert len(told(tx)) == before
    assert told(tx)[-1] == TrainingRecorded(
        project=westem,
        at=tx.now,
        membership=membership_of(ada, westem),
        person=ada,
        module=TrainingModule.GENDER,
        held_on=date(2026, 9, 1),
    )
    (kept,) = await tx.rows(trainings.select())
    assert kept["recorded_by"] == coordinator


async def test_a_training_is_recorded_on_its_day_where_the_project_is_and_not_before(tx, join, coordinate):
    ada = await join(Role.MENTOR)
    await coordinate()
    tomorrow = RecordTraining(person=ada, module=TrainingModule.GENDER, held_on=date(2026, 9, 11))
    async with refused(tx, RefusalCode.SESSION_NOT_HELD, today=date(2026, 9, 10)):
        await run(service, tomorrow, tx)

    tx.now = datetime(2026, 9, 10, 22, tzinfo=UTC)  # midnight in Stockholm
    await run(service, tomorrow, tx)


async def test_nobody_else_records_and_nobody_elses_member_is_found(tx, join, coordinate, open_project):
    ada = await join(Role.MENTOR)
    held = RecordTraining(person=ada, module=TrainingModule.GENDER, held_on=date(2026, 9, 1))
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, held, tx)

    other = await open_project("stem-nord")
    await play(tx, roles=(Role.COORDINATOR,), project=other.id)
    for person in (ada, new_id()):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, held.model_copy(update={"person": person}), tx)
