"""What a browser keeps for us on its way to a provider and back, and cannot change."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import blake2b

import orjson

from commons_chassis.clock import real_now

VALID_SECONDS = 600
MAC_BYTES = 32
LOCAL = re.compile(r"/([A-Za-z0-9._~!$&'()*+,;=:@%?-][A-Za-z0-9._~!$&'()*+,;=:@%?/#-]{0,290})?")
"""A place of our own: never `//elsewhere`, and no backslash, which browsers take for a slash."""


def local(path: str | None) -> str:
    """Where to go afterwards, if it is a place of our own; else the beginning."""
    return path if path and LOCAL.fullmatch(path) else "/"


@dataclass(frozen=True)
class Leaving:
    """What we must know again when she comes back from her provider."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    back: str
    until: float

    @classmethod
    def for_issuer(cls, name: str, back: str) -> Leaving:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(name, state, nonce, verifier, back, real_now().timestamp() + VALID_SECONDS)


class Envelope:
    """Signed with a key of its own, derived from the gateway's secret. What is in it, its bearer may know."""

    def __init__(self, secret: bytes) -> None:
        self._key = blake2b(secret, person=b"commons-sign-in").digest()

    def close(self, leaving: Leaving) -> str:
        plain = orjson.dumps(asdict(leaving))
        return urlsafe_b64encode(self._mac(plain) + plain).decode().rstrip("=")

    def open(self, sealed: str | None) -> Leaving | None:
        """None for what is nobody's, changed, or too old."""
        try:
            read = urlsafe_b64decode((sealed or "") + "=" * (-len(sealed or "") % 4))
        except ValueError:
            return None
        mac, plain = read[:MAC_BYTES], read[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(plain)):
            return None
        leaving = Leaving(**orjson.loads(plain))
        return leaving if real_now().timestamp() < leaving.until else None

    def _mac(self, plain: bytes) -> bytes:
        return blake2b(plain, key=self._key, digest_size=MAC_BYTES).digest()
