"""Each safeguard switched off: what it guards then breaks, and this suite sees it. Switched on, the same play holds."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from toy import counting, tallying
from toy.counting import CounterById, Raise, Start
from toy.tallying import Tally

from commons_chassis.connect import DEPLOY, connected
from commons_chassis.deploy import STREAM, declare_streams
from commons_chassis.ids import new_id
from commons_chassis.relay import fact
from commons_chassis.testing import eventually, make_database
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.ids import PersonId, ProjectId
from commons_onebox.alive import alive
from commons_onebox.subjects import users
from commons_onebox.testing import start_nats

pytestmark = pytest.mark.faults
SERVICES = [counting.service, tallying.service]
WATCHDOG_SECONDS = 14.0
RELAY_TRIES_SECONDS = 2.0
PATIENCE_SECONDS = 20.0


@asynccontextmanager
async def _house(postgres_dsn, folder, unsafe):
    """The two toy services, one of which hears the other, with a safeguard off or none."""
    nats = start_nats(folder, users=users(SERVICES, movable=True))
    pairs = [(s, make_database(s, postgres_dsn, suffix=f"_{new_id().hex}")) for s in SERVICES]
    try:
        async with alive(pairs, nats.url, seeds=nats.seeds, unsafe=unsafe) as house:
            house.runtimes["broker"] = nats
            yield house
    finally:
        nats.stop()


@asynccontextmanager
async def _by_hand(house):
    """JetStream, as the only user who may unmake something there."""
    nats = house.runtimes["broker"]
    async with connected(nats.url, DEPLOY, nats.seeds[DEPLOY]) as client:
        yield client.jetstream()


async def _member(house):
    actor = Actor(person=PersonId(new_id()), project=ProjectId(new_id()))
    t = counting.metadata.tables["standings"]
    row = {"project": actor.project, "person": actor.person, "roles": [Role.NETWORK], "adult": True, "conduct": {}}
    async with house.runtimes["counting"].app.begin() as c:
        await c.execute(sa.text("select set_config('app.project', :p, true)"), {"p": str(actor.project)})
        await c.execute(sa.insert(t).values(**row))
    return actor


async def _raised(house, *by):
    actor = await _member(house)
    counter = await house.asker.ask(Start(), actor)
    for amount in by:
        await house.asker.ask(Raise(counter=counter.id, by=amount), actor)
    await house.asker.operations.settle()
    return actor, counter.id


async def _told_in_the_end(house):
    """Without the outbox a fact that the broker does not take just then is never told."""
    actor, counter = await _raised(house, 1)
    nats = house.runtimes["broker"]
    async with _by_hand(house) as js:
        await js.delete_stream(STREAM)
    await house.asker.ask(Raise(counter=counter, by=2), actor)
    await asyncio.sleep(RELAY_TRIES_SECONDS)
    await declare_streams(nats.url, SERVICES, nats.seeds[DEPLOY])

    async def told():
        return (await house.asker.ask(Tally(counter=counter), actor)).raised == 3

    return await eventually(told, seconds=PATIENCE_SECONDS)


async def _heard_once(house):
    """Without the inbox a fact that is delivered again is applied again."""
    actor, counter = await _raised(house, 1, 2)
    await house.asker.operations.redeliver("counting", counter, times=3)
    await house.asker.operations.settle()
    return (await house.asker.ask(Tally(counter=counter), actor)).raised == 3


async def _heard_in_order(house):
    """Without the numbers a fact that comes early is applied early, and those before it are taken for repeats."""
    actor, counter = await _raised(house)
    runtime, log = house.runtimes["counting"], counting.metadata.tables["event_log"]
    facts = [{"seq": n, "by": n - 1} for n in (4, 2, 3)]
    async with runtime.engine.connect() as c:
        first = (await c.execute(sa.select(log).where(log.c.aggregate == counter))).mappings().one()
    for it in facts:
        body = {**first["body"], "by": it["by"]}
        row = {**first, "id": new_id(), "seq": it["seq"], "subject": counting.Raised.subject, "body": body}
        subject, payload, headers = fact(row)
        await runtime.js.publish(subject, payload, stream=STREAM, headers=headers)
    await house.asker.operations.settle()
    tally = await house.asker.ask(Tally(counter=counter), actor)
    return (tally.raised, tally.last) == (6, 3)


async def _walls_stand(house):
    """Without row-level security a member of another project reads what she names."""
    _, counter = await _raised(house)
    try:
        await house.asker.ask(CounterById(counter=counter), await _member(house))
    except Refusal as no:
        return no.code is RefusalCode.NOT_FOUND
    return False


async def _deafness_ends_the_process(house):
    """Without the watch over its consumers a process stays alive, and deaf."""
    runtime = house.runtimes["tallying"]
    async with _by_hand(house) as js:
        await js.delete_consumer(STREAM, "tallying-counting")
    return await eventually(runtime.dead.is_set, seconds=WATCHDOG_SECONDS)


PLAYS = {
    "outbox": _told_in_the_end,
    "inbox": _heard_once,
    "seq": _heard_in_order,
    "rls": _walls_stand,
    "reconnect": _deafness_ends_the_process,
}


@pytest.mark.parametrize("safeguard", PLAYS)
async def test_it_holds_with_the_safeguard_and_breaks_without(safeguard, postgres_dsn, tmp_path):
    async with asyncio.timeout(120):
        async with _house(postgres_dsn, tmp_path / "on", "") as house:
            assert await PLAYS[safeguard](house)
        async with _house(postgres_dsn, tmp_path / "off", safeguard) as house:
            assert not await PLAYS[safeguard](house)
