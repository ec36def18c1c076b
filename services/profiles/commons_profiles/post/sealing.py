"""What the service alone can read again: sealed with a key derived from the one that it makes links with."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from .settings import PostSettings


class Sealer:
    """Closes and opens addresses of webhooks, each bound to its project (XChaCha20-Poly1305, from the library that NATS signs with)."""

    def __init__(self, link_key: str) -> None:
        self._cipher = Aead(blake2b(link_key.encode(), digest_size=Aead.KEY_SIZE, person=b"commons-webhook").digest())

    def close(self, text: str, project: UUID) -> bytes:
        return bytes(self._cipher.encrypt(text.encode(), project.bytes))

    def open(self, sealed: bytes, project: UUID) -> str | None:
        """None for what was closed with another key, or for another project."""
        try:
            return self._cipher.decrypt(sealed, project.bytes).decode()
        except CryptoError:
            return None


@cache
def sealer() -> Sealer | None:
    """As the process was told; None where it has no such key."""
    key = PostSettings.of_environment().link_key
    return Sealer(key) if key else None
