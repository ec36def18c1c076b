"""Whoever publishes dies in the middle of it, or right after: all pairs of a run are matches and told once, or none is.

Who holds the relay's lock keeps a process from telling what it has committed; who holds places keeps one in mid-transaction.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress

import psycopg
import pytest

from commons_chassis.deploy import STREAM
from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_chassis.relay import LOCK
from commons_chassis.testing import eventually
from commons_contracts.codes import RunFailure, RunState
from commons_contracts.matching import MatchConfirmed, PublishMatchRun, RepeatMatchRun, StartMatchRun

pytestmark = pytest.mark.faults
SMALL = {"mentors": 40, "mentees": 90}
WAITS = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"

KEPT = "select count(*) from run_snapshots where project = %s and people is not null"


async def _proposed(ground):
    """(coordinator, a run that may be published), and one process at work."""
    actor, round = await ground.recruit(**SMALL, seed=11)
    ground.hire(1)
    await ground.ready()
    run = (await ground.asker.ask(StartMatchRun(round=round), actor, left=20)).id
    ended = await ground.ended(run)
    assert ended["state"] == RunState.PROPOSED
    return actor, run


@contextmanager
def _holding(ground, statement, *values):
    with psycopg.connect(ground.database.admin_dsn) as c:
        c.execute(statement, values)
        yield
        c.rollback()


async def _told(ground, project):
    """How many confirmed matches of a project the stream holds."""
    js, subject = ground.asker.client.jetstream(), f"{MatchConfirmed.subject}.{project}"
    found = await js.stream_info(STREAM, subjects_filter=subject)
    return sum((found.state.subjects or {}).values())


def _made(ground, project):
    """(matches, places used, what waits to be told)"""
    made = "select (select count(*) from matches where project = %s), (select sum(used) from places where project = %s)"
    return ground.sql(f"{made}, (select count(*) from outbox where project = %s)", project, project, project)[0]


async def test_killed_after_the_commit_all_of_it_is_told_once_by_another(ground):
    actor, run = await _proposed(ground)
    matched = ground.state(run)["matched"]
    publish, key = PublishMatchRun(run=run), str(new_id())
    ground.kill(0)
    with _holding(ground, f"select pg_advisory_lock({LOCK})"):
        ground.hire(1)
        await ground.ready()
        done = await ground.asker.ask(publish, actor, key=key, left=20)
        ground.kill(1)
        assert _made(ground, actor.project) == (matched, matched, matched + 1), "committed, and nobody has heard of it"
        assert await _told(ground, actor.project) == 0
    ground.hire(1)
    await ground.ready()

    async def told():
        return await _told(ground, actor.project) == matched and _made(ground, actor.project)[2] == 0

    assert await eventually(told, seconds=20), (await _told(ground, actor.project), matched)
    assert await ground.asker.ask(publish, actor, key=key, left=20) == done, "asked again with its key, answered alike"
    assert _made(ground, actor.project) == (matched, matched, 0)
    assert await _told(ground, actor.project) == matched


async def test_killed_in_the_middle_nothing_of_it_has_happened(ground):
    actor, run = await _proposed(ground)
    with _holding(ground, "select 1 from places where project = %s for update", actor.project):
        asked = asyncio.create_task(ground.asker.ask(PublishMatchRun(run=run), actor, left=20))
        assert await eventually(lambda: ground.sql(WAITS)[0][0] > 0, seconds=10)
        ground.kill(0)
    with suppress(Fault):
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
    assert ground.state(run)["state"] == RunState.PROPOSED
    assert _made(ground, actor.project)[:2] == (0, 0)
    ground.hire(1)
    await ground.ready()
    done = await ground.asker.ask(PublishMatchRun(run=run), actor, left=20)
    assert (done.state, _made(ground, actor.project)[0]) == (RunState.PUBLISHED, done.matched)


async def test_workers_compute_a_run_again_and_see_a_byte_that_was_changed(ground):
    actor, run = await _proposed(ground)
    same = await ground.ended((await ground.asker.ask(RepeatMatchRun(run=run), actor, left=20)).id)
    assert (same["state"], same["hash"]) == (RunState.REPEATED, ground.state(run)["hash"])
    ground.sql(
        "update run_snapshots set people = set_byte(people, 4000, get_byte(people, 4000) # 1) where run = %s", run
    )
    other = await ground.ended((await ground.asker.ask(RepeatMatchRun(run=run), actor, left=20)).id)
    assert (other["state"], other["failure"]) == (RunState.FAILED, RunFailure.DIFFERENT)
    assert ground.sql(KEPT, actor.project) == [(1,)], "of what was computed again nothing is kept"
