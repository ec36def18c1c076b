"""Servers and listeners that are killed: what was told is heard, once, soon after they are back, and nothing goes dead."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time

import pytest
import sqlalchemy as sa
from toy import counting, tallying
from toy.counting import CounterById, Raise, Start
from toy.people import a_member
from toy.tallying import Tally

from commons_chassis import ears
from commons_chassis.deploy import STREAM, declare_streams
from commons_chassis.faults import Fault
from commons_chassis.runtime import engine_for
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import eventually, make_database
from commons_onebox.alive import alive, started
from commons_onebox.testing import start_nats, start_postgres


@pytest.fixture
def servers(tmp_path):
    """A broker and one database server for each service, to be killed one by one."""
    tmp_path.chmod(0o755)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    running = {
        "nats": start_nats(tmp_path, durable=True),
        "counting": start_postgres(tmp_path / "one", durable=True),
        "tallying": start_postgres(tmp_path / "other", durable=True),
    }
    yield running
    for server in running.values():
        server.stop()


@pytest.fixture
def pairs(servers):
    return [(s, make_database(s, servers[s.name].admin_dsn)) for s in (counting.service, tallying.service)]


@pytest.fixture
async def house(servers, pairs):
    async with alive(pairs, servers["nats"].url) as house:
        yield house


async def _raised(house, actor, counter, by):
    async def heard():
        with contextlib.suppress(Fault):
            return (await house.asker.ask(Tally(counter=counter), actor)).raised == by

    return await eventually(heard, seconds=10)


async def _dead(house):
    t = tallying.metadata.tables["dead_letters"]
    async with house.runtimes["tallying"].engine.connect() as c:
        return await c.scalar(sa.select(sa.func.count()).select_from(t))


async def test_a_broker_that_comes_back_finds_everyone_listening(house, servers):
    actor = await a_member(house)
    counter = (await house.asker.ask(Start(), actor)).id
    for _ in range(2):
        servers["nats"].kill()
        asked = [asyncio.create_task(house.asker.ask(Raise(counter=counter), actor, left=15)) for _ in range(5)]
        await asyncio.sleep(0.5)
        servers["nats"] = servers["nats"].again()
        begin = time.monotonic()
        await asyncio.gather(*asked)
        assert time.monotonic() - begin < 3
    assert await _raised(house, actor, counter, 10)
    assert time.monotonic() - begin < 6
    assert (await house.asker.ask(CounterById(counter=counter), actor)).count == 10


async def test_facts_wait_in_hand_while_the_database_is_away(house, servers):
    actor = await a_member(house)
    counter = (await house.asker.ask(Start(), actor)).id
    assert await _raised(house, actor, counter, 0)
    servers["tallying"].kill()
    for by in (1, 2, 3):
        await house.asker.ask(Raise(counter=counter, by=by), actor)
    await asyncio.sleep(7)  # longer than the broker waits for an acknowledgement
    state = await house.asker.client.jetstream().consumer_info(STREAM, "tallying-counting")
    assert state.num_ack_pending >= 3
    assert state.num_redelivered == 0

    servers["tallying"] = servers["tallying"].again()

    assert await _raised(house, actor, counter, 6)
    assert await _dead(house) == 0


async def test_commands_asked_while_the_database_is_away_are_answered_when_it_is_back(house, servers):
    actor = await a_member(house)
    counter = (await house.asker.ask(Start(), actor)).id
    servers["counting"].kill()
    asked = [asyncio.create_task(house.asker.ask(Raise(counter=counter), actor, left=15)) for _ in range(5)]
    await asyncio.sleep(1)
    servers["counting"] = servers["counting"].again()
    await asyncio.gather(*asked)
    assert await _raised(house, actor, counter, 5)


async def test_a_database_that_starts_is_asked_by_one_at_a_time():
    attempts = []
    refusing = await asyncio.start_server(lambda _, writer: (attempts.append(1), writer.close()), "127.0.0.1", 0)
    engine = engine_for(f"postgresql://x:y@127.0.0.1:{refusing.sockets[0].getsockname()[1]}/z", 4)
    asking = [asyncio.create_task(engine.connect().start()) for _ in range(20)]
    await asyncio.wait(asking, timeout=1)
    for each in asking:
        each.cancel()
    await asyncio.wait(asking)
    refusing.close()
    assert 1 < len(attempts) <= 12


async def _taken(client):
    """Someone takes all there is and is killed before it acknowledges; the broker knows that nothing came of it."""
    inbox = await client.subscribe(name := client.new_inbox())
    wanted = json.dumps({"batch": 100, "no_wait": True}).encode()
    await client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.tallying-counting", wanted, reply=name)
    replies = [(await inbox.next_msg(timeout=2)).reply]
    while replies[-1].startswith("$JS.ACK"):
        replies.append((await inbox.next_msg(timeout=2)).reply)
    await inbox.unsubscribe()
    assert len(replies) > 1


async def test_what_a_killed_listener_had_in_hand_is_soon_offered_again(servers, pairs):
    url = servers["nats"].url
    async with alive(pairs[:1], url) as house:
        await declare_streams(url, [tallying.service])
        actor = await a_member(house)
        counter = (await house.asker.ask(Start(), actor)).id
        await house.asker.ask(Raise(counter=counter, by=4), actor)
        await eventually(house.asker.operations.settle)
        await _taken(house.asker.client)
        async with started(tallying.service, _settings(pairs[1], url)):
            assert await _raised(house, actor, counter, 4)


async def test_a_fact_that_ends_whoever_takes_it_becomes_a_dead_letter(servers, pairs, monkeypatch):
    url = servers["nats"].url
    monkeypatch.setattr("commons_chassis.deploy.ACK_WAIT_SECONDS", 0.2)
    async with alive(pairs[:1], url) as house:
        await declare_streams(url, [tallying.service])
        actor = await a_member(house)
        counter = (await house.asker.ask(Start(), actor)).id
        await eventually(house.asker.operations.settle)
        for _ in range(ears.LAST_OFFER - 1):
            await _taken(house.asker.client)
            await asyncio.sleep(0.5)
        async with started(tallying.service, _settings(pairs[1], url)) as runtime:
            t = tallying.metadata.tables["dead_letters"]

            async def letter():
                async with runtime.engine.connect() as c:
                    return (await c.execute(sa.select(t))).mappings().first()

            assert (await eventually(letter, seconds=5))["aggregate"] == counter


async def test_two_processes_share_a_service_and_the_other_leads_when_one_stops(servers, pairs):
    url = servers["nats"].url
    async with alive(pairs, url) as house:
        actor = await a_member(house)
        counter = (await house.asker.ask(Start(), actor)).id
        async with started(counting.service, _settings(pairs[0], url)):

            async def all_three():
                return len(await house.asker.operations.processes()) == 3

            assert await eventually(all_three, seconds=10)
            await asyncio.gather(*(house.asker.ask(Raise(counter=counter), actor) for _ in range(20)))
            assert await _raised(house, actor, counter, 20)
        await house.asker.ask(Raise(counter=counter), actor)
        assert await _raised(house, actor, counter, 21)


def _settings(pair, url):
    service, db = pair
    dsns = {"app_dsn": db.app_dsn, "engine_dsn": db.engine_dsn, "owner_dsn": db.owner_dsn}
    return ServiceSettings(env="dev", nats=url, name=service.name, **dsns)
