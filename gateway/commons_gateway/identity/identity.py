"""Turns what a request says of its sender into a caller, or refuses it, never saying why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from commons_chassis.ask import Asker
from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import FaultCode
from commons_contracts.ids import PersonId, ProjectId, person_of
from commons_contracts.profiles import MAIL_ISSUER, Affiliation, NoteAffiliations

from .. import devtoken
from ..news import Newsroom
from ..settings import GatewaySettings
from .affiliation import affiliations
from .caller import NOBODY, Caller
from .issuers import Issuer, read_issuers
from .keys import Key, Keys
from .sessions import CSRF_HEADER, Sessions, cookie_in, cookie_name, digest_of, is_own
from .tokens import LEEWAY_SECONDS, Disbelieved, Token, no_id_token

LOOK_SECONDS = 10.0
"""How often a caller who stays is looked at again; a session that was ended is heard of at once."""
MOST_NOTED = 50_000


@dataclass
class Identity:
    """Whom we believe: the partners' issuers, sessions, and in development whoever has this machine's key."""

    asker: Asker
    newsroom: Newsroom
    dev: bool = False
    public_url: str = ""
    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    keys: Mapping[str, Keys] = field(default_factory=dict)
    own_key: Key | None = field(default=None, repr=False)
    """The development issuer's, which alone may say that someone runs the platform."""

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.asker)
        self.newsroom.listeners.append(self.sessions.hear)
        self.session_cookie = cookie_name(dev=self.dev)
        self._said: dict[PersonId, tuple[Affiliation, ...]] = {}
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    def of(
        cls,
        settings: GatewaySettings,
        asker: Asker,
        newsroom: Newsroom,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Identity:
        """Raises SettingError for a file of issuers that cannot be read. `transport`: in tests, how issuers are reached."""
        dev = settings.env == "dev"
        found: Sequence[Issuer] = read_issuers(settings.issuers_file, dev=dev) if settings.issuers_file else ()
        return cls(
            asker,
            newsroom,
            dev=dev,
            public_url=settings.public_url,
            issuers={one.issuer: one for one in found},
            keys={one.issuer: Keys(one, dev=dev, transport=transport) for one in found},
            own_key=devtoken.public_key(settings.token_key_file) if dev and settings.token_key_file else None,
        )

    async def caller(self, headers: Mapping[str, str], *, method: str) -> Caller:
        """By lower-case headers; `method`: GET, POST or WS.

        Raises Fault UNAUTHENTICATED for a token or session that is not good, FORBIDDEN where a page of another site
        lets a browser send our cookie. A GET is never asked in anybody's name by a cookie alone.
        """
        if said := headers.get("authorization"):
            return await self._bearer(said)
        secret = cookie_in(headers, self.session_cookie)
        if secret is None or method == "GET":
            return NOBODY
        if not is_own(headers.get("origin"), headers, self.public_url) or (
            method != "WS" and CSRF_HEADER not in headers
        ):
            raise Fault(FaultCode.FORBIDDEN)
        return await self.of_session(secret)

    async def of_session(self, secret: str) -> Caller:
        """Whose session it is. One whose issuer is believed no more has ended with that."""
        digest = digest_of(secret)
        session = await self.sessions.find(digest)
        if session is None or not (session.issuer == MAIL_ISSUER or session.issuer in self.issuers):
            raise Fault(FaultCode.UNAUTHENTICATED)
        issuer = self.issuers.get(session.issuer)
        return Caller(
            person=session.person,
            expires=session.until.timestamp(),
            grounds=issuer.grounds if issuer else None,
            session=digest,
        )

    async def still(self, caller: Caller) -> None:
        """Raises Fault UNAUTHENTICATED once her token has run out, or her session was ended."""
        if caller.session is not None:
            if await self.sessions.find(caller.session) is None:
                raise Fault(FaultCode.UNAUTHENTICATED)
        elif caller.expires is not None and caller.expires <= real_now().timestamp():
            raise Fault(FaultCode.UNAUTHENTICATED)

    async def over(self, caller: Caller) -> None:
        """Returns when she is not to be believed any more; never for nobody."""
        if caller.person is None:
            await asyncio.Event().wait()
            return
        with self.newsroom.waiting(caller.person) as woken:
            while True:
                woken.clear()
                try:
                    await self.still(caller)
                except Fault as fault:
                    if fault.code is FaultCode.UNAUTHENTICATED:
                        return
                # Not `wait_for`: where she is woken while this is cancelled, it would hear of the first alone (Python 3.11).
                with suppress(TimeoutError):
                    async with asyncio.timeout(_until_the_next_look(caller)):
                        await woken.wait()

    # ------------------------------------------------------------ tokens
    async def _bearer(self, said: str) -> Caller:
        scheme, _, text = said.partition(" ")
        try:
            token = Token.read(text.strip() if scheme.lower() == "bearer" else "")
            return self._own(token) if token.issuer == devtoken.ISSUER else await self._partners(token)
        except Disbelieved as wrong:
            raise Fault(FaultCode.UNAUTHENTICATED) from wrong

    async def _partners(self, token: Token) -> Caller:
        issuer = self.issuers.get(token.issuer)
        if issuer is None or not issuer.audience:
            raise Disbelieved("issuer")
        token.check_header()
        await self.check_signature(issuer, token)
        now = real_now().timestamp()
        token.check_claims(
            issuer.issuer, issuer.audience, now, beside=issuer.beside, longest_hours=issuer.longest_hours
        )
        if not no_id_token(token.claims):
            raise Disbelieved("kind")
        caller = _caller(token, issuer.grounds)
        self.note(
            person_of(issuer.issuer, token.claims["sub"]), issuer, affiliations(token.claims, issuer.affiliations)
        )
        return caller

    async def check_signature(self, issuer: Issuer, token: Token) -> None:
        """By a key that the issuer has published, with an algorithm that it uses. Raises Disbelieved."""
        if token.algorithm not in issuer.algorithms:
            raise Disbelieved("alg")
        token.check_signature(await self.keys[issuer.issuer].found(token.algorithm, token.header.get("kid")))

    def _own(self, token: Token) -> Caller:
        if self.own_key is None or token.algorithm != "EdDSA":
            raise Disbelieved("issuer")
        token.check_header()
        token.check_signature([self.own_key])
        token.check_claims(devtoken.ISSUER, devtoken.AUDIENCE, real_now().timestamp())
        return _caller(token, None, operator=token.claims.get("operator") is True)

    # ------------------------------------------------------------ affiliations
    def note(self, person: PersonId, issuer: Issuer, said: tuple[Affiliation, ...] | None) -> None:
        """Tell profiles what her issuer says that she is, when it is not what it said before; beside her request."""
        if said is None or self._said.get(person) == said:
            return
        if len(self._said) >= MOST_NOTED:
            self._said.clear()
        self._said[person] = said
        command = NoteAffiliations(person=person, issuer=issuer.issuer, items=said)
        task = asyncio.create_task(self._tell(command))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _tell(self, command: NoteAffiliations) -> None:
        with suppress(Refusal, Fault):
            await self.asker.ask(command, Actor())
            return
        self._said.pop(command.person, None)


def _until_the_next_look(caller: Caller) -> float:
    """Seconds. A token ends when it says; a session lives on while it is used."""
    if caller.session is not None or caller.expires is None:
        return LOOK_SECONDS
    return max(0.01, min(caller.expires - real_now().timestamp(), LOOK_SECONDS))


def _caller(token: Token, grounds: frozenset[ProjectId] | None, *, operator: bool = False) -> Caller:
    project = token.claims.get("project")
    return Caller(
        person=person_of(token.issuer, token.claims["sub"]),
        project=project if isinstance(project, str) else None,
        operator=operator,
        expires=float(token.claims["exp"]) + LEEWAY_SECONDS,
        grounds=grounds,
    )
