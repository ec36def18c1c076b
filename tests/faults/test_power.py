"""The power fails, several times, while clients write: what was acknowledged is there, and nothing is there twice.

What keeps less than it says loses in the same play, so the play would see it.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import pytest
from toy import counting, tallying
from toy.counting import Raise, Start
from toy.people import a_member

from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import eventually, make_database
from commons_gateway import devtoken
from commons_onebox import tools
from commons_onebox.alive import alive
from commons_onebox.environment import settle
from commons_onebox.home import SERVICES, Home
from commons_onebox.testing import start_nats, start_postgres

from .disks import Disk, disk

pytestmark = pytest.mark.faults

CUTS, AT_ONCE = 3, 8
BETWEEN_CUTS = 60
"""Commands that are acknowledged before the power fails again."""
BACK_SECONDS, PATIENCE_SECONDS = 40.0, 5.0
UNHEARD = 40
"""Facts that the broker took while nobody was there to hear them."""
LEFT = ("outbox", "parked", "dead_letters")
WHOLE = dict.fromkeys(("lost", "twice", "gaps", "heard otherwise", "left"), 0)


@dataclass
class Plugged:
    """A PostgreSQL and a NATS, each on a disk of its own; both lose their power at once."""

    disks: dict[str, Disk]
    servers: dict[str, object] = field(default_factory=dict)

    def power_fails(self) -> None:
        """Nothing more reaches the disks, not even what the dying would write."""
        for each in self.disks.values():
            each.lose_power()
        for server in self.servers.values():
            server.kill()

    def power_is_back(self) -> None:
        for each in self.disks.values():
            each.come_back()
        self.servers = {name: server.again() for name, server in self.servers.items()}


@contextmanager
def plugged(folder, *, durable_broker=True):
    folder.chmod(0o755)
    with disk(folder / "rows", 400) as rows, disk(folder / "streams", 64) as streams:
        one = Plugged({"postgres": rows, "nats": streams})
        one.servers["postgres"] = start_postgres(rows.folder, durable=True)
        one.servers["nats"] = start_nats(streams.folder, durable=durable_broker)
        try:
            yield one
        finally:
            for server in one.servers.values():
                server.kill()


@dataclass
class Clients:
    """Each raises a counter of her own, one command after the other, and asks with the same key until she has an answer."""

    house: object
    actor: object
    acknowledged: dict[UUID, int] = field(default_factory=dict)
    over: bool = False

    @property
    def done(self) -> int:
        return sum(self.acknowledged.values())

    async def run(self) -> None:
        """Until `over`, and then to the end of what each is at."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._client())

    async def _client(self) -> None:
        counter = (await self._until_done(Start())).id
        self.acknowledged[counter] = 0
        while not self.over:
            await self._until_done(Raise(counter=counter))
            self.acknowledged[counter] += 1

    async def _until_done(self, command):
        key = str(new_id())
        while True:
            try:
                return await self.house.asker.ask(command, self.actor, key=key)
            except Fault:
                await asyncio.sleep(0.05)


async def _cut_again_and_again(power, clients) -> list[float]:
    """How long it was from the power's return to the next acknowledgement, each time."""
    dark = []
    for _ in range(CUTS):
        await _more(clients)
        power.power_fails()
        await asyncio.to_thread(power.power_is_back)
        began = time.monotonic()
        await _more(clients, 1)
        dark.append(round(time.monotonic() - began, 1))
    clients.over = True
    return dark


async def _more(clients, commands=BETWEEN_CUTS) -> None:
    wanted = clients.done + commands
    async with asyncio.timeout(BACK_SECONDS):
        while clients.done < wanted:  # noqa: ASYNC110 - polled, so that nobody need tell
            await asyncio.sleep(0.005)


def _rows(database, question):
    with psycopg.connect(database.admin_dsn) as c:
        return c.execute(question).fetchall()


def _found(pairs, acknowledged) -> dict[str, int]:
    """What plain SQL says of commands that were acknowledged, and of what was heard of them."""
    owner, listener = (database for _, database in pairs)
    counts = dict(_rows(owner, "select id, count from counters"))
    gaps = "select count(*) from (select from event_log group by aggregate having max(seq) <> count(*)) odd"
    tallies = dict(_rows(listener, "select counter, raised from tallies"))
    return {
        "acknowledged": sum(acknowledged.values()),
        "lost": sum(max(0, n - counts.get(id, 0)) for id, n in acknowledged.items()),
        "twice": sum(max(0, counts.get(id, 0) - n) for id, n in acknowledged.items()),
        "gaps": _rows(owner, gaps)[0][0],
        "heard otherwise": sum(tallies.get(id) != n for id, n in counts.items()),
        "left": sum(_rows(db, f"select count(*) from {table}")[0][0] for db in (owner, listener) for table in LEFT),
    }


def _reset(dsn, settings) -> None:
    with psycopg.connect(dsn, autocommit=True) as admin:
        for name, value in settings.items():
            admin.execute(f"alter system set {name} = '{value}'")
        admin.execute("select pg_reload_conf()")


async def _played(folder, **settings: str):
    """The power fails several times under the toy services; what is found when all have come to rest.

    `settings` of PostgreSQL hold from when everybody has begun.
    """
    with plugged(folder) as power:
        dsn = power.servers["postgres"].admin_dsn
        pairs = [(s, make_database(s, dsn)) for s in (counting.service, tallying.service)]
        async with alive(pairs, power.servers["nats"].url) as house:
            clients = Clients(house, await a_member(house))
            working = asyncio.create_task(clients.run())
            await _more(clients)
            _reset(dsn, settings)
            dark = await _cut_again_and_again(power, clients)
            async with asyncio.timeout(BACK_SECONDS):
                await working

            def at_rest():
                found = _found(pairs, clients.acknowledged)
                return found["left"] == found["heard otherwise"] == 0

            await eventually(at_rest, seconds=0 if settings else BACK_SECONDS)
            return _found(pairs, clients.acknowledged) | {"answers after": dark}


async def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(tmp_path, capsys):
    found = await _played(tmp_path)
    with capsys.disabled():
        print(f"\npower cut {CUTS} times, broker and databases: {json.dumps(found)}")
    assert found["acknowledged"] >= CUTS * BETWEEN_CUTS
    assert found | WHOLE == found


async def test_a_database_that_acknowledges_before_it_writes_loses_and_is_seen_to(tmp_path, capsys):
    found = await _played(tmp_path, synchronous_commit="off", wal_writer_delay="10s")
    with capsys.disabled():
        print(f"\npower cut {CUTS} times, synchronous_commit off: {json.dumps(found)}")
    assert found["lost"] > 0


def _settings(pairs, nats):
    return [
        (
            service,
            ServiceSettings(
                env="dev", nats=nats.url, name=service.name,
                app_dsn=db.app_dsn, engine_dsn=db.engine_dsn, owner_dsn=db.owner_dsn,
            ),
        )
        for service, db in pairs
    ]  # fmt: skip


async def _rest(pairs, nats, acknowledged, *, seconds=BACK_SECONDS) -> dict[str, int]:
    """What is found when everybody is there, and had time to hear what there is to be heard."""
    async with alive(pairs, nats.url):

        def heard():
            return _found(pairs, acknowledged)["heard otherwise"] == 0

        await eventually(heard, seconds=seconds)
        return _found(pairs, acknowledged)


def test_a_home_that_was_made_a_moment_ago_has_its_keys(tmp_path):
    """What was only written would be empty: nobody could open the databases, and no start would be allowed."""
    with disk(tmp_path / "home", 16) as of:
        home = Home(of.folder)
        home.prepare()
        settle(home)
        devtoken.make_key(home.issuer_key)
        before = _files(of.folder)
        of.lose_power()
        of.come_back()
        assert _files(of.folder) == before
    assert len(before) > len(SERVICES)


def _files(folder):
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("durable", [True, False])
async def test_what_a_broker_forgot_is_noticed_and_told_again(tmp_path, durable, capsys):
    """Nobody heard it before the power failed. A broker that syncs now and then has lost it, and the deploy step sees that."""
    with plugged(tmp_path, durable_broker=durable) as power:
        pairs = [
            (s, make_database(s, power.servers["postgres"].admin_dsn)) for s in (counting.service, tallying.service)
        ]
        settings = _settings(pairs, power.servers["nats"])
        await tools.stand_up(power.servers["nats"].url, settings)
        async with alive(pairs[:1], power.servers["nats"].url) as house:
            clients = Clients(house, await a_member(house))
            working = asyncio.create_task(clients.run())
            await _more(clients, UNHEARD)
            power.disks["nats"].write_all()  # so that the broker has lost the end, and not all
            await _more(clients, UNHEARD)
            clients.over = True
            await working
            assert await eventually(lambda: not _rows(pairs[0][1], "select from outbox"), seconds=BACK_SECONDS)
        power.power_fails()
        power.power_is_back()
        patience = BACK_SECONDS if durable else PATIENCE_SECONDS
        before = await _rest(pairs, power.servers["nats"], clients.acknowledged, seconds=patience)
        told_again = await tools.stand_up(power.servers["nats"].url, settings)
        after = await _rest(pairs, power.servers["nats"], clients.acknowledged)
    with capsys.disabled():
        print(
            f"\npower cut, broker {'syncs always' if durable else 'syncs seldom'}: {json.dumps(before)}, told again: {told_again}"
        )
    assert after | WHOLE == after
    assert (before["heard otherwise"] > 0, told_again > 0) == (not durable, not durable)
