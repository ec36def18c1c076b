"""The guard before GraphQL: what is no sane request never reaches it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_contracts.codes import FaultCode, Language

from .context import accepted_language
from .faults import explained

LARGEST_BODY = 64 * 1024
STATUS = {
    FaultCode.BAD_REQUEST: 400,
    FaultCode.BATCHING_DISABLED: 400,
    FaultCode.UNAUTHENTICATED: 401,
    FaultCode.PAYLOAD_TOO_LARGE: 413,
    FaultCode.UNSUPPORTED_MEDIA_TYPE: 415,
}
TOO_LARGE_TO_READ, NOT_TEXT = 1009, 1007
"""WebSocket's own numbers for a message that is too big, and for one that is no text."""
NUL = "\\u0000"
"""As JSON and GraphQL escape it: a character that no database keeps in a text."""


def fault_response(code: FaultCode, language: Language | None, request_id: str) -> Response:
    """An answer to what was never executed, in the shape of every other answer."""
    body = orjson.dumps({"errors": [explained(code, language, request_id)]})
    headers = {"WWW-Authenticate": "Bearer"} if code is FaultCode.UNAUTHENTICATED else {}
    return Response(body, STATUS.get(code, 400), headers, "application/json")


class Edge:
    """Gives every request an id, and reads it within bounds: POST, JSON in UTF-8, one operation, 64 KB."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        if scope["type"] == "websocket":
            await self._app(scope, _bounded(receive, send), send)
            return
        headers = Headers(scope=scope)
        answer = _labelled(send, request_id)
        if scope["method"] != "POST":
            await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, answer)
            return
        try:
            body = await _body(headers, receive)
        except Fault as fault:
            language = accepted_language(headers.get("accept-language", ""))
            await fault_response(fault.code, language, request_id)(scope, receive, answer)
            return
        await self._app(scope, _read_already(body, receive), answer)


async def _body(headers: Headers, receive: Receive) -> bytes:
    """The body, once it is known to be one operation. Raises Fault."""
    kind, _, rest = headers.get("content-type", "").partition(";")
    charset = rest.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in {"", "utf-8", "utf8"}:
        raise Fault(FaultCode.UNSUPPORTED_MEDIA_TYPE)
    said = headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > LARGEST_BODY:
        raise Fault(FaultCode.PAYLOAD_TOO_LARGE)
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Fault(FaultCode.BAD_REQUEST)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            raise Fault(FaultCode.PAYLOAD_TOO_LARGE)
    _sane(body)
    return body


def _sane(body: bytes) -> None:
    if NUL.encode() in body:
        raise Fault(FaultCode.BAD_REQUEST)
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Fault(FaultCode.BAD_REQUEST) from wrong
    if isinstance(found, list):
        raise Fault(FaultCode.BATCHING_DISABLED)
    if not isinstance(found, dict):
        raise Fault(FaultCode.BAD_REQUEST)


def _read_already(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _labelled(send: Send, request_id: str) -> Send:
    async def labelled(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Iterable[Any] = message.get("headers", ())
            message = {**message, "headers": [*headers, (b"x-request-id", request_id.encode())]}
        await send(message)

    return labelled


def _bounded(receive: Receive, send: Send) -> Receive:
    async def bounded() -> Message:
        message = await receive()
        said = (message.get("text") or "") if message["type"] == "websocket.receive" else ""
        code = TOO_LARGE_TO_READ if len(said) > LARGEST_BODY else NOT_TEXT if NUL in said else None
        if code is None:
            return message
        await send({"type": "websocket.close", "code": code, "reason": ""})
        return {"type": "websocket.disconnect", "code": code}

    return bounded
