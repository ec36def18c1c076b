"""A disk fills up: nothing that was acknowledged is lost, and when there is room again everything goes on by itself."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress

import psycopg
import pytest
from toy import counting, tallying
from toy.counting import CounterById, Raise, Start
from toy.people import a_member
from toy.tallying import Tally

from commons_chassis.faults import Fault
from commons_chassis.testing import eventually, make_database
from commons_onebox.alive import alive
from commons_onebox.testing import start_nats, start_postgres

from .acts import calm
from .clients import COMMANDS_A_MENTEE, DECLINERS, Clients
from .disks import disk
from .ground import house
from .truths import broken

pytestmark = pytest.mark.faults

COMMANDS, AT_ONCE = 800, 8
FULL_SECONDS = 15.0
BACK_SECONDS = 40.0
DISKS = {"everything": ("", 900), "the broker": ("nats", 64), "the databases": ("postgres", 700)}
"""What lies on a disk of its own, and of how many megabytes."""


async def _filled_meanwhile(full, clients):
    """When a third of the work is done the disk is full, for a while; who waits for an answer goes on asking."""
    working = asyncio.create_task(clients.run())
    while clients.figures.done < COMMANDS / 3:  # noqa: ASYNC110 - polled, so that nobody need tell
        await asyncio.sleep(0.05)
    full.fill()
    done, filled = clients.figures.done, time.monotonic()
    await asyncio.sleep(FULL_SECONDS)
    said = {"done while full": clients.figures.done - done}
    full.make_room()
    roomy = time.monotonic()
    async with asyncio.timeout(240):
        await working
    waits = [began + waited - roomy for began, waited in clients.figures.waits if began + waited > roomy]
    return said | {
        "first answer after": round(min(waits, default=0.0), 1),
        "longest wait": round(clients.figures.stall_at(filled), 1),
    }


@pytest.mark.long
@pytest.mark.parametrize("what", DISKS)
def test_nothing_is_lost_and_all_goes_on_when_there_is_room(tmp_path, what, capsys):
    tmp_path.chmod(0o755)
    part, megabytes = DISKS[what]
    mentees = COMMANDS // COMMANDS_A_MENTEE + 8
    home, mentors = tmp_path / "home", mentees * 2 // 3 + DECLINERS
    with disk(home / part, megabytes) as full, house(home, mentors=mentors, mentees=mentees) as ground:
        clients = Clients(ground, COMMANDS, AT_ONCE)
        figures = asyncio.run(_filled_meanwhile(full, clients))
        began = time.monotonic()
        assert calm(ground, seconds=BACK_SECONDS * 2)
        figures |= {"calm after": round(time.monotonic() - began, 1), "commands": clients.figures.done}
        wrong, matches = broken(ground), ground.one("matching", "select count(*) from matches")
    with capsys.disabled():
        print(f"\nthe disk of {what} full: {json.dumps(figures | {'broken': wrong})}")
    assert wrong == []
    assert clients.figures.done == COMMANDS
    assert matches == COMMANDS // COMMANDS_A_MENTEE
    assert figures["calm after"] <= BACK_SECONDS


async def _acknowledged(house, actor, counter, times):
    """How many of so many commands, asked at once, were done as far as their callers know."""

    async def ask():
        try:
            await house.asker.ask(Raise(counter=counter), actor)
        except Fault:
            return 0
        return 1

    return sum(await asyncio.gather(*(ask() for _ in range(times))))


async def _counts(house, actor, counter):
    """What was done, and what of it was heard."""
    count = (await house.asker.ask(CounterById(counter=counter), actor)).count
    return count, (await house.asker.ask(Tally(counter=counter), actor)).raised


async def _heard_in_full(house, actor, counter):
    async def equal():
        try:
            done, heard = await _counts(house, actor, counter)
        except Fault:
            return False
        return done == heard

    return await eventually(equal, seconds=BACK_SECONDS)


async def test_in_short_first_the_brokers_then_the_databases(tmp_path):
    tmp_path.chmod(0o755)
    with disk(tmp_path / "streams", 48) as streams, disk(tmp_path / "rows", 400) as rows:
        servers = {
            "nats": start_nats(streams.folder, durable=True),
            "postgres": start_postgres(rows.folder, durable=True),
        }
        try:
            dsn = servers["postgres"].admin_dsn
            pairs = [(s, make_database(s, dsn)) for s in (counting.service, tallying.service)]
            async with alive(pairs, servers["nats"].url) as house:
                actor = await a_member(house)
                counter = (await house.asker.ask(Start(), actor)).id
                await _when_streams_are_full(house, actor, counter, streams, servers)
                await _when_rows_are_full(house, actor, counter, rows, servers)
        finally:
            for server in servers.values():
                server.stop()


async def _when_streams_are_full(house, actor, counter, streams, servers):
    """Commands are done, facts wait; the broker says that it is stuck, and after a start takes them."""
    streams.fill()
    assert await _acknowledged(house, actor, counter, 20) == 20
    assert (await _counts(house, actor, counter))[0] == 20
    nats = servers["nats"]
    assert not nats.server.stuck(), "without room there is no use in starting it again"
    streams.make_room()
    assert await eventually(nats.server.stuck, seconds=BACK_SECONDS)
    nats.stop()
    servers["nats"] = nats.again()
    assert not servers["nats"].server.stuck()
    assert await _heard_in_full(house, actor, counter)
    assert await _counts(house, actor, counter) == (20, 20)


async def _when_rows_are_full(house, actor, counter, rows, servers):
    """Commands fail, or are done and stay done: PostgreSQL ends where it cannot write on, and comes back with room."""
    rows.fill()
    acknowledged = 20
    async with asyncio.timeout(BACK_SECONDS):
        while (wrote := await _acknowledged(house, actor, counter, 10)) == 10:
            acknowledged += wrote
            with suppress(psycopg.Error), psycopg.connect(servers["postgres"].admin_dsn, autocommit=True) as admin:
                admin.execute("select pg_switch_wal()")  # else it would write into what it made in time for a while
    acknowledged += wrote
    rows.make_room()
    if servers["postgres"].process.poll() is not None:  # it may also have come to itself
        servers["postgres"] = servers["postgres"].again()
    assert await _heard_in_full(house, actor, counter)
    done, heard = await _counts(house, actor, counter)
    assert done == heard >= acknowledged
