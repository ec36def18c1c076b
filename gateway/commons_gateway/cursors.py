"""Cursors that nobody can make up: what a service calls its place in a list, signed for that list and project."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode

SIGNATURE_BYTES = 12


class Seal:
    """Signs and opens cursors with a key of its own, derived from the gateway's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = blake2b(secret, person=b"commons-cursors").digest()

    def close(self, scope: str, place: str) -> str:
        """`scope` says which list of which project the place is in."""
        plain = place.encode()
        return urlsafe_b64encode(self._signature(scope, plain) + plain).decode().rstrip("=")

    def open(self, scope: str, cursor: str) -> str:
        """Raises Fault BAD_USER_INPUT for a cursor of another list, of another project, or of nobody's."""
        try:
            read = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            signature, plain = read[:SIGNATURE_BYTES], read[SIGNATURE_BYTES:]
            if hmac.compare_digest(signature, self._signature(scope, plain)):
                return plain.decode()
        except ValueError:
            pass  # no base64, or no text: as wrong as a wrong signature
        raise Fault(FaultCode.BAD_USER_INPUT)

    def _signature(self, scope: str, plain: bytes) -> bytes:
        return blake2b(scope.encode() + b"\0" + plain, key=self._key, digest_size=SIGNATURE_BYTES).digest()
