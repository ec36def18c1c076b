"""Repairs on real servers: dead letters tried again or dropped, streams and copies rebuilt from the logs."""

from __future__ import annotations

import asyncio
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from toy import counting, tallying
from toy.counting import Raise, Rested, Start
from toy.people import a_member
from toy.tallying import POISON, Tally

from commons_chassis.clock import real_now
from commons_chassis.deploy import STREAM
from commons_chassis.ids import new_id
from commons_chassis.runtime import engine_for, running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import contents, eventually, make_database
from commons_onebox import tools
from commons_onebox.alive import alive
from commons_onebox.testing import start_nats


@pytest.fixture
def nats(tmp_path):
    nats = start_nats(tmp_path)
    yield nats
    nats.stop()


@pytest.fixture
def pairs(postgres_dsn, worker_id, request):
    """Of each test's own: a replay brings back what an earlier one dropped."""
    suffix = f"_{worker_id}_{zlib.crc32(request.node.name.encode())}"
    return [(s, make_database(s, postgres_dsn, suffix=suffix)) for s in (counting.service, tallying.service)]


@pytest.fixture
def told(nats, pairs):
    """What the tools are told of each service."""
    return {
        service.name: ServiceSettings(
            env="dev", nats=nats.url, name=service.name,
            app_dsn=db.app_dsn, engine_dsn=db.engine_dsn, owner_dsn=db.owner_dsn,
        )
        for service, db in pairs
    }  # fmt: skip


@pytest.fixture
async def house(nats, pairs):
    async with alive(pairs, nats.url) as house:
        yield house


@pytest.fixture
async def actor(house):
    return await a_member(house)


async def _letters(told, counter):
    found = await tools.dead_letters(tallying.service, told["tallying"])
    return [dict(letter) for letter in found if letter["aggregate"] == counter]


async def _poisoned(house, actor, told, *amounts):
    counter = (await house.asker.ask(Start(), actor)).id
    for by in amounts:
        await house.asker.ask(Raise(counter=counter, by=by), actor)
    await eventually(lambda: _letters(told, counter), seconds=10)
    return counter


async def _tally(house, actor, counter):
    found = await house.asker.ask(Tally(counter=counter), actor)
    return found.raised, found.last


async def test_a_letter_that_still_cannot_be_digested_stays(house, actor, told):
    counter = await _poisoned(house, actor, told, POISON, 2)
    (letter,) = await _letters(told, counter)
    assert (letter["error"], letter["seq"]) == ("ZeroDivisionError", 2)

    assert not await tools.redrive(tallying.service, told["tallying"], letter)

    assert await _letters(told, counter) == [letter]
    assert await _tally(house, actor, counter) == (0, 0)


async def test_what_waited_behind_a_letter_follows_it(house, actor, told, monkeypatch):
    counter = await _poisoned(house, actor, told, POISON, 2, 3)
    monkeypatch.setattr(tallying, "POISON", None)
    (letter,) = await _letters(told, counter)

    assert await tools.redrive(tallying.service, told["tallying"], letter)

    assert await _letters(told, counter) == []
    assert await _tally(house, actor, counter) == (POISON + 5, 3)
    await house.asker.ask(Raise(counter=counter, by=4), actor)
    assert await _tally(house, actor, counter) == (POISON + 9, 4)


async def test_a_dropped_letter_is_left_out_and_a_second_one_behind_it_stops_the_rest(house, actor, told, monkeypatch):
    counter = await _poisoned(house, actor, told, POISON, 2, POISON, 3)
    (first,) = await _letters(told, counter)

    await tools.drop(tallying.service, told["tallying"], first)

    assert await _tally(house, actor, counter) == (2, 2)
    (second,) = await _letters(told, counter)
    assert second["seq"] == 4
    monkeypatch.setattr(tallying, "POISON", None)
    assert await tools.redrive(tallying.service, told["tallying"], second)
    assert await _tally(house, actor, counter) == (POISON + 5, 3)


async def test_a_deadline_that_failed_falls_due_again_when_redriven(house, actor, told, monkeypatch):
    rest = counting.service.dues[counting.Rest.subject]

    async def broken(due, tx):
        raise ZeroDivisionError

    monkeypatch.setitem(counting.service.dues, counting.Rest.subject, (counting.Rest, broken))
    counter = (await house.asker.ask(Start(rest_at=real_now() - timedelta(hours=1)), actor)).id

    async def dead():
        found = await tools.dead_letters(counting.service, told["counting"])
        return [dict(letter) for letter in found if letter["body"]["counter"] == str(counter)]

    (letter,) = await eventually(dead, seconds=10)
    monkeypatch.setitem(counting.service.dues, counting.Rest.subject, rest)
    assert await tools.redrive(counting.service, told["counting"], letter)

    async def rested():
        log = counting.metadata.tables["event_log"]
        async with house.runtimes["counting"].engine.connect() as c:
            return await c.scalar(
                sa.select(log.c.id).where(log.c.aggregate == counter, log.c.subject == Rested.subject)
            )

    assert await eventually(rested)
    assert await dead() == []


async def test_all_processes_of_a_service_know_a_repeated_command_and_no_other_service_does(nats, told):
    peppers, hers = [], told["counting"]
    elsewhere = hers.model_copy(update={"app_dsn": f"{hers.app_dsn}?application_name=elsewhere"})
    other = hers.model_copy(update={"app_dsn": hers.app_dsn.replace(":test@", ":other@")})
    for settings in (hers, elsewhere, other):
        async with running(counting.service, settings):
            peppers.append(counting.service.pepper)
    assert peppers[0] == peppers[1] != peppers[2]


async def test_one_deadline_that_fails_takes_none_of_its_moment_along(house, actor, told, monkeypatch):
    start = datetime(2027, 1, 1, tzinfo=UTC)
    await house.asker.operations.move_clock(start, frozen=True)
    asked = [house.asker.ask(Start(rest_at=start + timedelta(days=1)), actor) for _ in range(5)]
    counters = sorted(view.id for view in await asyncio.gather(*asked))
    kind, rest = counting.service.dues[counting.Rest.subject]

    async def picky(due, tx):
        await rest(due, tx)
        if due.counter == counters[2]:
            raise ZeroDivisionError

    monkeypatch.setitem(counting.service.dues, counting.Rest.subject, (kind, picky))
    await house.asker.operations.move_clock(start + timedelta(days=10), frozen=True)

    async def dead():
        found = await tools.dead_letters(counting.service, told["counting"])
        return [letter["body"]["counter"] for letter in found]

    assert await eventually(dead, seconds=15) == [str(counters[2])]
    log = counting.metadata.tables["event_log"].c
    async with house.runtimes["counting"].engine.connect() as c:
        rested = sa.select(log.aggregate, log.at).where(log.subject == Rested.subject).order_by(log.aggregate, log.seq)
        found = [(row.aggregate, (row.at - start).days) for row in await c.execute(rested)]
    assert found == [(counter, day) for counter in counters if counter != counters[2] for day in (1, 2, 3)]
    await house.asker.operations.move_clock(None, frozen=False)


async def test_replay_into_an_empty_stream_and_empty_copies_gives_the_same_tables(nats, pairs, told):
    databases = {service.name: db for service, db in pairs}
    async with alive(pairs, nats.url) as house:
        actor = await a_member(house)
        for by in range(1, 20):
            counter = (await house.asker.ask(Start(), actor)).id
            await house.asker.ask(Raise(counter=counter, by=by), actor)
            await house.asker.ask(Raise(counter=counter), actor)
        poisoned = await _poisoned(house, actor, told, POISON, 7)
        (letter,) = await _letters(told, poisoned)
        await house.asker.operations.settle()

    def found():
        return {service.name: contents(service, databases[service.name].admin_dsn) for service, _ in pairs}

    before = found()
    queued = await tools.replay(nats.url, [(service, told[service.name]) for service, _ in pairs])
    assert queued == int(before["counting"]["event_log"].split()[0])
    emptied = found()
    assert emptied["tallying"]["tallies"].startswith("0 ")
    assert emptied["counting"]["event_log"] == before["counting"]["event_log"]

    async with alive(pairs, nats.url) as house:
        assert await eventually(lambda: _letters(told, poisoned), seconds=10)
        assert await house.asker.operations.settle()
        stream = await house.runtimes["tallying"].js.stream_info(STREAM)
        assert stream.state.messages >= queued
    after = found()
    assert [letter["seq"]] == [r["seq"] for r in await _letters(told, poisoned)]
    for tables in (before, after):
        tables["tallying"].pop("dead_letters")  # a letter says when it was written
        tables["counting"].pop("standings")  # and nobody tells of this member
    assert after == before


async def test_replay_keeps_the_letters_of_deadlines_which_no_log_can_bring_back(nats, pairs, told):
    _, database = pairs[0]
    letters = counting.metadata.tables["dead_letters"]
    engine = engine_for(database.engine_dsn, 1)
    row = {"aggregate": new_id(), "seq": 0, "subject": counting.Rest.subject, "headers": {}, "body": {}, "error": "X"}
    async with engine.begin() as c:
        await c.execute(sa.insert(letters).values(owner="counting", **row))
        await c.execute(sa.insert(letters).values(owner="profiles", **row))
    await engine.dispose()

    await tools.replay(nats.url, [(counting.service, told["counting"])])

    kept = await tools.dead_letters(counting.service, told["counting"])
    assert [letter["owner"] for letter in kept if letter["aggregate"] == row["aggregate"]] == ["counting"]
