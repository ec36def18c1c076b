"""Time passes: reminders, requests that run out, and a mentor who falls silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.testing import NOON, pass_time, refused, run
from commons_contracts.codes import ConnectionState, DeclineReason, NoticeCode, RefusalCode
from commons_contracts.matching import (
    ConnectionExpired,
    ConnectionReminded,
    ConnectionsByIds,
    DeclineConnection,
    MentorFellSilent,
    NoticeWanted,
    WithdrawConnection,
)
from commons_contracts.profiles import IntroductionPublished, MentoringResumed
from commons_matching.app import service
from commons_matching.tables import silences


def day(n, **more):
    return NOON + timedelta(days=n, **more)


@pytest.fixture
async def asked(recruitment):
    return await recruitment.ask(await recruitment.mentee(), await recruitment.mentor(places=3))


async def ask_again(recruitment, asked):
    return await recruitment.ask(await recruitment.mentee(), asked.mentor)


async def unanswered(tx, mentor):
    return await tx.value(sa.select(silences.c.expired).where(silences.c.mentor == mentor))


def silent(facts):
    return [fact for fact in facts if isinstance(fact, MentorFellSilent)]


async def test_a_mentor_is_reminded_on_the_days_of_the_programme(recruitment, tx, asked):
    recruitment.news()
    await pass_time(service, tx, to=day(5) - timedelta(seconds=1))
    assert recruitment.news() == []
    for nth, on in ((1, 5), (2, 10)):
        await pass_time(service, tx, to=day(on))
        fact, notice = recruitment.news()
        assert (type(fact), fact.nth, fact.at) == (ConnectionReminded, nth, day(on))
        assert (notice.code, notice.person, notice.number) == (NoticeCode.CONNECTION_REMINDER, asked.mentor, nth)


async def test_on_its_last_day_an_unanswered_request_expires(recruitment, tx, asked):
    await pass_time(service, tx, to=day(14) - timedelta(seconds=1))
    recruitment.news()
    await pass_time(service, tx, to=day(14))

    fact, notice = recruitment.news()

    assert (type(fact), fact.connection, fact.at) == (ConnectionExpired, asked.id, day(14))
    assert (notice.code, notice.person) == (NoticeCode.CONNECTION_EXPIRED, asked.mentee)
    await recruitment.become(asked.mentee)
    (view,) = (await run(service, ConnectionsByIds(ids=(asked.id,)), tx)).items
    assert (view.state, view.may_withdraw) == (ConnectionState.EXPIRED, False)


async def test_a_jump_over_all_of_it_keeps_the_order(recruitment, tx, asked):
    recruitment.news()
    await pass_time(service, tx, to=day(30))

    facts = [fact for fact in recruitment.news() if not isinstance(fact, NoticeWanted)]

    assert [(type(fact), fact.at) for fact in facts] == [
        (ConnectionReminded, day(5)), (ConnectionReminded, day(10)), (ConnectionExpired, day(14)),
    ]  # fmt: skip


async def test_from_the_second_it_runs_out_it_cannot_be_answered(recruitment, tx, asked):
    tx.now = day(14)
    await recruitment.become(asked.mentor)
    (view,) = (await run(service, ConnectionsByIds(ids=(asked.id,)), tx)).items
    assert not view.may_answer
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "EXPIRED", "to": "ACCEPTED"}):
        await recruitment.accept(asked)


async def test_an_answer_cancels_what_was_to_come(recruitment, tx, asked):
    await recruitment.accept(asked)
    withdrawn = await ask_again(recruitment, asked)
    await run(service, WithdrawConnection(connection=withdrawn.id), tx)
    recruitment.news()
    await pass_time(service, tx, to=day(30))

    assert recruitment.news() == []


async def test_a_programme_without_an_end_for_requests_has_none(recruitment, tx):
    await recruitment.open(expiry_days=None, reminder_days=())
    asked = await recruitment.ask(await recruitment.mentee(), await recruitment.mentor())
    recruitment.news()
    await pass_time(service, tx, to=day(1000))

    assert recruitment.news() == []
    assert asked.expires_at is None
    assert (await recruitment.accept(asked)).state is ConnectionState.ACCEPTED


async def test_after_two_in_a_row_she_has_fallen_silent_and_is_told_once(recruitment, tx, asked):
    for _ in range(3):
        await ask_again(recruitment, asked)
    recruitment.news()
    await pass_time(service, tx, to=day(14))

    facts = recruitment.news()

    (told,) = silent(facts)
    assert (told.mentor, told.expired) == (asked.mentor, 2)
    notices = [f for f in facts if isinstance(f, NoticeWanted) and f.code is NoticeCode.MENTOR_PAUSED_UNANSWERED]
    assert [(notice.person, notice.number) for notice in notices] == [(asked.mentor, 2)]
    assert await unanswered(tx, asked.mentor) == 4


async def test_one_is_not_silence(recruitment, tx, asked):
    await pass_time(service, tx, to=day(14))

    assert silent(recruitment.news()) == []
    assert await unanswered(tx, asked.mentor) == 1


@pytest.mark.parametrize("how", ["accept", "decline"])
async def test_any_answer_breaks_the_silence(recruitment, tx, asked, how):
    await pass_time(service, tx, to=day(13))
    late, later = await ask_again(recruitment, asked), await ask_again(recruitment, asked)
    await pass_time(service, tx, to=day(15))
    await recruitment.become(asked.mentor)
    if how == "accept":
        await recruitment.accept(late)
    else:
        await run(service, DeclineConnection(connection=late.id, reason=DeclineReason.NO_TIME), tx)
    assert await unanswered(tx, asked.mentor) == 0
    await pass_time(service, tx, to=day(40))

    assert silent(recruitment.news()) == []
    assert await unanswered(tx, asked.mentor) == 1
    assert later.mentor == asked.mentor


async def test_taking_a_request_back_is_no_answer(recruitment, tx, asked):
    await pass_time(service, tx, to=day(13))
    taken_back, _ = await ask_again(recruitment, asked), await ask_again(recruitment, asked)
    await pass_time(service, tx, to=day(15))
    await recruitment.become(taken_back.mentee)
    await run(service, WithdrawConnection(connection=taken_back.id), tx)
    await pass_time(service, tx, to=day(40))

    assert len(silent(recruitment.news())) == 1


@pytest.mark.parametrize("kind", [MentoringResumed, IntroductionPublished])
async def test_coming_back_begins_anew_and_a_replay_of_it_changes_nothing(recruitment, tx, asked, kind):
    await pass_time(service, tx, to=day(14))
    await recruitment.of_member(kind, asked.mentor, at=day(15))
    assert await unanswered(tx, asked.mentor) == 0
    tx.now = NOON + timedelta(days=16)
    await ask_again(recruitment, asked)
    await pass_time(service, tx, to=day(40))
    await recruitment.of_member(kind, asked.mentor, at=day(15))

    assert await unanswered(tx, asked.mentor) == 1
