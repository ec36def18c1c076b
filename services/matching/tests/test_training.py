"""Training as a gate: taking part, offering, accepting, and runs; kept from what profiles tells."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commons_chassis.testing import play, refused, run
from commons_contracts.codes import Cefr, Goal, Initiator, Method, RefusalCode, Role, Style, TrainingModule, Unit
from commons_contracts.matching import (
    AcceptConnection,
    FlashTime,
    OfferFlash,
    OfferMentoring,
    ParticipantEntry,
    RegisterForRound,
    RegisterParticipants,
    Suggestions,
)
from commons_contracts.mentoring import EntryRules, MatchRules
from commons_contracts.profiles import IntroductionPublished, Speaks, TrainingRecorded
from commons_matching.app import service
from commons_matching.tables.people import people_of
from commons_matching.tables.pool import forget_pools
from commons_matching.tables.round import find_round

MODULES = (TrainingModule.MENTOR_BASICS, TrainingModule.GENDER)
ENTRY = EntryRules(training={Role.MENTOR: MODULES}, unit_training={Unit.GROUP: (TrainingModule.GROUP_FACILITATION,)})
LATELY = date(2026, 9, 1)
TELLS = {"languages": (Speaks(language="sv", level=Cefr.C1),), "fields": ("0714",)}


@pytest.fixture
async def trained_only(recruitment):
    forget_pools()
    await recruitment.open(entry=ENTRY)
    return recruitment


async def train(game, person, *modules, on=LATELY):
    for module in modules:
        await game.of_member(TrainingRecorded, person, module=module, held_on=on)


async def a_mentor(game, *modules, on=LATELY):
    """Trained, taking part and introduced."""
    person = await play(game.tx, roles=(Role.MENTOR,))
    await train(game, person, *(modules or MODULES), on=on)
    await game.join(Role.MENTOR, person=person)
    await game.describe(person, **TELLS)
    await game.of_member(IntroductionPublished, person)
    return person


async def ready(game, mentor):
    people = await people_of(game.tx, await find_round(game.tx, game.round))
    return {p.person: p.ready for p in people.mentors}[mentor]


async def test_a_mentor_takes_part_when_she_is_trained(trained_only):
    await play(trained_only.tx, roles=(Role.MENTOR,))
    person, joins = trained_only.tx.person, RegisterForRound(round=trained_only.round, role=Role.MENTOR)
    async with refused(trained_only.tx, RefusalCode.TRAINING_REQUIRED, modules=MODULES):
        await run(service, joins, trained_only.tx)
    await train(trained_only, person, MODULES[0])
    async with refused(trained_only.tx, RefusalCode.TRAINING_REQUIRED, modules=MODULES[1:]):
        await run(service, joins, trained_only.tx)
    await train(trained_only, person, MODULES[1])
    await run(service, joins, trained_only.tx)


async def test_a_mentee_needs_none(trained_only):
    await trained_only.mentee()


async def test_groups_ask_for_facilitation_too(recruitment):
    await recruitment.open(entry=ENTRY, units=(Unit.PAIR, Unit.GROUP))
    person = await play(recruitment.tx, roles=(Role.MENTOR,))
    await train(recruitment, person, *MODULES)
    async with refused(recruitment.tx, RefusalCode.TRAINING_REQUIRED, modules=(TrainingModule.GROUP_FACILITATION,)):
        await run(service, RegisterForRound(round=recruitment.round, role=Role.MENTOR), recruitment.tx)


async def test_an_import_of_the_untrained_is_refused_whole(trained_only):
    game = trained_only
    one, other = [await play(game.tx, roles=(Role.MENTOR,)) for _ in range(2)]
    await train(game, one, *MODULES)
    entries = tuple(ParticipantEntry(person=person, role=Role.MENTOR) for person in (one, other))
    await play(game.tx, operator=True)
    async with refused(game.tx, RefusalCode.TRAINING_REQUIRED):
        await run(service, RegisterParticipants(round=game.round, items=entries), game.tx)


async def test_training_that_has_run_out_stops_accepting_and_runs(trained_only):
    game = trained_only
    mentor = await a_mentor(game, on=LATELY - timedelta(days=350))
    mentee = await game.mentee(**TELLS)
    asked = await game.ask(mentee, mentor)
    assert await ready(game, mentor)
    game.tx.now += timedelta(days=8)
    async with refused(game.tx, RefusalCode.TRAINING_REQUIRED, modules=MODULES):
        await game.accept(asked)
    assert not await ready(game, mentor)
    await train(game, mentor, *MODULES)
    await game.accept(asked)


async def test_the_last_time_counts_in_whatever_order_it_is_told(trained_only):
    mentor = await a_mentor(trained_only)
    await train(trained_only, mentor, *MODULES, on=LATELY - timedelta(days=900))
    assert await ready(trained_only, mentor)


async def test_a_slot_is_a_yes_beforehand_and_needs_the_same(trained_only):
    mentor = await a_mentor(trained_only)
    trained_only.tx.now += timedelta(days=400)
    await trained_only.become(mentor)
    times = (FlashTime(starts_at=trained_only.tx.now + timedelta(days=3), minutes=30),)
    async with refused(trained_only.tx, RefusalCode.TRAINING_REQUIRED):
        await run(service, OfferFlash(round=trained_only.round, slots=times, topics=(Goal.NETWORK,)), trained_only.tx)


async def test_suggestions_leave_out_who_is_not_trained_any_more(trained_only):
    game = trained_only
    mentor = await a_mentor(game, on=LATELY - timedelta(days=350))
    viewer = await game.mentee(**TELLS)

    async def suggested():
        await game.become(viewer)
        return [card.person for card in (await run(service, Suggestions(round=game.round), game.tx)).items]

    assert await suggested() == [mentor]
    game.tx.now += timedelta(days=8)
    assert await suggested() == []
    await train(game, mentor, *MODULES)
    assert await suggested() == [mentor]


async def test_a_mentee_who_answers_is_not_told_what_a_mentor_lacks(recruitment):
    await recruitment.open(
        entry=ENTRY, initiator=Initiator.BY_METHOD, matching=MatchRules(method=Method.ONE_WAY_MENTOR)
    )
    mentor = await a_mentor(recruitment, on=LATELY - timedelta(days=350))
    mentee, other = await recruitment.mentee(), await recruitment.mentee()
    await recruitment.become(mentor)
    offer = OfferMentoring(round=recruitment.round, mentee=mentee, style=Style.TRADITIONAL, message="Shall we?")
    sent = await run(service, offer, recruitment.tx)
    recruitment.tx.now += timedelta(days=8)
    await recruitment.become(mentee)
    async with refused(recruitment.tx, RefusalCode.MENTOR_UNAVAILABLE):
        await run(service, AcceptConnection(connection=sent.id), recruitment.tx)
    await recruitment.become(mentor)
    async with refused(recruitment.tx, RefusalCode.TRAINING_REQUIRED):
        await run(service, offer.model_copy(update={"mentee": other}), recruitment.tx)
