"""What goes wrong while a run is carried out: it is done all the same, or ends and says why; and nothing is left behind.

A hand that is stopped (SIGSTOP) has its job for as long as a test likes.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import contextmanager

import psycopg
import pytest

from commons_chassis.deploy import HANDS, bucket_of, queue_of
from commons_chassis.testing import eventually
from commons_contracts.codes import RunFailure, RunState
from commons_contracts.matching import CancelMatchRun
from commons_matching.runs.carrying import LAST_OFFER
from commons_matching.runs.hand import NICE

from .ground import a_seed, hands_of

pytestmark = pytest.mark.faults
SMALL = {"mentors": 40, "mentees": 90}
AWAY_SECONDS = 12.0
SPOILT = """create function spoil() returns trigger language plpgsql as $$ begin new.people := 'nonsense'; return new; end $$;
    create trigger spoilt before insert on run_snapshots for each row execute function spoil()"""


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


async def _at_work(ground, *, hands=1):
    """(who may start runs, the round)"""
    recruited = await ground.recruit(**SMALL, seed=a_seed())
    ground.hire(hands)
    await ground.ready()
    return recruited


async def _hand(ground, worker=0):
    assert await eventually(lambda: hands_of(ground.workers[worker].pid), seconds=20)
    (hand,) = hands_of(ground.workers[worker].pid)
    return hand


async def _stopped(ground, run, worker=0):
    """The hand of a worker that has a job after the snapshot, in which nothing goes on any more."""
    assert await eventually(lambda: ground.state(run)["state"] == RunState.RUNNING, seconds=30)
    hand = await _hand(ground, worker)
    os.kill(hand, signal.SIGSTOP)
    assert ground.state(run)["state"] == RunState.RUNNING, "it was faster than this test"
    return hand


async def _gone(hand, *, seconds=5.0):
    def gone():
        try:
            os.kill(hand, 0)
        except ProcessLookupError:
            return True
        return False

    return await eventually(gone, seconds=seconds)


async def test_a_run_is_followed_told_and_cleared_away(ground):
    actor, round = await _at_work(ground, hands=2)
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


async def test_who_cancels_a_run_frees_the_hand(ground):
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    hand = await _stopped(ground, run)
    await ground.asker.ask(CancelMatchRun(run=run), actor)
    assert await _gone(hand)
    await _nothing_left(ground, run)
    assert (ground.state(run)["state"], ground.sql("select 1 from proposals where run = %s", run)) == ("CANCELLED", [])


async def test_what_is_brought_after_the_end_is_cleared_away_as_well(ground):
    """By whoever brings it: another process has cleared the run away meanwhile, and looks at it no more."""
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    assert await eventually(lambda: ground.state(run)["state"] == RunState.RUNNING, seconds=30)
    with psycopg.connect(ground.database.admin_dsn) as c:
        c.execute("select from runs where id = %s for update", (run,))  # nothing is noted from now on

        async def brought():
            return (await _left(ground, run))[1]

        assert await eventually(brought, seconds=30)
        c.execute("update runs set state = 'CANCELLED', ended_at = now() where id = %s", (run,))
        c.execute("delete from run_jobs where run = %s", (run,))
    await _nothing_left(ground, run)


async def test_what_is_done_twice_counts_once(ground):
    """One begins with the people of a moment ago, another does the same meanwhile; and every job is told twice."""
    actor, round = await _at_work(ground)
    js, run = ground.asker.client.jetstream(), await ground.start(actor, round)
    late = await _hand(ground)
    os.kill(late, signal.SIGSTOP)
    assert ground.state(run)["state"] == RunState.QUEUED, "it was faster than this test"
    ground.hire(1)
    await ground.ready()
    ground.sql(
        "delete from participations where ctid = (select ctid from participations where round = %s and role = 'MENTEE'"
        " limit 1)", round,
    )  # fmt: skip
    await js.publish(f"work.matching.{run}.snapshot.0.0", b"")
    assert await eventually(lambda: ground.state(run)["state"] == RunState.RUNNING, seconds=30)
    identity = ground.sql("select identity, mentees from runs where id = %s", run)
    at_it = await _hand(ground, 1)
    os.kill(at_it, signal.SIGSTOP)
    os.kill(late, signal.SIGCONT)

    async def noted():
        return await ground.in_hand() == 1

    assert await eventually(noted, seconds=30), "who was late has not come to an end"
    assert ground.sql("select identity, mentees from runs where id = %s", run) == identity
    os.kill(at_it, signal.SIGCONT)
    twice = set()
    while ground.state(run)["state"] == RunState.RUNNING:
        told = "select kind, turn, n from run_jobs where run = %s and told_at is not null and done_at is null"
        for job in set(ground.sql(told, run)) - twice:
            twice.add(job)
            await js.publish(f"work.matching.{run}.{job[0]}.{job[1]}.{job[2]}", b"")
        await asyncio.sleep(0.01)
    found = ground.state(run)
    assert (found["state"], found["done"]) == (RunState.PROPOSED, found["shards"]), found
    assert twice
    assert ground.sql("select identity, mentees from runs where id = %s", run) == identity
    assert identity[0][1] == SMALL["mentees"] - 1
    assert ground.sql("select count(*) from proposals where run = %s", run) == [(found["matched"],)]
    await _nothing_left(ground, run)


async def test_a_hand_that_dies_is_replaced(ground):
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    hand = await _stopped(ground, run)
    assert os.getpriority(os.PRIO_PROCESS, hand) == min(os.getpriority(os.PRIO_PROCESS, 0) + NICE, 19)
    os.kill(hand, signal.SIGKILL)
    found = await ground.ended(run)
    assert (found["state"], found["done"]) == (RunState.PROPOSED, found["shards"]), found


async def test_nothing_is_lost_where_a_process_goes_in_order_while_it_computes(ground):
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    hand = await _stopped(ground, run)
    ground.hire(1)
    await ground.ready()
    ground.workers[0].terminate()
    found = await ground.ended(run)
    assert (found["state"], found["done"]) == (RunState.PROPOSED, found["shards"]), found
    assert await asyncio.to_thread(ground.workers[0].wait, 15) == 0
    assert await _gone(hand)


async def test_what_fails_each_time_ends_the_run_which_says_so(ground):
    """Its dead letter says at which job; nothing is left behind; who answers people lives on, and the next run is as any other."""
    actor, round = await _at_work(ground)

    async def failed(kind, error):
        run = await ground.start(actor, round)
        found = await ground.ended(run, seconds=60)
        assert (found["state"], found["failure"]) == (RunState.FAILED, RunFailure.WORK_FAILED), found
        letters = ground.sql("select kind, failure from run_jobs where run = %s and failure is not null", run)
        assert letters == [(kind, error)]
        await _nothing_left(ground, run)

    ground.sql(SPOILT)
    try:
        await failed("lists", "ValueError")
    finally:
        ground.sql("drop function spoil cascade")
    ground.sql("alter table proposals add constraint none check (points < 0) not valid")
    try:
        await failed("outcome", "IntegrityError")
    finally:
        ground.sql("alter table proposals drop constraint none")
    assert ground.workers[0].poll() is None
    assert (await ground.ended(await ground.start(actor, round)))["state"] == RunState.PROPOSED


async def test_pieces_that_are_gone_are_computed_again(ground):
    actor, round = await _at_work(ground)
    whole = await ground.ended(await ground.start(actor, round, seed=3))
    run = await ground.start(actor, round, seed=3)
    assert await _solved(ground, run), "it was faster than this test"
    found = await ground.ended(run)
    assert (found["state"], found["hash"]) == (RunState.PROPOSED, whole["hash"]), found
    assert "computed again" in (ground.logs / "0.log").read_text()


async def _solved(ground, run):
    """Once there is a first solution its pieces go: nothing is noted while this holds the run's row."""
    which = "select kind, done_at is not null from run_jobs where run = %s and kind in ('solve', 'price')"
    with psycopg.connect(ground.database.admin_dsn) as c:
        while (c.execute("select state from runs where id = %s for update", (run,)).fetchone() or ("",))[
            0
        ] != "PROPOSED":
            if sorted(c.execute(which, (run,)).fetchall()) == [("price", False), ("solve", True)]:
                await ground.asker.client.jetstream().purge_stream(bucket_of("matching"))
                return True
            c.commit()
            await asyncio.sleep(0.001)
    return False


@pytest.mark.long
async def test_a_queue_that_lost_its_jobs_is_told_them_again(ground):
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    hand = await _stopped(ground, run)
    ground.kill(0)
    assert await _gone(hand)
    await ground.asker.client.jetstream().purge_stream(queue_of("matching"))
    ground.hire(1)
    found = await ground.ended(run)
    assert found["state"] == RunState.PROPOSED, found


@pytest.mark.long
async def test_what_everybody_dies_of_ends_the_run(ground):
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    await _stopped(ground, run)
    ground.kill(0)
    others = await ground.asker.client.jetstream().pull_subscribe_bind(HANDS, queue_of("matching"))
    for offer in range(2, LAST_OFFER):
        (job,) = await others.fetch(1, timeout=20)
        assert job.metadata.num_delivered == offer
        await job.nak()
    ground.hire(1)
    found = await ground.ended(run)
    assert (found["state"], found["failure"]) == (RunState.FAILED, RunFailure.WORK_FAILED), found
    assert ground.sql("select failure from run_jobs where run = %s and failure is not null", run) == [("WornOut",)]
    await _nothing_left(ground, run)


@pytest.mark.long
async def test_a_run_outlives_a_database_that_is_away(ground):
    actor, round = await _at_work(ground)
    run = await ground.start(actor, round)
    hand = await _stopped(ground, run)
    with _away(ground):
        os.kill(hand, signal.SIGCONT)
        await asyncio.sleep(AWAY_SECONDS)
    found = await ground.ended(run)
    assert (found["state"], found["done"]) == (RunState.PROPOSED, found["shards"]), found
    assert ground.workers[0].poll() is None


@contextmanager
def _away(ground):
    """Nobody but the administrator may connect."""
    name = psycopg.conninfo.conninfo_to_dict(ground.database.admin_dsn)["dbname"]
    ground.sql(f"alter database {name} connection limit 0")
    try:
        ground.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %(name)s and pid <> pg_backend_pid()",
            name=name,
        )
        yield
    finally:
        ground.sql(f"alter database {name} connection limit -1")
