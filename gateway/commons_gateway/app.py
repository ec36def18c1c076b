"""The gateway as a web application: GraphQL and its schema as text, our pages, and how it is doing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from commons_chassis import log
from commons_chassis.ask import Asker

from . import feeds, pages, printing, signin
from .clock import BusinessClock
from .context import Desk
from .cors import Origins
from .cursors import Seal
from .edge import Edge
from .http import HttpDoor
from .identity import Identity
from .news import Newsroom
from .post import page as letters
from .post import stopping
from .presence import Presence
from .profiles import sheets_in
from .rates import Meter
from .schema import printed, schema
from .settings import GatewaySettings
from .sockets import SocketDoor
from .trusted import Trusted
from .watched import watched


def desk_of(settings: GatewaySettings, asker: Asker) -> Desk:
    """What the gateway keeps for all who ask."""
    dev = settings.env == "dev"
    clock, newsroom = BusinessClock(asker, movable=dev), Newsroom(asker)
    return Desk(
        asker=asker,
        identity=Identity.of(settings, asker, newsroom),
        seal=Seal(settings.signs_with()),
        newsroom=newsroom,
        clock=clock,
        presence=Presence(asker, clock),
        rates=Meter(settings.rates),
        trusted=Trusted.of(settings.documents, settings.documents_from),
        dev=dev,
        plans=settings.plans,
    )


def build(settings: GatewaySettings, asker: Asker | None = None) -> FastAPI:
    """The application. `asker`: in tests, whoever answers in the services' place."""
    desk = desk_of(settings, asker or Asker(settings.nats, name="gateway", seed=settings.nats_seed))

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        log.set_up("gateway", settings.log_level, dev=desk.dev)
        log.listen(asyncio.get_running_loop())
        async with _listening(desk), watched(desk, settings):
            yield

    schema.trust(desk.trusted)
    app = FastAPI(title="STEM Commons", docs_url=None, redoc_url=None, openapi_url=None, lifespan=serving)
    app.state.desk = desk
    origins = Origins(settings.origins)
    app.add_middleware(Edge, origins=origins, dev=desk.dev)
    socket: Any = SocketDoor(desk, origins)
    app.router.routes.extend([Route("/graphql", endpoint=HttpDoor(desk)), WebSocketRoute("/graphql", endpoint=socket)])
    app.router.routes.extend(_pages(desk, settings))

    @app.get("/graphql/schema.graphql")
    async def schema_text() -> PlainTextResponse:
        return PlainTextResponse(printed())

    @app.get("/livez")
    async def live() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def ready() -> PlainTextResponse:
        connected = desk.asker.client.is_connected
        return PlainTextResponse("ok\n" if connected else "not now\n", 200 if connected else 503)

    return app


def _pages(desk: Desk, settings: GatewaySettings) -> list[BaseRoute]:
    """All that is no GraphQL."""
    return [
        *pages.routes(settings.frontend_url),
        *signin.routes(desk, settings),
        *printing.routes(desk, settings),
        *feeds.routes(desk),
        *sheets_in.routes(desk, settings.sheet_bytes),
        *stopping.routes(desk),
        *(letters.routes(settings.mail_folder) if settings.mail_folder else ()),
    ]


@asynccontextmanager
async def _listening(desk: Desk) -> AsyncIterator[None]:
    await desk.asker.start()
    running = [asyncio.create_task(desk.newsroom.listen()), asyncio.create_task(_end_with(desk.asker))]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await desk.asker.stop()


async def _end_with(asker: Asker) -> None:
    """A connection closed for good is not mended from within: the process ends, and is started afresh."""
    await asker.dead.wait()
    os.kill(os.getpid(), signal.SIGTERM)
