"""/livez, /readyz and /metrics of a service process, and the watchdog that ends one which cannot hear any more."""

from __future__ import annotations

import asyncio
import time

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from . import plain
from .deploy import HANDS, STREAM, durable, queue_of
from .log import logger
from .metrics import CONNECTED
from .readings import Readings
from .relay import Relay
from .runtime import Runtime
from .state import state_of

LOOP_LAG_SECONDS = 5.0
OLDEST_SECONDS = 30.0
WATCH_SECONDS = 5.0
LOOKS = {"gone": 2, "lost": 12, "stuck": 12}
"""So many looks in a row must see the same trouble: the broker may be restarting, the database be away for a while."""


class Health:
    """Live: the loop turns. Ready: broker, database and consumers answer, and nothing waits too long to be told."""

    def __init__(self, runtime: Runtime, relay: Relay) -> None:
        self.runtime, self.readings = runtime, Readings(runtime, relay)
        self.turned = time.monotonic()
        self.floors: list[int] = []
        for engine in (runtime.app, runtime.engine):
            event.listen(engine.sync_engine, "connect", self._connected)

    async def serve(self) -> None:
        settings = self.runtime.settings
        pages = {b"/livez": self._live, b"/readyz": self._ready, b"/metrics": self._metrics}
        async with await plain.listen(settings.health_host, settings.health_port, pages) as server:
            await server.serve_forever()

    def _connected(self, *_: object) -> None:
        CONNECTED[self.runtime.service.name,].inc()

    async def watch(self) -> None:
        """The loop's own pulse, and the watchdog: a process that cannot hear any more says so by ending."""
        before, looks = "", 0
        while True:
            self.turned = time.monotonic()
            await asyncio.sleep(WATCH_SECONDS)
            self.readings.late = time.monotonic() - self.turned - WATCH_SECONDS
            trouble = await self._trouble()
            looks = looks + 1 if trouble == before else 1
            before = trouble
            if trouble and looks >= LOOKS[trouble]:
                logger.error("this process cannot hear any more", trouble=trouble)
                self.runtime.dead.set()

    async def _trouble(self) -> str:
        """What keeps this process from hearing, as far as one look can say; empty where nothing does."""
        if not self.runtime.client.is_connected:
            return "lost"
        try:
            states = [await self._consumer(owner) for owner in self.runtime.service.hears]
            if self.runtime.service.jobs:
                await self.runtime.js.consumer_info(queue_of(self.runtime.service.name), HANDS)
        except JetStreamError as gone:
            return "gone" if getattr(gone, "code", None) == 404 else ""  # noqa: PLR2004 - JetStream's own number
        except (NatsError, TimeoutError, OSError):
            return ""
        before, self.floors = self.floors, [floor for _, floor in states]
        behind = (waits and floor == old for (waits, floor), old in zip(states, before, strict=False))
        return "stuck" if any(behind) else ""

    async def _consumer(self, owner: str) -> tuple[bool, int]:
        """Do facts wait there though nobody asks for them, and how far has all been settled?"""
        found = await self.runtime.js.consumer_info(STREAM, durable(self.runtime.service.name, owner))
        return bool(found.num_pending and not found.num_waiting), found.ack_floor.stream_seq if found.ack_floor else 0

    async def ready(self) -> bool:
        if not self.runtime.client.is_connected:
            return False
        try:
            state = await state_of(self.runtime)
        except (SQLAlchemyError, OSError, NatsError, TimeoutError):
            return False
        return state.oldest_seconds < OLDEST_SECONDS

    async def _live(self) -> plain.Page:
        return plain.verdict(time.monotonic() - self.turned < WATCH_SECONDS + LOOP_LAG_SECONDS)

    async def _ready(self) -> plain.Page:
        return plain.verdict(await self.ready())

    async def _metrics(self) -> plain.Page:
        await self.readings.read()
        return plain.exposition(self.readings)
