"""Two services that run: what one tells the other hears, once, in order, whatever the broker does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from toy import counting, tallying
from toy.counting import Break, CounterById, Raise, Raised, Rested, Slow, Start
from toy.people import a_member
from toy.tallying import POISON, Tally

from commons_chassis import doors, rpc
from commons_chassis.clock import real_now
from commons_chassis.deploy import STREAM
from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_chassis.testing import eventually, make_database
from commons_chassis.wire import Envelope, subject_on_ground
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_onebox.alive import alive
from commons_onebox.testing import start_nats


@pytest.fixture(scope="module")
def own_nats(tmp_path_factory):
    nats = start_nats(tmp_path_factory.mktemp("nats"))
    yield nats.url
    nats.stop()


@pytest.fixture(scope="module")
async def house(postgres_dsn, own_nats, worker_id):
    pairs = [
        (service, make_database(service, postgres_dsn, suffix=f"_alive_{worker_id}"))
        for service in (counting.service, tallying.service)
    ]
    async with alive(pairs, own_nats) as house:
        yield house


@pytest.fixture
async def actor(house):
    return await a_member(house)


async def _tally(house, actor, counter):
    return await house.asker.ask(Tally(counter=counter), actor)


async def test_what_one_does_the_other_knows_by_the_time_she_asks(house, actor):
    counter = await house.asker.ask(Start(), actor)
    for by in range(1, 6):
        await house.asker.ask(Raise(counter=counter.id, by=by), actor)
        assert (await _tally(house, actor, counter.id)).last == by
    assert (await _tally(house, actor, counter.id)).raised == 15


async def test_facts_told_ten_times_change_nothing(house, actor):
    counter = await house.asker.ask(Start(), actor)
    await house.asker.ask(Raise(counter=counter.id, by=4), actor)
    assert await house.asker.operations.redeliver("counting", counter.id, times=10) == 20
    await house.asker.operations.settle()
    assert (await _tally(house, actor, counter.id)).raised == 4


async def test_a_refusal_travels_with_what_would_be_allowed(house, actor):
    counter = await house.asker.ask(Start(), actor)
    with pytest.raises(Refusal) as no:
        await house.asker.ask(Raise(counter=counter.id, by=9, most=3), actor)
    assert (no.value.code, no.value.params) == (RefusalCode.OPEN_REQUEST_LIMIT, {"max": 3})


async def test_a_bug_is_masked_and_leaves_nothing(house, actor, capfd):
    counter = await house.asker.ask(Start(), actor)
    with pytest.raises(Fault) as fault:
        await house.asker.ask(Break(counter=counter.id), actor)
    assert fault.value.code is FaultCode.INTERNAL
    assert "secret" not in str(fault.value)
    assert (await house.asker.ask(CounterById(counter=counter.id), actor)).count == 0
    printed = "".join(capfd.readouterr())
    assert printed.count("ZeroDivisionError") == 1
    assert "secret" not in printed


async def test_one_command_sent_many_times_at_once_happens_once(house, actor):
    counter = await house.asker.ask(Start(), actor)
    asks = [house.asker.ask(Raise(counter=counter.id), actor, key="same") for _ in range(20)]
    assert {a.count for a in await asyncio.gather(*asks)} == {1}
    assert (await house.asker.ask(CounterById(counter=counter.id), actor)).count == 1


async def test_a_command_that_is_asked_again_while_it_is_at_work_is_not_begun_again(house, actor, monkeypatch):
    counter, begun, answer = await house.asker.ask(Start(), actor), [], doors.answer

    async def slowly(request, *args, **kwargs):
        begun.append(request)
        await asyncio.sleep(0.3)
        return await answer(request, *args, **kwargs)

    monkeypatch.setattr(doors, "answer", slowly)
    asks = [house.asker.ask(Raise(counter=counter.id), actor, key="slow") for _ in range(5)]
    asks.append(house.asker.ask(Raise(counter=counter.id), actor, key="other"))
    assert sorted(a.count for a in await asyncio.gather(*asks)) in ([1, 1, 1, 1, 1, 2], [1, 2, 2, 2, 2, 2])
    assert len(begun) == 2


async def test_crossing_commands_are_run_again_until_each_has_happened(house, actor):
    counter = await house.asker.ask(Start(), actor)
    await asyncio.gather(*(house.asker.ask(Raise(counter=counter.id), actor) for _ in range(40)))
    assert (await house.asker.ask(CounterById(counter=counter.id), actor)).count == 40
    assert (await _tally(house, actor, counter.id)).raised == 40


async def test_slow_answers_do_not_hold_up_the_others(house, actor):
    begin = real_now()
    await asyncio.gather(*(house.asker.ask(Slow(counter=new_id(), seconds=0.2), actor) for _ in range(8)))
    assert real_now() - begin < timedelta(seconds=1.2)


async def test_nobody_there_is_said_within_three_seconds(house, actor):
    silent = type("Nobody", (Tally,), {"subject": "rpc.nobody.tally"})
    begin = real_now()
    with pytest.raises(Fault) as fault:
        await house.asker.ask(silent(counter=new_id()), actor)
    assert fault.value.code is FaultCode.UNAVAILABLE
    assert real_now() - begin < timedelta(seconds=3)


async def test_whose_hands_are_full_says_so_and_no_command_is_lost(house, actor, monkeypatch):
    """Asked again for as long as the caller waits; then a refusal that says when. Nothing of it has happened."""
    counter = await house.asker.ask(Start(), actor)
    monkeypatch.setattr(rpc, "QUEUED", 0)
    with pytest.raises(Refusal) as busy:
        await house.asker.ask(Raise(counter=counter.id), actor, key="rush", left=0.6)
    assert (busy.value.code, busy.value.params) == (RefusalCode.BUSY, {"retry_after": 1})
    with pytest.raises(Fault) as full:
        await house.asker.ask(CounterById(counter=counter.id), actor, left=0.6)
    assert (full.value.code, full.value.retry_after) == (FaultCode.BUSY, 1)

    asked = asyncio.create_task(house.asker.ask(Raise(counter=counter.id), actor, key="rush"))
    await asyncio.sleep(0.4)
    monkeypatch.undo()
    assert (await asked).count == 1
    assert (await house.asker.ask(Raise(counter=counter.id), actor, key="rush")).count == 1


async def test_what_may_have_happened_is_not_called_refused(house, actor, monkeypatch):
    """Its first answer is lost; whoever is asked again has too much to do."""
    counter, once, lost = await house.asker.ask(Start(), actor), house.asker._once, []

    async def deaf(*asked):
        reply = await once(*asked)
        monkeypatch.setattr(rpc, "QUEUED", 0)
        lost.append(reply)
        return reply if len(lost) > 1 else None

    monkeypatch.setattr(house.asker, "_once", deaf)
    with pytest.raises(Fault) as unsure:
        await house.asker.ask(Raise(counter=counter.id), actor, key="lost", left=1.0)
    monkeypatch.undo()
    assert unsure.value.code is FaultCode.UNAVAILABLE
    assert len(lost) > 1
    assert (await house.asker.ask(Raise(counter=counter.id), actor, key="lost")).count == 1


async def test_a_question_that_is_not_done_in_time_is_told_so_and_not_left_without_an_answer(house, actor):
    with pytest.raises(Fault) as late:
        await house.asker.ask(Slow(counter=new_id(), seconds=3), actor, left=0.8)
    assert (late.value.code, late.value.retry_after) == (FaultCode.BUSY, 1)


async def test_what_cannot_be_digested_goes_to_the_dead_letters_and_its_aggregate_waits(house, actor):
    counter = await house.asker.ask(Start(), actor)
    other = await house.asker.ask(Start(), actor)
    await house.asker.ask(Raise(counter=counter.id, by=POISON), actor)
    await house.asker.ask(Raise(counter=counter.id, by=2), actor)
    await house.asker.ask(Raise(counter=other.id, by=3), actor)

    letters, parked = (tallying.metadata.tables[name] for name in ("dead_letters", "parked"))

    async def counts():
        async with house.runtimes["tallying"].engine.connect() as c:
            dead = await c.scalar(sa.select(sa.func.count()).where(letters.c.aggregate == counter.id))
            early = await c.scalar(sa.select(sa.func.count()).where(parked.c.aggregate == counter.id))
        return (dead, early) == (1, 1)

    assert await eventually(counts, seconds=10)
    assert (await _tally(house, actor, counter.id)).raised == 0
    assert (await _tally(house, actor, other.id)).raised == 3


async def test_an_early_fact_waits_for_those_before_it_in_the_same_batch_or_a_later_one(house, actor):
    async def tell(counter, seq, *, by):
        event = Raised(project=actor.project, at=real_now(), counter=counter, by=by)
        envelope = Envelope(id=new_id(), aggregate=counter, seq=seq, project=actor.project)
        subject = subject_on_ground(Raised.subject, actor.project)
        headers = envelope.headers(Raised.subject, event.at.isoformat())
        await house.asker.client.jetstream().publish(subject, event.model_dump_json().encode(), headers=headers)

    together, apart = new_id(), new_id()
    for seq in (3, 2):
        await tell(apart, seq, by=seq)
    await house.asker.operations.settle()
    assert (await _tally(house, actor, apart)).raised == 0
    await tell(apart, 1, by=1)
    for seq in (5, 3, 1, 4, 2):
        await tell(together, seq, by=seq)
    await house.asker.operations.settle()
    assert (await _tally(house, actor, apart)).model_dump() == {"raised": 6, "last": 3}
    assert (await _tally(house, actor, together)).model_dump() == {"raised": 15, "last": 5}


async def test_a_jump_of_the_clock_fires_deadlines_in_order_and_comes_back(house, actor):
    start = datetime(2027, 1, 1, tzinfo=UTC)
    await house.asker.operations.move_clock(start, frozen=True)
    counter = await house.asker.ask(Start(rest_at=start + timedelta(days=1)), actor)
    assert await house.asker.operations.move_clock(start + timedelta(days=10), frozen=True) == start + timedelta(
        days=10
    )

    log = counting.metadata.tables["event_log"]
    rests = sa.select(log.c.at).where(log.c.aggregate == counter.id, log.c.subject == Rested.subject)
    async with house.runtimes["counting"].engine.connect() as c:
        times = (await c.scalars(rests.order_by(log.c.seq))).all()
    assert [at - start for at in times] == [timedelta(days=n) for n in (1, 2, 3)]
    assert abs(await house.asker.operations.move_clock(None, frozen=False) - real_now()) < timedelta(seconds=5)


async def test_the_state_of_every_service_is_told(house):
    states = {s.name: s for s in await house.asker.operations.overview()}
    assert set(states) == {"counting", "tallying"}
    assert states["tallying"].processes == 1


async def test_the_audit_log_is_a_chain_that_breaks_when_touched(house, actor):
    from commons_chassis.relay import audit_hash

    await house.asker.ask(Start(), actor)
    t = counting.metadata.tables["audit"]

    async def sealed():
        async with house.runtimes["counting"].engine.connect() as c:
            return (await c.execute(sa.select(t).where(t.c.number.is_not(None)).order_by(t.c.number))).mappings().all()

    rows = await eventually(sealed, seconds=10)
    previous = b""
    for number, row in enumerate(rows, start=1):
        assert row["number"] == number
        assert row["hash"] == audit_hash(previous, row)
        previous = row["hash"]
    touched = {**rows[0], "operation": "rpc.counting.other"}
    assert audit_hash(b"", touched) != rows[0]["hash"]


async def test_a_lost_consumer_ends_the_process(house):
    runtime = house.runtimes["tallying"]
    await runtime.js.delete_consumer(STREAM, "tallying-counting")
    assert await eventually(runtime.dead.is_set, seconds=25)
