"""P8: how fast facts are told, and how soon after its commit another service has applied one."""

from __future__ import annotations

import statistics
import time
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from toy import counting, tallying
from toy.counting import Raised
from toy.people import a_member

from commons_chassis import doors, relay
from commons_chassis.clock import real_now
from commons_chassis.deploy import STREAM, declare_streams
from commons_chassis.ids import new_id
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import make_database
from commons_chassis.wire import MSG_ID
from commons_contracts.base import Actor
from commons_contracts.ids import ProjectId
from commons_onebox.testing import start_nats

from . import cards
from .ends import End
from .others import BUSY, CALM, Moment

pytestmark = pytest.mark.bench
FACTS = 1000
PACE, SECONDS, COUNTERS = 100, 2.0, 40
MILLISECONDS = 1000


@pytest.fixture
def own_nats(tmp_path):
    """A stream in which nothing was told before."""
    nats = start_nats(tmp_path, durable=True)
    yield nats.url
    nats.stop()


@pytest.fixture
def settings(own_nats, databases):
    def of(name):
        it = databases[name]
        return {"nats": own_nats, "app_dsn": it.app_dsn, "engine_dsn": it.engine_dsn}

    return of


@pytest.fixture
async def runtime(servers, own_nats):
    """Of a service that rests, with a database of its own: nobody but the test tells what is in its outbox."""
    it = make_database(cards.service, servers[0], suffix="_resting")
    told = {"nats": own_nats, "app_dsn": it.app_dsn, "engine_dsn": it.engine_dsn}
    async with running(cards.service, ServiceSettings(env="dev", name="counting", **told)) as runtime:
        yield runtime


@pytest.fixture
async def actor(settings):
    """A member in good standing of a fresh project."""
    async with running(cards.service, ServiceSettings(env="dev", name="counting", **settings("counting"))) as runtime:
        return await a_member(SimpleNamespace(runtimes={"counting": runtime}))


async def _commit_facts(runtime):
    """In the outbox, as many transactions would have left them."""
    project = ProjectId(new_id())
    facts = [Raised(project=project, at=real_now(), counter=new_id(), by=1) for _ in range(FACTS)]
    async with doors.transaction(runtime.service, runtime.app, Actor(project=project), real_now()) as tx:
        await tx.emit(*facts)


async def _publish_one_by_one(runtime, rows):
    for row in rows:
        subject, payload, headers = relay.fact(row)
        headers[MSG_ID] = str(new_id())  # the stream knows these already
        await runtime.js.publish(subject, payload, stream=STREAM, headers=headers)


async def _seconds(work):
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def test_the_relay_tells_many_at_once(runtime, own_nats, report, rounds):
    await declare_streams(own_nats, [cards.service])
    teller, log = relay.Relay(runtime), counting.metadata.tables["event_log"]
    told, one_by_one = [], []
    for _ in range(1 + rounds):
        await _commit_facts(runtime)
        told.append(FACTS / await _seconds(teller.drain()))
        async with runtime.engine.connect() as c:
            rows = (await c.execute(sa.select(log).order_by(log.c.position.desc()).limit(FACTS))).mappings().all()
        one_by_one.append(FACTS / await _seconds(_publish_one_by_one(runtime, rows)))
    report.says("relay", [mine / other for mine, other in zip(told[1:], one_by_one[1:], strict=True)])
    report.says("relay_ours", told[1:])
    report.says("relay_sequential", one_by_one[1:])
    assert not report.broken("relay")


async def test_a_fact_is_applied_elsewhere_soon_after_its_commit(actor, own_nats, settings, report, rounds):
    await declare_streams(own_nats, [cards.service, tallying.service])
    who = {"person": str(actor.person), "project": str(actor.project)}
    with (
        End("serving", **settings("counting")) as serving,
        End("hearing", **settings("tallying")) as hearing,
        End("asking", nats=own_nats) as asks,
    ):
        turns, taken = [], {serving: [], hearing: []}
        while len(turns) <= 2 * rounds and sum(calm for _, calm in turns[1:]) < rounds:
            begin, before = Moment.now(), {end: end.does("processor_seconds") for end in taken}
            numbers = asks.does("steadily", **who, a_second=PACE, seconds=SECONDS, counters=COUNTERS)
            turns.append((numbers, begin.others() <= CALM))
            for end, seconds in taken.items():
                seconds.append((end.does("processor_seconds") - before[end]) / len(numbers) * MILLISECONDS)
        committed, heard = serving.does("committed"), hearing.does("heard")
    turns = turns[1:]  # the first warmed everyone up
    calm = [numbers for numbers, calm in turns if calm]
    late = [
        sorted((heard[str(n)] - committed[str(n)]) * MILLISECONDS for n in numbers)
        for numbers in calm or [numbers for numbers, _ in turns]
    ]
    report.says("commit_to_consumer", [statistics.median(turn) for turn in late], judged=bool(calm))
    report.says("commit_to_consumer_p99", [turn[len(turn) * 99 // 100] for turn in late])
    report.says("commit_processor", taken[serving][1:])
    report.says("commit_processor_consumer", taken[hearing][1:])
    assert not report.broken("commit_to_consumer")
    if not calm:
        pytest.skip(BUSY)
