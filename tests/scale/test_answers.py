"""Who answers people goes on answering them while the same process has a run computed."""

from __future__ import annotations

import asyncio
import os
import statistics
import time

import pytest

from commons_contracts.codes import RunState
from commons_contracts.matching import RoundsOf

from .ground import a_seed

pytestmark = pytest.mark.faults
MENTORS, MENTEES = int(os.environ.get("ANSWERS_MENTORS", "200")), int(os.environ.get("ANSWERS_MENTEES", "4200"))
A_SECOND, CALM_SECONDS = 25, 3.0
TIMES, ROOM = 3.0, 0.15
"""A machine that computes is busier than one that does not: so many times as long, and so many seconds more."""


async def _asked(ground, actor, until):
    """Seconds that each answer took; so many are asked a second, whether or not those before were answered."""
    seconds: list[float] = []

    async def ask():
        began = time.perf_counter()
        await ground.asker.ask(RoundsOf(), actor, left=20)
        seconds.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        while not until():
            group.create_task(ask())
            await asyncio.sleep(1 / A_SECOND)
    return seconds


async def test_answers_take_no_longer_beside_a_run(ground):
    actor, round = await ground.recruit(mentors=MENTORS, mentees=MENTEES, seed=a_seed())
    ground.hire(1)
    await ground.ready()
    await _asked(ground, actor, _after(1.0))
    calm = await _asked(ground, actor, _after(CALM_SECONDS))
    run = await ground.start(actor, round)
    following = asyncio.create_task(ground.ended(run))
    busy = await _asked(ground, actor, following.done)
    assert (await following)["state"] == RunState.PROPOSED
    took = {name: statistics.quantiles(found, n=20)[18] for name, found in (("calm", calm), ("busy", busy))}
    print(f"{len(busy)} answers beside a run; the slowest {max(busy):.3f} s; 95th of a hundred {took}")
    assert took["busy"] <= took["calm"] * TIMES + ROOM


def _after(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end
