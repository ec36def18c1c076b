"""Sessions of browsers, as profiles knows them; remembered for a moment, and forgotten as soon as one is ended."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from commons_chassis.ask import Asker, News
from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import FaultCode
from commons_contracts.profiles import Digest, NoteSession, SessionByDigest, SessionsEnded, SessionView

FRESH_SECONDS = 10.0
RESTING_SECONDS = 600.0
"""For so long a session that was good is good while profiles rests and cannot be asked."""
MOST = 50_000
LONGEST_HEADER, LONGEST_COOKIE = 8192, 2048
PATIENCE_SECONDS = 2.5
CSRF_HEADER = "commons-csrf"
"""Any value: that a page can send it shows that the page is one of ours, or allowed to ask by one that is."""


def digest_of(secret: str) -> Digest:
    """All that is known of a secret, or of a token in an address, outside of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cookie_name(*, dev: bool, purpose: str = "session") -> str:
    """`__Host-`: a browser takes it over https only, from this host only, for all of it. Development has no https."""
    return f"commons-{purpose}" if dev else f"__Host-commons-{purpose}"


def cookie_in(headers: Mapping[str, str], name: str) -> str | None:
    """Read by hand: one odd cookie of somebody else's, and the library finds none of the others."""
    for part in headers.get("cookie", "")[:LONGEST_HEADER].split(";"):
        found, _, value = part.strip().partition("=")
        if found == name and 0 < len(value) <= LONGEST_COOKIE:
            return value
    return None


def is_own(origin: str | None, headers: Mapping[str, str], public_url: str) -> bool:
    """Whether a page of our own sends it. A browser says of every POST and every socket where it comes from."""
    if not origin or origin == "null":
        return False
    parts = urlsplit(public_url)
    if public_url:
        return origin == f"{parts.scheme}://{parts.netloc}"
    return origin.partition("://")[2] == headers.get("host")


@dataclass
class Known:
    view: SessionView
    seen: float


class Sessions:
    """Asked for by digest: what is in the cookie stays here."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._known: OrderedDict[Digest, Known] = OrderedDict()
        self._running: set[asyncio.Task[None]] = set()

    async def find(self, digest: Digest) -> SessionView | None:
        """None where it never was, or was ended. Raises Fault UNAVAILABLE where nobody can tell."""
        known, now = self._known.get(digest), time.monotonic()
        if known is None or now - known.seen > FRESH_SECONDS:
            known = await self._looked_up(digest, known, now)
        if known is None or known.view.until <= real_now():
            return None
        if known.view.note:
            self._note(digest, known)
        return known.view

    async def _looked_up(self, digest: Digest, known: Known | None, now: float) -> Known | None:
        try:
            view = await self._asker.ask(SessionByDigest(session=digest), Actor(), left=PATIENCE_SECONDS)
        except Refusal:
            self._known.pop(digest, None)
            return None
        except Fault as resting:
            if known is None or now - known.seen > RESTING_SECONDS:
                raise Fault(FaultCode.UNAVAILABLE, retry_after=1.0) from resting
            return known
        fresh = self._known[digest] = Known(view, now)
        self._known.move_to_end(digest)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return fresh

    def hear(self, news: News) -> None:
        """A session of hers was ended, here or elsewhere: whatever is remembered of hers is not, from now on."""
        if news.subject == SessionsEnded.subject:
            for digest in [digest for digest, known in self._known.items() if known.view.person in news.about]:
                del self._known[digest]

    def forget(self, digest: Digest) -> None:
        self._known.pop(digest, None)

    def _note(self, digest: Digest, known: Known) -> None:
        """Beside the request, and never in its way; if it fails, the next one does it."""
        known.view = known.view.model_copy(update={"note": False})
        task = asyncio.create_task(self._tell(digest))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _tell(self, digest: Digest) -> None:
        with suppress(Refusal, Fault):
            await self._asker.ask(NoteSession(session=digest), Actor(), left=PATIENCE_SECONDS)
        self._known.pop(digest, None)
