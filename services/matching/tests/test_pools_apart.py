"""Two processes keep pools of their own: what one heard, the other has in its next list."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from uuid import UUID

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
from commons_matching.tables.round import find_round

TELLS = {"languages": (Speaks(language="sv", level=Cefr.C1),), "fields": ("0714",)}
OTHER = """
import asyncio, json, sys
from uuid import UUID
from sqlalchemy.ext.asyncio import create_async_engine
from commons_chassis import doors
from commons_chassis.settings import driver
from commons_chassis.testing import NOON
from commons_contracts.base import Actor
from commons_matching.app import service
from commons_matching.rules.engine.layout import Flag
from commons_matching.rules.engine.columns import flagged
from commons_matching.tables.pool import mentors_pool
from commons_matching.tables.round import find_round

async def main(dsn, project, round):
    engine = create_async_engine(driver(dsn))
    for _ in sys.stdin:
        async with doors.transaction(service, engine, Actor(project=UUID(project)), NOON, own=True) as tx:
            pool = (await mentors_pool(tx, await find_round(tx, UUID(round)))).pool
        here = flagged(pool, Flag.TAKES_PART)
        print(json.dumps(sorted(str(pool.mentor.person(j)) for j in range(pool.mentors) if here[j])), flush=True)
    await engine.dispose()

asyncio.run(main(*sys.argv[1:]))
"""


@asynccontextmanager
async def another_process(database, project, round):
    """Asked with a line, it tells who of the pool takes part."""
    pipe = asyncio.subprocess.PIPE
    words = ("-c", OTHER, database.app_dsn, str(project), str(round))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=pipe, stdout=pipe)

    async def ask():
        process.stdin.write(b"\n")
        return [UUID(one) for one in json.loads(await asyncio.wait_for(process.stdout.readline(), 60))]

    try:
        yield ask
    finally:
        process.stdin.close()
        await process.wait()


@pytest.fixture
async def committed(database, a_recruitment):
    engine, project = create_async_engine(driver(database.app_dsn)), ProjectId(new_id())
    pools.forget_pools()

    @asynccontextmanager
    async def scene():
        actor = Actor(person=PersonId(new_id()), project=project)
        async with doors.transaction(service, engine, actor, NOON, own=False) as tx:
            await play(tx)
            yield a_recruitment(tx)

    yield scene, project
    await engine.dispose()


async def here(scene, round):
    async with scene() as game:
        kept = await pools.mentors_pool(game.tx, await find_round(game.tx, round))
        return kept.pool.mentors


async def test_what_one_process_heard_the_other_has_in_its_next_list(committed, database):
    scene, project = committed
    async with scene() as game:
        await game.open()
        round, first = game.round, await game.mentor(**TELLS)
    async with another_process(database, project, round) as ask:
        assert await ask() == [first]
        assert await here(scene, round) == 1
        async with scene() as game:
            game.round = round
            second = await game.mentor(**TELLS)
        assert await ask() == sorted([first, second])
        assert await here(scene, round) == 2
        async with scene() as game:
            await game.of_member(MentoringPaused, first, cause=PauseCause.OWN_WISH)
        assert await ask() == [second]
