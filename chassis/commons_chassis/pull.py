"""Batches from a durable pull consumer: one standing request, messages as they come, quiet while nothing comes.

FastStream's own batch subscriber waits out its timeout for a full batch, which costs either latency or idle work;
so the pull protocol is spoken here, on its connection (NATS ADR-13).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from .connect import API
from .deploy import STREAM
from .runtime import Runtime

BATCH = 100
EXPIRES_SECONDS = 20
HEARTBEAT_SECONDS = 4
PAUSE_SECONDS = 0.2
HOLD_SECONDS = 2.0
HEARTBEAT, USED_UP = "100", ("404", "408")


class Pull:
    """`batches()` yields one to `batch` messages at a time, oldest first, until this process stops.

    For as long as a message is in hand the broker is told so; when this is closed, what was not settled goes back to it.
    """

    def __init__(self, runtime: Runtime, durable: str, *, stream: str = STREAM, batch: int = BATCH) -> None:
        self.runtime, self.durable, self.stream, self.batch = runtime, durable, stream, batch
        self.arrived: asyncio.Queue[Msg | None] = asyncio.Queue()
        """None: the connection is a new one and what was asked on the old one is forgotten, or this process stops."""
        self.in_hand: list[Msg] = []
        self.inbox = runtime.client.new_inbox()
        self.asked = self.request = 0

    async def batches(self) -> AsyncGenerator[list[Msg]]:
        subscription = await self.runtime.client.subscribe(f"{self.inbox}.*", cb=self._arrive)
        self.runtime.on_reconnect.append(self._wake)
        self.runtime.on_stop.append(self._wake)
        holding = asyncio.create_task(self._hold())
        try:
            while not self.runtime.stopping:
                if messages := await self._some():
                    yield messages
        finally:
            holding.cancel()
            self.runtime.on_reconnect.remove(self._wake)
            with contextlib.suppress(NatsError):
                await subscription.unsubscribe()
                for message in self._unsettled():
                    await message.nak()

    async def _arrive(self, message: Msg) -> None:
        if _status(message) is None:
            self.in_hand.append(message)
        self.arrived.put_nowait(message)

    def _wake(self) -> None:
        self.arrived.put_nowait(None)

    def _unsettled(self) -> list[Msg]:
        self.in_hand = [message for message in self.in_hand if not message.is_acked]
        return self.in_hand

    async def _hold(self) -> None:
        while True:
            await asyncio.sleep(HOLD_SECONDS)
            with contextlib.suppress(NatsError):
                for message in self._unsettled():
                    await message.in_progress()

    async def _some(self) -> list[Msg]:
        if self.asked <= 0:
            await self._ask()
        messages: list[Msg] = []
        try:
            await self._take(await asyncio.wait_for(self.arrived.get(), timeout=HEARTBEAT_SECONDS * 3), messages)
        except TimeoutError:
            self.asked = 0  # not even a heartbeat: the request is lost
        while len(messages) < self.batch and not self.arrived.empty():
            await self._take(self.arrived.get_nowait(), messages)
        return messages

    async def _ask(self) -> None:
        self.asked, self.request = self.batch, self.request + 1
        wanted = {
            "batch": self.batch,
            "expires": EXPIRES_SECONDS * 1_000_000_000,
            "idle_heartbeat": HEARTBEAT_SECONDS * 1_000_000_000,
        }
        subject = f"{API}.CONSUMER.MSG.NEXT.{self.stream}.{self.durable}"
        with contextlib.suppress(NatsError):  # no connection: asked again when there is one
            reply = f"{self.inbox}.{self.request}"
            await self.runtime.client.publish(subject, json.dumps(wanted).encode(), reply=reply)

    async def _take(self, message: Msg | None, messages: list[Msg]) -> None:
        """A message counts against what was asked; a status (expired, broker shutting down) ends the request."""
        if message is None:
            self.asked = 0
            return
        status = _status(message)
        if status is None:
            self.asked -= 1
            messages.append(message)
        elif status != HEARTBEAT and message.subject == f"{self.inbox}.{self.request}":
            self.asked = 0
            if status not in USED_UP:  # the consumer is not there, or not yet
                await asyncio.sleep(PAUSE_SECONDS)


def _status(message: Msg) -> str | None:
    """What the broker says of a request; a message that wants an acknowledgement says nothing of it, whatever its headers."""
    return message.headers.get("Status") if message.headers and not message.reply else None
