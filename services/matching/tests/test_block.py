"""A block after the request: nothing more goes between the two, and neither can tell it from an absence."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, pass_time, refused, run
from commons_contracts.codes import ConnectionState, DeclineReason, NoticeCode, RefusalCode
from commons_contracts.ids import PLATFORM
from commons_contracts.matching import (
    AcceptConnection,
    ConnectionExpired,
    ConnectionsByIds,
    ConnectionsPage,
    ConnectionsSince,
    DeclineConnection,
    MentorFellSilent,
    NoticeWanted,
    WithdrawConnection,
)
from commons_contracts.profiles import PersonBlocked
from commons_matching.app import service
from commons_matching.tables import silences


@pytest.fixture
async def asked(recruitment):
    return await recruitment.ask(await recruitment.mentee(), await recruitment.mentor(places=3))


@pytest.fixture(params=["by the mentee", "by the mentor"])
async def apart(request, asked, tx):
    """The request, whose two people a block has come between."""
    two = (asked.mentee, asked.mentor)
    by, person = two if request.param == "by the mentee" else reversed(two)
    await hear(service, PersonBlocked(project=PLATFORM, at=NOON, block=new_id(), by=by, person=person), tx)
    return asked


def yes(asked):
    return AcceptConnection(connection=asked.id)


def no(asked):
    return DeclineConnection(connection=asked.id, reason=DeclineReason.OTHER, note="You will hear from me.")


@pytest.mark.parametrize(("to", "answer"), [(ConnectionState.ACCEPTED, yes), (ConnectionState.DECLINED, no)])
async def test_an_answer_is_refused_as_if_the_request_had_been_taken_back(recruitment, tx, apart, to, answer):
    await recruitment.become(apart.mentor)
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "WITHDRAWN", "to": to}):
        await run(service, answer(apart), tx)


async def test_to_the_mentor_it_looks_taken_back(recruitment, tx, apart):
    await recruitment.become(apart.mentor)

    (by_id,) = (await run(service, ConnectionsByIds(ids=(apart.id,)), tx)).items
    (on_page,) = (await run(service, ConnectionsPage(states=(ConnectionState.WITHDRAWN,)), tx)).items
    (in_news,) = (await run(service, ConnectionsSince(cursor="0"), tx)).items

    assert by_id == on_page == in_news
    assert (by_id.state, by_id.may_answer) == (ConnectionState.WITHDRAWN, False)
    assert (await run(service, ConnectionsPage(states=(ConnectionState.ASKED,)), tx)).items == ()


async def test_to_the_mentee_it_is_still_open_and_hers_to_take_back(recruitment, tx, apart):
    await recruitment.become(apart.mentee)

    (hers,) = (await run(service, ConnectionsPage(states=(ConnectionState.ASKED,)), tx)).items

    assert (hers.state, hers.may_withdraw) == (ConnectionState.ASKED, True)
    assert (await run(service, WithdrawConnection(connection=apart.id), tx)).state is ConnectionState.WITHDRAWN


async def test_the_mentor_is_not_reminded_and_not_answering_is_no_silence(recruitment, tx, apart):
    recruitment.news()
    await pass_time(service, tx, to=NOON + timedelta(days=14))

    expired, notice = recruitment.news()

    assert type(expired) is ConnectionExpired
    assert (notice.code, notice.person) == (NoticeCode.CONNECTION_EXPIRED, apart.mentee)
    assert await tx.value(sa.select(silences.c.expired).where(silences.c.mentor == apart.mentor)) == 0


async def test_who_blocks_everyone_who_asks_is_not_paused_for_it(recruitment, tx, asked):
    other = await recruitment.ask(await recruitment.mentee(), asked.mentor)
    for mentee in (asked.mentee, other.mentee):
        block = {"project": PLATFORM, "at": NOON, "block": new_id(), "by": asked.mentor, "person": mentee}
        await hear(service, PersonBlocked(**block), tx)
    await pass_time(service, tx, to=NOON + timedelta(days=15))

    told = [fact for fact in recruitment.news() if isinstance(fact, MentorFellSilent | NoticeWanted)]
    assert {fact.code for fact in told if isinstance(fact, NoticeWanted) and fact.at > NOON} == {
        NoticeCode.CONNECTION_EXPIRED
    }
    assert not [fact for fact in told if isinstance(fact, MentorFellSilent)]
