"""Jobs that the processes of a service share, and the pieces they leave: nothing lost, nothing in the way."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest
from nats.aio.client import Client
from toy import counting

from commons_chassis import deploy
from commons_chassis.connect import DEPLOY, connected
from commons_chassis.deploy import ACK_WAIT_SECONDS, bucket_of, declare_streams, queue_of
from commons_chassis.jobs import CHUNK, LostError, Pieces, Queue
from commons_chassis.run import Process
from commons_chassis.runtime import running
from commons_chassis.service import Service
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import eventually, make_database
from commons_onebox.subjects import users
from commons_onebox.testing import start_nats

busy = Service("counting", counting.service.metadata, [], migrations="toy.counting_migrations", jobs=True)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """Behind its walls: what is not allowed here would not be allowed anywhere."""
    broker = start_nats(tmp_path_factory.mktemp("jobs"), users=users([busy], movable=True))
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def told(broker, postgres_dsn, worker_id):
    db = make_database(counting.service, postgres_dsn, suffix=f"_jobs_{worker_id}")
    return ServiceSettings(
        env="dev", nats=broker.url, nats_seed=broker.seeds["counting"], name="counting", app_dsn=db.app_dsn,
        engine_dsn=db.engine_dsn,
    )  # fmt: skip


@pytest.fixture
async def process(broker, told):
    """One process of the service; as many of them as a test enters."""
    await declare_streams(broker.url, [busy], broker.seeds[DEPLOY])
    async with connected(broker.url, DEPLOY, broker.seeds[DEPLOY]) as client:
        for stream in (queue_of("counting"), bucket_of("counting")):
            assert await client.jetstream().stream_info(stream)

    @asynccontextmanager
    async def process():
        async with running(busy, told) as runtime:
            yield runtime

    yield process
    async with running(busy, told) as runtime:  # the next test finds nothing
        runtime.stopping = not (await Queue(runtime).state())[0]
        async for job in Queue(runtime).jobs():
            await Queue(runtime).done(job)
            runtime.stopping = (await Queue(runtime).state())[0] == 0


async def _take(queue, count, *, settle=True):
    found = []
    async for job in queue.jobs():
        found.append(job)
        if settle:
            await queue.done(job)
        if len(found) == count:
            return found
    return found


async def test_a_job_told_twice_is_one(process):
    async with process() as runtime:
        queue = Queue(runtime)
        for _ in range(2):
            await queue.put("run", "lists", "0", "1")
        await queue.put("run", "lists", "0", "2")
        assert await queue.state() == (2, 0)
        assert [job.words for job in await _take(queue, 2)] == [("run", "lists", "0", "1"), ("run", "lists", "0", "2")]
        assert await eventually(_none_left(queue))


def _none_left(queue):
    async def none():
        return (await queue.state())[0] == 0

    return none


async def test_two_processes_share_and_nobody_does_what_another_does(process):
    async with process() as one, process() as other:
        for n in range(8):
            await Queue(one).put("share", str(n))
        found = await asyncio.gather(*(_take(Queue(each), 4) for each in (one, other)))
        assert sorted(int(job.words[1]) for jobs in found for job in jobs) == list(range(8))


async def test_who_waits_and_who_works_is_counted(process):
    async with process() as one, process() as other:
        jobs = [Queue(each).jobs() for each in (one, other)]
        waiting = [asyncio.create_task(anext(each)) for each in jobs]
        assert await eventually(_state(Queue(one), (0, 2)))
        await Queue(one).put("count", "0")
        done, waits = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert await eventually(_state(Queue(one), (1, 2)))
        await Queue(one).done(done.pop().result())
        for each in waits:
            each.cancel()
        await asyncio.wait(waits)
        for each in jobs:
            await each.aclose()


def _state(queue, wanted):
    async def is_so():
        return await queue.state() == wanted

    return is_so


async def test_what_is_in_hand_stays_there_however_long_it_takes(process):
    async with process() as one, process() as other:
        await Queue(one).put("long", "0")
        jobs = Queue(one).jobs()
        job = await anext(jobs)
        await asyncio.sleep(ACK_WAIT_SECONDS + 1.5)
        stranger = asyncio.create_task(_take(Queue(other), 1))
        await asyncio.sleep(0.3)
        assert not stranger.done()
        await Queue(one).done(job)
        await jobs.aclose()
        await Queue(one).put("long", "1")
        assert [job.words for job in await stranger] == [("long", "1")]


async def test_what_is_let_go_of_another_takes_at_once(process):
    async with process() as one, process() as other:
        await Queue(one).put("let", "go")
        jobs = Queue(one).jobs()
        assert (await anext(jobs)).tries == 1
        await jobs.aclose()
        (again,) = await asyncio.wait_for(_take(Queue(other), 1), ACK_WAIT_SECONDS / 2)
        assert (again.words, again.tries) == (("let", "go"), 2)


async def test_what_a_killed_process_had_is_handed_to_another(process, told, monkeypatch):
    async with process() as other:
        async with running(busy, told) as killed:
            await Queue(killed).put("kill", "ed")
            jobs = Queue(killed).jobs()
            await anext(jobs)
            monkeypatch.setattr("nats.aio.msg.Msg.nak", _nothing)
            monkeypatch.setattr("nats.aio.msg.Msg.in_progress", _nothing)
            await jobs.aclose()
        (again,) = await asyncio.wait_for(_take(Queue(other), 1), ACK_WAIT_SECONDS * 2)
        assert (again.words, again.tries) == (("kill", "ed"), 2)


async def _nothing(*_args, **_kwargs):
    pass


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK * 2 + 17])
async def test_a_piece_comes_back_as_it_went(process, size):
    async with process() as one, process() as other:
        content = bytes(n * 7 % 251 for n in range(size))
        await Pieces(one).put("run/lists/0/1", content)
        assert await Pieces(other).get("run/lists/0/1") == content


async def test_of_two_who_put_the_same_piece_one_is_read_whole(process):
    async with process() as one, process() as other:
        for _ in range(3):
            pieces = [bytes([n]) * (CHUNK + 3) for n in (1, 2)]
            await asyncio.gather(*(Pieces(p).put("both/x", c) for p, c in zip((one, other), pieces, strict=True)))
            assert await Pieces(one).get("both/x") in pieces


async def test_what_is_dropped_is_gone_and_the_rest_stays(process, broker):
    async with process() as runtime:
        pieces = Pieces(runtime)
        for name in ("old/a", "old/b", "new/a"):
            await pieces.put(name, name.encode())
        await pieces.put("old/a", b"twice")
        await pieces.drop("old", ["old/a", "old/b"])
        for name in ("old/a", "old/b", "never/was"):
            with pytest.raises(LostError):
                await pieces.get(name)
        assert await pieces.get("new/a") == b"new/a"
        await pieces.drop("new", ["new/a"])
    async with connected(broker.url, DEPLOY, broker.seeds[DEPLOY]) as client:
        state = (await client.jetstream().stream_info(bucket_of("counting"), subjects_filter="$O.counting.C.>")).state
        assert not any("old" in subject or "new" in subject for subject in state.subjects or {})


async def test_a_piece_that_changed_on_its_way_is_lost(process):
    async with process() as runtime:
        await Pieces(runtime).put("odd/x", b"as it was")
        found = Pieces(runtime)
        nuid = (await found._next(found._meta("odd/x"), 1))[1].decode().split('"nuid": "')[1].split('"')[0]
        await runtime.js.purge_stream(found.stream, subject=f"$O.counting.C.{nuid}")
        await runtime.js.publish(f"$O.counting.C.{nuid}", b"as it is", stream=found.stream)
        with pytest.raises(LostError):
            await found.get("odd/x")


async def test_any_client_of_the_object_store_reads_our_pieces(nats_url, postgres_dsn, worker_id):
    """On a broker without walls, by the library's own store."""
    db = make_database(counting.service, postgres_dsn, suffix=f"_jobs_{worker_id}")
    open_to_all = ServiceSettings(
        env="dev", nats=nats_url, name="counting", app_dsn=db.app_dsn, engine_dsn=db.engine_dsn
    )
    await declare_streams(nats_url, [busy])
    client = Client()
    await client.connect(nats_url)
    async with running(busy, open_to_all) as runtime:
        await Pieces(runtime).put("run/lists/0/1", b"x" * (CHUNK + 1))
        store = await client.jetstream().object_store("counting")
        found = await store.get("run/lists/0/1")
        assert found.data == b"x" * (CHUNK + 1)
        await Pieces(runtime).drop("run", ["run/lists/0/1"])
    await client.close()


async def test_limits_are_settings(broker, monkeypatch):
    monkeypatch.setenv("COMMONS_JOBS_MB", "3")
    monkeypatch.setenv("COMMONS_JOBS_HOURS", "1")
    await declare_streams(broker.url, [busy], broker.seeds[DEPLOY])
    async with connected(broker.url, DEPLOY, broker.seeds[DEPLOY]) as client:
        for stream in (queue_of("counting"), bucket_of("counting")):
            config = (await client.jetstream().stream_info(stream)).config
            assert (config.max_bytes, config.max_age) == (3 << 20, 3600)
    monkeypatch.undo()
    await declare_streams(broker.url, [busy], broker.seeds[DEPLOY])
    assert deploy.pieces("counting").max_bytes == 512 << 20


async def test_a_process_that_stops_tells_again_who_did_not_hear_it(process):
    """`wait_for` loses a cancellation that meets its answer (CPython before 3.12)."""

    async def deaf_once():
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async with process() as runtime:
        it = Process(runtime)
        await it.start()
        it.watch.append(asyncio.create_task(deaf_once()))
        await asyncio.sleep(0)
        await asyncio.wait_for(it.stop(1.0), 10)
        assert all(task.done() for task in (*it.work, *it.watch))
