"""One process of a service, from start to SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import uvloop

from . import log
from .ears import Ear
from .health import Health
from .relay import Relay
from .rpc import Answerer
from .runtime import Runtime, running
from .service import Service
from .settings import ServiceSettings
from .state import Control

DRAIN_SECONDS = 8.0


def serve(service: Service, settings: ServiceSettings) -> None:
    """Run until SIGTERM; exits 1 when this process can no longer do its work, so that it is started afresh."""
    log.set_up(service.name, settings.log_level)
    uvloop.run(_serve(service, settings))


async def _serve(service: Service, settings: ServiceSettings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    async with running(service, settings) as runtime:
        answerer, tasks = await start(runtime)
        await _first(stopping.wait(), runtime.dead.wait(), *tasks)
        await answerer.close(DRAIN_SECONDS / 2)
        await stop(tasks)
        failed = not stopping.is_set()
    if failed:
        sys.exit(1)


async def start(runtime: Runtime) -> tuple[Answerer, list[asyncio.Task[None]]]:
    """Hear, relay, watch; answer last, when everything else stands."""
    relay, health = Relay(runtime), Health(runtime)
    tasks = [asyncio.create_task(_for_ever(Ear(runtime, owner).run())) for owner in runtime.service.hears]
    if not runtime.settings.off("reconnect"):
        tasks.append(asyncio.create_task(_for_ever(health.watch())))
    tasks.append(asyncio.create_task(_for_ever(relay.run())))
    if runtime.settings.health_port:
        tasks.append(asyncio.create_task(_for_ever(health.serve())))
    await Control(runtime, relay).start()
    answerer = Answerer(runtime)
    await answerer.start()
    return answerer, tasks


async def stop(tasks: list[asyncio.Task[None]]) -> None:
    """What a cancelled ear had in hand is rolled back, and delivered again."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=DRAIN_SECONDS / 2)


async def _for_ever(work: Coroutine[Any, Any, None]) -> None:
    """A task that ends by itself, well or badly, is a process that should end: said once, with no detail of data."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception as broken:
        log.logger.error("a task of the process failed", **log.where(broken))
        raise


async def _first(*waits: Coroutine[Any, Any, Any] | asyncio.Task[None]) -> None:
    tasks = [asyncio.ensure_future(w) for w in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks[:2]:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks[:2], return_exceptions=True)
