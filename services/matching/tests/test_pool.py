"""Suggestions come from a pool in memory that follows every card, and from the database what only it knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random, SystemRandom
from uuid import UUID

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run
from commons_contracts.codes import (
    Background,
    Cefr,
    Criterion,
    DeclineReason,
    Gender,
    Goal,
    Initiator,
    Method,
    Modality,
    PauseCause,
    RefusalCode,
    Role,
    Stage,
    Topic,
    Unit,
)
from commons_contracts.geo import PlaceLocated
from commons_contracts.ids import PLATFORM, PersonId, ProjectId
from commons_contracts.matching import DeclineConnection, Suggestions
from commons_contracts.mentoring import MatchRules, ProgrammeRules, RequestRules, Weight
from commons_contracts.profiles import (
    CriterionAgreed,
    CriterionWithdrawn,
    Description,
    IntroductionWithdrawn,
    MentoringPaused,
    MentoringResumed,
    Speaks,
)
from commons_matching.app import service
from commons_matching.rules.card import Card, choosing, profile_of
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.explain import explain as engine_explain
from commons_matching.rules.engine.live import amended, beside, mentor_ids, ranked
from commons_matching.rules.engine.people import People
from commons_matching.rules.fit import explain
from commons_matching.tables import consents, prices
from commons_matching.tables import pool as pools
from commons_matching.tables.tariff import set_prices

from .runs import proposed

RULES = ProgrammeRules(
    units=(Unit.PAIR,),
    requests=RequestRules(initiator=Initiator.MENTEE),
    matching=MatchRules(method=Method.MENTEE_PICKS),
)
BY_FIELD = MatchRules(method=Method.MENTEE_PICKS, criteria=(Weight(criterion=Criterion.FIELD, points=100),))
SEED = SystemRandom().randrange(1 << 31)
SWEDISH, PERSIAN = Speaks(language="sv", level=Cefr.C1), Speaks(language="fa", level=Cefr.C1)
TELLS = {"fields": ("0714",), "languages": (SWEDISH,)}


@pytest.fixture(autouse=True)
def from_the_start():
    print(f"seed {SEED}")
    pools.forget_pools()


@pytest.fixture
def compiled(monkeypatch):
    """How often a pool was compiled from the start."""
    times = []
    whole = pools.compile_pool
    monkeypatch.setattr(pools, "compile_pool", lambda *given: times.append(1) or whole(*given))
    return times


async def shown(recruitment, viewer):
    await recruitment.become(viewer)
    return (await run(service, Suggestions(round=recruitment.round), recruitment.tx)).items


async def suggested(recruitment, viewer):
    return [card.person for card in await shown(recruitment, viewer)]


async def test_every_change_of_a_card_is_in_the_next_list(recruitment, compiled):
    viewer, one = await recruitment.mentee(**TELLS), await recruitment.mentor(**TELLS)
    assert await suggested(recruitment, viewer) == [one]
    other = await recruitment.mentor(**TELLS, hours=1)
    assert await suggested(recruitment, viewer) == [one, other]
    await recruitment.describe(one, languages=(SWEDISH,))
    assert await suggested(recruitment, viewer) == [other, one]
    await recruitment.of_member(MentoringPaused, other, cause=PauseCause.OWN_WISH)
    assert await suggested(recruitment, viewer) == [one]
    await recruitment.of_member(MentoringResumed, other, at=NOON + timedelta(hours=1))
    await recruitment.of_member(IntroductionWithdrawn, one)
    assert await suggested(recruitment, viewer) == [other]
    assert len(compiled) == 1


async def test_who_tells_what_nobody_told_before_is_in_the_next_list(recruitment, compiled):
    viewer, _ = await recruitment.mentee(languages=(PERSIAN,)), await recruitment.mentor(**TELLS)
    assert await suggested(recruitment, viewer) == []
    speaker = await recruitment.mentor(languages=(PERSIAN,))
    assert await suggested(recruitment, viewer) == [speaker]
    assert len(compiled) == 2


async def test_a_hard_rule_keeps_a_mentor_out(recruitment):
    viewer = await recruitment.mentee(**TELLS)
    await recruitment.mentor(fields=("0714",), languages=(PERSIAN,))

    assert await suggested(recruitment, viewer) == []


async def test_a_wish_to_meet_keeps_out_who_will_not_and_who_lives_too_far(recruitment):
    viewer = await recruitment.mentee(**TELLS, modality=Modality.FACE_TO_FACE, place=1)
    near, far = [await recruitment.mentor(**TELLS, modality=Modality.FACE_TO_FACE, place=place) for place in (2, 3)]
    nowhere = await recruitment.mentor(**TELLS, modality=Modality.MIXED)
    await recruitment.mentor(**TELLS)

    assert await suggested(recruitment, viewer) == [near, far, nowhere]
    for place, at in {1: (59.33, 18.07), 2: (59.40, 17.95), 3: (65.58, 22.15)}.items():
        await locate(recruitment, place, *at)
    assert await suggested(recruitment, viewer) == [near, nowhere]
    await recruitment.describe(far, **TELLS, modality=Modality.FACE_TO_FACE, place=3, radius_km=2000)
    await recruitment.describe(viewer, **TELLS, modality=Modality.FACE_TO_FACE, place=1, radius_km=2000)
    assert await suggested(recruitment, viewer) == [near, far, nowhere]


async def locate(recruitment, place, latitude, longitude):
    where = {"place": place, "latitude": latitude, "longitude": longitude, "located": new_id()}
    await hear(service, PlaceLocated(project=PLATFORM, at=NOON, **where), recruitment.tx)


async def test_the_database_says_who_is_free(recruitment):
    viewer, full = await recruitment.mentee(**TELLS), await recruitment.mentor(**TELLS)
    second = await recruitment.mentor(fields=("0511",), languages=(SWEDISH,))
    assert await suggested(recruitment, viewer) == [full, second]
    await recruitment.accept(await recruitment.ask(await recruitment.mentee(), full))
    assert await suggested(recruitment, viewer) == [second]


async def test_no_more_requests_wait_for_a_mentor_than_her_places_are_worth(recruitment):
    await recruitment.open(open_per_place=2)
    viewer, full = await recruitment.mentee(**TELLS), await recruitment.mentor(**TELLS)
    spare = await recruitment.mentor(fields=("0511",), languages=(SWEDISH,), places=2)
    first, second = [await recruitment.ask(await recruitment.mentee(), full) for _ in range(2)]
    assert await suggested(recruitment, viewer) == [spare]
    async with refused(recruitment.tx, RefusalCode.MENTOR_UNAVAILABLE):
        await recruitment.ask(viewer, full)
    for _ in range(3):
        await recruitment.ask(await recruitment.mentee(), spare)
    assert await suggested(recruitment, viewer) == [spare]
    await play(recruitment.tx, person=full, roles=(Role.MENTOR,))
    await run(service, DeclineConnection(connection=first.id, reason=DeclineReason.OTHER), recruitment.tx)
    assert await suggested(recruitment, viewer) == [full, spare]
    assert (await recruitment.ask(viewer, full)).state == second.state


async def test_it_looks_on_until_there_are_enough(recruitment, monkeypatch):
    monkeypatch.setattr("commons_matching.queries.mentor.LOOK", 1)
    viewer = await recruitment.mentee(**TELLS)
    mentors = [await recruitment.mentor(**TELLS, places=n % 2) for n in range(6)]

    assert await suggested(recruitment, viewer) == sorted(mentors[1::2])


async def test_what_a_place_costs_spreads_what_is_suggested(recruitment, compiled):
    viewer = await recruitment.mentee(**TELLS)
    sought = await recruitment.mentor(**TELLS)
    calm = await recruitment.mentor(fields=("0715",), languages=(SWEDISH,))
    assert await suggested(recruitment, viewer) == [sought, calm]
    project, round = recruitment.project, recruitment.round
    await set_prices(recruitment.tx, project, round, {str(sought): 9000})
    assert await suggested(recruitment, viewer) == [calm, sought]
    await recruitment.describe(calm, fields=("0714",), languages=(SWEDISH,), hours=1)
    assert await suggested(recruitment, viewer) == [calm, sought]
    await set_prices(recruitment.tx, project, round, {})
    assert await suggested(recruitment, viewer) == sorted([sought, calm], key=lambda person: person.int)
    assert len(compiled) == 1


@pytest.mark.parametrize(("percent", "first"), [(0, "sought"), (30, "sought"), (60, "calm"), (200, "calm")])
async def test_the_design_says_how_much_a_price_counts(recruitment, percent, first):
    await recruitment.open(matching=BY_FIELD.model_copy(update={"price_percent": percent}))
    viewer = await recruitment.mentee(**TELLS)
    sought, calm = await recruitment.mentor(**TELLS), await recruitment.mentor(fields=("0715",), languages=(SWEDISH,))
    fit = {card.person: card.fit.points for card in await shown(recruitment, viewer)}
    ahead = fit[sought] - fit[calm]
    assert ahead > 0
    await set_prices(recruitment.tx, recruitment.project, recruitment.round, {str(sought): 2 * ahead})
    assert await suggested(recruitment, viewer) == ([sought, calm] if first == "sought" else [calm, sought])


async def test_a_run_leaves_its_prices(recruitment):
    tells = TELLS | {"goals": (Goal.NETWORK,), "hours": 7}
    mentors = [await recruitment.mentor(**tells) for _ in range(6)]
    for _ in range(8):
        await recruitment.mentee(**tells)
    await proposed(recruitment)
    rows = await recruitment.tx.rows(sa.select(prices.c.mentor, prices.c.points))
    assert {row["mentor"] for row in rows} == set(mentors)
    (points,) = {row["points"] for row in rows}
    assert 9_000 < points < 10_000


async def test_a_trial_leaves_prices_as_they_are(recruitment):
    await recruitment.open(matching=BY_FIELD)
    sought, _, _ = (
        await recruitment.mentor(**TELLS),
        await recruitment.mentee(**TELLS),
        await recruitment.mentee(**TELLS),
    )
    await set_prices(recruitment.tx, recruitment.project, recruitment.round, {str(sought): 4321})
    await proposed(recruitment, dry_run=True)
    assert [row["points"] for row in await recruitment.tx.rows(sa.select(prices.c.points))] == [4321]
    await proposed(recruitment)
    assert [row["points"] for row in await recruitment.tx.rows(sa.select(prices.c.points))] != [4321]


async def test_a_pair_of_before_is_not_suggested_again(recruitment):
    viewer, mentor = await recruitment.mentee(**TELLS), await recruitment.mentor(**TELLS)
    await recruitment.accept(await recruitment.ask(viewer, mentor))
    await recruitment.open()
    for person, role in ((mentor, Role.MENTOR), (viewer, Role.MENTEE)):
        await recruitment.join(role, person=person)
    assert await suggested(recruitment, viewer) == []
    other = await recruitment.mentor(**TELLS)
    assert await suggested(recruitment, viewer) == [other]


async def test_consent_counts_in_the_next_list_and_counts_no_more_in_the_one_after_it_is_taken_back(recruitment):
    weights = tuple(Weight(criterion=c, points=100) for c in (Criterion.FIELD, Criterion.GENDER))
    await recruitment.open(matching=MatchRules(method="MENTEE_PICKS", criteria=weights))
    viewer = await recruitment.mentee(**TELLS)
    first, second = [await recruitment.mentor(**TELLS) for _ in range(2)]
    agreed = {"criterion": Criterion.GENDER, "gender": Gender.WOMAN}
    for person in (viewer, first, second):
        await recruitment.of_member(
            CriterionAgreed, person, **agreed | ({"gender": Gender.MAN} if person == first else {})
        )

    async def fits():
        await recruitment.become(viewer)
        cards = (await run(service, Suggestions(round=recruitment.round), recruitment.tx)).items
        return [(c.person, c.fit.points, [p.skipped for p in c.fit.parts]) for c in cards]

    assert await fits() == [(second, 10_000, [False, False]), (first, 5_000, [False, False])]
    await recruitment.of_member(CriterionWithdrawn, viewer, criterion=Criterion.GENDER)
    assert await fits() == [(first, 10_000, [False, True]), (second, 10_000, [False, True])]
    kept = await recruitment.tx.rows(sa.select(consents.c.person, consents.c.codes))
    assert {(row["person"], *row["codes"]) for row in kept} == {(first, "MAN"), (second, "WOMAN")}


async def test_few_pools_are_kept(recruitment, monkeypatch):
    monkeypatch.setattr(pools, "MOST", 2)
    for _ in range(4):
        await recruitment.open()
        viewer, mentor = await recruitment.mentee(**TELLS), await recruitment.mentor(**TELLS)
        assert await suggested(recruitment, viewer) == [mentor]
    assert len(pools._kept) == 2


async def test_who_told_no_language_is_kept_from_nobody_by_that(recruitment):
    viewer, mentor = await recruitment.mentee(fields=("0714",)), await recruitment.mentor(**TELLS)
    assert await suggested(recruitment, viewer) == [mentor]


def profile(person, project, card, role=Role.MENTOR):
    return profile_of(replace(card, person=PersonId(person)), project, role, RULES, today=NOON.date())


def a_card(draw):
    told = Description(
        fields=tuple(draw.sample(["05", "0511", "0512", "0714", "0732", "073"], draw.randrange(3))),
        languages=tuple(
            Speaks(language=c, level=draw.choice(list(Cefr)))
            for c in draw.sample(["sv", "en", "nb"], draw.choice([0, 1, 2, 2]))
        ),
        country=draw.choice([None, "SE", "NO"]),
        place=draw.choice([None, 1, 2]),
        goals=tuple(draw.sample(list(Goal), draw.randrange(5))),
        topics=tuple(draw.sample(list(Topic), draw.randrange(4))),
        hours=draw.getrandbits(56) & draw.getrandbits(56),
        modality=draw.choice(list(Modality)),
        stage=draw.choice([None, *Stage]),
        radius_km=draw.choice([None, 10, 500]),
        organisation=draw.choice([None, UUID(int=1), UUID(int=2)]),
        wants_woman=draw.random() < 0.1,
    )
    consents = dict.fromkeys(draw.sample(list(Criterion), draw.randrange(5)), ())
    consents |= {Criterion.GENDER: (draw.choice(list(Gender)),)} if draw.random() < 0.7 else {}
    consents |= {Criterion.BACKGROUND: tuple(draw.sample(list(Background), draw.randrange(1, 4)))}
    at = draw.choice([None, (59.33, 18.07), (59.40, 17.95), (60.7, 17.1)])
    return Card(person=PersonId(UUID(int=0)), told=told, consents=consents, at=at)


def some_rules(draw):
    weights = tuple(Weight(criterion=c, points=draw.randrange(5000)) for c in draw.sample(list(Criterion), 6))
    return MatchRules(method="ALGORITHM", criteria=weights, opt_in=tuple(draw.sample(list(Criterion), 2)))


@pytest.mark.parametrize("n", range(20))
def test_the_pool_and_the_card_that_is_shown_count_the_same(n):
    draw = Random(f"{SEED} {n}")
    rules, project = some_rules(draw), ProjectId(draw_id(draw))
    people = {draw_id(draw): a_card(draw) for _ in range(40)}
    mentors = tuple(profile(p, project, card) for p, card in people.items())
    mentee = a_card(draw)
    pool = compile_pool(People(mentors=mentors, mentees=()), choosing(rules))
    pool = beside(pool, profile(draw_id(draw), project, mentee, Role.MENTEE))

    order, points = ranked(pool, 0)
    for person, fit, j in zip(mentor_ids(pool, order), points, order, strict=True):
        shown = explain(mentee, people[person], pool.rules)
        assert shown.points == fit
        parts, bars = engine_explain(pool, 0, int(j))
        assert [(p.criterion, p.points, p.most, p.skipped) for p in parts] == [
            (p.criterion, p.points, p.most, p.skipped) for p in shown.parts
        ]
        assert bars == ()
    assert list(points) == sorted(points, reverse=True)


@pytest.mark.parametrize("n", range(20))
def test_an_amended_pool_is_the_pool_compiled_anew(n):
    draw = Random(f"{SEED} amended {n}")
    rules, project = choosing(some_rules(draw)), ProjectId(draw_id(draw))
    before = {PersonId(draw_id(draw)): a_card(draw) for _ in range(80)}
    changed = dict.fromkeys(draw.sample(sorted(before), 5)) | {PersonId(draw_id(draw)): None for _ in range(5)}
    changed = {person: a_card(draw) for person in changed}
    gone = [p for p in draw.sample(sorted(before), 5) if p not in changed]
    after = {p: card for p, card in (before | changed).items() if p not in gone}

    def compiled(cards):
        return compile_pool(
            People(mentors=tuple(profile(p, project, card) for p, card in cards.items()), mentees=()), rules
        )

    live = amended(compiled(before), [profile(p, project, card) for p, card in changed.items()], gone)
    viewer = profile(draw_id(draw), project, a_card(draw), Role.MENTEE)
    lists = []
    for pool in (live, compiled(after)):
        order, points = ranked(beside(pool, viewer), 0)
        lists.append((mentor_ids(pool, order), points.tolist()))
    assert lists[0] == lists[1]


def draw_id(draw):
    return UUID(int=draw.getrandbits(128))


async def test_a_mentee_alone_is_never_suggested(recruitment):
    viewer = await recruitment.mentee(**TELLS)
    mentor = await recruitment.mentor(**TELLS)
    await recruitment.join(Role.MENTEE, person=mentor)
    await play(recruitment.tx, person=mentor, roles=(Role.MENTEE, Role.MENTOR))
    await recruitment.mentee(**TELLS)

    assert await suggested(recruitment, viewer) == [mentor]
