"""A signed token, read with suspicion: what it says counts only once everything about it is as it should be."""

from __future__ import annotations

import binascii
import math
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from .issuers import Algorithm
from .keys import NAMES, Key

LEEWAY_SECONDS = 60
LONGEST_TOKEN = 8192
LONGEST_HEADER = 2048
LONGEST_SUBJECT = 255
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
FORGED = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "zip", "b64"})
"""What a header has no business to say: extensions that we must understand, and keys that the token brings along."""
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
ID_TOKENS_OWN = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})
"""Claims that only an ID token has: it says who signed in somewhere, and is no key to an API."""
NOT_FOR_BEARERS = frozenset({"cnf", "events", "logout_token"})
"""`cnf`: it counts only in the hands of whoever has another key, too, which a bearer does not show. The others: no token of this kind."""


class Disbelieved(Exception):
    """It is not believed. Why is for nobody outside."""


class Registry(JWSRegistry):
    """joserfc's, without its warning for the older of EdDSA's two names."""

    max_header_length = LONGEST_HEADER

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


REGISTRY = Registry(algorithms=list(NAMES), strict_check_header=False)


@dataclass(frozen=True)
class Token:
    """A token that has been read; nothing in it is believed yet."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def read(cls, text: str) -> Token:
        """Raises Disbelieved for what is no signed token of a sane shape."""
        if len(text) > LONGEST_TOKEN or not COMPACT.fullmatch(text):
            raise Disbelieved("shape")
        header, claims, _ = text.split(".")
        return cls(text, _object(header), _object(claims))

    @property
    def algorithm(self) -> Algorithm:
        """Raises Disbelieved for all but ours: none at all, a shared secret, and whatever else is thought of."""
        named = self.header.get("alg")
        if not isinstance(named, str) or named not in NAMES:
            raise Disbelieved("alg")
        return NAMES[named]

    @property
    def issuer(self) -> str:
        named = self.claims.get("iss")
        if not isinstance(named, str):
            raise Disbelieved("iss")
        return named

    def check_header(self, types: Collection[str] = TYPES) -> None:
        kind, kid = self.header.get("typ", "JWT"), self.header.get("kid")
        if FORGED & self.header.keys() or not isinstance(kind, str) or kind.lower() not in types:
            raise Disbelieved("header")
        if kid is not None and not isinstance(kid, str):
            raise Disbelieved("kid")

    def check_signature(self, keys: Sequence[Key]) -> None:
        """By one of these keys, which fit its algorithm."""
        for key in keys:
            try:
                jws.deserialize_compact(self.text, key, registry=REGISTRY)
            except (JoseError, ValueError, TypeError):
                continue
            return
        raise Disbelieved("signature")

    def check_claims(
        self,
        issuer: str,
        audience: str,
        now: float,
        *,
        beside: Collection[str] = (),
        longest_hours: float | None = None,
    ) -> None:
        """Exact issuer and audience, in time, and of someone: a name as providers may give it."""
        rules = JWTClaimsRegistry(
            now=int(now),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            rules.validate(dict(self.claims))
        except (JoseError, TypeError, ValueError, OverflowError) as wrong:
            raise Disbelieved("claims") from wrong
        aud, subject = self.claims["aud"], self.claims["sub"]
        for_whom = {aud} if isinstance(aud, str) else set(aud)
        if audience not in for_whom or not for_whom <= {audience, *beside}:
            raise Disbelieved("aud")
        if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise Disbelieved("sub")
        if longest_hours is not None and self.claims["exp"] > now + longest_hours * 3600 + LEEWAY_SECONDS:
            raise Disbelieved("exp")
        if self.claims.get("iat", -math.inf) > self.claims["exp"]:
            raise Disbelieved("iat")


def no_id_token(claims: Mapping[str, Any]) -> bool:
    """Whether it may open an API at all. Keycloak calls its kinds by name, in `typ` among the claims."""
    return (
        not (ID_TOKENS_OWN | NOT_FOR_BEARERS) & claims.keys()
        and claims.get("typ", "Bearer") == "Bearer"
        and claims.get("token_use", "access") == "access"
    )


def _object(segment: str) -> dict[str, Any]:
    try:
        found = orjson.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (binascii.Error, ValueError, RecursionError) as wrong:
        raise Disbelieved("json") from wrong
    if not isinstance(found, dict):
        raise Disbelieved("json")
    return found
