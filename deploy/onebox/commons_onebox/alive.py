"""Services running in a test's own process, on real PostgreSQL and NATS: everything but the process boundary."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from commons_chassis.ask import Asker
from commons_chassis.connect import DEPLOY, GATEWAY
from commons_chassis.deploy import declare_streams
from commons_chassis.run import Process
from commons_chassis.runtime import Runtime, running
from commons_chassis.service import Service
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import MASTER_KEY, Database


@dataclass(frozen=True)
class Alive:
    """The running services by name, and one connection to ask them."""

    asker: Asker
    runtimes: dict[str, Runtime]


@asynccontextmanager
async def alive(
    services: Iterable[tuple[Service, Database]],
    nats_url: str,
    *,
    seeds: Mapping[str, str] | None = None,
    unsafe: str = "",
) -> AsyncIterator[Alive]:
    """Start them all; stop them in the end. `seeds`: of a broker with walls, its users' keys.

    `unsafe`: safeguards to switch off, to see a test go red.
    """
    pairs, keys = list(services), seeds or {}
    await declare_streams(nats_url, [service for service, _ in pairs], keys.get(DEPLOY, ""))
    async with AsyncExitStack() as stack:
        runtimes = {}
        for service, database in pairs:
            settings = ServiceSettings(
                env="dev",
                nats=nats_url,
                nats_seed=keys.get(service.name, ""),
                name=service.name,
                app_dsn=database.app_dsn,
                engine_dsn=database.engine_dsn,
                owner_dsn=database.owner_dsn,
                keys_dsn=database.keys_dsn,
                master_key=MASTER_KEY,
                unsafe=unsafe,
            )
            runtimes[service.name] = await stack.enter_async_context(started(service, settings))
        asker = Asker(nats_url, name="test", seed=keys.get(GATEWAY, ""))
        await asker.start()
        stack.push_async_callback(asker.stop)
        yield Alive(asker, runtimes)


@asynccontextmanager
async def started(service: Service, settings: ServiceSettings) -> AsyncIterator[Runtime]:
    """One of them."""
    async with running(service, settings) as runtime:
        process = Process(runtime)
        await process.start()
        try:
            yield runtime
        finally:
            await process.stop(2)
