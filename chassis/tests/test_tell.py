"""Facts on their way to the stream: all of them, once, in order, whatever the broker says or does."""

from __future__ import annotations

import asyncio
import json

import pytest
import sqlalchemy as sa
from toy import counting
from toy.counting import Raised

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.deploy import STREAM, declare_streams
from commons_chassis.ids import new_id
from commons_chassis.relay import Relay
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_chassis.tell import Telling, tell
from commons_chassis.testing import eventually, make_database
from commons_chassis.wire import MSG_ID
from commons_onebox.testing import start_nats


@pytest.fixture
def servers(tmp_path):
    servers = {"nats": start_nats(tmp_path, durable=True)}
    yield servers
    servers["nats"].stop()


@pytest.fixture
async def runtime(servers, postgres_dsn, worker_id):
    database = make_database(counting.service, postgres_dsn, suffix=f"_tell_{worker_id}")
    url = servers["nats"].url
    await declare_streams(url, [])
    dsns = {"app_dsn": database.app_dsn, "engine_dsn": database.engine_dsn, "owner_dsn": database.owner_dsn}
    async with running(counting.service, ServiceSettings(env="dev", nats=url, name="counting", **dsns)) as runtime:
        yield runtime


def _telling(number):
    subject = f"evt.counting.raised.v1.{new_id()}"
    return Telling(subject, json.dumps(number).encode(), {MSG_ID: f"fact-{number}"})


async def _in_stream(runtime):
    state = (await runtime.js.stream_info(STREAM)).state
    numbers = range(state.first_seq, state.last_seq + 1)
    found = [await runtime.js.get_msg(STREAM, number) for number in numbers]
    return [json.loads(message.data) for message in found if not message.subject.endswith(".beat")]


async def test_many_are_one_batch(runtime):
    await tell(runtime, [_telling(n) for n in range(500)])
    assert await _in_stream(runtime) == list(range(500))
    written = await runtime.js.get_msg(STREAM, 2)
    assert written.headers["Nats-Batch-Sequence"] == "2"


async def test_a_batch_of_which_some_was_told_before_adds_the_rest(runtime):
    facts = [_telling(n) for n in range(6)]
    await tell(runtime, facts[:3])
    await tell(runtime, facts[1:])
    await tell(runtime, facts)
    assert await _in_stream(runtime) == list(range(6))


async def test_a_broker_that_is_killed_meanwhile_has_everything_once_in_the_end(runtime, servers):
    project = new_id()
    async with doors.transaction(counting.service, runtime.app, doors.service_actor(project), real_now()) as tx:
        counter = new_id()
        for by in range(3000):
            await tx.emit(Raised(project=project, at=tx.now, counter=counter, by=by))
    relay = Relay(runtime)
    telling = asyncio.create_task(relay.run())
    for _ in range(3):
        await asyncio.sleep(0.1)
        servers["nats"].kill()
        servers["nats"] = servers["nats"].again()

    async def all_told():
        async with runtime.engine.connect() as c:
            return not await c.scalar(sa.select(sa.func.count()).select_from(counting.metadata.tables["outbox"]))

    assert await eventually(all_told, seconds=15)
    runtime.stop()
    await telling
    assert [fact["by"] for fact in await _in_stream(runtime)] == list(range(3000))


async def test_a_fact_that_is_committed_late_is_told_on_the_same_way(runtime, monkeypatch):
    """Its place in the log is before those that were told already: numbers of rows are not given in order of commits."""
    project = new_id()
    monkeypatch.setattr("commons_chassis.relay.MOST", 2)

    async def commit(by, gate=None):
        async with doors.transaction(counting.service, runtime.app, doors.service_actor(project), real_now()) as tx:
            await tx.emit(Raised(project=project, at=tx.now, counter=new_id(), by=by))
            if gate is not None:
                await tx.write_facts()
                wrote.set()
                await gate.wait()

    wrote, gate = asyncio.Event(), asyncio.Event()
    late = asyncio.create_task(commit(0, gate))
    await wrote.wait()
    for by in range(1, 6):
        await commit(by)
    relay = Relay(runtime)
    assert await relay.tell_batch() == 2
    gate.set()
    await late
    await relay.drain()
    told = [fact["by"] for fact in await _in_stream(runtime)]
    assert sorted(told) == list(range(6))
    assert told[:2] == [1, 2]
