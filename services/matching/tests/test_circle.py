"""Circles through the doors: a run proposes them, all are published or none, and a circle's place is one place."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.testing import hear, refused, run
from commons_contracts.codes import (
    Cefr,
    Criterion,
    MentorshipState,
    Method,
    Modality,
    PairWish,
    RefusalCode,
    Role,
    RunState,
    Style,
    TrainingModule,
    Unit,
    Unmet,
)
from commons_contracts.matching import (
    CircleFormed,
    CirclesPage,
    MatchConfirmed,
    MatchRunsByIds,
    OverrideProposal,
    PublishMatchRun,
    RequestConnection,
    SetPlaces,
    UnmatchedPage,
    WishPair,
)
from commons_contracts.mentoring import EntryRules, MatchRules, MentorshipEnded, PlaceRules, PlaceWanted, Range, Weight
from commons_contracts.profiles import IntroductionPublished, Speaks, TrainingRecorded
from commons_matching.app import service
from commons_matching.tables import circles, matches, places

from .runs import compute, coordinate, proposed, start

LEADS = (TrainingModule.TRAINING_OF_TRAINERS,)
DESIGN = {
    "styles": (Style.CIRCLE,),
    "units": (Unit.CIRCLE,),
    "modalities": (Modality.ONLINE,),
    "matching": MatchRules(method=Method.CIRCLES, criteria=(Weight(criterion=Criterion.LANGUAGES, points=10_000),)),
    "places": PlaceRules(suggested={Style.CIRCLE: 1}, most=2, group=Range(least=2, most=3)),
    "entry": EntryRules(unit_training={Unit.CIRCLE: LEADS}),
}
STALE = RefusalCode.MATCH_SNAPSHOT_STALE


def tells(tongue="ar", hours=0b1100):
    return {"languages": (Speaks(language=tongue, level=Cefr.C1),), "hours": hours}


@pytest.fixture
async def circled(recruitment):
    """A round in which circles of two or three are formed."""
    await recruitment.open(**DESIGN)
    return recruitment


async def leader(game, *, places=1, **told):
    """A trained facilitator, introduced."""
    person = await game.tx.value(sa.select(sa.func.gen_random_uuid()))
    day = (game.tx.now - timedelta(days=3)).date()
    await game.of_member(TrainingRecorded, person, module=LEADS[0], held_on=day, by=person)
    await game.join(Role.MENTOR, person=person)
    await run(service, SetPlaces(round=game.round, style=Style.CIRCLE, most=places), game.tx)
    await game.describe(person, **tells() | told)
    await game.of_member(IntroductionPublished, person)
    return person


async def members(game, many, **told):
    return [await game.mentee(**tells() | told) for _ in range(many)]


async def formed(game, id):
    """Facilitator, language, block and members of each circle."""
    found = (await run(service, CirclesPage(run=id), game.tx)).items
    return [(it.facilitator, it.language, it.block, {one.mentee for one in it.members}) for it in found]


async def used(game, mentor):
    return await game.tx.value(sa.select(places.c.used).where(places.c.mentor == mentor))


async def test_a_run_proposes_circles_and_says_why_the_others_have_none(circled):
    guide = await leader(circled, hours=0b10_0100)
    three, late = await members(circled, 3), await members(circled, 1, hours=0b10_0000)
    alone = await circled.mentee(**tells("fa"))
    ready = await proposed(circled, seed=3)
    assert await formed(circled, ready.id) == [(guide, "ar", 2, set(three))]
    shown = (await run(service, MatchRunsByIds(ids=(ready.id,)), circled.tx)).items[0]
    assert (shown.state, shown.style, shown.matched, shown.places) == (RunState.PROPOSED, Style.CIRCLE, 3, 3)
    assert shown.most_people == 3
    left = (await run(service, UnmatchedPage(run=ready.id), circled.tx)).items
    assert {one.mentee: one.why for one in left} == {
        late[0]: Unmet.TOO_FEW,
        alone: Unmet.NO_COMMON_LANGUAGE,
    }


async def test_the_same_seed_gives_the_same_circles(circled):
    for _ in range(2):
        await leader(circled, places=2)
    await members(circled, 7)
    results = []
    for _ in range(2):
        ready = await proposed(circled, seed=5, dry_run=True)
        shown = (await run(service, MatchRunsByIds(ids=(ready.id,)), circled.tx)).items[0]
        # Circles have ids of their run, so the two runs list the same ones in orders of their own.
        circles = sorted(sorted(map(str, it[3])) for it in await formed(circled, ready.id))
        results.append((shown.identity, shown.result_hash, circles))
    assert results[0] == results[1]
    assert sum(map(len, results[0][2])) == 7


async def test_who_leads_has_the_training_of_the_circle(circled):
    async with refused(circled.tx, RefusalCode.TRAINING_REQUIRED, modules=LEADS):
        await circled.join(Role.MENTOR)


async def test_nobody_asks_where_a_run_forms_circles(circled):
    guide, mentee = await leader(circled), (await members(circled, 1))[0]
    await circled.become(mentee)
    asked = RequestConnection(round=circled.round, mentor=guide, style=Style.CIRCLE, message="May I?")
    async with refused(circled.tx, RefusalCode.INITIATOR_NOT_ALLOWED, method=Method.CIRCLES):
        await run(service, asked, circled.tx)


async def test_a_published_circle_is_a_match_of_each_member_and_one_place_of_its_facilitator(circled):
    guide, three = await leader(circled, places=2), await members(circled, 3)
    ready = await proposed(circled)
    circled.news()
    await run(service, PublishMatchRun(run=ready.id), circled.tx)
    facts = circled.news()
    (circle,) = [fact for fact in facts if isinstance(fact, CircleFormed)]
    assert (circle.facilitator, circle.language, circle.members) == (guide, "ar", 3)
    assert circle.circle == await circled.tx.value(sa.select(circles.c.id))
    made = [fact for fact in facts if isinstance(fact, MatchConfirmed)]
    assert {(fact.mentor, fact.mentee, fact.circle, fact.style) for fact in made} == {
        (guide, mentee, circle.circle, Style.CIRCLE) for mentee in three
    }
    assert await used(circled, guide) == 1
    async with refused(circled.tx, RefusalCode.INVALID_TRANSITION):
        await run(service, PublishMatchRun(run=ready.id), circled.tx)


async def test_the_place_is_free_again_when_the_last_member_has_gone(circled):
    guide, three = await leader(circled), await members(circled, 3)
    await run(service, PublishMatchRun(run=(await proposed(circled)).id), circled.tx)
    made = await circled.tx.rows(sa.select(matches.c.id).where(matches.c.mentee.in_(three)).order_by(matches.c.id))
    told = {"project": circled.project, "at": circled.tx.now, "mentorship": guide}
    told |= {"programme": guide, "style": Style.CIRCLE}
    for row in made[:2]:
        await hear(service, an_end(row["id"], told), circled.tx)
    assert await used(circled, guide) == 1
    wanted = PlaceWanted(match=made[0]["id"], turn=2, **told)
    await hear(service, wanted, circled.tx)
    assert await used(circled, guide) == 1
    for row in made:
        await hear(service, an_end(row["id"], told, turn=3), circled.tx)
    assert await used(circled, guide) == 0
    await hear(service, an_end(made[0]["id"], told, turn=4), circled.tx)
    assert await used(circled, guide) == 0


def an_end(match, told, turn=1):
    return MentorshipEnded(match=match, turn=turn, state=MentorshipState.ENDED_NO_FAULT, **told)


async def test_two_who_block_each_other_stop_all_of_it(circled):
    guide, three = await leader(circled), await members(circled, 3)
    ready = await proposed(circled)
    await circled.block(three[0], three[1])
    await coordinate(circled)
    gone = [{"why": "UNAVAILABLE", "mentor": guide, "mentee": each} for each in sorted(three[:2], key=str)]
    async with refused(circled.tx, STALE, changed=gone, count=2):
        await run(service, PublishMatchRun(run=ready.id), circled.tx)
    again = await proposed(circled)
    assert [len(it[3]) for it in await formed(circled, again.id)] == [2]


@pytest.mark.parametrize("told", [{"hours": 0b1}, {"tongue": "fa"}])
async def test_who_cannot_follow_her_circle_any_more_stops_all_of_it(circled, told):
    guide, two = await leader(circled, hours=0b1101), await members(circled, 2)
    await circled.describe(
        guide, **tells(hours=0b1101) | {"languages": (*tells()["languages"], *tells("fa")["languages"])}
    )
    ready = await proposed(circled)
    await circled.describe(two[0], **tells(**told))
    await coordinate(circled)
    gone = [{"why": "UNAVAILABLE", "mentor": guide, "mentee": two[0]}]
    async with refused(circled.tx, STALE, changed=gone, count=1):
        await run(service, PublishMatchRun(run=ready.id), circled.tx)


async def test_a_facilitator_with_less_time_than_there_was_stops_all_of_it(circled):
    guide = await leader(circled, places=2)
    await members(circled, 5)
    ready = await proposed(circled)
    assert len(await formed(circled, ready.id)) == 2
    await circled.become(guide)
    await run(service, SetPlaces(round=circled.round, style=Style.CIRCLE, most=1), circled.tx)
    await coordinate(circled)
    async with refused(circled.tx, STALE, changed=[{"why": "AT_CAPACITY", "mentor": guide}], count=1):
        await run(service, PublishMatchRun(run=ready.id), circled.tx)


async def moves(game, ready, mentee, mentor):
    asked = OverrideProposal(run=ready.id, mentee=mentee, mentor=mentor, reason="She asked for it.")
    return await run(service, asked, game.tx)


async def test_a_coordinator_moves_someone_to_a_circle_with_room_that_she_can_follow(circled):
    one, other = await leader(circled), await leader(circled, hours=0b1)
    three, two = await members(circled, 3), await members(circled, 2, hours=0b1)
    apart, both = await circled.mentee(**tells("fa")), await circled.mentee(**tells(hours=0b1101))
    ready = await proposed(circled)
    assert {it[0]: it[3] for it in await formed(circled, ready.id)} == {one: set(three), other: {*two, both}}
    for mentee, mentor, code in (
        (both, one, RefusalCode.CIRCLE_FULL),
        (three[0], other, RefusalCode.HOURS_MISMATCH),
        (apart, other, RefusalCode.LANGUAGE_MISMATCH),
    ):
        async with refused(circled.tx, code):
            await moves(circled, ready, mentee, mentor)
    await moves(circled, ready, three[0], None)
    assert (await moves(circled, ready, both, one)).proposal.mentor == one
    assert {it[0]: it[3] for it in await formed(circled, ready.id)} == {one: {*three[1:], both}, other: set(two)}
    async with refused(circled.tx, RefusalCode.CIRCLE_TOO_SMALL, min=2):
        await moves(circled, ready, two[0], None)
    await run(service, PublishMatchRun(run=ready.id), circled.tx)
    assert [await used(circled, each) for each in (one, other)] == [1, 1]


async def test_nobody_is_moved_beside_someone_whom_she_blocked(circled):
    guide, two = await leader(circled), await members(circled, 2)
    late = await circled.mentee(**tells("fa"))
    ready = await proposed(circled)
    await circled.describe(late, **tells())
    await circled.block(two[0], late)
    await coordinate(circled)
    async with refused(circled.tx, RefusalCode.RULE_NOT_OVERRIDABLE, rule_=RefusalCode.MENTOR_UNAVAILABLE):
        await moves(circled, ready, late, guide)


async def test_what_a_coordinator_wants_of_two_is_followed(circled):
    one, other = await leader(circled), await leader(circled)
    four = await members(circled, 4)
    await coordinate(circled)
    for mentor, mentee, wish in ((one, four[0], PairWish.PIN), (other, four[1], PairWish.FORBID)):
        asked = WishPair(round=circled.round, mentor=mentor, mentee=mentee, wish=wish, reason="They asked.")
        await run(service, asked, circled.tx)
    begun = await start(circled)
    await compute(circled, begun.id)
    found = {mentee: it[0] for it in await formed(circled, begun.id) for mentee in it[3]}
    assert len(found) == 4
    assert (found[four[0]], found[four[1]]) == (one, one)
