"""Cursors that say nothing and that nobody can make up: a service's place in a list, sealed for that list and viewer."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from commons_chassis.faults import Fault
from commons_contracts.base import Actor
from commons_contracts.codes import FaultCode


class Seal:
    """Closes and opens cursors with a key of its own, derived from the gateway's secret."""

    def __init__(self, secret: bytes) -> None:
        # AES-SIV (RFC 5297) needs no nonce, so the same place has the same cursor, which clients keep their lists by.
        self._cipher = AESSIV(blake2b(secret, person=b"commons-cursors").digest())

    def close(self, scope: str, place: str) -> str:
        """`scope` says which list the place is in, and whose (`scope_of`)."""
        return _written(self._cipher.encrypt(place.encode(), [scope.encode()]))

    def open(self, scope: str, cursor: str) -> str:
        """Raises Fault BAD_USER_INPUT for a cursor of another list, project or viewer, or of nobody's."""
        try:
            read = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            if _written(read) == cursor:  # base64 has several ways to write the same, and cursors have one
                return self._cipher.decrypt(read, [scope.encode()]).decode()
        except (ValueError, InvalidTag):
            pass  # no base64, too short, or not sealed here
        raise Fault(FaultCode.BAD_USER_INPUT)


def scope_of(actor: Actor, what: str) -> str:
    """A list of a project as one viewer sees it."""
    return f"{what} {actor.project} {actor.person}"


def _written(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).decode().rstrip("=")
