"""What goes wrong while a run is carried out: it is done all the same, or ends and says why; and nothing is left behind."""

from __future__ import annotations

from random import SystemRandom

import pytest

from commons_chassis.deploy import bucket_of, queue_of
from commons_chassis.testing import eventually
from commons_contracts.codes import RunState

pytestmark = pytest.mark.faults
SMALL = {"mentors": 40, "mentees": 90}


def _seed():
    seed = SystemRandom().randrange(1 << 31)
    print(f"seed {seed}")
    return seed


async def _left(ground, run):
    """(rows of its jobs, pieces in the bucket, jobs in the queue)"""
    js = ground.asker.client.jetstream()
    rows = ground.sql("select count(*) from run_jobs where run = %s and failure is null", run)[0][0]
    kept = (await js.stream_info(bucket_of("matching"), subjects_filter=f"$O.matching.C.{run}.>")).state.subjects
    return rows, len(kept or {}), (await js.stream_info(queue_of("matching"))).state.messages


async def _nothing_left(ground, run):
    async def nothing():
        return await _left(ground, run) == (0, 0, 0)

    assert await eventually(nothing, seconds=15), await _left(ground, run)


async def test_a_run_is_followed_told_and_cleared_away(ground):
    actor, round = await ground.recruit(**SMALL, seed=_seed())
    ground.hire(2)
    await ground.ready()
    run = await ground.start(actor, round)
    found = await ground.ended(run)
    assert (found["state"], found["done"], found["shards"] > 5) == (RunState.PROPOSED, found["shards"], True), found
    steps = ground.sql(
        "select body from event_log where aggregate = %s and subject like %s order by seq", run, "%progressed%"
    )
    done = [row[0]["shards_done"] for row in steps]
    assert done == sorted(done)
    assert max(row[0]["workers"] for row in steps) == 2
    await _nothing_left(ground, run)


@pytest.mark.long
async def test_what_was_told_to_a_queue_that_lost_it_is_told_again(ground):
    actor, round = await ground.recruit(**SMALL, seed=_seed())
    ground.hire(1)
    await ground.ready()
    run = await ground.start(actor, round)
    assert await eventually(lambda: ground.sql("select 1 from run_jobs where run = %s and told_at is not null", run))
    ground.kill(0)
    await ground.asker.client.jetstream().purge_stream(queue_of("matching"))
    ground.sql("update run_jobs set told_at = now() - interval '1 min' where run = %s", run)
    ground.hire(1)
    found = await ground.ended(run)
    assert found["state"] == RunState.PROPOSED, found
