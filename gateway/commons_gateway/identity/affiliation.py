"""What a provider says of someone's home institution, out of the claims of federations: codes and domains, no names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from commons_contracts.codes import AffiliationKind
from commons_contracts.profiles import Affiliation

from .issuers import Affiliations

MOST = 20
DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+")
KINDS = {kind.value.lower(): kind for kind in AffiliationKind} | {"alumni": AffiliationKind.ALUM}


def affiliations(claims: Mapping[str, Any], mapping: Affiliations | None) -> tuple[Affiliation, ...] | None:
    """None where the issuer is not asked, or says nothing of it: then what it said before stands.

    `student@uu.se` says both; `student` goes with the home organisation. An institution that is not the issuer's to speak
    for is passed over, and so is whatever is no word of eduPerson.
    """
    if mapping is None or not any(name in claims for name in (*mapping.scoped, *mapping.plain)):
        return None
    home = next(iter(_values(claims, mapping.home)), "")
    said = [value.rpartition("@")[::2] for value in _values(claims, mapping.scoped)]
    said += [(value, home) for value in _values(claims, mapping.plain)]
    found = dict.fromkeys(
        Affiliation(kind=KINDS[kind], domain=domain)
        for kind, domain in ((kind.lower(), domain.lower()) for kind, domain in said)
        if kind in KINDS and _is_theirs(domain, mapping.domains)
    )
    return tuple(found)[:MOST]


def _is_theirs(domain: str, domains: Iterable[str]) -> bool:
    """A domain below one of theirs is theirs, too."""
    if not DOMAIN.fullmatch(domain) or len(domain) > 100:  # noqa: PLR2004 - as long as the contract takes
        return False
    return any(one in ("*", domain) or domain.endswith(f".{one}") for one in domains)


def _values(claims: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    """Providers write one value as such, in a list, or with blanks or commas between several."""
    for name in names:
        said = claims.get(name)
        parts = said if isinstance(said, list) else re.split(r"[\s,;]+", said) if isinstance(said, str) else []
        yield from (part for part in parts if isinstance(part, str) and part)
