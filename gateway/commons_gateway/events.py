"""GraphQL over server-sent events, one stream an operation: for whoever follows something and has no socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from typing import Any

import orjson
from starlette.types import Message, Receive, Scope, Send
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode

from . import answers
from .accept import EVENTS, JSON
from .asked import Asked
from .context import Context
from .faults import STATUS, explained
from .lines import FORBIDDEN, Line, until_over
from .schema import schema

HEARTBEAT_SECONDS = 12.0
SENDING_SECONDS = 20.0
"""A reader who takes nothing for so long has gone."""
HEARTBEAT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"
HEADERS = [
    (b"content-type", f"{EVENTS}; charset=utf-8".encode()),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class _NobodyReadsError(Exception):
    pass


class Events:
    """The answer to one operation as a stream; it ends with the operation, the caller's token, or her connection."""

    def __init__(self, asked: Asked, context: Context, allowed: Collection[OperationType]) -> None:
        self._asked, self._context, self._allowed = asked, context, allowed
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = self._context
        try:
            with context.desk.lines.line() as line:
                line.belong(context.caller.person or context.peer)
                await self._follow(line, scope, receive, _in_time(send, line))
        except Fault as full:
            refusal = answers.turned_away(full, JSON, context.asked_language, context.request_id)
            await refusal(scope, receive, send)

    async def _follow(self, line: Line, scope: Scope, receive: Receive, send: Send) -> None:
        telling = asyncio.create_task(self._tell(scope, receive, send))
        telling.add_done_callback(lambda _: line.end(None))
        context = self._context
        ending = until_over(context.desk.identity, context.caller, line)
        watching = [asyncio.create_task(_gone(receive, line)), asyncio.create_task(ending)]
        try:
            code = await line.ended
        finally:
            for task in (telling, *watching):
                task.cancel()
            await asyncio.wait([telling, *watching])
        if not telling.cancelled() and (broken := telling.exception()) and not isinstance(broken, _NobodyReadsError):
            raise broken
        if code == FORBIDDEN:
            await self._begin(send)
            over = explained(FaultCode.UNAUTHENTICATED, context.asked_language, context.request_id)
            await _write(send, _event({"errors": [over]}) + COMPLETE)
        if code is not None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        async for result in _with_pauses(await self._results()):
            if result is None:
                await self._begin(send)
                await _write(send, HEARTBEAT)
            elif not self._begun and _refused(result):
                await answers.answer(result, JSON, scope["method"])(scope, receive, send)
                return
            else:
                await self._begin(send)
                await _write(send, _event(answers.shown(result)))
        await self._begin(send)
        await send({"type": "http.response.body", "body": COMPLETE, "more_body": False})

    async def _results(self) -> Any:
        asked = self._asked
        return await schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=self._context,
            operation_name=asked.operation,
            operation_extensions=asked.extensions,
            allowed_operation_types=self._allowed,
        )

    async def _begin(self, send: Send) -> None:
        if not self._begun:
            self._begun = True
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _write(send, HEARTBEAT)  # some browsers wait for a first byte


async def _with_pauses(results: Any) -> AsyncIterator[ExecutionResult | None]:
    """The results as they come, and None whenever none has come for a while."""
    coming: asyncio.Task[Any] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(results, None))
            await asyncio.wait([coming], timeout=HEARTBEAT_SECONDS)
            if not coming.done():
                yield None
                continue
            if (result := coming.result()) is None:
                return
            coming = None
            yield result
    finally:
        if coming is not None and not coming.done():
            coming.cancel()
            with suppress(asyncio.CancelledError):
                await coming
        await results.aclose()


def _refused(result: ExecutionResult) -> bool:
    """Nothing that a document says is refused by the status: an `EventSource` could not read why."""
    if not answers.never_executed(result) or not result.errors:
        return False
    code = (result.errors[0].extensions or {}).get("code", FaultCode.INTERNAL)
    return STATUS.get(FaultCode(code), 400) in answers.LOUD


async def _gone(receive: Receive, line: Line) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    line.end(None)


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _in_time(send: Send, line: Line) -> Send:
    async def in_time(message: Message) -> None:
        try:
            async with asyncio.timeout(SENDING_SECONDS):
                await send(message)
        except TimeoutError:
            line.end(None)
            raise _NobodyReadsError from None

    return in_time


def _event(content: Any) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(content) + b"\n\n"
