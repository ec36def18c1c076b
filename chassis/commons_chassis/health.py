"""/livez, /readyz and /metrics of a service process: three plain answers, no web framework in every service."""

from __future__ import annotations

import asyncio
import contextlib
import time

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from .deploy import STREAM, durable
from .log import logger
from .metrics import OLDEST
from .runtime import Runtime
from .state import state_of

LOOP_LAG_SECONDS = 5.0
OLDEST_SECONDS = 30.0
WATCH_SECONDS = 5.0
LOOKS = {"gone": 2, "lost": 12, "stuck": 12}
"""So many looks in a row must see the same trouble: the broker may be restarting, the database be away for a while."""


class Health:
    """Live: the loop turns. Ready: broker, database and consumers answer, and nothing waits too long to be told."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.turned = time.monotonic()
        self.floors: list[int] = []

    async def serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.runtime.settings.health_port)
        async with server:
            await server.serve_forever()

    async def watch(self) -> None:
        """The loop's own pulse, and the watchdog: a process that cannot hear any more says so by ending."""
        before, looks = "", 0
        while True:
            self.turned = time.monotonic()
            await asyncio.sleep(WATCH_SECONDS)
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
        OLDEST.labels(self.runtime.service.name).set(state.oldest_seconds)
        return state.oldest_seconds < OLDEST_SECONDS

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(5):
                line = (await reader.readuntil(b"\r\n")).split()
                path = line[1] if len(line) > 1 else b""
                status, kind, body = await self._page(path)
                head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        writer.close()

    async def _page(self, path: bytes) -> tuple[str, str, bytes]:
        if path == b"/metrics":
            await self.ready()
            return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
        if path == b"/livez":
            good = time.monotonic() - self.turned < WATCH_SECONDS + LOOP_LAG_SECONDS
        elif path == b"/readyz":
            good = await self.ready()
        else:
            return "404 Not Found", "text/plain", b""
        return ("200 OK", "text/plain", b"ok\n") if good else ("503 Service Unavailable", "text/plain", b"not now\n")
