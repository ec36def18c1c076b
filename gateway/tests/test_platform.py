"""For those who run the platform; and that someone was here today."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.matching import ConnectionsPage, ConnectionView
from commons_contracts.profiles import NoteActivity
from commons_gateway.relay import global_id
from commons_gateway.testing import NOW, THING, sample

MOVE = 'mutation { moveClock(input: {to: "2026-09-10T00:00:00+02:00", frozen: true}) { clock } }'
AGAIN = "mutation($id: ID!, $n: Int!) { redeliverEvents(input: {node: $id, times: $n}) { events } }"
STATE = "{ platform { clock services { name processes outbox due } } }"


async def code(gateway, document, variables=None, **context):
    done = await gateway.execute(document, variables, context=gateway.context(**context))
    return done.errors[0].extensions["code"] if done.errors else None


async def test_an_operator_sees_how_it_is_doing(gateway):
    data = await gateway.ask(STATE, operator=True)
    assert data["platform"] == {
        "clock": "2026-09-10T08:00:00Z",
        "services": [{"name": "matching", "processes": 1, "outbox": 0, "due": 0}],
    }


async def test_an_operator_moves_the_clock_in_development(gateway):
    moved = await gateway.ask(MOVE, operator=True)
    assert moved["moveClock"] == {"clock": "2026-09-09T22:00:00Z"}
    assert gateway.asker.operations.moves == [(datetime(2026, 9, 9, 22, tzinfo=UTC), True)]


async def test_an_operator_has_facts_told_again_in_development(gateway):
    data = await gateway.ask(AGAIN, {"id": global_id("Match", THING), "n": 10}, operator=True)
    assert data["redeliverEvents"] == {"events": 10}
    assert gateway.asker.operations.redelivered == [("matching", THING, 10)]
    assert await code(gateway, AGAIN, {"id": global_id("Match", THING), "n": 101}, operator=True) == "BAD_USER_INPUT"


@pytest.mark.parametrize("document", [MOVE, AGAIN])
async def test_nobody_does_in_production(gateway, document):
    object.__setattr__(gateway.desk, "dev", False)
    variables = {"id": global_id("Match", THING), "n": 1}
    assert await code(gateway, document, variables, operator=True) == "FORBIDDEN"
    assert gateway.asker.operations.moves == gateway.asker.operations.redelivered == []


async def test_a_moment_must_say_its_offset(gateway):
    assert await code(gateway, MOVE.replace("+02:00", ""), operator=True) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("left", "days"), [(timedelta(days=14), 14), (timedelta(days=13, seconds=1), 14), (timedelta(-1), 0)]
)
async def test_days_left_go_by_the_business_clock(gateway, left, days):
    view = sample(ConnectionView).model_copy(update={"expires_at": NOW + left})
    page = sample(ConnectionsPage.reply).model_copy(update={"items": (view,)})
    gateway.asker.answers[ConnectionsPage] = page
    data = await gateway.ask("{ viewer { connections { nodes { daysLeft } } } }")
    assert data["viewer"]["connections"]["nodes"] == [{"daysLeft": days}]


async def noted(gateway):
    await asyncio.sleep(0.01)
    return len(gateway.asker.requests(NoteActivity))


async def test_someone_is_noted_once_a_day_and_project(gateway):
    for _ in range(3):
        await gateway.ask("{ __typename }")
    assert await noted(gateway) == 1
    await gateway.ask("{ __typename }", name="berit")
    assert await noted(gateway) == 2
    await gateway.ask(MOVE, operator=True)
    gateway.asker.operations.now = NOW + timedelta(days=1)
    await asyncio.sleep(0.6)
    await gateway.ask("{ __typename }")
    assert await noted(gateway) == 3


async def test_nobody_is_not_noted_and_neither_is_an_operator(gateway):
    await gateway.ask("{ __typename }", name=None)
    await gateway.ask("{ __typename }", operator=True)
    assert await noted(gateway) == 0


async def test_a_stranger_is_noted_once_she_has_joined(gateway):
    gateway.asker.answers[NoteActivity] = Refusal(RefusalCode.NOT_A_MEMBER)
    assert await gateway.ask("{ __typename }") == {"__typename": "Query"}
    assert await noted(gateway) == 1
    del gateway.asker.answers[NoteActivity]
    for _ in range(2):
        await gateway.ask("{ __typename }")
    assert await noted(gateway) == 2
