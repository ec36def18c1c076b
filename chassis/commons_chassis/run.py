"""One process of a service, from start to SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from . import log, telemetry
from .connect import Denied
from .ears import Ear
from .health import Health
from .relay import Relay
from .rpc import Answerer
from .runtime import Runtime, running
from .service import Service
from .settings import ServiceSettings, SettingError
from .state import Control

DRAIN_SECONDS = 8.0
SELDOM = (20_000, 5, 2)


def main(service: Service, ready: Callable[[], None] = lambda: None) -> None:
    """Serve as the environment says, `ready` once it does; ends with a sentence where that will not do, or is forbidden."""
    try:
        serve(service, ServiceSettings.of(service.name), ready)
    except (SettingError, Denied) as no:
        sys.exit(str(no))


def serve(service: Service, settings: ServiceSettings, ready: Callable[[], None] = lambda: None) -> None:
    """Run until SIGTERM; exits 1 when this process can no longer do its work, so that it is started afresh."""
    log.set_up(service.name, settings.log_level, dev=settings.env == "dev")
    telemetry.start(service.name)
    try:
        uvloop.run(_serve(service, settings, ready))
    finally:
        telemetry.stop()


async def _serve(service: Service, settings: ServiceSettings, ready: Callable[[], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    log.listen(loop)
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    async with running(service, settings) as runtime:
        process = Process(runtime)
        await process.start()
        leave_alone()
        ready()
        await _first(stopping.wait(), runtime.dead.wait(), *process.work, *process.watch)
        await process.stop(DRAIN_SECONDS)
        runtime.denials.check()
        failed = not stopping.is_set()
    if failed:
        sys.exit(1)


def leave_alone() -> None:
    """What is there now stays: the collector need not walk it again. It also looks less often for knots, which answers never
    leave: by its own count it would look at each of them several times.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


class Process:
    """A service at work: what it hears, tells, watches and answers."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.answerer = Answerer(runtime)
        self.work: list[asyncio.Task[None]] = []
        self.watch: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Hear, relay, watch; answer last, when everything else stands. Raises Denied where the broker forbids a part."""
        runtime = self.runtime
        relay = Relay(runtime)
        health = Health(runtime, relay)
        self.work = [_task(Ear(runtime, owner).run()) for owner in runtime.service.hears]
        self.work.append(_task(relay.run()))
        self.work += [_task(work(runtime)) for work in runtime.service.work]
        if not runtime.settings.off("reconnect"):
            self.watch.append(_task(health.watch()))
        if runtime.settings.health_port:
            self.watch.append(_task(health.serve()))
        try:
            await Control(runtime, relay).start()
            await self.answerer.start()
        except TimeoutError:
            runtime.denials.check()
            raise
        await runtime.denials.settle(runtime.client)

    async def stop(self, seconds: float) -> None:
        """Answer what was asked, digest what is in hand, tell what is committed; cut off what takes longer than that."""
        await self.answerer.close(seconds / 2)
        self.runtime.stop()
        await asyncio.wait(self.work, timeout=seconds / 2)
        left = {*self.work, *self.watch}
        while left:  # again and again: before Python 3.12 `wait_for` loses a cancellation that meets its answer
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=1)


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(_for_ever(work))


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
