"""What tests of a service stand on: its database built by the migrations, one rolled-back transaction, the real doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg
import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from commons_contracts.base import Actor, Command, Event, Query, Refusal
from commons_contracts.codes import Conduct, RefusalCode, Role
from commons_contracts.ids import PersonId, ProjectId

from . import deploy, doors, migrate
from .ids import new_id
from .reads import Reader
from .seal import Seal
from .service import Service
from .settings import driver
from .standing import conduct_in_force
from .tx import Tx

R = TypeVar("R", bound=BaseModel)
MASTER_KEY = "A" * 43
"""Of the key stores of tests."""
NOON = datetime(2026, 9, 10, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Database:
    """A service's database: addresses of its roles, and of the server's administrator on it."""

    owner_dsn: str
    app_dsn: str
    engine_dsn: str
    admin_dsn: str
    keys_dsn: str = ""


def make_database(service: Service, admin_dsn: str, *, suffix: str = "") -> Database:
    """Provision and migrate; with a suffix, as a database of its own that shares the service's roles."""
    parts = psycopg.conninfo.conninfo_to_dict(admin_dsn)
    name = f"commons_{service.name}{suffix}"
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(7)")  # workers of one run share the server and its roles
        deploy.provision(admin_dsn, service.name, dict.fromkeys(deploy.ROLES, "test"), database=name)
        where = f"{parts.get('host', '127.0.0.1')}:{parts['port']}/{name}"
        dsn = {role: f"postgresql://{service.name}_{role}:test@{where}" for role in deploy.ROLES}
        migrate.upgrade(service, dsn["owner"])
        if service.seals:
            deploy.provision_keys(admin_dsn, service.name, "test", database=f"commons_keys{suffix}")
    admin_there = f"postgresql://{parts['user']}:{parts.get('password', '')}@{where}"
    keys = (
        f"postgresql://{service.name}_keys:test@{where.rpartition('/')[0]}/commons_keys{suffix}"
        if service.seals
        else ""
    )
    return Database(dsn["owner"], dsn["app"], dsn["engine"], admin_there, keys)


def fixtures_for(service: Service) -> tuple[Any, Any]:
    """The fixtures `database` (for the run) and `tx` (for each test) of a service, for its conftest."""

    @pytest.fixture(scope="session")
    def database(postgres_dsn: str, worker_id: str) -> Database:
        return make_database(service, postgres_dsn, suffix="" if worker_id == "master" else f"_{worker_id}")

    @pytest.fixture
    async def tx(database: Database) -> AsyncIterator[Tx]:
        engine = create_async_engine(driver(database.app_dsn), poolclass=sa.NullPool)
        if service.seals:
            service.seal = Seal(create_async_engine(driver(database.keys_dsn), poolclass=sa.NullPool), MASTER_KEY)
        async with opened(service, engine) as tx:
            yield tx
        await engine.dispose()

    return database, tx


@asynccontextmanager
async def opened(service: Service, engine: AsyncEngine) -> AsyncIterator[Tx]:
    """One transaction that is never committed; begins as a fresh member in good standing of a fresh project."""
    async with engine.connect() as connection, connection.begin() as outer:
        db = AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        actor = Actor(person=PersonId(new_id()), project=ProjectId(new_id()))
        tx = Tx(
            db=db,
            metadata=service.metadata,
            actor=actor,
            now=NOON,
            own_reactions=service.own_reactions,
            keys=service.seal,
        )
        await play(tx)
        yield tx
        await db.close()
        await outer.rollback()


async def play(
    tx: Tx,
    *,
    person: PersonId | None = None,
    roles: tuple[Role, ...] = (Role.NETWORK,),
    project: ProjectId | None = None,
    adult: bool = True,
    operator: bool = False,
) -> PersonId:
    """From here on `person` (or a fresh one of the same project) acts, as a member in good standing with these roles."""
    new = person or (tx.person if not tx.actor.roles and tx.actor.person else PersonId(new_id()))
    ground = project or tx.project
    tx.actor = Actor(person=new, project=ground, roles=frozenset(roles), operator=operator)
    await tx.enter(own=operator)
    version = await conduct_in_force(tx) or 0
    t = tx.metadata.tables["standings"]
    row = {"roles": [r.value for r in roles], "adult": adult, "conduct": {Conduct.COMMUNITY.value: version}}
    put = sa.dialects.postgresql.insert(t).values(project=ground, person=new, **row)
    await tx.run(put.on_conflict_do_update(index_elements=[t.c.project, t.c.person], set_=row))
    return new


async def run(service: Service, request: Command[R] | Query[R], tx: Tx, *, key: str | None = None) -> R:
    """Through the door, with its checks; a query's statements take their own way to the database, as ever."""
    if isinstance(request, Query):
        await tx.db.flush()
        plain = await (await tx.db.connection()).get_raw_connection()
        tx = replace(tx, db=Reader(plain.driver_connection))  # type: ignore[arg-type]
    reply = await doors.answer(request, tx, service, key=key)
    await tx.write_facts()
    return reply  # type: ignore[return-value]


async def hear(service: Service, event: Event, tx: Tx) -> None:
    """Deliver a fact from elsewhere, on the service's own ground and at the fact's own time; then the actor is back."""
    actor, now = tx.actor, tx.now
    tx.actor, tx.now, tx.cause = doors.service_actor(event.project), event.at, new_id()
    await tx.enter(own=True)
    await doors.react(event, tx, service)
    await tx.write_facts()
    tx.actor, tx.now, tx.cause = actor, now, None
    await tx.enter(own=actor.operator)


async def pass_time(service: Service, tx: Tx, *, to: datetime) -> None:
    """Move the business clock: what falls due runs in order, each at its own time, as does what it brings about."""
    t, actor = tx.metadata.tables["due"], tx.actor
    while (
        row := await tx.row(sa.select(t).where(t.c.due_at <= to).order_by(t.c.due_at, t.c.key).limit(1))
    ) is not None:
        kind, _ = service.dues[row["subject"]]
        tx.actor, tx.now = doors.service_actor(row["project"]), row["due_at"]
        await tx.enter(own=True)
        await doors.fall_due(kind.model_validate(row["body"]), row["key"], tx, service)
        await tx.write_facts()
    tx.actor, tx.now = actor, to
    await tx.enter(own=actor.operator)


def told(tx: Tx) -> list[Event]:
    """The facts emitted so far, in order."""
    return list(tx.emitted)


@asynccontextmanager
async def refused(tx: Tx, code: RefusalCode, **params: Any) -> AsyncIterator[None]:
    """The block must be refused with this code (and these params, where given), store nothing and tell nothing."""
    before, facts = await _contents(tx), len(tx.emitted)
    refusal: Refusal | None = None
    try:
        async with tx.db.begin_nested():
            yield
    except Refusal as no:
        refusal = no
    assert refusal is not None, f"expected {code}, but it was done"
    assert refusal.code == code, f"expected {code}, but it was {refusal.code} {refusal.params}"
    for name, value in params.items():
        assert refusal.params.get(name) == value, f"{name}: {refusal.params.get(name)!r} != {value!r}"
    assert len(tx.emitted) == facts, f"told: {tx.emitted[facts:]}"
    assert await _contents(tx) == before, "something was stored"


async def _contents(tx: Tx) -> dict[str, Any]:
    """A fingerprint of every row the actor may see."""
    await tx.db.flush()
    found = {}
    for name in tx.metadata.tables:
        digest = sa.text(f"select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {name} t")
        found[name] = (await tx.db.execute(digest)).scalar()
    return found


def contents(service: Service, admin_dsn: str) -> dict[str, str]:
    """A fingerprint of every table of a service, apart from what tells when and by which transaction a row was written."""
    found = {}
    with psycopg.connect(admin_dsn) as c:
        for name in service.metadata.tables.keys() - {"owners_heard", "outbox", "audit"}:
            rows = f"select (to_jsonb(t) - '{{changed,version}}'::text[])::text as row from {name} t"
            digest = f"select count(*) || ' ' || md5(coalesce(string_agg(row, '' order by row), '')) from ({rows}) as r"
            found[name] = c.execute(digest).fetchone()[0]  # type: ignore[index]
    return found


async def eventually(check: Callable[[], Any], *, seconds: float = 5.0) -> Any:
    """Ask until it holds; the last answer where it never does. For what crosses services."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = check()
        found = await found if asyncio.iscoroutine(found) else found
        if found or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(0.02)
