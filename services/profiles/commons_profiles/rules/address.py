"""An e-mail address, written one way."""

from __future__ import annotations

import unicodedata

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.profiles import Address

LONGEST = 254


def one_way(address: Address) -> Address:
    """However it was typed: no provider that we know of tells capitals apart; a domain of any alphabet has one ASCII form."""
    name, _, domain = unicodedata.normalize("NFKC", address).strip().rpartition("@")
    try:
        written = f"{name.lower()}@{domain.lower().encode('idna').decode()}"
    except UnicodeError as odd:
        raise Refusal(RefusalCode.NOT_FOUND, "address") from odd
    if not name.isascii() or not name.isprintable() or "." not in domain or len(written) > LONGEST:
        raise Refusal(RefusalCode.NOT_FOUND, "address")
    return written
