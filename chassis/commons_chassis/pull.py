"""Batches from a durable pull consumer: one standing request, messages as they come, quiet while nothing comes.

FastStream's own batch subscriber waits out its timeout for a full batch, which costs either latency or idle work;
so the pull protocol is spoken here, on its connection (NATS ADR-13).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from .deploy import STREAM
from .runtime import Runtime

BATCH = 100
EXPIRES_SECONDS = 20
HEARTBEAT_SECONDS = 4


class Pull:
    """`batches()` yields one to BATCH messages at a time, oldest first, for ever."""

    def __init__(self, runtime: Runtime, durable: str) -> None:
        self.runtime, self.durable = runtime, durable
        self.arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self.asked = 0

    async def batches(self) -> AsyncIterator[list[Msg]]:
        client = self.runtime.client
        inbox = client.new_inbox()
        subscription = await client.subscribe(inbox, cb=self.arrived.put)
        try:
            while True:
                if messages := await self._some(inbox):
                    yield messages
        finally:
            with contextlib.suppress(NatsError):
                await subscription.unsubscribe()

    async def _some(self, inbox: str) -> list[Msg]:
        if self.asked <= 0:
            await self._ask(inbox)
        messages: list[Msg] = []
        try:
            self._take(await asyncio.wait_for(self.arrived.get(), timeout=HEARTBEAT_SECONDS * 3), messages)
        except TimeoutError:
            self.asked = 0  # not even a heartbeat: the request is lost, as after a restart of the broker
        while len(messages) < BATCH and not self.arrived.empty():
            self._take(self.arrived.get_nowait(), messages)
        return messages

    async def _ask(self, inbox: str) -> None:
        self.asked = BATCH
        wanted = {
            "batch": BATCH,
            "expires": EXPIRES_SECONDS * 1_000_000_000,
            "idle_heartbeat": HEARTBEAT_SECONDS * 1_000_000_000,
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{self.durable}"
        await self.runtime.client.publish(subject, json.dumps(wanted).encode(), reply=inbox)

    def _take(self, message: Msg, messages: list[Msg]) -> None:
        """A message counts against what was asked; a status (expired, broker shutting down) ends the request."""
        status = message.headers.get("Status") if message.headers else None
        if status is None:
            self.asked -= 1
            messages.append(message)
        elif status != "100":
            self.asked = 0
