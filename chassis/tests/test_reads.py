"""Queries on plain connections: behind the same walls, unable to write, and none the worse for what breaks."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
import sqlalchemy as sa
from toy import counting

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.faults import passing, unstorable
from commons_chassis.ids import new_id
from commons_chassis.reads import Readers, kept
from commons_chassis.runtime import engine_for
from commons_chassis.tx import Tx
from commons_contracts.base import Actor
from commons_contracts.ids import PersonId, ProjectId

service = counting.service
standings = counting.metadata.tables["standings"]
OF_THESE = kept(
    sa.select(standings.c.person, standings.c.roles)
    .where(standings.c.person == sa.any_(sa.bindparam("persons", type_=sa.ARRAY(sa.Uuid))))
    .order_by(standings.c.person)
)


@pytest.fixture
async def readers(database):
    readers = Readers(lambda: asyncpg.connect(database.app_dsn), 2)
    yield readers
    await readers.close()


@pytest.fixture
async def actor(database):
    """A member, with two others of her project."""
    actor = Actor(person=PersonId(new_id()), project=ProjectId(new_id()))
    engine = engine_for(database.app_dsn, 1)
    async with doors.transaction(service, engine, actor, real_now()) as tx:
        for person in (actor.person, new_id(), new_id()):
            row = {
                "project": actor.project,
                "person": person,
                "roles": ["MENTOR"],
                "adult": True,
                "conduct": {"NETWORK": 2},
            }
            await tx.run(sa.insert(standings).values(row))
    await engine.dispose()
    return actor


def reading(readers: Readers, actor: Actor):
    return readers.transaction(service, actor, real_now())


async def test_values_are_as_a_session_has_them(readers, actor, database):
    """Of every kind of statement that queries use."""
    c = standings.c
    statements = [
        sa.select(standings).order_by(c.person),
        sa.select(c.person, c.conduct, sa.func.count().over().label("all")).where(
            c.person.in_([actor.person, new_id()])
        ),
        sa.select(sa.literal(1.5, sa.Double).label("far"), sa.cast(None, sa.Text).label("nothing")),
        sa.text("select roles from standings where person = :person").bindparams(person=actor.person),
    ]
    engine = engine_for(database.app_dsn, 1)
    async with doors.transaction(service, engine, actor, real_now()) as session, reading(readers, actor) as plain:
        for statement in statements:
            assert [dict(row) for row in await plain.rows(statement)] == [
                dict(row) for row in await session.rows(statement)
            ]
            assert await plain.value(statement) == await session.value(statement)
    await engine.dispose()


async def test_a_kept_statement_takes_new_values_each_time(readers, actor):
    async with reading(readers, actor) as tx:
        everyone = [row["person"] for row in await tx.rows(sa.select(standings.c.person).order_by(standings.c.person))]
        for some in (everyone[:1], everyone[1:], []):
            assert [row["person"] for row in await tx.rows(OF_THESE, persons=some)] == some


async def test_another_projects_rows_are_not_there(readers, actor):
    strangers = actor.model_copy(update={"project": ProjectId(new_id())})
    for who, count in ((actor, 3), (strangers, 0), (actor, 3)):
        async with reading(readers, who) as tx:
            assert len(await tx.rows(sa.select(standings))) == count


async def test_nothing_is_left_on_a_connection_for_who_comes_next(readers, actor):
    async with reading(readers, actor):
        pass
    (connection,) = readers._idle
    with pytest.raises(asyncpg.PostgresError) as wrong:
        await connection.fetch("select * from standings")
    assert wrong.value.sqlstate in {"22P02", "42704"}


async def test_nobody_writes_here(readers, actor):
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with reading(readers, actor) as tx:
            await tx.run(sa.update(standings).values(adult=False))
    async with reading(readers, actor) as tx:
        assert await tx.value(sa.select(sa.func.bool_and(standings.c.adult)))


async def test_a_connection_serves_one_after_the_other(readers, actor):
    async def look(tx: Tx):
        return await tx.value(sa.text("select pg_backend_pid() from pg_sleep(0.02)"))

    async def once():
        async with reading(readers, actor) as tx:
            return await look(tx)

    assert len(set(await asyncio.gather(*(once() for _ in range(8))))) == 2
    assert len(readers._idle) == 2


async def test_who_is_cut_off_in_the_middle_leaves_no_connection_behind(readers, actor):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), reading(readers, actor) as tx:
            await tx.value(sa.text("select pg_sleep(5)"))
    assert readers._idle == []
    async with reading(readers, actor) as tx:
        assert len(await tx.rows(sa.select(standings))) == 3


async def test_a_connection_that_died_is_a_fault_that_passes(readers, actor, postgres_dsn):
    async def look_while_it_dies():
        async with reading(readers, actor) as tx:
            await _end(postgres_dsn, await tx.value(sa.text("select pg_backend_pid()")))
            await tx.rows(sa.select(standings))

    with pytest.raises(ConnectionResetError) as broken:
        await look_while_it_dies()
    assert passing(broken.value)
    async with reading(readers, actor) as tx:
        pid = await tx.value(sa.text("select pg_backend_pid()"))
    await _end(postgres_dsn, pid)
    await asyncio.sleep(0.05)
    async with reading(readers, actor) as tx:  # the one that died at rest is not used
        assert len(await tx.rows(sa.select(standings))) == 3


async def test_a_character_that_no_text_holds_is_the_callers_mistake(readers, actor):
    with pytest.raises(asyncpg.PostgresError) as wrong:
        async with reading(readers, actor) as tx:
            await tx.rows(sa.select(sa.literal("a\0b")))
    assert unstorable(wrong.value)
    assert not passing(wrong.value)


async def _end(admin_dsn, pid):
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute("select pg_terminate_backend($1)", pid)
    await admin.close()
