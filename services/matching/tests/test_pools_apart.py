"""Each process keeps pools of its own: what one heard, every other has in mind within a second, and in its next list at once."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from random import randrange
from statistics import median
from time import monotonic

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, hear, play
from commons_contracts.base import Actor
from commons_contracts.codes import Cefr, PauseCause, Role
from commons_contracts.geo import PlaceLocated
from commons_contracts.ids import PLATFORM, PersonId, ProjectId
from commons_contracts.profiles import MentoringPaused, Speaks
from commons_matching.app import service
from commons_matching.rules.engine.columns import flagged
from commons_matching.rules.engine.layout import Flag
from commons_matching.tables import pool as pools
from commons_matching.tables.round import find_round
from commons_matching.tables.tariff import set_prices

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
from commons_matching.rules.engine.columns import flagged
from commons_matching.rules.engine.layout import Flag
from commons_matching.tables import pool as pools
from commons_matching.tables.round import find_round
from commons_matching.tables.tariff import set_prices

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

    yield scene
    async with scene() as game:
        await game.end()


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


async def locate(game, place, north):
    where = {"place": place, "latitude": north, "longitude": 18.0, "located": new_id()}
    await hear(service, PlaceLocated(project=PLATFORM, at=NOON, **where), game.tx)


CHANGES = {
    "a card": lambda game, mentor, _: game.of_member(MentoringPaused, mentor, cause=PauseCause.OWN_WISH),
    "a registration": lambda game, *_: game.join(Role.MENTOR),
    "where a place is": lambda game, _, place: locate(game, place, 60.0),
    "prices": lambda game, mentor, _: set_prices(game.tx, game.project, game.round, {str(mentor): 700}),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_each_kind_of_news_is_seen_and_followed(committed, what):
    place = randrange(1 << 30)

    async def state(round):
        """(whether the pool is behind, what of it can change)."""
        async with committed() as game:
            behind = round in {row["round"] for row in await pools.left_behind(game.tx)}
            kept = await pools.mentors_pool(game.tx, await find_round(game.tx, round))
        side = kept.pool.mentor
        assert len(kept.prices) == len(side)
        assert what == "prices" or kept.prices[side.find(mentor)] == 500
        return behind, (flagged(kept.pool, Flag.TAKES_PART).tolist(), side.ground.tolist(), kept.prices.tolist())

    async with committed() as game:
        await game.open()
        round, mentor = game.round, await game.mentor(**TELLS, place=place)
        await locate(game, place, 59.0)
        await set_prices(game.tx, game.project, round, {str(mentor): 500})
    behind, before = await state(round)
    assert behind
    async with committed() as game:
        game.round = round
        await CHANGES[what](game, mentor, place)
    behind, after = await state(round)
    assert behind
    assert after != before
