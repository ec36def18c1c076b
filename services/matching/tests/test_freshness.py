"""What a hard rule stands against since a run looked stops its publishing, whatever it was that changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run
from commons_contracts.codes import (
    Cefr,
    Criterion,
    Gender,
    Goal,
    Modality,
    RefusalCode,
    Role,
    Style,
    TrainingModule,
    VettingKind,
    VettingOutcome,
)
from commons_contracts.geo import PlaceLocated
from commons_contracts.ids import PLATFORM, membership_of
from commons_contracts.matching import DeclareSupervision, PublishMatchRun
from commons_contracts.mentoring import EntryRules, MatchRules, PairRules, Weight
from commons_contracts.profiles import (
    CriterionAgreed,
    CriterionWithdrawn,
    IntroductionPublished,
    Speaks,
    TrainingRecorded,
    VettingRecorded,
)
from commons_matching.app import service
from commons_matching.tables import cards, matches, place_points

from .runs import coordinate, proposed

TELLS = {
    "languages": (Speaks(language="sv", level=Cefr.C1),),
    "fields": ("0714",),
    "hours": 7,
    "goals": (Goal.NETWORK,),
}
STALE = RefusalCode.MATCH_SNAPSHOT_STALE


async def publish(game, id):
    await coordinate(game)
    return await run(service, PublishMatchRun(run=id), game.tx)


async def looked(game, **more):
    """A run that has looked: what was told until then was told long ago, and not by the transaction of this test."""
    started = await proposed(game, **more)
    for table in (cards, place_points):
        await game.tx.run(sa.update(table).values(changed=0))
    return started.id


async def one_pair(game, mentor=None, **told):
    """A run that proposes one pair: (the run, mentor, mentee)."""
    mentor = mentor or await game.mentor(**TELLS | told)
    mentee = await game.mentee(**TELLS | told)
    return await looked(game), mentor, mentee


def vetted(game, person, **paper):
    whose = {"membership": membership_of(person, game.project), "person": person}
    return VettingRecorded(project=game.project, at=game.tx.now, **whose, **paper)


async def test_a_supervision_declared_since_is_seen(recruitment):
    id, mentor, mentee = await one_pair(recruitment)
    await recruitment.become(mentee)
    await run(service, DeclareSupervision(supervisor=mentor, supervised=mentee), recruitment.tx)
    async with refused(recruitment.tx, STALE, count=1):
        await publish(recruitment, id)


async def test_a_pair_of_before_is_seen(recruitment):
    id, mentor, mentee = await one_pair(recruitment)
    pair = {"mentor": mentor, "mentee": mentee, "style": Style.TRADITIONAL}
    ended = {"confirmed_at": NOON, "over_at": NOON, "place_held": False, "turn": 1}
    rows = {"id": new_id(), "project": recruitment.project, "round": recruitment.round}
    await recruitment.tx.run(sa.insert(matches).values(rows | pair | ended))
    async with refused(recruitment.tx, STALE, count=1):
        await publish(recruitment, id)


async def test_training_that_ran_out_by_the_calendar_alone_is_seen(recruitment):
    await recruitment.open(entry=EntryRules(training={Role.MENTOR: (TrainingModule.GENDER,)}))
    person = await play(recruitment.tx, roles=(Role.MENTOR,))
    long_ago = date(2026, 9, 10) - timedelta(days=364)
    await recruitment.of_member(TrainingRecorded, person, module=TrainingModule.GENDER, held_on=long_ago)
    await recruitment.join(Role.MENTOR, person=person)
    await recruitment.describe(person, **TELLS)
    await recruitment.of_member(IntroductionPublished, person)
    id, _, _ = await one_pair(recruitment, person)
    recruitment.tx.now += timedelta(days=2)
    async with refused(recruitment.tx, STALE, count=1):
        await publish(recruitment, id)


async def test_a_vetting_that_ran_out_is_seen(recruitment):
    await recruitment.open(entry=EntryRules(minors=True))
    mentor = await recruitment.mentor(**TELLS)
    paper = {"kind": VettingKind.CRIMINAL_RECORD, "outcome": VettingOutcome.CLEARED, "expires_on": date(2026, 9, 11)}
    await hear(service, vetted(recruitment, mentor, **paper), recruitment.tx)
    mentee = await recruitment.mentee(**TELLS)
    await play(recruitment.tx, person=mentee, roles=(Role.MENTEE,), adult=False)
    id = await looked(recruitment)
    recruitment.tx.now += timedelta(days=2)
    async with refused(recruitment.tx, STALE, count=1):
        await publish(recruitment, id)


async def test_who_turns_out_to_be_young_is_seen(recruitment):
    id, _, mentee = await one_pair(recruitment)
    await play(recruitment.tx, person=mentee, roles=(Role.MENTEE,), adult=False)
    async with refused(recruitment.tx, STALE, count=1):
        await publish(recruitment, id)


async def test_a_consent_taken_back_is_seen(recruitment):
    weights = (Weight(criterion=Criterion.LANGUAGES, points=100),)
    rules = MatchRules(method="ALGORITHM", criteria=weights, pairs=PairRules(woman_mentors=True))
    await recruitment.open(matching=rules)
    mentor = await recruitment.mentor(**TELLS)
    await recruitment.of_member(CriterionAgreed, mentor, criterion=Criterion.GENDER, gender=Gender.WOMAN)
    id, _, _ = await one_pair(recruitment, mentor)
    await recruitment.of_member(CriterionWithdrawn, mentor, criterion=Criterion.GENDER)
    async with refused(recruitment.tx, STALE, count=1):
        await publish(recruitment, id)


@pytest.mark.parametrize("north", [59.4, 65.6])
async def test_a_place_that_lies_elsewhere_is_seen(recruitment, north):
    async def locate(place, latitude):
        where = {"place": place, "latitude": latitude, "longitude": 18.0, "located": new_id()}
        await hear(service, PlaceLocated(project=PLATFORM, at=NOON, **where), recruitment.tx)

    await locate(1, 59.3)
    await locate(2, 59.35)
    mentor = await recruitment.mentor(**TELLS, place=1, modality=Modality.FACE_TO_FACE)
    await recruitment.mentee(**TELLS, place=2, modality=Modality.FACE_TO_FACE)
    id = await looked(recruitment)
    await locate(2, north)
    if north > 60:
        async with refused(recruitment.tx, STALE, count=1):
            await publish(recruitment, id)
    else:
        assert (await publish(recruitment, id)).matched == 1
        assert mentor
