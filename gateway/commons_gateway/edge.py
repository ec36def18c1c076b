"""The outermost layer: every request gets an id, every answer its safety, and nothing that breaks inside gets out."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commons_chassis import telemetry
from commons_chassis.faults import Fault
from commons_chassis.log import logger, where
from commons_contracts.codes import FaultCode

from . import accept, answers
from .context import accepted_language
from .cors import Origins

SAFETY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer that does not say otherwise itself: pages bring a policy of their own."""
ENCRYPTED = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


class Edge:
    """Around everything that is served."""

    def __init__(self, app: ASGIApp, *, origins: Origins, dev: bool) -> None:
        self._app, self._origins = app, origins
        self._safety = SAFETY if dev else {**SAFETY, **ENCRYPTED}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        # Made here: what a caller says of it would end up in our logs, and in those of others who ask.
        headers = Headers(scope=scope)
        request_id = telemetry.begin(headers.get("traceparent"))
        scope.setdefault("state", {})["request_id"] = request_id
        told = {"X-Request-Id": request_id}
        if scope["type"] == "http":
            told |= self._origins.told(scope, headers)
        answer = _Answer(send, told, self._safety)
        try:
            if scope["type"] == "http" and self._origins.asks_first(scope, headers):
                await Response(status_code=204, headers=self._origins.permission(headers))(scope, receive, answer)
            elif scope["type"] == "http":
                with telemetry.span("request", "server"):
                    await self._app(scope, receive, answer)
            else:
                await self._app(scope, receive, answer)
        except Exception as broken:  # noqa: BLE001 - whatever it is, the caller gets an answer and no detail
            logger.error("a request failed", request_id=request_id, **where(broken))
            await _broken(scope, receive, answer, request_id, headers)


class _Answer:
    """Lets an answer pass, with what belongs on each."""

    def __init__(self, send: Send, told: Mapping[str, str], otherwise: Mapping[str, str]) -> None:
        self._send, self._told, self._otherwise = send, told, otherwise
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.accept", "websocket.http.response.start"}:
            self.begun = True
            self._label(message)
        await self._send(message)

    def _label(self, message: MutableMapping[str, object]) -> None:
        message.setdefault("headers", [])
        headers = MutableHeaders(scope=message)
        if message["type"] != "websocket.accept":
            for name, value in self._otherwise.items():
                headers.setdefault(name, value)
        for name, value in self._told.items():
            if name == "Vary":
                headers.add_vary_header(value)
            else:
                headers[name] = value


async def _broken(scope: Scope, receive: Receive, answer: _Answer, request_id: str, headers: Headers) -> None:
    if scope["type"] == "websocket":
        await answer({"type": "websocket.close", "code": 1011, "reason": ""})
    elif not answer.begun:
        language = accepted_language(headers.get("accept-language", ""))
        masked = answers.turned_away(Fault(FaultCode.INTERNAL), accept.JSON, language, request_id)
        await masked(scope, receive, answer)
