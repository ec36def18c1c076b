"""GraphQL over HTTP, by the current draft: POST, GET for questions, and an event stream for whoever accepts one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from strawberry.types.graphql import OperationType

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode

from . import accept, answers, sane
from .asked import Asked
from .context import Context, Desk, accepted_language, introduced
from .events import Events
from .faults import TurnedAway
from .schema import schema

METHODS = "GET, POST"
READING_SECONDS = 10.0
READ_AT_ONCE = 1_000
ANSWERED_AT_ONCE = 256
BACK_IN_SECONDS = 1.0
ALLOWED = {
    "GET": {OperationType.QUERY},
    "POST": {OperationType.QUERY, OperationType.MUTATION},
}
"""A subscription is followed over an event stream or a socket."""


class Crowd:
    """So many at once, and no more: the others are told to come back, before anything is done for them."""

    def __init__(self, most: int) -> None:
        self.most, self.inside = most, 0

    @contextmanager
    def one(self) -> Iterator[None]:
        if self.inside >= self.most:
            raise Fault(FaultCode.BUSY, retry_after=BACK_IN_SECONDS)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


class HttpDoor:
    """One request in, one answer out; what is no sane request is turned away before GraphQL sees it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.reading, self.answering = Crowd(READ_AT_ONCE), Crowd(ANSWERED_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        language, request_id = accepted_language(headers.get("accept-language", "")), scope["state"]["request_id"]
        media = accept.JSON
        try:
            _known(scope["method"])
            media = accept.chosen(headers.getlist("accept"))
            with self.reading.one():
                asked = await _asked(scope, headers, receive)
            respond = await self._answered(asked, await _caller(self._desk, scope, headers), scope, media)
        except (TurnedAway, Fault) as wrong:
            kind = accept.JSON if media == accept.EVENTS else media
            respond = answers.turned_away(wrong, kind, language, request_id)
        await respond(scope, receive, send)

    async def _answered(
        self, asked: Asked, context: Context, scope: Scope, media: str
    ) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        allowed = ALLOWED[scope["method"]]
        if media == accept.EVENTS:
            return Events(asked, context, {*allowed, OperationType.SUBSCRIPTION})
        with self.answering.one():
            result = await schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation,
                operation_extensions=asked.extensions,
                allowed_operation_types=allowed,
            )
        return answers.answer(result, media, scope["method"])


def _known(method: str) -> None:
    if method not in ALLOWED:
        raise TurnedAway(FaultCode.BAD_REQUEST, f"send {METHODS}", status=405, headers={"Allow": METHODS})


async def _caller(desk: Desk, scope: Scope, headers: Mapping[str, str]) -> Context:
    peer = scope["client"][0] if scope.get("client") else ""
    return await introduced(desk, headers, scope["method"], request_id=scope["state"]["request_id"], peer=peer)


async def _asked(scope: Scope, headers: Headers, receive: Receive) -> Asked:
    if scope["method"] == "GET":
        return Asked.of_address(scope["query_string"])
    _json(headers)
    try:
        async with asyncio.timeout(READING_SECONDS):
            body = await _body(headers, receive)
    except TimeoutError as late:
        detail = f"it was not there within {READING_SECONDS:.0f} seconds"
        raise TurnedAway(FaultCode.BAD_REQUEST, detail, status=408, headers={"Connection": "close"}) from late
    return Asked.of(sane.read(body))


def _json(headers: Headers) -> None:
    kind, *parameters = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    charsets = {part.replace('"', "") for part in parameters if part}
    plain = headers.get("content-encoding", "identity").lower() == "identity"
    if kind != "application/json" or not charsets <= {"charset=utf-8", "charset=utf8"} or not plain:
        raise TurnedAway(FaultCode.UNSUPPORTED_MEDIA_TYPE, headers={"Accept-Post": "application/json"})


async def _body(headers: Headers, receive: Receive) -> bytes:
    said = headers.get("content-length", "0")
    if not said.isdecimal() or len(said) > len(str(sane.LARGEST)) or int(said) > sane.LARGEST:
        raise TurnedAway(FaultCode.PAYLOAD_TOO_LARGE)
    parts: list[bytes] = []
    message: Message = {"type": "http.request", "more_body": True}
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise TurnedAway(FaultCode.BAD_REQUEST)
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > sane.LARGEST:
            raise TurnedAway(FaultCode.PAYLOAD_TOO_LARGE)
    return b"".join(parts)
