"""What is behind the links to papers, and the keys by which anybody can check a badge of ours."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from commons_chassis.faults import Fault
from commons_contracts import mentoring as contract
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, Language, PaperForm, RefusalCode
from commons_contracts.ids import AgreementId, MentorshipId, PersonId, ProgrammeId

from . import papers
from .context import Context, Desk, Ground, accepted_language
from .faults import RESTING
from .identity import Caller
from .matching import proposal_table
from .mentoring.agreements import AGREEMENTS
from .mentoring.mentorships import MENTORSHIPS
from .profiles.people import PEOPLE
from .profiles.sheets_in import sheet_table
from .sentences import FAULT, Catalogue
from .settings import GatewaySettings

AFAR = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Whoever checks a badge may do so from a page of her own."""
SHORTLY = {"Cache-Control": "public, max-age=300"}


class Papers:
    """What is served under /papers and /badges, over one desk."""

    def __init__(self, desk: Desk, settings: GatewaySettings) -> None:
        self._desk, self._public_url = desk, settings.public_url.rstrip("/")
        self._kinds: Mapping[str, Callable[[Ground, str, str], Awaitable[contract.Paper]]] = {
            "agreement-pdf": self._agreement(PaperForm.PDF),
            "agreement-page": self._agreement(PaperForm.PAGE),
            "certificate-pdf": self._certificate(PaperForm.PDF),
            "certificate-badge": self._certificate(PaperForm.BADGE),
            "mentorships-table": lambda ground, key, _: ground.ask(contract.MentorshipsTable(programme=_version(key))),
            "proposals-table": proposal_table.written,
            "sheet-table": sheet_table,
            "evaluations-table": lambda ground, key, _: ground.ask(contract.EvaluationsTable(programme=_version(key))),
        }

    async def paper(self, request: Request) -> Response:
        """GET /papers/TOKEN"""
        language = accepted_language(request.headers.get("accept-language", "")) or Language.EN
        try:
            wanted = papers.wanted(self._desk, request.path_params["token"])
            language = wanted.language
            caller = Caller(person=wanted.person, grounds=frozenset({wanted.project}))
            ground = Context(self._desk, caller, language=language).ground_of(wanted.project)
            return _answer(await self._kinds[wanted.what](ground, wanted.key, self._site(request)))
        except Refusal as no:
            status = 404 if no.code is RefusalCode.NOT_FOUND else 403
            return _sentence(Catalogue.of(language).sentence(no.code, no.params), status)
        except (Fault, ValidationError) as broken:
            code = broken.code if isinstance(broken, Fault) else FaultCode.BAD_USER_INPUT
            status = 503 if code in RESTING else 400
            return _sentence(Catalogue.of(language).plain(code, FAULT), status)

    def _agreement(self, form: PaperForm) -> Callable[[Ground, str, str], Awaitable[contract.Paper]]:
        async def asked(ground: Ground, key: str, _: str) -> contract.Paper:
            agreement = await ground.load(AGREEMENTS, AgreementId(UUID(key)))
            mentorship = await ground.load(MENTORSHIPS, agreement.mentorship) if agreement else None
            if agreement is None or mentorship is None:
                raise Refusal(RefusalCode.NOT_FOUND)
            mentor, mentee = await _name(ground, mentorship.mentor), await _name(ground, mentorship.mentee)
            return await ground.ask(
                contract.AgreementPaper(agreement=agreement.id, form=form, mentor=mentor, mentee=mentee)
            )

        return asked

    def _certificate(self, form: PaperForm) -> Callable[[Ground, str, str], Awaitable[contract.Paper]]:
        async def asked(ground: Ground, key: str, site: str) -> contract.Paper:
            if not site or ground.actor.person is None:
                raise Refusal(RefusalCode.NOT_FOUND)
            name = await _name(ground, ground.actor.person)
            mentorship = MentorshipId(UUID(key))
            return await ground.ask(contract.CertificatePaper(mentorship=mentorship, form=form, name=name, site=site))

        return asked

    def _site(self, request: Request) -> str:
        """Where the platform is known. What a request says of it is believed in development alone."""
        return self._public_url or (str(request.base_url).rstrip("/") if self._desk.dev else "")

    # ------------------------------------------------------------ badges
    async def keys(self, _: Request) -> Response:
        """GET /badges/jwks.json: the keys by which badges are checked."""
        return JSONResponse({"keys": await self._keys()}, headers={**AFAR, **SHORTLY})

    async def key(self, request: Request) -> Response:
        """GET /badges/keys/KID: one of them, at the address that a badge names."""
        found = next((key for key in await self._keys() if key["kid"] == request.path_params["kid"]), None)
        return JSONResponse(found, headers={**AFAR, **SHORTLY}) if found else _sentence("", 404)

    async def issuer(self, request: Request) -> Response:
        """GET /badges/issuer: who signs them, as the profile that a badge names."""
        site = self._site(request)
        profile = {"id": f"{site}/badges/issuer", "type": ["Profile"], "name": "STEM Commons", "url": site}
        context = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
        return JSONResponse({"@context": [context], **profile}, headers={**AFAR, **SHORTLY})

    async def _keys(self) -> list[dict[str, str]]:
        try:
            return list((await Context(self._desk).ground_of(None).ask(contract.BadgeKeys())).keys)
        except Fault:
            return []

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/papers/{token}", self.paper),
            Route("/badges/jwks.json", self.keys),
            Route("/badges/keys/{kid}", self.key),
            Route("/badges/issuer", self.issuer),
        ]


async def _name(ground: Ground, person: PersonId) -> str:
    """As the viewer may see her; nothing of who is not to be seen any more."""
    found = await ground.load(PEOPLE, person)
    return found.display_name if found else "—"


def _version(key: str) -> ProgrammeId | None:
    return ProgrammeId(UUID(key)) if key else None


def _answer(paper: contract.Paper) -> Response:
    """Nobody keeps it on the way; a page has its own styles and nothing else, anything else is a file."""
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    if paper.styles:
        digest = b64encode(sha256(paper.styles.encode()).digest()).decode()
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    else:
        headers["Content-Disposition"] = f'attachment; filename="{paper.name}"'
    media = f"{paper.media}; charset=utf-8" if paper.media.startswith("text/") else paper.media
    return Response(b64decode(paper.content), 200, headers, media)


def _sentence(text: str, status: int) -> Response:
    return PlainTextResponse(f"{text}\n", status)


def routes(desk: Desk, settings: GatewaySettings) -> list[BaseRoute]:
    return Papers(desk, settings).routes()
