"""What is told as it happens: nothing missed, nothing from a payload, nobody else's."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import ConnectionState, FaultCode, RefusalCode
from commons_contracts.matching import ConnectionNews, ConnectionsSince, ConnectionView
from commons_contracts.profiles import PeopleByIds
from commons_gateway import live
from commons_gateway.relay import global_id
from commons_gateway.schema import schema
from commons_gateway.testing import sample

CHANGED = "subscription($since: String) { connectionChanged(since: $since) { cursor connections { id state mentor { displayName } } } }"
LATER = 2**33


@pytest.fixture
def journal(gateway):
    """What matching has to tell: (number, view) pairs; the cursor is the number of the last."""
    entries = []

    def since(request, actor):
        assert actor.person == gateway.person("ada")
        start = len(entries) if request.cursor is None else int(request.cursor)
        return ConnectionNews(items=tuple(entries[start:]), cursor=str(len(entries)))

    gateway.asker.answers[ConnectionsSince] = since
    return entries


@asynccontextmanager
async def following(gateway, document=CHANGED, since=None, **caller):
    """An open subscription of ada's: call it for the next answer."""
    context = gateway.context("ada", **{"expires": LATER, **caller})
    stream = await schema.stream(document, variable_values={"since": since}, context_value=context)
    listening = asyncio.create_task(gateway.desk.newsroom.listen())

    async def following_answer(seconds=2.0):
        return await asyncio.wait_for(anext(stream), seconds)

    try:
        yield following_answer
    finally:
        await stream.aclose()
        listening.cancel()
        await asyncio.wait([listening])


def connection(**changes):
    return sample(ConnectionView).model_copy(update={"id": uuid4(), **changes})


async def test_the_first_answer_comes_at_once_with_a_cursor(gateway, journal):
    async with following(gateway) as answer:
        first = (await answer()).data["connectionChanged"]
        assert first["connections"] == []
        assert first["cursor"]


async def test_a_change_wakes_whom_it_is_about_and_is_asked_for_anew(gateway, journal):
    async with following(gateway) as answer:
        await answer()
        journal.append(connection(state=ConnectionState.ACCEPTED))
        gateway.asker.tell(gateway.person("ada"), gateway.person("berit"))
        told = (await answer()).data["connectionChanged"]["connections"]
        assert told == [
            {
                "id": global_id("ConnectionRequest", journal[0].id),
                "state": "ACCEPTED",
                "mentor": {"displayName": "sample"},
            }
        ]


async def test_nobody_is_woken_for_others(gateway, journal):
    async with following(gateway) as answer:
        await answer()
        asked = len(gateway.asker.requests(ConnectionsSince))
        gateway.asker.tell(gateway.person("berit"))
        with pytest.raises(TimeoutError):
            await answer(0.1)
        assert len(gateway.asker.requests(ConnectionsSince)) == asked


async def test_after_an_interruption_nothing_is_missing(gateway, journal):
    async with following(gateway) as answer:
        cursor = (await answer()).data["connectionChanged"]["cursor"]
    journal += [connection(), connection()]
    async with following(gateway, since=cursor) as answer:
        told = (await answer()).data["connectionChanged"]
        assert len(told["connections"]) == 2
    async with following(gateway, since=told["cursor"]) as answer:
        assert (await answer()).data["connectionChanged"]["connections"] == []


async def test_what_was_told_in_the_meantime_is_found_without_being_woken(gateway, journal, monkeypatch):
    monkeypatch.setattr(live, "TICK_SECONDS", 0.05)
    async with following(gateway) as answer:
        await answer()
        journal.append(connection())
        assert len((await answer()).data["connectionChanged"]["connections"]) == 1


async def test_the_same_change_is_pushed_once(gateway, monkeypatch):
    monkeypatch.setattr(live, "TICK_SECONDS", 0.05)
    gateway.asker.answers[ConnectionsSince] = ConnectionNews(items=(connection(),), cursor="1")
    async with following(gateway) as answer:
        await answer()
        with pytest.raises(TimeoutError):
            await answer(0.3)


async def test_every_push_loads_anew(gateway, journal):
    async with following(gateway) as answer:
        await answer()
        same = connection()
        for state in (ConnectionState.ASKED, ConnectionState.ACCEPTED):
            journal.append(same.model_copy(update={"state": state}))
            gateway.asker.tell(gateway.person("ada"))
            await answer()
        assert len(gateway.asker.requests(PeopleByIds)) == 2


async def test_a_resting_service_is_waited_for(gateway, journal, monkeypatch):
    monkeypatch.setattr(live, "PAUSE_SECONDS", 0.05)
    answers = [Fault(FaultCode.UNAVAILABLE), Fault(FaultCode.DEADLINE_EXCEEDED), None]

    def tired(request, actor):
        trouble = answers.pop(0)
        if trouble:
            raise trouble
        return ConnectionNews(items=(), cursor="1")

    gateway.asker.answers[ConnectionsSince] = tired
    async with following(gateway) as answer:
        assert (await answer()).errors is None


async def test_a_no_ends_it(gateway, journal):
    gateway.asker.answers[ConnectionsSince] = Refusal(RefusalCode.NOT_A_MEMBER)
    async with following(gateway) as answer:
        done = await answer()
        assert done.errors[0].extensions["refusal"]["code"] == "NOT_A_MEMBER"
        with pytest.raises(StopAsyncIteration):
            await answer()


async def test_it_ends_with_the_token(gateway, journal):
    async with following(gateway, expires=real_now().timestamp() + 0.5) as answer:
        assert (await answer()).errors is None
        assert (await answer(3)).errors[0].extensions["code"] == "UNAUTHENTICATED"


async def test_nobody_follows_nothing(gateway):
    stream = await schema.stream(CHANGED, context_value=gateway.context(None))
    assert (await anext(stream)).errors[0].extensions["code"] == "UNAUTHENTICATED"
    await stream.aclose()
    assert gateway.asker.requests(ConnectionsSince) == []


async def test_a_made_up_cursor_is_refused(gateway, journal):
    async with following(gateway, since="1") as answer:
        assert (await answer()).errors[0].extensions["code"] == "BAD_USER_INPUT"
