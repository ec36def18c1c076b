"""What only its author can read: sealed with a key of hers, which lies in a database apart and can be destroyed."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from .ids import new_id

KEY_BYTES, NONCE_BYTES, ID_BYTES = 32, 12, 16
KEY_OF = sa.text("select id, wrapped from data_keys where author = :author")
MAKE = sa.text("""
    insert into data_keys (id, author, wrapped) values (:id, :author, :wrapped) on conflict (author) do nothing
""")
DESTROY = sa.text("delete from data_keys where author = :author")


class Seal:
    """Closes and opens texts, each with its author's data key (AES-256-GCM).

    A data key is made when its author first writes, and lies in the key store wrapped by the master key: who has one
    database, or both without the master key, has nothing. What is sealed says by which key it is, and opens only as
    the text of the same author in the same row of the same table. Keys are fetched for each use and never kept.
    """

    def __init__(self, store: AsyncEngine, master_key: str, *, off: bool = False) -> None:
        """`master_key`: 32 bytes in URL-safe base64. `off`: nothing is sealed, to see the tests that guard it go red.

        Raises ValueError for a key of another length.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._store, self._cipher, self._off = store, AESGCM, off
        self._master = AESGCM(_key_in(master_key))

    async def close(self, text: str, *, table: str, row: UUID, author: UUID) -> bytes:
        """The text as it is to be stored in that row."""
        if self._off:
            return text.encode()
        id, key = await self._key_of(author) or await self._make(author)
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed: bytes = key.encrypt(nonce, text.encode(), _bound(table, row, author, id))
        return id.bytes + nonce + closed

    async def open(self, sealed: Mapping[UUID, bytes], *, table: str, author: UUID) -> dict[UUID, str | None]:
        """The texts of an author's rows; None where the key is destroyed.

        Raises cryptography's InvalidTag for what was sealed in another place, by another author, or changed.
        """
        if self._off:
            return {row: text.decode() for row, text in sealed.items()}
        found = await self._key_of(author) if sealed else None
        return {row: self._opened(text, found, table, row, author) for row, text in sealed.items()}

    def _opened(self, sealed: bytes, found: tuple[UUID, Any] | None, table: str, row: UUID, author: UUID) -> str | None:
        id, nonce, text = sealed[:ID_BYTES], sealed[ID_BYTES : ID_BYTES + NONCE_BYTES], sealed[ID_BYTES + NONCE_BYTES :]
        if found is None or found[0].bytes != id:
            return None
        plain: bytes = found[1].decrypt(nonce, text, _bound(table, row, author, found[0]))
        return plain.decode()

    async def destroy(self, author: UUID) -> bool:
        """Nobody can open what she has sealed so far, for ever, herself included; whether there was a key.

        It does not wait for the caller's transaction: what was destroyed stays destroyed if that comes to nothing.
        """
        async with self._store.begin() as c:
            return (await c.execute(DESTROY, {"author": author})).rowcount == 1

    async def _key_of(self, author: UUID) -> tuple[UUID, Any] | None:
        async with self._store.connect() as c:
            row = (await c.execute(KEY_OF, {"author": author})).first()
        if row is None:
            return None
        wrapped = bytes(row.wrapped)
        key = self._master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound("data_keys", row.id, author))
        return row.id, self._cipher(key)

    async def _make(self, author: UUID) -> tuple[UUID, Any]:
        """Her first; of two made at once the one that was stored first is hers."""
        id, nonce = new_id(), secrets.token_bytes(NONCE_BYTES)
        key = self._cipher.generate_key(KEY_BYTES * 8)
        wrapped = nonce + self._master.encrypt(nonce, key, _bound("data_keys", id, author))
        async with self._store.begin() as c:
            await c.execute(MAKE, {"id": id, "author": author, "wrapped": wrapped})
        found = await self._key_of(author)
        if found is None:
            raise LookupError("the key was destroyed while it was made")
        return found


def _key_in(text: str) -> bytes:
    key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(key) != KEY_BYTES:
        raise ValueError(f"a master key has {KEY_BYTES} bytes")
    return key


def _bound(*place: object) -> bytes:
    """What a sealed text is bound to: it opens nowhere else."""
    return "\x1f".join(map(str, place)).encode()
