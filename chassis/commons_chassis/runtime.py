"""What one process of a service holds while it runs: its database engines, its connection, its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .clock import Clock
from .log import logger
from .service import Service
from .settings import ServiceSettings, driver


@dataclass(kw_only=True)
class Runtime:
    """`app` runs handlers, `reads` the same in READ ONLY transactions, `engine` only touches the chassis' tables."""

    service: Service
    settings: ServiceSettings
    broker: NatsBroker
    client: Client
    js: JetStreamContext
    app: AsyncEngine
    reads: AsyncEngine
    engine: AsyncEngine
    clock: Clock = field(default_factory=Clock)
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after a commit that told something: wakes the relay."""
    reconnected: asyncio.Event = field(default_factory=asyncio.Event)
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process cannot do its work any more and should end: whoever started it starts it again."""


def nats_broker(settings_nats: str, name: str, dead: asyncio.Event, reconnected: asyncio.Event) -> NatsBroker:
    """One connection a process, for everything; it reconnects for ever, and a connection closed for good ends the process."""

    async def closed() -> None:
        dead.set()

    async def back() -> None:
        reconnected.set()

    async def error(problem: Exception) -> None:
        logger.warning("broker", problem=type(problem).__name__)

    return NatsBroker(
        settings_nats,
        name=name,
        allow_reconnect=True,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,  # type: ignore[arg-type] # seconds; nats-py takes fractions
        connect_timeout=2,
        ping_interval=5,
        max_outstanding_pings=2,
        closed_cb=closed,
        reconnected_cb=back,
        error_cb=error,
        logger=None,
    )


def engine_for(dsn: str, size: int) -> AsyncEngine:
    """A pool that notices broken connections before it hands them out."""
    return create_async_engine(
        driver(dsn),
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={"timeout": 3, "command_timeout": 30, "server_settings": {"application_name": "commons"}},
    )


@asynccontextmanager
async def running(service: Service, settings: ServiceSettings) -> AsyncIterator[Runtime]:
    """Everything connected; in the end everything closed."""
    dead, reconnected = asyncio.Event(), asyncio.Event()
    broker = nats_broker(settings.nats, service.name, dead, reconnected)
    client = await _connected(broker)
    app = engine_for(settings.owner_dsn if settings.off("rls") else settings.app_dsn, settings.pool)
    runtime = Runtime(
        service=service,
        settings=settings,
        broker=broker,
        client=client,
        js=client.jetstream(timeout=5),
        app=app,
        reads=app.execution_options(postgresql_readonly=True),
        engine=engine_for(settings.engine_dsn, 3),
        dead=dead,
        reconnected=reconnected,
    )
    try:
        yield runtime
    finally:
        await broker.stop()
        await app.dispose()
        await runtime.engine.dispose()


async def _connected(broker: NatsBroker) -> Client:
    """The broker may still be starting: try for a minute."""
    for _ in range(300):
        try:
            return await broker.connect()
        except OSError:
            await asyncio.sleep(0.2)
    return await broker.connect()
