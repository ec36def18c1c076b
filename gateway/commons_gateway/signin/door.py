"""What is answered under /auth. Every change is a POST of a page of our own; a GET signs nobody in, but a provider's return."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.ids import Slug
from commons_contracts.profiles import Address, EndSession, OpenSession, RenewSession, SendLink, UseLink

from ..context import Desk, accepted_language
from ..faults import RESTING
from ..identity.asking import NoAnswer
from ..identity.issuers import Issuer
from ..identity.sessions import cookie_in, cookie_name, digest_of, is_own
from ..rates import Bucket
from ..relay import global_id
from ..settings import GatewaySettings
from .page import HEADERS, Page
from .provider import NotSignedIn, Provider
from .sealed import VALID_SECONDS, Envelope, Leaving, local

LARGEST_FORM = 4096
LONGEST_TOKEN = 200
ASKED_SECONDS = 3600
SESSION_SECONDS = 30 * 86_400
SEE_OTHER = 303
ADDRESS: TypeAdapter[str] = TypeAdapter(Address)
SLUG: TypeAdapter[str] = TypeAdapter(Slug)
Answer = Callable[["Visit"], Awaitable[Response]]


class Visit:
    """One request under /auth: what it says, and the pages to answer it with."""

    def __init__(self, request: Request, form: Mapping[str, str]) -> None:
        self.request, self.form = request, form
        self.headers: Mapping[str, str] = request.headers
        self.page = Page(accepted_language(request.headers.get("accept-language", "")))

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.headers.get("accept", "")


class Entrance:
    """Sign-in and sign-out, over one desk."""

    def __init__(self, desk: Desk, settings: GatewaySettings) -> None:
        self._desk, self._dev = desk, desk.dev
        self._public_url, self._mail = settings.public_url.rstrip("/"), settings.mail_sign_in
        self._envelope = Envelope(settings.signs_with())
        self._session, self._asked, self._leaving = (
            cookie_name(dev=self._dev, purpose=purpose) for purpose in ("session", "asked", "leaving")
        )

    # ------------------------------------------------------------ choosing a way
    async def login(self, visit: Visit) -> Response:
        """GET /auth/login?project=SLUG&issuer=NAME&to=/a/place"""
        said = visit.request.query_params
        project, back = _slug(said.get("project")), local(said.get("to"))
        ways = [one for one in self._desk.identity.issuers.values() if one.browser and one.speaks_for(project)]
        if (name := said.get("issuer")) is not None:
            chosen = next((one for one in ways if one.name == name), None)
            return visit.page.says("no_provider", 404) if chosen is None else await self._leave(visit, chosen, back)
        if len(ways) == 1 and not self._mail:
            return await self._leave(visit, ways[0], back)
        more = {**({"project": project} if project else {}), "to": back}
        shown = [
            (f"/auth/login?{urlencode({'issuer': one.name, **more})}", one.browser.title) for one in ways if one.browser
        ]
        if not shown and not self._mail:
            return visit.page.says("no_provider", 404)
        return visit.page.ways(shown, mail=self._mail, back=back)

    # ------------------------------------------------------------ a provider
    async def _leave(self, visit: Visit, issuer: Issuer, back: str) -> Response:
        leaving = Leaving.for_issuer(issuer.name, back)
        try:
            address = await Provider(issuer, self._desk.identity, self._callback(visit)).entrance(leaving)
        except NoAnswer:
            return visit.page.says("provider_away", 503, **{"Retry-After": "30"})
        reply = RedirectResponse(address, SEE_OTHER, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        self._set(reply, self._leaving, self._envelope.close(leaving), VALID_SECONDS)
        return reply

    async def callback(self, visit: Visit) -> Response:
        """GET /auth/callback, where the provider sends her back to."""
        leaving = self._envelope.open(cookie_in(visit.headers, self._leaving))
        issuer = next((i for i in self._desk.identity.issuers.values() if leaving and i.name == leaving.issuer), None)
        no = self._forgetting(visit.page.says("not_signed_in", 400), self._leaving)
        if leaving is None or issuer is None or issuer.browser is None:
            return no
        try:
            provider = Provider(issuer, self._desk.identity, self._callback(visit))
            found = await provider.vouched(dict(visit.request.query_params), leaving)
        except (NotSignedIn, NoAnswer):
            return no
        secret = secrets.token_urlsafe(32)
        command = OpenSession(person=found.person, issuer=found.issuer.issuer, session=digest_of(secret))
        await self._desk.asker.ask(command, Actor())
        self._desk.identity.note(found.person, found.issuer, found.affiliations)
        return self._forgetting(await self._signed_in(visit, secret, leaving.back), self._leaving)

    def _callback(self, visit: Visit) -> str:
        """As it stands with the provider, to the letter; never from a header, but in development."""
        own = self._public_url or f"http://{visit.headers.get('host', '')}"
        return f"{own}/auth/callback"

    # ------------------------------------------------------------ a letter
    async def mail(self, visit: Visit) -> Response:
        """POST /auth/mail: always the same answer to the same kind of address, whoever it belongs to."""
        asked = cookie_in(visit.headers, self._asked) or secrets.token_urlsafe(32)
        back = local(visit.form.get("to"))
        language = accepted_language(visit.headers.get("accept-language", ""))
        try:
            address = ADDRESS.validate_python(visit.form.get("address", "").strip())
            command = SendLink(address=address, browser=digest_of(asked), back=back)
            command = command.model_copy(update={"language": language}) if language else command
            await self._desk.asker.ask(command, Actor())
        except (ValidationError, Refusal):
            if visit.wants_json:
                return _json({"sent": False}, 400)
            return visit.page.ways([], mail=True, back=back, note="no_address")
        reply = _json({"sent": True}, 202) if visit.wants_json else visit.page.says("sent", 200)
        self._set(reply, self._asked, asked, ASKED_SECONDS)
        return reply

    async def link(self, visit: Visit) -> Response:
        """GET /auth/link?token=...: a button. What opens links to look into them changes nothing."""
        token = visit.request.query_params.get("token", "")[:LONGEST_TOKEN]
        return visit.page.enter(token, ask_address=cookie_in(visit.headers, self._asked) is None)

    async def use_link(self, visit: Visit) -> Response:
        """POST /auth/link: once."""
        token, typed = visit.form.get("token", "")[:LONGEST_TOKEN], visit.form.get("address", "").strip()
        asked, secret = cookie_in(visit.headers, self._asked), secrets.token_urlsafe(32)
        try:
            command = UseLink(
                link=digest_of(token),
                session=digest_of(secret),
                browser=digest_of(asked) if asked else None,
                address=ADDRESS.validate_python(typed) if typed else None,
            )
            found = await self._desk.asker.ask(command, Actor())
        except ValidationError:
            return visit.page.enter(token, ask_address=True, note="no_address", status=400)
        except Refusal as no:
            if no.code is RefusalCode.TOKEN_USED:
                return visit.page.says("used", 410)
            if typed:
                return visit.page.says("no_link", 404)
            return visit.page.enter(token, ask_address=True, status=404)
        return self._forgetting(await self._signed_in(visit, secret, found.back), self._asked)

    # ------------------------------------------------------------ being in, and going out
    async def _signed_in(self, visit: Visit, secret: str, back: str) -> Response:
        """Whatever session the browser had before ends with that: one who signs in begins anew."""
        if before := cookie_in(visit.headers, self._session):
            await self._desk.asker.ask(EndSession(session=digest_of(before)), Actor())
        reply = RedirectResponse(local(back), SEE_OTHER, {"Cache-Control": "no-store"})
        self._set(reply, self._session, secret, SESSION_SECONDS)
        return reply

    async def session(self, visit: Visit) -> Response:
        """POST /auth/session: who is signed in here, for pages; a secret that has been around for long is replaced."""
        identity, secret = self._desk.identity, cookie_in(visit.headers, self._session)
        try:
            caller = await identity.caller(visit.headers, method="POST")
            found = await identity.sessions.find(digest_of(secret)) if secret and caller.session else None
        except Fault as no:
            if no.code in RESTING:
                raise
            return _json({"signedIn": False}, 403 if no.code is FaultCode.FORBIDDEN else 401)
        if found is None or secret is None:
            return _json({"signedIn": False}, 401)
        reply = _json({"signedIn": True, "person": global_id("Person", found.person), "until": found.until.isoformat()})
        if found.renew:
            fresh = secrets.token_urlsafe(32)
            command = RenewSession(session=digest_of(secret), fresh=digest_of(fresh))
            await self._desk.asker.ask(command, Actor())
            identity.sessions.forget(digest_of(secret))
            self._set(reply, self._session, fresh, SESSION_SECONDS)
        return reply

    async def logout(self, visit: Visit) -> Response:
        """POST /auth/logout, with `everywhere` for all of one's sessions."""
        if secret := cookie_in(visit.headers, self._session):
            digest, everywhere = digest_of(secret), bool(visit.form.get("everywhere"))
            await self._desk.asker.ask(EndSession(session=digest, everywhere=everywhere), Actor())
            self._desk.identity.sessions.forget(digest)
        back = local(visit.form.get("to"))
        reply = Response(status_code=204) if visit.wants_json else RedirectResponse(back, SEE_OTHER)
        reply.headers["Cache-Control"] = "no-store"
        return self._forgetting(reply, self._session)

    # ------------------------------------------------------------ cookies
    def _set(self, reply: Response, name: str, value: str, seconds: int) -> None:
        secure = not self._dev
        reply.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")

    def _forgetting(self, reply: Response, name: str) -> Response:
        reply.delete_cookie(name, path="/", secure=not self._dev, httponly=True, samesite="lax")
        return reply

    # ------------------------------------------------------------ every request
    def answers(self, answer: Answer, *, rated: bool = True) -> Callable[[Request], Awaitable[Response]]:
        """The bounds that hold for all of them; `rated`: it may bring somebody in."""

        async def endpoint(request: Request) -> Response:
            visit = Visit(request, await _form(request) if request.method == "POST" else {})
            if not self._public_url and not self._dev:
                return visit.page.says("no_provider", 404)
            if request.method == "POST" and not is_own(
                request.headers.get("origin"), request.headers, self._public_url
            ):
                return visit.page.says("not_signed_in", 403)
            try:
                if rated:
                    self._desk.rates.call(Bucket.SIGN_IN, request.client.host if request.client else "")
                return await answer(visit)
            except Fault as fault:
                status, name = (429, "too_often") if fault.code is FaultCode.RATE_LIMITED else (503, "resting")
                return visit.page.says(name, status, **{"Retry-After": str(round((fault.retry_after or 1) + 0.5))})

        return endpoint


async def _form(request: Request) -> Mapping[str, str]:
    """A small form's fields; whatever else was sent is as good as none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return {}
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        return {}


def _slug(said: str | None) -> str | None:
    try:
        return SLUG.validate_python(said) if said else None
    except ValidationError:
        return None


def _json(said: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(said), status, dict(HEADERS), "application/json")


def routes(desk: Desk, settings: GatewaySettings) -> list[Route]:
    """All of them, for the application."""
    entrance = Entrance(desk, settings)
    answers = entrance.answers
    return [
        Route("/auth/login", answers(entrance.login), methods=["GET"]),
        Route("/auth/callback", answers(entrance.callback), methods=["GET"]),
        Route("/auth/mail", answers(entrance.mail), methods=["POST"]),
        Route("/auth/link", answers(entrance.link), methods=["GET"]),
        Route("/auth/link", answers(entrance.use_link), methods=["POST"]),
        Route("/auth/session", answers(entrance.session, rated=False), methods=["POST"]),
        Route("/auth/logout", answers(entrance.logout, rated=False), methods=["POST"]),
    ]
