"""Who has not told what counts: runs wait for what was never collected, and coordinators see who lacks what."""

from __future__ import annotations

import pytest

from commons_chassis.testing import play, refused, run
from commons_contracts.codes import Cefr, Criterion, Goal, Method, RefusalCode, Role, Stage, Topic
from commons_contracts.matching import IncompletePage, StartMatchRun
from commons_contracts.mentoring import ListRules, MatchRules, Weight
from commons_contracts.profiles import Speaks
from commons_matching.app import service
from commons_matching.rules.complete import counted, uncollected, wanted

ALL = {
    Criterion.FIELD: {"fields": ("0714",)},
    Criterion.GOALS: {"goals": (Goal.NETWORK,)},
    Criterion.TOPICS: {"topics": (Topic.SALARY,)},
    Criterion.LANGUAGES: {"languages": (Speaks(language="sv", level=Cefr.C1),)},
    Criterion.HOURS: {"hours": 7},
    Criterion.PLACE: {"country": "SE"},
    Criterion.STAGE: {"stage": Stage.MASTER},
}


def rules(*criteria, **more):
    weights = tuple(Weight(criterion=c, points=100) for c in criteria)
    return MatchRules(**{"method": Method.ALGORITHM, "criteria": weights} | more)


def told(*without):
    return {name: value for c, tells in ALL.items() if c not in without for name, value in tells.items()}


async def start(game):
    await play(game.tx, roles=(Role.COORDINATOR,))
    return await run(service, StartMatchRun(round=game.round), game.tx)


async def incomplete(game, **asked):
    await play(game.tx, roles=(Role.COORDINATOR,))
    return await run(service, IncompletePage(round=game.round, **asked), game.tx)


async def test_a_run_by_what_was_not_collected_says_what_and_of_how_many(recruitment):
    await recruitment.open(matching=rules(*ALL))
    await recruitment.mentor(**told())
    await recruitment.mentee(**told(Criterion.GOALS))
    await recruitment.mentee(**told(Criterion.GOALS, Criterion.HOURS))
    fields = [Criterion.GOALS, Criterion.HOURS]
    async with refused(recruitment.tx, RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, people=2, fields=fields):
        await start(recruitment)


@pytest.mark.parametrize("criterion", ALL)
async def test_each_criterion_is_missed_where_it_is_not_told(recruitment, criterion):
    await recruitment.open(matching=rules(criterion))
    await recruitment.mentor(**told())
    lacking = await recruitment.mentee(**told(criterion))
    (one,) = (await incomplete(recruitment)).items
    assert (one.person, one.role, one.fields) == (lacking, Role.MENTEE, (criterion,))
    await recruitment.describe(lacking, **told())
    assert (await incomplete(recruitment)).items == ()
    await start(recruitment)


async def test_who_lacks_what_was_collected_is_left_out_and_stops_nobody(recruitment):
    await recruitment.open(
        matching=rules(Criterion.FIELD, Criterion.GOALS, collected=(Criterion.FIELD, Criterion.GOALS))
    )
    await recruitment.mentor(**told())
    await recruitment.mentee(**told())
    lacking = await recruitment.mentee(**told(Criterion.GOALS))
    page = await incomplete(recruitment, first=1)
    assert ([(i.person, i.fields) for i in page.items], page.total) == ([(lacking, (Criterion.GOALS,))], 1)
    await start(recruitment)


async def test_who_has_told_nothing_lacks_everything(recruitment):
    await recruitment.open(matching=rules(*ALL))
    nobody = await recruitment.mentee()
    (one,) = (await incomplete(recruitment)).items
    assert (one.person, set(one.fields)) == (nobody, set(ALL))


async def test_only_coordinators_see_who_lacks_what(recruitment):
    mentor = await recruitment.mentor()
    await recruitment.become(mentor)
    async with refused(recruitment.tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, IncompletePage(round=recruitment.round), recruitment.tx)


def test_consent_is_nobodys_to_miss_and_words_are_for_people():
    made = rules(
        Criterion.FIELD,
        Criterion.PLACE,
        Criterion.GENDER,
        Criterion.MOTIVATION,
        opt_in=(Criterion.PLACE,),
        collected=(Criterion.GENDER, Criterion.MOTIVATION, Criterion.STAGE),
    )
    assert counted(made) == uncollected(made) == (Criterion.FIELD,)
    assert wanted(made) == (Criterion.STAGE, Criterion.FIELD)


def test_lists_alone_count_nothing():
    made = rules(Criterion.FIELD, method=Method.TWO_WAY, lists=ListRules(completed=False))
    assert uncollected(made) == ()
    assert uncollected(rules(Criterion.FIELD, method=Method.TWO_WAY)) == (Criterion.FIELD,)
