"""What the service alone can read again: sealed with a key derived from the one that it makes links with."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from .settings import PostSettings


class Sealer:
    """Closes and opens addresses of webhooks, each bound to its project (AES-SIV, RFC 5297, which needs no nonce)."""

    def __init__(self, link_key: str) -> None:
        self._cipher = AESSIV(blake2b(link_key.encode(), person=b"commons-webhook").digest())

    def close(self, text: str, project: UUID) -> bytes:
        return self._cipher.encrypt(text.encode(), [project.bytes])

    def open(self, sealed: bytes, project: UUID) -> str | None:
        """None for what was closed with another key, or for another project."""
        try:
            return self._cipher.decrypt(sealed, [project.bytes]).decode()
        except InvalidTag:
            return None


@cache
def sealer() -> Sealer | None:
    """As the process was told; None where it has no such key."""
    key = PostSettings.of_environment().link_key
    return Sealer(key) if key else None
