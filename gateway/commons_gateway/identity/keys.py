"""An issuer's keys, and where its endpoints are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from .asking import Kept, Line, NoAnswer
from .issuers import Algorithm, Issuer

Key = RSAKey | ECKey | OKPKey
KINDS: Mapping[Algorithm, tuple[type[RSAKey | ECKey | OKPKey], str]] = {
    "RS256": (RSAKey, "RSA"),
    "ES256": (ECKey, "EC"),
    "EdDSA": (OKPKey, "OKP"),
}
CURVES = {"EC": "P-256", "OKP": "Ed25519"}
LEFT_OUT = {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "alg"}
"""Private halves, which are none of our business; and the algorithm, which has two names and was compared already."""
MOST_KEYS, MOST_TRIED = 64, 4
SMALLEST_RSA_BITS = 2048
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
NAMES: Mapping[str, Algorithm] = {"RS256": "RS256", "ES256": "ES256", "EdDSA": "EdDSA", "Ed25519": "EdDSA"}
"""What a header may call an algorithm. Ed25519 is what EdDSA with our one curve is called since RFC 9864."""


class Keys:
    """What one issuer has published. Everything here may be asked for by whoever sends a token in its name."""

    def __init__(self, issuer: Issuer, *, dev: bool, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.line = Line(issuer, dev=dev, transport=transport)
        self._issuer = issuer
        self._discovered = Kept(issuer.name, self._discover)
        self._published = Kept(issuer.name, self._fetch)

    async def found(self, algorithm: Algorithm, kid: object) -> Sequence[Key]:
        """The keys that may have signed so, best guess first; none where it has none or is away."""
        keys = self._fitting(await self._published.get(), algorithm, kid)
        if not keys:
            keys = self._fitting(await self._published.get(newer=True), algorithm, kid)
        return keys

    async def endpoints(self) -> Mapping[str, Any]:
        """What its discovery says of its endpoints. Raises NoAnswer."""
        found = await self._discovered.get() or await self._discovered.get(newer=True)
        if found is None:
            raise NoAnswer("no discovery")
        return found

    async def _discover(self) -> Mapping[str, Any]:
        said = await self.line.ask(f"{self._issuer.issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self._issuer.issuer:
            raise NoAnswer("it calls itself by another name")
        wanted = [name for name in ENDPOINTS if name in said] + ["jwks_uri"]
        if not all(self.line.may_be_asked(said.get(name)) for name in wanted):
            raise NoAnswer("an endpoint on another host")
        return said

    async def _fetch(self) -> Sequence[Mapping[str, Any]]:
        address = self._issuer.jwks_uri or (await self.endpoints())["jwks_uri"]
        keys = (await self.line.ask(address)).get("keys")
        if not isinstance(keys, list):
            raise NoAnswer("no keys")
        return [key for key in keys[:MOST_KEYS] if isinstance(key, dict)]

    def _fitting(
        self, published: Sequence[Mapping[str, Any]] | None, algorithm: Algorithm, kid: object
    ) -> Sequence[Key]:
        """By name, where the token names one: two keys of one name are both tried. Without a name, all that fit."""
        wanted = [key for key in published or () if kid is None or key.get("kid") == kid]
        return [key for one in wanted for key in usable(one, algorithm)][:MOST_TRIED]


def usable(key: Mapping[str, Any], algorithm: Algorithm) -> Iterator[Key]:
    """The key, if it is one that may verify signatures of that kind; whatever private stood with it is left out."""
    kind, kty = KINDS[algorithm]
    purpose = key.get("use", "sig") == "sig" and "verify" in key.get("key_ops", ["verify"])
    named = NAMES.get(key.get("alg", algorithm)) == algorithm
    if key.get("kty") != kty or not purpose or not named or key.get("crv") != CURVES.get(kty):
        return
    if kty == "RSA" and len(str(key.get("n")).rstrip("=")) * 6 < SMALLEST_RSA_BITS:
        return
    try:
        yield kind.import_key({name: value for name, value in key.items() if name not in LEFT_OUT})
    except (JoseError, ValueError, TypeError):
        return
