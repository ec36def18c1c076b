"""Sockets: `graphql-transport-ws` from the handshake to the end, and nobody is believed to behave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from commons_chassis import telemetry
from commons_chassis.faults import Fault
from commons_chassis.log import logger, where
from commons_contracts.codes import FaultCode

from . import answers, sane
from .asked import Asked
from .context import Context, Desk, introduced
from .cors import Origins
from .faults import TurnedAway, explained
from .lines import BROKEN, FORBIDDEN, LATER, MOST_UNKNOWN, Line, until_over
from .schema import schema

SPEAKS = "graphql-transport-ws"
INTRODUCTION_SECONDS = 10.0
IDLE_SECONDS = 180.0
SENDING_SECONDS = 20.0
OPERATIONS = 20
LONGEST_ID = 128
MESSAGES_AT_ONCE = 60
MESSAGES_A_SECOND = 10.0
FOREIGN = 1008
DONE, NOT_TEXT, TOO_LARGE = 1000, 1003, 1009
BAD, STRANGER, NOT_SPOKEN, SILENT, TAKEN, TOO_MANY = 4400, 4401, 4406, 4408, 4409, 4429
"""WebSocket's own numbers, and the protocol's."""
SAID_OF_ONESELF = {"authorization", "commons-project", "accept-language"}
"""What the first message may say in the place of headers that a browser cannot set. Where it came from, it cannot say."""


class Closing(Exception):
    """The other side has broken the protocol, or a bound."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class SocketDoor:
    """Who may open a socket at all."""

    def __init__(self, desk: Desk, origins: Origins) -> None:
        self._desk, self._origins = desk, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if not self._origins.may_open(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": FOREIGN, "reason": ""})
            return
        try:
            with self._desk.lines.line() as line:
                line.belong(("unknown", _peer(scope)), MOST_UNKNOWN)
                await Socket(self._desk, scope, receive, send, line).serve()
        except Fault:
            await send({"type": "websocket.accept", "subprotocol": None})
            await send({"type": "websocket.close", "code": LATER, "reason": ""})


class Socket:
    """One socket: its caller once she has introduced herself, and what she follows."""

    def __init__(self, desk: Desk, scope: Scope, receive: Receive, send: Send, line: Line) -> None:
        self._desk, self._scope, self._receive, self._send, self._line = desk, scope, receive, send, line
        self._peer = _peer(scope)
        self._context: Context | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._allowance, self._counted = float(MESSAGES_AT_ONCE), time.monotonic()
        self._patience: asyncio.TimerHandle | None = None

    async def serve(self) -> None:
        """Until it ends, for whichever reason comes first."""
        spoken = SPEAKS in self._scope["subprotocols"]
        await self._send({"type": "websocket.accept", "subprotocol": SPEAKS if spoken else None})
        if not spoken:
            self._line.end(NOT_SPOKEN)
        self._wait_no_longer_than(INTRODUCTION_SECONDS, SILENT)
        self._start(self._listen())
        try:
            code = await self._line.ended
        finally:
            self._be_patient()
            ending = list(self._running)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
        if code is not None:
            with suppress(OSError):
                await self._send({"type": "websocket.close", "code": code, "reason": ""})

    # ------------------------------------------------------------ what is heard
    async def _listen(self) -> None:
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    self._line.end(None)
                    return
                await self._heard(self._read(message))
        except Closing as closing:
            self._line.end(closing.code)
        except TurnedAway:
            self._line.end(BAD)

    def _read(self, message: Message) -> Mapping[str, Any]:
        now = time.monotonic()
        self._allowance = min(MESSAGES_AT_ONCE, self._allowance + (now - self._counted) * MESSAGES_A_SECOND) - 1
        self._counted = now
        if self._allowance < 0:
            raise Closing(TOO_MANY)
        text = message.get("text")
        if text is None:
            raise Closing(NOT_TEXT)
        if len(text) > sane.LARGEST or len(body := text.encode()) > sane.LARGEST:
            raise Closing(TOO_LARGE)
        said = sane.read(body)
        if not isinstance(said, dict):
            raise Closing(BAD)
        return said

    async def _heard(self, said: Mapping[str, Any]) -> None:
        match said.get("type"):
            case "connection_init":
                await self._introduce(_object(said))
            case "ping":
                await self._say({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                self._begin(_name(said), Asked.of(said.get("payload")))
            case "complete":
                if task := self._operations.pop(_name(said), None):
                    task.cancel()
            case _:
                raise Closing(BAD)

    async def _introduce(self, payload: Mapping[str, Any]) -> None:
        if self._context is not None:
            raise Closing(TOO_MANY)
        self._be_patient()
        said = {name.lower(): value for name, value in payload.items() if isinstance(value, str)}
        headers = dict(Headers(scope=self._scope)) | {name: said[name] for name in said.keys() & SAID_OF_ONESELF}
        try:
            context = await introduced(self._desk, headers, "WS", request_id="", peer=self._peer)
            self._line.belong(context.caller.person or self._peer)
        except Fault as no:
            codes = {FaultCode.UNAVAILABLE: LATER, FaultCode.BUSY: LATER, FaultCode.RATE_LIMITED: TOO_MANY}
            raise Closing(codes.get(no.code, FORBIDDEN)) from no
        self._context = context
        self._start(until_over(self._desk.identity, context.caller, self._line))
        self._wait_no_longer_than(IDLE_SECONDS, DONE)
        await self._say({"type": "connection_ack"})

    # ------------------------------------------------------------ what is asked for
    def _begin(self, id: str, asked: Asked) -> None:
        if self._context is None:
            raise Closing(STRANGER)
        if id in self._operations:
            raise Closing(TAKEN)
        context = self._context.again(telemetry.begin())
        if len(self._operations) >= OPERATIONS:
            self._start(self._refuse(id, FaultCode.RATE_LIMITED, context))
            return
        self._be_patient()
        self._operations[id] = self._start(self._operate(id, asked, context))

    async def _operate(self, id: str, asked: Asked, context: Context) -> None:
        try:
            await self._answer(id, asked, context)
        except Exception as broken:  # noqa: BLE001 - one operation ends, and tells no more
            logger.error("an operation failed", request_id=context.request_id, **where(broken))
            await self._refuse(id, FaultCode.INTERNAL, context)
        finally:
            if self._operations.get(id) is asyncio.current_task():
                del self._operations[id]
            if not self._operations:
                self._wait_no_longer_than(IDLE_SECONDS, DONE)

    async def _answer(self, id: str, asked: Asked, context: Context) -> None:
        results = await schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation,
            operation_extensions=asked.extensions,
        )
        told = False
        try:
            async for result in results:
                if not told and answers.never_executed(result):
                    errors = answers.formatted(result.errors or ())
                    self._operations.pop(id, None)
                    await self._say({"id": id, "type": "error", "payload": errors})
                    return
                told = True
                await self._say({"id": id, "type": "next", "payload": answers.shown(result)})
        finally:
            await results.aclose()
        self._operations.pop(id, None)  # before it is told, so that the id is free again once it is known
        await self._say({"id": id, "type": "complete"})

    async def _refuse(self, id: str, code: FaultCode, context: Context) -> None:
        error = explained(code, context.asked_language, context.request_id)
        await self._say({"id": id, "type": "error", "payload": [error]})

    # ------------------------------------------------------------ machinery
    async def _say(self, message: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(SENDING_SECONDS):
                await self._send({"type": "websocket.send", "text": orjson.dumps(message).decode()})
        except TimeoutError:
            self._line.end(LATER)  # a reader who takes nothing for so long has gone
        except OSError:
            self._line.end(None)

    def _start(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (broken := task.exception()):
            logger.error("a socket failed", request_id=self._scope["state"]["request_id"], **where(broken))
            self._line.end(BROKEN)

    def _wait_no_longer_than(self, seconds: float, code: int) -> None:
        self._be_patient()
        self._patience = asyncio.get_running_loop().call_later(seconds, self._line.end, code)

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _name(said: Mapping[str, Any]) -> str:
    found = said.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise Closing(BAD)
    return found


def _object(said: Mapping[str, Any]) -> Mapping[str, Any]:
    found = said.get("payload") or {}
    if not isinstance(found, dict):
        raise Closing(BAD)
    return found
