"""Calendars that other programs follow: behind an address that nobody can guess, and that says nothing by itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import FaultCode, Language
from commons_contracts.mentoring import CalendarByFeed

from .context import Desk, accepted_language
from .faults import STATUS
from .identity.sessions import digest_of
from .rates import Bucket
from .sentences import FAULT, Catalogue

LONGEST_TOKEN = 300
PATIENCE_SECONDS = 2.5
HERS_ALONE = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": 'attachment; filename="stem-commons.ics"',
    "X-Robots-Tag": "noindex",
}


def routes(desk: Desk) -> list[BaseRoute]:
    """What is served under /calendars."""

    async def calendar(request: Request) -> Response:
        """GET /calendars/TOKEN.ics. A wrong address, an old one and an unknown one are answered alike."""
        token = request.path_params["token"][:LONGEST_TOKEN]
        try:
            desk.rates.call(Bucket.LOOK_UP, request.client.host if request.client else "")
            wanted = CalendarByFeed(feed=digest_of(token))
            found = await desk.asker.ask(wanted, Actor(), left=PATIENCE_SECONDS)
        except Refusal:
            return PlainTextResponse("", 404)
        except Fault as fault:
            return _later(fault, accepted_language(request.headers.get("accept-language", "")) or Language.EN)
        return Response(found.text, 200, HERS_ALONE, "text/calendar; charset=utf-8")

    return [Route("/calendars/{token}.ics", calendar)]


def _later(fault: Fault, language: Language) -> Response:
    again = {"Retry-After": f"{max(fault.retry_after or 1, 1):.0f}"} if fault.code is not FaultCode.FORBIDDEN else {}
    sentence = Catalogue.of(language).plain(fault.code, FAULT)
    return PlainTextResponse(f"{sentence}\n", STATUS.get(fault.code, 400), again)
