"""Each process keeps pools of its own: what one heard, every other has in mind within a second, and in its next list at once."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from statistics import median
from time import monotonic

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, play
from commons_contracts.base import Actor
from commons_contracts.codes import Cefr, PauseCause
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.profiles import MentoringPaused, Speaks
from commons_matching.app import service
from commons_matching.tables import pool as pools

TELLS = {"languages": (Speaks(language="sv", level=Cefr.C1),), "fields": ("0714",)}
OTHER = """
import asyncio, json, sys
from types import SimpleNamespace
from sqlalchemy.ext.asyncio import create_async_engine
from commons_chassis.clock import Clock, setting_for
from commons_chassis.settings import driver
from commons_chassis.testing import NOON
from commons_matching.app import service
from commons_matching.keeping import keep
from commons_matching.rules.engine.layout import Flag
from commons_matching.rules.engine.columns import flagged
from commons_matching.tables import pool as pools

def remembered(round):
    for id, kept in pools._kept.items():
        if str(id) == round:
            here = flagged(kept.pool, Flag.TAKES_PART)
            return sorted(str(kept.pool.mentor.person(j)) for j in range(kept.pool.mentors) if here[j])

async def main(dsn, round):
    clock = Clock()
    clock.setting = setting_for(NOON, frozen=True)
    runtime = SimpleNamespace(service=service, app=create_async_engine(driver(dsn)), clock=clock, stopping=False)
    keeping = asyncio.create_task(keep(runtime))
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(remembered(round)), flush=True)
    runtime.stopping = True
    await keeping
    await runtime.app.dispose()

asyncio.run(main(*sys.argv[1:]))
"""
"""A process of the service as far as its pools go: what it has in mind, it tells without looking anything up."""


@asynccontextmanager
async def another_process(database, round):
    """Asked with a line, it tells who takes part in the pool that it has in mind."""
    pipe = asyncio.subprocess.PIPE
    words = ("-c", OTHER, database.app_dsn, str(round))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=pipe, stdout=pipe)

    async def ask():
        process.stdin.write(b"\n")
        return json.loads(await asyncio.wait_for(process.stdout.readline(), 60))

    try:
        yield ask
    finally:
        process.stdin.close()
        await process.wait()


@pytest.fixture
async def engine(database):
    engine = create_async_engine(driver(database.app_dsn))
    pools.forget_pools()
    yield engine
    await engine.dispose()


@pytest.fixture
async def committed(engine, a_recruitment):
    project = ProjectId(new_id())

    @asynccontextmanager
    async def scene():
        actor = Actor(person=PersonId(new_id()), project=project)
        async with doors.transaction(service, engine, actor, NOON, own=False) as tx:
            await play(tx)
            yield a_recruitment(tx)

    return scene


async def seconds_until(ask, expected, limit=30.0):
    begun = monotonic()
    while (told := await ask()) != sorted(map(str, expected)):
        assert monotonic() - begun < limit, told
        await asyncio.sleep(0.02)
    return monotonic() - begun


async def test_every_process_has_its_pools_before_anybody_asks_and_follows_within_a_second(committed, database):
    async with committed() as game:
        await game.open()
        round, first, second = game.round, await game.mentor(**TELLS), await game.mentor(**TELLS)
    took, everyone = [], [first, second]
    async with another_process(database, round) as one, another_process(database, round) as other:
        for ask in (one, other):
            await seconds_until(ask, everyone)
        for n in range(5):
            async with committed() as game:
                game.round = round
                if n % 2:
                    await game.of_member(MentoringPaused, everyone.pop(), cause=PauseCause.OWN_WISH)
                else:
                    everyone.append(await game.mentor(**TELLS))
            took.append(max(await asyncio.gather(seconds_until(one, everyone), seconds_until(other, everyone))))
    print(f"seconds until every process had it: {sorted(took)}")
    assert median(took) < 1
