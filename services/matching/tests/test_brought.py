"""Whom a table has take part: once, by the rule of everyone, and no longer when it was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, refused, run, told
from commons_contracts.codes import Cefr, Goal, PauseCause, RefusalCode, Role, Style
from commons_contracts.ids import PersonId, SheetId, membership_of
from commons_contracts.matching import (
    MentorsPage,
    ParticipantLeft,
    ParticipantRegistered,
    PlacesSet,
    PublishMatchRun,
)
from commons_contracts.profiles import (
    Description,
    IntroductionPublished,
    MentoringPaused,
    ParticipantBrought,
    ParticipantTakenBack,
    ProfileDescribed,
    Speaks,
)
from commons_matching.app import service
from commons_matching.tables import cards, matches, participations, places
from commons_matching.tables.people import people_of
from commons_matching.tables.round import find_round

from .conftest import Recruitment
from .runs import coordinate, proposed

SHEET = SheetId(new_id())
TELLS = {
    "languages": (Speaks(language="sv", level=Cefr.C1),),
    "fields": ("0714",),
    "hours": 7,
    "goals": (Goal.NETWORK,),
}


@pytest.fixture
async def recruitment(tx):
    it = Recruitment(tx)
    await it.open()
    return it


@pytest.fixture
def bring(tx, recruitment):
    async def brought(role=Role.MENTOR, *, person=None, **more):
        her = PersonId(person or new_id())
        fact = {"project": tx.project, "at": tx.now, "membership": membership_of(her, tx.project), "person": her}
        more = {"sheet": SHEET, "round": recruitment.round, **more}
        await hear(service, ParticipantBrought(**{**fact, "role": role, **more}), tx)
        return her

    return brought


@pytest.fixture
def take_back(tx, recruitment):
    async def back(person, role=Role.MENTOR, *, ended=True, sheet=SHEET):
        fact = {"project": tx.project, "at": tx.now, "membership": membership_of(person, tx.project), "person": person}
        await hear(
            service, ParticipantTakenBack(**fact, sheet=sheet, round=recruitment.round, role=role, ended=ended), tx
        )

    return back


async def places_of(person, tx):
    found = await tx.rows(sa.select(places.c.style, places.c.most).where(places.c.mentor == person))
    return {row["style"]: row["most"] for row in found}


async def there(person, tx):
    found = await tx.rows(sa.select(participations.c.role).where(participations.c.person == person))
    return [row["role"] for row in found]


async def test_she_takes_part_once_however_often_it_is_told(tx, bring):
    ada = await bring(places=2)
    await bring(person=ada, places=4)
    assert await there(ada, tx) == [Role.MENTOR]
    assert await places_of(ada, tx) == {Style.TRADITIONAL: 2, Style.FLASH: 2}
    facts = [fact for fact in told(tx) if isinstance(fact, ParticipantRegistered | PlacesSet)]
    assert [type(fact) for fact in facts] == [PlacesSet, PlacesSet, ParticipantRegistered]


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ({}, {Style.TRADITIONAL: 3, Style.FLASH: 2}),
        ({"style": Style.FLASH}, {Style.TRADITIONAL: 0, Style.FLASH: 2}),
        ({"style": Style.TRADITIONAL, "places": 4}, {Style.TRADITIONAL: 4, Style.FLASH: 0}),
        ({"places": 50}, {Style.TRADITIONAL: 5, Style.FLASH: 5}),
    ],
)
async def test_a_mentor_has_the_places_that_the_table_says_and_the_programme_allows(tx, bring, said, given):
    assert await places_of(await bring(**said), tx) == given


async def test_a_mentee_has_none(tx, bring):
    eva = await bring(Role.MENTEE)
    assert (await there(eva, tx), await places_of(eva, tx)) == ([Role.MENTEE], {})


async def test_a_round_that_does_not_recruit_takes_nobody(tx, bring):
    for more in ({"at": tx.now + timedelta(days=60)}, {"round": new_id()}, {"role": Role.TEACHER}):
        role = more.pop("role", Role.MENTOR)
        assert await there(await bring(role, **more), tx) == []


async def test_taken_back_nothing_is_left_of_it_and_it_is_told(tx, bring, take_back):
    ada = await bring(places=2)
    fact = {"project": tx.project, "at": tx.now, "membership": membership_of(ada, tx.project), "person": ada}
    await hear(service, ProfileDescribed(**fact, description=Description(country="SE")), tx)

    await take_back(ada)
    await take_back(ada)

    assert (await there(ada, tx), await places_of(ada, tx)) == ([], {})
    assert await tx.rows(sa.select(cards.c.id).where(cards.c.person == ada)) == []
    left = [fact for fact in told(tx) if isinstance(fact, ParticipantLeft)]
    assert [(fact.person, fact.role) for fact in left] == [(ada, Role.MENTOR)]


async def test_what_was_not_the_tables_stays(tx, bring, take_back, recruitment):
    ada = await recruitment.mentor(places=2)
    await bring(person=ada)
    await take_back(ada, ended=False)
    assert await there(ada, tx) == [Role.MENTOR]
    eva = await bring(Role.MENTEE)
    await take_back(eva, Role.MENTEE, sheet=SheetId(new_id()))
    assert await there(eva, tx) == [Role.MENTEE]


async def test_whom_somebody_counts_on_stays(tx, bring, take_back, recruitment):
    eva = await recruitment.mentee()
    ada = await bring(places=2)
    await recruitment.become(await recruitment.mentor())
    recruitment.roles[ada] = Role.MENTOR
    await recruitment.describe(ada, country="SE")
    await recruitment.of_member(IntroductionPublished, ada)
    await play(tx, person=ada, roles=(Role.MENTOR,))
    asked = await recruitment.ask(eva, ada)
    await take_back(ada)
    assert await there(ada, tx) == [Role.MENTOR]
    await recruitment.accept(asked)
    await take_back(ada)
    assert await places_of(ada, tx) == {Style.TRADITIONAL: 2, Style.FLASH: 2}


async def member(recruitment, person, role, **told):
    recruitment.roles[person] = role
    await play(recruitment.tx, person=person, roles=(role,))
    await recruitment.describe(person, **told)


async def test_a_run_may_match_a_mentor_whom_a_table_brought_and_no_list_shows_her(tx, bring, recruitment):
    ada, eva = await bring(places=1), await bring(Role.MENTEE)
    await member(recruitment, ada, Role.MENTOR, **TELLS)
    await member(recruitment, eva, Role.MENTEE, **TELLS)
    own = await recruitment.mentor(**TELLS, introduced=False)

    found = await people_of(tx, await find_round(tx, recruitment.round))
    assert {one.person: one.ready for one in found.mentors} == {ada: True, own: False}
    started = await proposed(recruitment)
    await coordinate(recruitment)
    await run(service, PublishMatchRun(run=started.id), tx)
    assert [(row["mentor"], row["mentee"]) for row in await tx.rows(sa.select(matches.c.mentor, matches.c.mentee))] == [
        (ada, eva)
    ]
    await recruitment.become(eva)
    assert (await run(service, MentorsPage(round=recruitment.round), tx)).items == ()


async def test_who_has_paused_is_not_matched_whoever_brought_her(tx, bring, recruitment):
    ada, eva = await bring(places=1), await bring(Role.MENTEE)
    await member(recruitment, ada, Role.MENTOR, **TELLS)
    await member(recruitment, eva, Role.MENTEE, **TELLS)
    started = await proposed(recruitment)
    await recruitment.of_member(MentoringPaused, ada, cause=PauseCause.OWN_WISH)
    found = await people_of(tx, await find_round(tx, recruitment.round))
    assert [one.ready for one in found.mentors] == [False]
    await coordinate(recruitment)
    async with refused(tx, RefusalCode.MATCH_SNAPSHOT_STALE):
        await run(service, PublishMatchRun(run=started.id), tx)
