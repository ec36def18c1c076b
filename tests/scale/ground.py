"""Matching alone, on real servers, with as many processes of it as a test starts; each can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ask import Asker
from commons_chassis.deploy import HANDS, declare_streams, queue_of
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import Database, eventually, make_database
from commons_contracts.base import Actor
from commons_contracts.codes import Role, RunState
from commons_contracts.ids import PersonId, ProgrammeId, ProjectId, RoundId
from commons_contracts.matching import StartMatchRun
from commons_contracts.profiles import ProjectOpened
from commons_matching.app import service
from commons_matching.rules.round import round_of
from commons_onebox.testing import Nats, start_nats

from .crowd import LONG_AGO, a_programme, fill

STATE = "select state, result_hash, failure, shards_done, shards, workers, matched from runs where id = %s"
PATIENCE = 400.0
"""Seconds for a run: a machine that does much else computes at low priority, the first time without anything compiled."""


@dataclass
class Ground:
    broker: Nats
    database: Database
    asker: Asker
    logs: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    # ------------------------------------------------------------ people
    async def recruit(self, *, mentors: int, mentees: int, seed: int, shuffle: int = 0) -> tuple[Actor, RoundId]:
        """A project of its own with these people in it, and its coordinator."""
        project, coordinator = ProjectId(new_id()), PersonId(new_id())
        programme = a_programme(project, ProgrammeId(new_id()))
        engine = create_async_engine(driver(self.database.app_dsn))
        async with doors.transaction(service, engine, doors.service_actor(project), LONG_AGO, own=True) as tx:
            for event in (ProjectOpened(project=project, at=LONG_AGO, zone="Europe/Stockholm"), programme):
                await doors.react(event, tx, service)
        await engine.dispose()
        round = round_of(programme.programme)
        fill(self.database.admin_dsn, project, round, mentors=mentors, mentees=mentees, seed=seed, shuffle=shuffle)
        self.sql(
            "insert into standings (project, person, roles, adult, conduct) values (%s, %s, %s, true, '{}')",
            project, coordinator, [Role.COORDINATOR.value],
        )  # fmt: skip
        return Actor(person=coordinator, project=project), round

    def sql(self, question: str, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.admin_dsn) as c:
            found = c.execute(question, named or values or None)
            return found.fetchall() if found.description else []

    # ------------------------------------------------------------ runs
    async def start(self, actor: Actor, round: RoundId, **more: Any) -> Any:
        return (await self.asker.ask(StartMatchRun(round=round, dry_run=True, **more), actor, left=20)).id

    async def ended(self, run: Any, *, seconds: float = PATIENCE) -> dict[str, Any]:
        await eventually(lambda: self.state(run)["state"] not in {RunState.QUEUED, RunState.RUNNING}, seconds=seconds)
        return self.state(run)

    def state(self, run: Any) -> dict[str, Any]:
        names = ("state", "hash", "failure", "done", "shards", "workers", "matched")
        return dict(zip(names, self.sql(STATE, run)[0], strict=True))

    async def in_hand(self) -> int:
        info = await self.asker.client.jetstream().consumer_info(queue_of("matching"), HANDS)
        return info.num_ack_pending or 0

    # ------------------------------------------------------------ processes
    def hire(self, count: int) -> None:
        """So many processes more."""
        told = {
            "COMMONS_ENV": "dev", "COMMONS_NATS": self.broker.url, "COMMONS_LOG_LEVEL": "WARNING",
            "COMMONS_MATCHING__APP_DSN": self.database.app_dsn, "COMMONS_MATCHING__ENGINE_DSN": self.database.engine_dsn,
        }  # fmt: skip
        for _ in range(count):
            command = [sys.executable, "-m", "commons_chassis", "matching"]
            with (self.logs / f"{len(self.workers)}.log").open("wb") as log:
                self.workers.append(
                    subprocess.Popen(command, env=os.environ | told, stdout=log, stderr=log, start_new_session=True)
                )

    async def ready(self) -> None:
        """Every process that runs waits for work."""
        running = sum(worker.poll() is None for worker in self.workers)
        found = await eventually(lambda: self._hear(running), seconds=30)
        assert found, [(self.logs / f"{n}.log").read_text()[-2000:] for n in range(len(self.workers))]

    async def _hear(self, running: int) -> bool:
        return len(await self.asker.operations.processes()) == running

    def kill(self, worker: int) -> None:
        """At once, and what it had started with it dies of that."""
        self.workers[worker].send_signal(signal.SIGKILL)
        self.workers[worker].wait()

    def dismiss(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.terminate()
        for worker in self.workers:
            worker.wait(15)
        self.workers.clear()


def a_seed() -> int:
    """Another one each time, and printed."""
    seed = SystemRandom().randrange(1 << 31)
    print(f"seed {seed}")
    return seed


@contextmanager
def matching(folder: Path, postgres_dsn: str, suffix: str) -> Iterator[tuple[Nats, Database]]:
    broker = start_nats(folder)
    try:
        yield broker, make_database(service, postgres_dsn, suffix=f"_scale_{suffix}")
    finally:
        broker.stop()


@asynccontextmanager
async def ground(broker: Nats, database: Database, logs: Path) -> AsyncIterator[Ground]:
    """Its workers are gone at the end, and so is what they had begun."""
    await declare_streams(broker.url, [service])
    asker = Asker(broker.url, name="test")
    await asker.start()
    it = Ground(broker, database, asker, logs)
    try:
        yield it
    finally:
        it.dismiss()
        await asker.stop()


def hands_of(pid: int) -> list[int]:
    """The processes that compute for one of ours."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(each) for each in found.split()]


async def busy(ground: Ground, workers: int, *, seconds: float = 30.0) -> None:
    """Each of so many workers has a job in hand."""
    until = time.monotonic() + seconds
    while await ground.in_hand() < workers:
        assert time.monotonic() < until, "they never were all at work"
        await asyncio.sleep(0.005)
