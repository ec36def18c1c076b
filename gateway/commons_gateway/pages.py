"""The pages a developer looks at, all of them our own: GraphiQL, the events, and the way to both."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from . import asyncapi

BUILT = Path(__file__).parent / "built"
"""Where `make pages` leaves what it built of `gateway/web`."""
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from anybody else. The editor writes its styles itself, and starts a worker of its own text."""
FOR_EVER = "public, max-age=31536000, immutable"
"""A file below `assets/` has its content's hash in its name."""
NOT_BUILT = "The pages of this platform are being built, or were not: `make pages` builds them. GraphQL itself is at /graphql.\n"


class Pages(StaticFiles):
    """The built pages, with the headers that keep them our own; they may appear while we serve."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self.config_checked = True  # the folder may come later, which is no mistake of ours

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises starlette's HTTPException for what is not there."""
        if not (BUILT / "index.html").exists():
            return PlainTextResponse(NOT_BUILT, 503, {"Retry-After": "10"})
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = FOR_EVER if path.startswith("assets/") else "no-cache"
        return response


async def _graphiql(_: Request) -> Response:
    return RedirectResponse("/pages/graphiql.html")


async def _events(_: Request) -> Response:
    return RedirectResponse("/pages/events.html")


async def _document(_: Request) -> Response:
    return JSONResponse(asyncapi.document(), headers={"Cache-Control": "no-cache"})


def routes(frontend_url: str = "") -> list[BaseRoute]:
    """The pages and the short ways to them. `frontend_url`: where `/` leads instead, with what stands behind the `?`."""

    async def home(request: Request) -> Response:
        query = request.url.query
        return RedirectResponse((frontend_url or "/pages/") + (f"?{query}" if query else ""))

    return [
        Route("/", home),
        Route("/graphiql", _graphiql),
        Route("/events", _events),
        Route("/events/asyncapi.json", _document),
        Mount("/pages", Pages(BUILT)),
    ]
