"""The server under the application: it bounds what a connection may cost before there is a request, and ends in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from commons_chassis.ask import Asker
from commons_chassis.run import leave_alone

from . import sane
from .app import build
from .lines import GOING
from .settings import GatewaySettings

CONNECTIONS = 4_000
HEAD_SECONDS = 10.0
LARGEST_HEAD = 32 * 1024
MOST_HEADERS = 100
IDLE_SECONDS = 20
DRAIN_SECONDS = 8
LAST_SECONDS = 1.0
"""So long a connection that is kept may still be asked on when the gateway ends: a question may be on its way already."""
PING_SECONDS = 20.0
"""A socket's other side is asked so often whether it is there, and has as long to answer: browsers do it by themselves."""


class Patience(HttpToolsProtocol):
    """HTTP, without waiting for ever for a request, and without reading one whose head has no end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._in_head, self._head, self._last = True, 0, False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_over()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        self._in_head, self._head = True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        size = len(self.url) + sum(len(one) + len(other) for one, other in self.headers)
        if size > LARGEST_HEAD or len(self.headers) > MOST_HEADERS:
            raise ValueError("the head is too large")  # the parser answers it with 400

    def on_headers_complete(self) -> None:
        self._head_is_over()
        super().on_headers_complete()
        if self._last:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Who asks this very moment is answered once more, and told that it is the last time; who is silent is hung up on."""
        if self.cycle is None or self.cycle.response_complete:
            self._last = True
            self.loop.call_later(LAST_SECONDS, self._hang_up)
        else:
            super().shutdown()

    def _hang_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def _head_is_over(self) -> None:
        self._in_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None


class Server(uvicorn.Server):
    """Who follows something is told to come back before the others are waited for."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._app, self._ready = app, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.desk.lines.end_all(GOING)
        await super().shutdown(sockets)


def server(
    settings: GatewaySettings, asker: Asker | None = None, *, ready: Callable[[], None] = lambda: None
) -> Server:
    """To `run()` on the settings' address or on `sockets`; `ready` is called when it serves. `asker`: in tests, whoever
    answers for the services.
    """
    app = build(settings, asker)
    leave_alone()  # the schema is large: nobody should wait while the collector walks it
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=Patience,
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws_max_size=sane.LARGEST,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
    )
    return Server(config, app, ready)
