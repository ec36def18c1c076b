"""The broker loses all it had: the stream is filled again from the log, and each fact is applied once in the end."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from toy import counting, tallying
from toy.counting import Raised, Started

from commons_chassis.deploy import STREAM
from commons_chassis.ids import new_id
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import make_database
from commons_onebox import tools
from commons_onebox.alive import alive
from commons_onebox.supervisor import fork
from commons_onebox.testing import start_nats, start_postgres

pytestmark = pytest.mark.faults

OF_ONE_THING, HEARD = 100, 90
"""Facts of each counter, and how many of them were heard before the store was lost."""
WITHIN_SECONDS = 60.0
LONGEST_SECONDS = 300.0
TELL = """
    with told as (
        insert into event_log (id, aggregate, seq, subject, project, at, about, body)
        select gen_random_uuid(), counter, nth, case nth when 1 then %(started)s else %(raised)s end, %(project)s, now(),
            '{}', jsonb_build_object('project', %(project)s::text, 'at', now(), 'counter', counter, 'by', nth)
        from unnest(%(counters)s::uuid[]) as counter, generate_series(%(first)s::int, %(last)s::int) as nth
        returning id, project
    ) insert into outbox (id, project) select id, project from told
"""
NUMBERED = """
    insert into sequences select aggregate, max(seq) from event_log group by aggregate
    on conflict (aggregate) do update set seq = excluded.seq
"""
HEARD_SO_FAR = """
    with noted as (
        insert into heard (owner, aggregate, seq) select 'counting', unnest(%(counters)s::uuid[]), %(last)s
    ) insert into tallies (project, counter, raised, last)
    select %(project)s, unnest(%(counters)s::uuid[]), %(raised)s, %(last)s
"""
WRONG = """select count(*) from tallies where raised <> %s or last <> %s"""


class Ledger:
    """The log of `counting`, written by SQL; what `tallying` made of it, read by SQL.

    On two connections for all of it: looking should cost the measured next to nothing.
    """

    def __init__(self, stack: ExitStack, pairs, facts: int) -> None:
        self.owner, self.listener = (
            stack.enter_context(psycopg.connect(database.admin_dsn, autocommit=True)) for _, database in pairs
        )
        self.counters = [new_id() for _ in range(facts // OF_ONE_THING)]
        self.project = new_id()

    def write(self) -> None:
        """All has happened, and the listener has heard the greater part of it."""
        known = {"counters": self.counters, "project": self.project}
        said = {"started": Started.subject, "raised": Raised.subject, "first": 1, "last": OF_ONE_THING}
        with self.owner.transaction():
            self.owner.execute(TELL, {**known, **said})
            self.owner.execute(NUMBERED)
        self.listener.execute(HEARD_SO_FAR, {**known, "last": HEARD, "raised": sum(range(2, HEARD + 1))})

    def applied(self) -> int:
        return self._one(self.listener, "select coalesce(sum(seq), 0) from heard where owner = 'counting'")

    def untold(self) -> int:
        return self._one(self.owner, "select count(*) from outbox")

    def wrong(self) -> list[int]:
        """Counters that were not tallied, or not to the last fact and once each; and what is parked or dead."""
        total = sum(range(2, OF_ONE_THING + 1))
        missing = len(self.counters) - self._one(self.listener, "select count(*) from tallies")
        odd = self.listener.execute(WRONG, [total, OF_ONE_THING]).fetchone()[0]
        left = [self._one(self.listener, f"select count(*) from {name}") for name in ("parked", "dead_letters")]
        return [missing, odd, *left]

    def _one(self, c: psycopg.Connection, question: str) -> int:
        return c.execute(question).fetchone()[0]


@pytest.fixture
def servers(tmp_path):
    tmp_path.chmod(0o755)
    running = {"postgres": start_postgres(tmp_path, durable=True), "nats": start_nats(tmp_path, durable=True)}
    yield running
    for server in running.values():
        server.stop()


async def _until(true) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while not true():  # noqa: ASYNC110 - asked of the database, which tells nobody
            await asyncio.sleep(0.2)


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


def _wiped(nats):
    nats.kill()
    shutil.rmtree(nats.server.folder / "jetstream")
    return nats.again()


@contextmanager
def _listening(pair, url: str, log: Path) -> Iterator[None]:
    """The listener in a process of its own, as it is on any platform."""

    async def listen() -> None:
        async with alive([pair], url):
            await asyncio.Event().wait()

    listener = fork(lambda: asyncio.run(listen()), log)
    try:
        yield
    finally:
        os.kill(listener, signal.SIGKILL)
        os.waitpid(listener, 0)


@pytest.mark.parametrize("facts", [4_000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_a_wiped_store_is_filled_again_and_nothing_is_skipped_or_applied_twice(servers, facts, tmp_path, capsys):
    nats = servers["nats"]
    pairs = [(s, make_database(s, servers["postgres"].admin_dsn)) for s in (counting.service, tallying.service)]
    with ExitStack() as stack:
        ledger = Ledger(stack, pairs, facts)
        ledger.write()
        async with alive(pairs[:1], nats.url) as house:
            await _until(lambda: ledger.untold() == 0)
            assert (await house.runtimes["counting"].js.stream_info(STREAM)).state.messages >= facts

        nats = servers["nats"] = _wiped(nats)
        assert await tools.stand_up(nats.url, _settings(pairs, nats)) == facts
        began = time.monotonic()
        with _listening(pairs[1], nats.url, tmp_path / "listener.log"):
            async with alive(pairs[:1], nats.url) as house:
                await _until(lambda: ledger.untold() == 0)
                told = time.monotonic() - began
                await _until(lambda: ledger.applied() == facts)
                took = time.monotonic() - began
                in_stream = (await house.runtimes["counting"].js.stream_info(STREAM)).state.messages
        wrong = ledger.wrong()
    said = {
        "facts": facts,
        "told after": round(told, 1),
        "heard after": round(took, 1),
        "a second": round(facts / took),
    }
    with capsys.disabled():
        print(f"\nstore wiped: {json.dumps(said)}")
    assert wrong == [0, 0, 0, 0]
    assert in_stream >= facts
    assert took <= WITHIN_SECONDS
