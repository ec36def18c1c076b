"""The page behind a letter's link to stop letters, and what mail programs post to by themselves (RFC 8058)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import FaultCode, Language
from commons_contracts.profiles import StopLink, StopNotices, StopView

from ..context import Desk, accepted_language
from ..identity.sessions import digest_of
from ..rates import Bucket
from ..signin.page import HEADERS, STYLE

PLACE = "/notices/stop"
LONGEST_TOKEN = 300
PATIENCE_SECONDS = 2.5
UNSEEN = {**HEADERS, "X-Robots-Tag": "noindex"}


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def routes(desk: Desk) -> list[BaseRoute]:
    """What is served under /notices. No cookie counts here: whoever has the letter may, signed in or not."""

    async def asked(request: Request, kind: type[StopLink | StopNotices]) -> Response:
        token = request.query_params.get("token", "")[:LONGEST_TOKEN]
        theirs = accepted_language(request.headers.get("accept-language", "")) or Language.EN
        try:
            desk.rates.call(Bucket.LOOK_UP, request.client.host if request.client else "")
            found = await desk.asker.ask(kind(link=digest_of(token)), Actor(), left=PATIENCE_SECONDS)
        except Refusal:
            return _page(theirs, _line(theirs, "unknown"), 404)
        except Fault as fault:
            status = 429 if fault.code is FaultCode.RATE_LIMITED else 503
            reply = _page(theirs, _line(theirs, "later"), status)
            reply.headers["Retry-After"] = f"{max(fault.retry_after or 1, 1):.0f}"
            return reply
        return _page(found.language, _done(found) if found.stopped else _ask(found, token), 200, found.project_name)

    async def look(request: Request) -> Response:
        """GET /notices/stop?token=...: a button. What opens links to look into them changes nothing."""
        return await asked(request, StopLink)

    async def stop(request: Request) -> Response:
        """POST: done, and said so, without a way round by another page, as mail programs want it."""
        return await asked(request, StopNotices)

    return [Route(PLACE, look, methods=["GET"]), Route(PLACE, stop, methods=["POST"])]


def _ask(found: StopView, token: str) -> str:
    action = escape(f"{PLACE}?{urlencode({'token': token})}")
    return (
        f"{_line(found.language, 'ask', found)}"
        f'<form method="post" action="{action}"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        f"<button>{escape(words()[found.language]['stop'])}</button></form>"
    )


def _done(found: StopView) -> str:
    said = _said(found.language, "stopped", found)
    return f'<p role="status">{said}</p>{_line(found.language, "change")}'


def _line(language: Language, name: str, found: StopView | None = None) -> str:
    return f"<p>{_said(language, name, found)}</p>"


def _said(language: Language, name: str, found: StopView | None = None) -> str:
    there = words()[language]
    if found is None:
        return escape(there[name])
    kind = there[found.category.value if found.category else "DIGEST"]
    return escape(there[name].format(kind=kind, project=found.project_name))


def _page(language: Language, body: str, status: int, project: str = "STEM Commons") -> HTMLResponse:
    title = escape(words()[language]["title"].format(project=project))
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(text, status, UNSEEN)
