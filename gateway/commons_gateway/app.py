"""The gateway as a web application: GraphQL over HTTP and WebSocket, its schema as text, and how it is doing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
from cross_web import HTTPException
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from commons_chassis import log
from commons_chassis.ask import Asker
from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode

from .clock import BusinessClock
from .context import Context, Desk, accepted_language
from .cursors import Seal
from .edge import Edge, fault_response
from .identity import Identity
from .news import Newsroom
from .presence import Presence
from .schema import printed, schema
from .settings import GatewaySettings

RESPONSE_TYPE = "application/graphql-response+json"
"""The media type of the current draft of GraphQL over HTTP; who accepts it is also told by the status."""


class Door(GraphQL[Context, None]):
    """Strawberry's application with our callers, our errors, and our limits on a socket."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=20,
        )
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except (HTTPException, Fault) as wrong:
            code = wrong.code if isinstance(wrong, Fault) else FaultCode.BAD_REQUEST
            language = accepted_language(request.headers.get("accept-language", ""))
            response = fault_response(code, language, request.state.request_id)
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        """A socket's caller is known once it has introduced itself."""
        headers = request.headers if isinstance(request, Request) else {}
        return self._context(headers, request.state.request_id)

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Browsers cannot set headers on a socket: the same names stand in the payload of `connection_init`."""
        said = {name.lower(): value for name, value in context.connection_params.items() if isinstance(value, str)}
        try:
            introduced = self._context(said, context.request_id)
        except Fault as wrong:
            raise ConnectionRejectionError from wrong
        context.become(introduced)
        nothing: UnsetType = UNSET
        return nothing

    def _context(self, headers: Mapping[str, str], request_id: str) -> Context:
        return Context(
            self._desk,
            self._desk.identity.caller(headers.get("authorization")),
            project=headers.get("commons-project"),
            language=accepted_language(headers.get("accept-language", "")),
            request_id=request_id,
        )

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = (
            RESPONSE_TYPE if RESPONSE_TYPE in request.headers.get("accept", "") else "application/json"
        )
        request.state.response = response
        return response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        shown = await super().process_result(request, result)
        if isinstance(result, PreExecutionError):
            del shown["data"]
            if request.state.response.media_type == RESPONSE_TYPE:
                request.state.response.status_code = 400
        return shown

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        status = sub_response.status_code or 200
        return Response(self.encode_json(response_data), status, media_type=sub_response.media_type)

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        # Text, because a socket of this protocol speaks in text frames.
        return orjson.dumps(data).decode()


def desk_of(settings: GatewaySettings, asker: Asker) -> Desk:
    """What the gateway keeps for all who ask."""
    dev = settings.env == "dev"
    clock = BusinessClock(asker, movable=dev)
    return Desk(
        asker=asker,
        identity=Identity.of(settings),
        seal=Seal(settings.signs_with()),
        newsroom=Newsroom(asker),
        clock=clock,
        presence=Presence(asker, clock),
        dev=dev,
    )


def build(settings: GatewaySettings, asker: Asker | None = None) -> FastAPI:
    """The application. `asker`: in tests, whoever answers in the services' place."""
    desk = desk_of(settings, asker or Asker(settings.nats, name="gateway", seed=settings.nats_seed))

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        log.set_up("gateway", settings.log_level)
        async with _listening(desk):
            yield

    app = FastAPI(title="STEM Commons", docs_url=None, redoc_url=None, openapi_url=None, lifespan=serving)
    door = Edge(Door(desk))
    app.router.routes.extend([Route("/graphql", endpoint=door), WebSocketRoute("/graphql", endpoint=door)])

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
