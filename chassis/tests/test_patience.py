"""What a database allows us: waiting is bounded, and who waited too long tries again; connections are encrypted if told so."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from toy import counting

from commons_chassis.faults import passing
from commons_chassis.runtime import engine_for
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import make_database
from commons_onebox import tools


@pytest.fixture
def database(postgres_dsn, worker_id):
    return make_database(counting.service, postgres_dsn, suffix=f"_patience_{worker_id}")


@pytest.fixture
async def engine(database):
    engine = engine_for(database.app_dsn, 2)
    yield engine
    await engine.dispose()


async def _broken(engine, *statements, pause=0.0):
    async def run():
        async with engine.connect() as c:
            for statement in statements:
                await c.execute(sa.text(statement))
                await asyncio.sleep(pause)

    with pytest.raises(DBAPIError) as broken:
        await run()
    return broken.value


async def _told(engine, statement):
    async with engine.connect() as c, c.begin():
        return await c.scalar(sa.text(statement))


async def test_who_waits_too_long_for_a_lock_tries_again(engine, database):
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("lock table sequences")
        broken = await _broken(engine, "set local lock_timeout = '50ms'", "select 1 from sequences for update")
    assert broken.orig.sqlstate == "55P03"
    assert passing(broken)


async def test_who_hung_in_the_middle_of_something_tries_again(engine):
    limit = "set local idle_in_transaction_session_timeout = '50ms'"
    broken = await _broken(engine, limit, "select 1", pause=0.4)
    assert passing(broken)


async def test_what_takes_too_long_is_given_up_and_tried_again(engine):
    broken = await _broken(engine, "set local statement_timeout = '50ms'", "select pg_sleep(5)")
    assert broken.orig.sqlstate == "57014"
    assert passing(broken)


async def test_what_a_rush_opened_is_given_back(engine):
    """The server ends what is idle, and the pool hands out none of it."""
    assert await _told(engine, "show idle_session_timeout") == "30s"
    await _told(engine, "select set_config('idle_session_timeout', '50ms', false)")
    pid = await _told(engine, "select pg_backend_pid()")
    await asyncio.sleep(0.4)
    assert await _told(engine, "select pg_backend_pid()") != pid


async def test_an_address_may_insist_on_encryption(database):
    """The server of the tests has none to offer: whoever insists is not served, by any of our drivers."""
    for mode, served in {"disable": True, "prefer": True, "require": False}.items():
        dsn = f"{database.engine_dsn}?sslmode={mode}"
        engine = engine_for(dsn, 1)
        try:
            if served:
                async with engine.connect() as c:
                    assert await c.scalar(sa.text("select 1")) == 1
                psycopg.connect(dsn).close()
            else:
                with pytest.raises((OSError, DBAPIError), match="SSL"):
                    await engine.connect().start()
                with pytest.raises(psycopg.OperationalError, match="SSL"):
                    psycopg.connect(dsn)
        finally:
            await engine.dispose()


async def test_a_repair_reads_the_address_as_a_service_does(database):
    told = ServiceSettings(env="dev", name="counting", engine_dsn=f"{database.engine_dsn}?sslmode=prefer")
    assert await tools.dead_letters(counting.service, told) == []
