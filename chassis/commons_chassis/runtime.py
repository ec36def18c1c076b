"""What one process of a service holds while it runs: its database engines, its connection, its clock."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.js import JetStreamContext
from sqlalchemy import event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .clock import Clock
from .connect import API, Denials, hang_up, join, nats_broker
from .reads import Readers
from .seal import Seal
from .service import Service
from .settings import ServiceSettings, SettingError, driver

ENGINE_POOL, KEYS_POOL = 3, 2
STARTING_SECONDS = 2.0
PROBE_SECONDS = 0.1
T = TypeVar("T")


@dataclass(kw_only=True)
class Runtime:
    """`app` runs commands and reactions, `reads` queries, in READ ONLY transactions; `engine` only touches the chassis' tables, and
    `quick` does that too, one statement at a time, each committed by itself.
    """

    service: Service
    settings: ServiceSettings
    broker: NatsBroker
    client: Client
    js: JetStreamContext
    app: AsyncEngine
    reads: Readers
    engine: AsyncEngine
    quick: AsyncEngine
    denials: Denials
    clock: Clock = field(default_factory=Clock)
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after a commit that told something: wakes the relay."""
    on_reconnect: list[Callable[[], None]] = field(default_factory=list)
    """Called when the broker is back: what was asked on the old connection will not be answered."""
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process cannot do its work any more and should end: whoever started it starts it again."""
    stopping: bool = False
    on_stop: list[Callable[[], None]] = field(default_factory=list)

    def stop(self) -> None:
        """Finish what is in hand, and begin nothing new."""
        self.stopping = True
        for tell in self.on_stop:
            tell()

    async def asked(self, question: Coroutine[Any, Any, T]) -> T:
        """The broker's answer; ConnectionResetError as soon as it is another broker, which will not answer any more."""
        task, lost = asyncio.ensure_future(question), asyncio.Event()

        def give_up() -> None:
            lost.set()
            task.cancel()

        self.on_reconnect.append(give_up)
        try:
            return await task
        except asyncio.CancelledError:
            if lost.is_set():
                raise ConnectionResetError from None
            raise
        finally:
            self.on_reconnect.remove(give_up)


def engine_for(dsn: str, size: int) -> AsyncEngine:
    """A pool that notices broken connections before it hands them out: a killed server has closed them."""
    engine = create_async_engine(
        driver(dsn),
        async_creator=_connecting(dsn),
        pool_size=size,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,  # what is not needed is let go by the server, and not kept awake in turn
        connect_args={"prepared_statement_cache_size": 500},
    )
    event.listen(engine.sync_engine, "checkout", _still_open)
    return engine


def _connecting(dsn: str) -> Callable[[], Awaitable[asyncpg.Connection]]:
    """Connect; a server that is starting is asked by one at a time, for a moment, and not by all at once."""
    turn = asyncio.Lock()

    async def connect() -> asyncpg.Connection:
        async with turn:
            until = time.monotonic() + STARTING_SECONDS
            while True:
                try:
                    return await asyncpg.connect(
                        dsn, timeout=3, command_timeout=30, server_settings={"application_name": "commons"}
                    )
                except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
                    if time.monotonic() > until:
                        raise
                await asyncio.sleep(PROBE_SECONDS)

    return connect


def _still_open(connection: Any, _record: object, _proxy: object) -> None:
    """Asking the server (pool_pre_ping) would cost three round trips a transaction."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


@contextlib.asynccontextmanager
async def _sealing(service: Service, settings: ServiceSettings) -> AsyncIterator[None]:
    """While it lasts the service has its keys. SettingError where their store, or what opens it, was not told."""
    # The password is what all processes of a service know, by whichever host they reach it, and no dump of a database.
    service.pepper = (make_url(settings.app_dsn).password or settings.app_dsn).encode()
    if not service.seals:
        yield
        return
    setting = f"COMMONS_{settings.name}__".upper()
    if not settings.keys_dsn:
        raise SettingError(f"{setting}KEYS_DSN_FILE is missing: it says where the keys of {settings.name} are.")
    store = engine_for(settings.keys_dsn, KEYS_POOL)
    try:
        service.seal = Seal(store, settings.master_key, off=settings.off("seal"))
    except ValueError as wrong:
        raise SettingError(f"{setting}MASTER_KEY_FILE does not do: {wrong}.") from None
    try:
        yield
    finally:
        await store.dispose()


@contextlib.asynccontextmanager
async def running(service: Service, settings: ServiceSettings, *, user: str = "") -> AsyncIterator[Runtime]:
    """Everything connected; in the end everything closed. `user`: who that is to the broker, if not the service.
    Raises Denied where the broker does not know us, SettingError where a service that seals was told of no keys.
    """
    dead, on_reconnect = asyncio.Event(), list[Callable[[], None]]()
    denials = Denials(user or service.name, dead)
    broker = nats_broker(
        settings.nats,
        service.name,
        denials,
        on_reconnect,
        seed=settings.nats_seed,
        lasting=not settings.off("reconnect"),
    )
    client = await join(broker, denials)
    dsn = settings.owner_dsn if settings.off("rls") else settings.app_dsn
    app, reads = engine_for(dsn, settings.pool), Readers(_connecting(dsn), settings.pool)
    engine = engine_for(settings.engine_dsn, ENGINE_POOL)
    runtime = Runtime(
        service=service,
        settings=settings,
        broker=broker,
        client=client,
        js=client.jetstream(timeout=5, prefix=API),
        app=app,
        reads=reads,
        engine=engine,
        quick=engine.execution_options(isolation_level="AUTOCOMMIT"),
        denials=denials,
        dead=dead,
        on_reconnect=on_reconnect,
    )
    try:
        async with _sealing(service, settings):
            yield runtime
    finally:
        await hang_up(broker, client)
        await reads.close()
        await app.dispose()
        await engine.dispose()
