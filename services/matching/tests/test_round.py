"""Rounds open when a programme is published, and people register while they recruit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run
from commons_contracts.codes import Conduct, RefusalCode, Role, Style
from commons_contracts.ids import PersonId, ProgrammeId, ProjectId, RoundId
from commons_contracts.matching import (
    OwnPlaces,
    ParticipantEntry,
    ParticipantRegistered,
    PlacesSet,
    RegisterForRound,
    RegisterParticipants,
    RoundOpened,
    RoundsOf,
    SetPlaces,
)
from commons_contracts.profiles import ConductInForce, ProjectOpened
from commons_matching.app import service
from commons_matching.tables import participations, places, rounds

OPENS = datetime(2026, 9, 9, 22, tzinfo=UTC)
CLOSES = datetime(2026, 9, 30, 22, tzinfo=UTC)


async def test_a_published_programme_opens_its_round(recruitment, tx):
    (opened,) = [fact for fact in recruitment.news() if isinstance(fact, RoundOpened)]
    await play(tx)

    (round,) = (await run(service, RoundsOf(programme=opened.programme), tx)).items

    assert round.id == recruitment.round == opened.round
    assert (round.opens_at, round.closes_at, round.starts_on) == (OPENS, CLOSES, date(2026, 10, 1))
    assert (round.open, round.styles) == (True, (Style.TRADITIONAL, Style.FLASH))
    assert (opened.opens_at, opened.closes_at, opened.programme_version) == (OPENS, CLOSES, 1)


@pytest.mark.parametrize("zone_first", [True, False])
async def test_the_zone_and_the_programme_may_come_in_any_order_and_again(tx, recruitment_programme, zone_first):
    programme = recruitment_programme.model_copy(update={"project": tx.project})
    zone = ProjectOpened(project=tx.project, at=NOON, zone="Europe/Athens")
    for event in (zone, programme, zone, programme) if zone_first else (programme, programme, zone, zone):
        await hear(service, event, tx)

    assert [type(fact) for fact in tx.emitted] == [RoundOpened]
    assert await tx.value(sa.select(rounds.c.opens_at)) == datetime(2026, 9, 9, 21, tzinfo=UTC)


async def test_rounds_are_listed_newest_first_with_what_the_viewer_is_in_them(recruitment, tx):
    first = recruitment.round
    await recruitment.join(Role.MENTEE)
    second = await recruitment.open(starts_on=date(2026, 10, 2))

    found = (await run(service, RoundsOf(), tx)).items

    assert [(round.id, round.registered_as) for round in found] == [(second, ()), (first, (Role.MENTEE,))]
    assert [round.id for round in (await run(service, RoundsOf(ids=(first, RoundId(new_id()))), tx)).items] == [first]


async def test_another_projects_round_is_not_there(recruitment, tx):
    await play(tx, project=ProjectId(new_id()), roles=(Role.MENTEE,))

    assert (await run(service, RoundsOf(ids=(recruitment.round,)), tx)).items == ()
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, RegisterForRound(round=recruitment.round, role=Role.MENTEE), tx)


async def test_registering_is_stored_and_told_once(recruitment, tx):
    recruitment.news()
    person = await recruitment.join(Role.MENTEE)
    again = await run(service, RegisterForRound(round=recruitment.round, role=Role.MENTEE), tx)

    (told,) = recruitment.news()
    assert (type(told), told.person, told.role, told.round) == (
        ParticipantRegistered, person, Role.MENTEE, recruitment.round,
    )  # fmt: skip
    assert (again.person, again.role) == (person, Role.MENTEE)
    assert await tx.value(sa.select(sa.func.count()).select_from(participations)) == 1


async def test_a_mentor_begins_with_the_places_that_the_programme_suggests(recruitment, tx):
    await recruitment.join(Role.MENTOR)

    (flash, traditional) = (await run(service, OwnPlaces(round=recruitment.round), tx)).items

    assert (traditional.style, traditional.most, traditional.free) == (Style.TRADITIONAL, 3, 3)
    assert (flash.style, flash.most) == (Style.FLASH, 2)


@pytest.mark.parametrize("at", [datetime(2026, 9, 9, 21, 59, 59, tzinfo=UTC), CLOSES])
async def test_nobody_registers_a_second_too_early_or_too_late(recruitment, tx, at):
    await play(tx, roles=(Role.MENTEE,))
    tx.now = at

    opens = "2026-09-09T22:00:00Z" if at < OPENS else None
    async with refused(tx, RefusalCode.RECRUITMENT_CLOSED, opensAt=opens, closesAt="2026-09-30T22:00:00Z"):
        await run(service, RegisterForRound(round=recruitment.round, role=Role.MENTEE), tx)


async def test_the_first_second_of_the_window_is_in_it(recruitment, tx):
    tx.now = OPENS

    assert await recruitment.join(Role.MENTEE)


async def test_one_registers_in_a_role_that_one_has(recruitment, tx):
    await play(tx, roles=(Role.MENTEE,))
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, RegisterForRound(round=recruitment.round, role=Role.MENTOR), tx)


async def test_a_mentor_says_how_many_she_takes(recruitment, tx):
    mentor = await recruitment.join(Role.MENTOR)
    recruitment.news()

    view = await run(service, SetPlaces(round=recruitment.round, style=Style.FLASH, most=5), tx)

    assert (view.mentor, view.most, view.used, view.held, view.free) == (mentor, 5, 0, 0, 5)
    (told,) = recruitment.news()
    assert (type(told), told.mentor, told.style, told.most) == (PlacesSet, mentor, Style.FLASH, 5)


async def test_a_mentor_takes_no_more_than_the_programme_allows(recruitment, tx):
    await recruitment.join(Role.MENTOR)
    async with refused(tx, RefusalCode.COMMITMENT_OUT_OF_RANGE, minPlaces=0, maxPlaces=5):
        await run(service, SetPlaces(round=recruitment.round, style=Style.FLASH, most=6), tx)


async def test_a_mentor_does_not_go_below_what_is_taken(recruitment, tx):
    await recruitment.become(await recruitment.full_mentor(places=2))
    async with refused(tx, RefusalCode.COMMITMENT_OUT_OF_RANGE, minPlaces=2, maxPlaces=5):
        await run(service, SetPlaces(round=recruitment.round, style=Style.TRADITIONAL, most=1), tx)


async def test_only_who_takes_part_has_places(recruitment, tx):
    await play(tx, roles=(Role.MENTOR,))
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED, round=recruitment.round):
        await run(service, SetPlaces(round=recruitment.round, style=Style.FLASH, most=1), tx)


async def test_a_style_that_the_programme_has_not_got_has_no_places(recruitment, tx):
    await recruitment.join(Role.MENTOR)
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED):
        await run(service, SetPlaces(round=recruitment.round, style=Style.CIRCLE, most=1), tx)


@pytest.fixture
async def imported(recruitment, tx):
    """Two mentors and a mentee who are members, and an operator at work."""
    people = [await play(tx, person=PersonId(new_id()), roles=(role,)) for role in 2 * (Role.MENTOR,) + (Role.MENTEE,)]
    await play(tx, operator=True)
    recruitment.news()
    return people


def an_import(round, people, **first):
    roles = (Role.MENTOR, Role.MENTOR, Role.MENTEE)
    items = [ParticipantEntry(person=p, role=r) for p, r in zip(people, roles, strict=True)]
    return RegisterParticipants(round=round, items=(items[0].model_copy(update=first), *items[1:]))


async def test_an_import_registers_all_at_once_and_the_same_again_nobody(recruitment, tx, imported):
    command = an_import(recruitment.round, imported, places=4)

    assert (await run(service, command, tx)).count == 3
    facts = recruitment.news()
    assert (await run(service, command, tx)).count == 0

    assert {fact.person for fact in facts if isinstance(fact, ParticipantRegistered)} == set(imported)
    assert {(f.mentor, f.style, f.most) for f in facts if isinstance(f, PlacesSet)} == {
        (imported[0], Style.TRADITIONAL, 4), (imported[0], Style.FLASH, 4),
    }  # fmt: skip
    assert len(facts) == 5
    assert recruitment.news() == []
    given = await tx.rows(sa.select(places.c.mentor, places.c.most).where(places.c.style == Style.TRADITIONAL))
    assert {(row["mentor"], row["most"]) for row in given} == {(imported[0], 4), (imported[1], 3)}


async def test_someone_who_stands_twice_in_an_import_is_told_of_once(recruitment, tx, imported):
    twice = an_import(recruitment.round, imported, places=4)

    assert (await run(service, twice.model_copy(update={"items": twice.items * 2}), tx)).count == 3

    kinds = [type(fact) for fact in recruitment.news()]
    assert (kinds.count(ParticipantRegistered), kinds.count(PlacesSet)) == (3, 2)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        (RefusalCode.ROLE_NOT_ALLOWED, {"role": Role.MENTEE}),
        (RefusalCode.NOT_A_MEMBER, {"person": PersonId(new_id())}),
        (RefusalCode.COMMITMENT_OUT_OF_RANGE, {"places": 6}),
    ],
)
async def test_an_import_with_one_wrong_row_imports_nobody(recruitment, tx, imported, code, first):
    async with refused(tx, code):
        await run(service, an_import(recruitment.round, imported, **first), tx)


async def test_an_import_is_held_to_the_window(recruitment, tx, imported):
    tx.now = CLOSES
    async with refused(tx, RefusalCode.RECRUITMENT_CLOSED):
        await run(service, an_import(recruitment.round, imported), tx)


async def test_an_import_registers_nobody_who_has_not_accepted_the_code(recruitment, tx, imported):
    code = ConductInForce(project=tx.project, at=NOON, conduct=new_id(), kind=Conduct.COMMUNITY, version=2)
    await hear(service, code, tx)
    async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, version=2):
        await run(service, an_import(recruitment.round, imported), tx)


async def test_an_empty_import_is_no_import(recruitment, tx, imported):
    assert (await run(service, RegisterParticipants(round=recruitment.round, items=()), tx)).count == 0
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, RegisterParticipants(round=RoundId(ProgrammeId(new_id())), items=()), tx)
