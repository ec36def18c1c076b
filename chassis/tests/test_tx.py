"""One transaction: its ground, its aggregates, its facts and its deadlines."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from toy import counting
from toy.counting import CounterById, Raise, Raised, Rested, Start, Started

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.faults import Fault, passing, unstorable
from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, pass_time, play, refused, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import AccountState, Conduct, FaultCode, RefusalCode
from commons_contracts.ids import PLATFORM, PersonId, membership_of
from commons_contracts.profiles import ConductAccepted, ConductInForce, PersonRegistered

service = counting.service


async def test_a_fact_is_logged_numbered_and_queued_with_what_it_tells_of(tx):
    counter = await run(service, Start(), tx)
    await run(service, Raise(counter=counter.id, by=2), tx)

    log = tx.metadata.tables["event_log"]
    rows = await tx.rows(sa.select(log).where(log.c.aggregate == counter.id).order_by(log.c.seq))
    queued = await tx.rows(sa.select(tx.metadata.tables["outbox"]))
    assert [(r["seq"], r["subject"]) for r in rows] == [(1, Started.subject), (2, Raised.subject)]
    assert {r["id"] for r in queued} == {r["id"] for r in rows}
    assert tx.wrote == [f"counting/{counter.id}/1", f"counting/{counter.id}/2"]


async def test_a_fact_may_belong_to_another_ground_than_the_callers(tx):
    await tx.emit(Started(project=PLATFORM, at=tx.now, counter=(id := new_id())))
    await tx.write_facts()

    await play(tx, project=PLATFORM)
    log = tx.metadata.tables["event_log"]
    assert await tx.value(sa.select(log.c.seq).where(log.c.aggregate == id)) == 1


async def test_a_refusal_stores_and_tells_nothing(tx):
    counter = await run(service, Start(), tx)

    async with refused(tx, RefusalCode.OPEN_REQUEST_LIMIT, max=3):
        await run(service, Raise(counter=counter.id, by=4, most=3), tx)

    assert (await run(service, CounterById(counter=counter.id), tx)).count == 0


async def test_another_project_sees_what_a_random_id_sees(tx):
    counter = await run(service, Start(), tx)
    await play(tx, project=new_id())

    for id in (counter.id, new_id()):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, Raise(counter=id), tx)


async def test_without_a_project_the_database_gives_no_rows_but_an_error(tx):
    await tx.db.execute(sa.text("select set_config('app.project', '', true)"))
    with pytest.raises(DBAPIError):
        await tx.rows(sa.select(counting.counters))


async def test_the_same_key_gives_the_same_answer_and_one_effect(tx):
    counter = await run(service, Start(), tx)
    answers = [await run(service, Raise(counter=counter.id), tx, key="k") for _ in range(10)]

    assert {a.count for a in answers} == {1}
    assert len([e for e in told(tx) if isinstance(e, Raised)]) == 1
    async with refused(tx, RefusalCode.IDEMPOTENCY_CONFLICT):
        await run(service, Raise(counter=counter.id, by=2), tx, key="k")


async def test_a_short_command_is_not_guessed_from_what_is_kept_of_it(tx, monkeypatch):
    monkeypatch.setattr(service, "pepper", b"what only the processes of the service know")
    counter = await run(service, Start(), tx)
    await run(service, Raise(counter=counter.id, by=7), tx, key="short")
    answered = counting.metadata.tables["answered"].c
    kept = bytes(await tx.value(sa.select(answered.body_hash).where(answered.key == "short")))
    guesses = [Raise(counter=counter.id, by=by).model_dump_json().encode() for by in range(20)]
    assert kept not in [hashlib.sha256(guess).digest() for guess in guesses]
    assert kept not in [hmac.digest(b"", guess, "sha256") for guess in guesses]
    assert kept == hmac.digest(service.pepper, guesses[7], "sha256")


async def test_a_key_belongs_to_its_person(tx):
    counter = await run(service, Start(), tx)
    await run(service, Raise(counter=counter.id), tx, key="k")
    await play(tx)
    assert (await run(service, Raise(counter=counter.id), tx, key="k")).count == 2


async def test_deadlines_fall_due_in_order_each_at_its_own_time(tx):
    await run(service, Start(rest_at=NOON + timedelta(days=1)), tx)
    await run(service, Start(rest_at=NOON + timedelta(days=1, hours=12)), tx)

    await pass_time(service, tx, to=NOON + timedelta(days=30))

    rests = [(e.at - NOON, e.nth) for e in told(tx) if isinstance(e, Rested)]
    assert rests == [
        (timedelta(days=1), 1),
        (timedelta(days=1, hours=12), 1),
        (timedelta(days=2), 2),
        (timedelta(days=2, hours=12), 2),
        (timedelta(days=3), 3),
        (timedelta(days=3, hours=12), 3),
    ]


async def test_a_cancelled_deadline_does_nothing(tx):
    counter = await run(service, Start(rest_at=NOON + timedelta(days=1)), tx)
    await tx.forget(f"counter:{counter.id}")
    await pass_time(service, tx, to=NOON + timedelta(days=30))
    assert not [e for e in told(tx) if isinstance(e, Rested)]


async def test_only_what_begins_so_is_cancelled_and_found_by_its_index(tx):
    for key in ("a:1", "a:10", "a:2", "b"):
        await tx.later(counting.Rest(counter=new_id(), nth=1), at=NOON, key=key)
    await tx.forget("a:1")
    due = tx.metadata.tables["due"]
    assert sorted(r["key"] for r in await tx.rows(sa.select(due.c.key))) == ["a:2", "b"]

    await tx.db.execute(sa.text("set local enable_seqscan = off"))
    plan = await tx.rows(
        sa.text(f"explain delete from due where project = '{tx.project}' and key >= 'a' and key < 'b'")
    )
    assert any("Index Cond" in row["QUERY PLAN"] and "key" in row["QUERY PLAN"] for row in plan)


async def test_a_stranger_is_no_member_and_nobody_is_unauthenticated(tx):
    tx.actor = Actor(person=PersonId(new_id()), project=tx.project)
    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await run(service, Start(), tx)
    tx.actor = Actor(project=tx.project)
    with pytest.raises(Fault) as fault:
        await run(service, Start(), tx)
    assert fault.value.code is FaultCode.UNAUTHENTICATED


async def test_roles_on_the_wire_are_not_believed(tx):
    tx.actor = tx.actor.model_copy(update={"person": PersonId(new_id()), "roles": frozenset({"COORDINATOR"})})
    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await run(service, Start(), tx)


async def test_a_new_code_of_conduct_stops_writes_until_it_is_accepted(tx):
    person, project = tx.person, tx.project
    in_force = ConductInForce(project=project, at=NOON, conduct=new_id(), kind=Conduct.COMMUNITY, version=2)
    await hear(service, in_force, tx)

    async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=Conduct.COMMUNITY, version=2):
        await run(service, Start(), tx)

    membership = membership_of(person, project)
    accepted = ConductAccepted(
        project=project, at=NOON, membership=membership, person=person, kind=Conduct.COMMUNITY, version=2
    )
    await hear(service, accepted, tx)
    await run(service, Start(), tx)


async def test_who_waits_for_a_guardian_can_do_nothing(tx):
    child = PersonId(new_id())
    registered = PersonRegistered(project=PLATFORM, at=NOON, person=child, state=AccountState.PENDING_GUARDIAN)
    await hear(service, registered, tx)
    tx.actor = Actor(person=child, project=tx.project)
    async with refused(tx, RefusalCode.GUARDIAN_CONSENT_REQUIRED):
        await run(service, Start(), tx)


async def test_a_deadline_that_was_replaced_meanwhile_is_left_alone(tx):
    counter = await run(service, Start(rest_at=NOON), tx)
    key = f"counter:{counter.id}"
    await doors.fall_due(counting.Rest(counter=counter.id, nth=3), key, tx, service)
    await doors.fall_due(counting.Rest(counter=counter.id, nth=3), key, tx, service)
    assert len([e for e in told(tx) if isinstance(e, Rested)]) == 1


async def test_a_character_that_no_text_can_hold_is_the_callers_mistake(tx):
    with pytest.raises(DBAPIError) as broken:
        await tx.value(sa.text("select cast(:text as text)").bindparams(text="a\0b"))
    assert unstorable(broken.value)
    assert not passing(broken.value)


async def test_a_copy_is_as_old_as_the_last_beat_that_was_heard(tx, database):
    assert await tx.copy_age("counting") is None
    with psycopg.connect(database.engine_dsn, autocommit=True) as engine:
        engine.execute("insert into owners_heard values ('counting', %s)", [real_now() - timedelta(minutes=2)])
    assert timedelta(minutes=2) <= await tx.copy_age("counting") < timedelta(minutes=3)
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute("delete from owners_heard")
