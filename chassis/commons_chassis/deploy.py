"""The deploy step: databases and roles, the stream, the consumers. Idempotent; run before the services start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError
from psycopg import sql

from .connect import DEPLOY, connected
from .service import Service
from .settings import PlatformSettings

STREAM = "EVENTS"
CLOCK_BUCKET = "CLOCK"
ROLES = ("owner", "app", "engine")
CONNECTIONS = {"owner": 10, "app": 80, "engine": 30, "keys": 10}
"""At once, of all processes of a service together: one service cannot use up what the others need."""
PATIENCE = {
    "search_path": "public, pg_temp",
    "statement_timeout": "'30s'",
    "lock_timeout": "'10s'",
    "idle_in_transaction_session_timeout": "'60s'",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "'10s'",
}
"""Of whoever handles requests and facts: a process that hangs, or that no network leads to, lets go of what it has locked."""
OWN_PATIENCE = {"owner": {"statement_timeout": "'10min'"}, "app": {"idle_session_timeout": "'30s'"}}
"""Nobody pays for what a rush has opened: a connection of the app's that is idle takes up to 10 MB of the server's memory."""
ACK_WAIT_SECONDS = 5
"""What a killed listener had in hand is offered again after this; a living one says in time that it is still at it."""
MAX_DELIVER = 20
"""A backstop far behind the dead letters: here a fact would be lost in silence, there it is kept."""


def provision(admin_dsn: str, name: str, passwords: Mapping[str, str], *, database: str = "") -> None:
    """Make the database `commons_<name>` (or `database`) and its three roles, or bring their passwords up to date.

    `passwords` has a key for each of owner, app, engine. None bypasses a wall, enters another database, or makes anything
    but the owner, whose migrations say what the others may do.
    """
    database = database or f"commons_{name}"
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        for shared in ("postgres", "template1"):
            admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(shared)))
        for role in ROLES:
            _role(admin, name, role, passwords[role])
        if admin.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is None:
            owner = sql.Identifier(f"{name}_owner")
            admin.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(database), owner))
            admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
        for role in ROLES[1:]:
            grant = sql.SQL("grant connect on database {} to {}")
            admin.execute(grant.format(sql.Identifier(database), sql.Identifier(f"{name}_{role}")))
    parts = psycopg.conninfo.conninfo_to_dict(admin_dsn) | {"dbname": database}
    with psycopg.connect(psycopg.conninfo.make_conninfo("", **parts), autocommit=True) as inside:
        _privileges(inside, name)


KEY_STORE = """
    create table if not exists data_keys (
        author uuid primary key, id uuid not null unique, wrapped bytea not null,
        made_at timestamptz not null default now()
    )
"""


def provision_keys(admin_dsn: str, name: str, password: str, *, database: str = "commons_keys") -> None:
    """Make the key store (`seal`) and the one role that enters it, `<name>_keys`; nothing else is in that database.

    The role makes, reads and destroys keys; it can neither change one nor make a table.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        _role(admin, name, "keys", password)
        if admin.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is None:
            admin.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
        grant = sql.SQL("grant connect on database {} to {}")
        admin.execute(grant.format(sql.Identifier(database), sql.Identifier(f"{name}_keys")))
    with psycopg.connect(admin_dsn, dbname=database, autocommit=True) as inside:
        inside.execute("revoke all on schema public from public")
        inside.execute(KEY_STORE)
        for right in ("usage on schema public", "select, insert, delete on data_keys"):
            inside.execute(sql.SQL(f"grant {right} to {{}}").format(sql.Identifier(f"{name}_keys")))


def _role(admin: psycopg.Connection, name: str, role: str, password: str) -> None:
    who = f"{name}_{role}"
    known = admin.execute("select 1 from pg_roles where rolname = %s", [who]).fetchone()
    verb = "alter role {} login nobypassrls nocreatedb nocreaterole noreplication connection limit {} password {}"
    verb = verb if known else verb.replace("alter", "create", 1)
    admin.execute(sql.SQL(verb).format(sql.Identifier(who), sql.Literal(CONNECTIONS[role]), sql.Literal(password)))
    for setting, value in {**PATIENCE, **OWN_PATIENCE.get(role, {})}.items():
        told = sql.SQL("alter role {} set {} = {}")
        admin.execute(told.format(sql.Identifier(who), sql.Identifier(setting), sql.SQL(value)))


def _privileges(inside: psycopg.Connection, name: str) -> None:
    owner, app, engine = (sql.Identifier(f"{name}_{role}") for role in ROLES)
    inside.execute(sql.SQL("alter schema public owner to {}").format(owner))
    inside.execute(sql.SQL("revoke all on schema public from public"))
    inside.execute(sql.SQL("grant usage on schema public to {}, {}").format(app, engine))
    rows = sql.SQL(
        "alter default privileges for role {} in schema public grant select, insert, update, delete on tables to {}"
    )
    inside.execute(rows.format(owner, app))
    numbers = sql.SQL("alter default privileges for role {} in schema public grant usage on sequences to {}")
    inside.execute(numbers.format(owner, app))


def durable(listener: str, owner: str) -> str:
    """The name of the consumer by which one service hears another."""
    return f"{listener}-{owner}"


async def declare_streams(nats_url: str, services: Iterable[Service], seed: str = "") -> None:
    """The stream of facts, one durable pull consumer for each (listening service, owner), the clock's bucket; and for a
    service that hands out jobs its queue, the consumer that its processes share, and the bucket of pieces.

    max_ack_pending bounds what a listener may hold. `seed`: of the deploy step's nkey; nobody else may do this.
    """
    async with connected(nats_url, DEPLOY, seed) as client:
        js = client.jetstream()
        config = StreamConfig(
            name=STREAM,
            subjects=["evt.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            num_replicas=1,
            duplicate_window=120,
            allow_msg_ttl=True,
            allow_atomic=True,
            max_msg_size=1 << 20,
        )
        await _put(js, config)
        for service in services:
            for owner in service.hears:
                await js.add_consumer(STREAM, consumer(service.name, owner))
            if service.jobs:
                await _put(js, queue(service.name))
                await js.add_consumer(queue_of(service.name), hands())
                await _put(js, pieces(service.name))
        await js.create_key_value(bucket=CLOCK_BUCKET, history=1)


def consumer(listener: str, owner: str) -> ConsumerConfig:
    return ConsumerConfig(
        name=durable(listener, owner),
        durable_name=durable(listener, owner),
        filter_subject=f"evt.{owner}.>",
        deliver_policy=DeliverPolicy.ALL,
        ack_wait=ACK_WAIT_SECONDS,
        max_deliver=MAX_DELIVER,
        max_ack_pending=1000,
    )


async def _put(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.update_stream(config)
    except NotFoundError:
        await js.add_stream(config)


HANDS = "hands"
"""The consumer by which all processes of a service share its jobs."""


def queue_of(name: str) -> str:
    return f"WORK_{name}"


def bucket_of(name: str) -> str:
    """The stream of an object store, as NATS names it (ADR-20)."""
    return f"OBJ_{name}"


def queue(name: str) -> StreamConfig:
    """A job goes when it is done; told again within ten seconds it is not twice there."""
    limits = PlatformSettings()
    return StreamConfig(
        name=queue_of(name),
        subjects=[f"work.{name}.>"],
        retention=RetentionPolicy.WORK_QUEUE,
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        num_replicas=1,
        duplicate_window=10,
        max_age=limits.jobs_hours * 3600,
        max_bytes=limits.jobs_mb << 20,
        max_msg_size=1 << 10,
    )


def hands() -> ConsumerConfig:
    return ConsumerConfig(
        name=HANDS, durable_name=HANDS, ack_wait=ACK_WAIT_SECONDS, max_deliver=MAX_DELIVER, max_ack_pending=1000
    )


def pieces(name: str) -> StreamConfig:
    limits = PlatformSettings()
    return StreamConfig(
        name=bucket_of(name),
        subjects=[f"$O.{name}.C.>", f"$O.{name}.M.>"],
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        num_replicas=1,
        allow_rollup_hdrs=True,
        allow_direct=True,
        max_age=limits.jobs_hours * 3600,
        max_bytes=limits.jobs_mb << 20,
    )
