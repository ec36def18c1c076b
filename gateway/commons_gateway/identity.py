"""Who asks: a bearer token becomes a person, or is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jwt import JWTClaimsRegistry

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode
from commons_contracts.ids import PersonId, person_of

from . import devtoken
from .settings import GatewaySettings

ALGORITHMS = {"RSA": ("RS256",), "EC": ("ES256",), "OKP": ("Ed25519", "EdDSA")}
"""What a key of each kind may sign with. EdDSA and its newer name are one algorithm."""
LEEWAY_SECONDS = 60
LONGEST_TOKEN = 8192


@dataclass(frozen=True)
class Caller:
    """What a verified token says; nobody in particular where there was none. Roles are for the services to know."""

    person: PersonId | None = None
    project: str | None = None
    """The slug that she asks about where her request names none. A claim, no membership: the services verify that."""
    operator: bool = False
    expires: int | None = None
    """Seconds since 1970, leeway included."""


NOBODY = Caller()


@dataclass(frozen=True)
class Issuer:
    """Whom we believe, and about what."""

    name: str
    audience: str
    key: OKPKey | RSAKey | ECKey
    ours: bool = False
    """The platform's own issuer, which alone may say that someone runs the platform."""


class Identity:
    """Turns what stands in `Authorization` into a caller."""

    def __init__(self, issuer: Issuer | None) -> None:
        self._issuer = issuer

    @classmethod
    def of(cls, settings: GatewaySettings) -> Identity:
        """The development issuer where there is one; nobody else is trusted yet."""
        if settings.token_key_file is None:
            return cls(None)
        key = devtoken.public_key(settings.token_key_file)
        return cls(Issuer(devtoken.ISSUER, devtoken.AUDIENCE, key, ours=True))

    def caller(self, authorization: str | None) -> Caller:
        """Raises Fault UNAUTHENTICATED for everything but no token at all or a good one; never says what was wrong."""
        if not authorization:
            return NOBODY
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or self._issuer is None or not 0 < len(token) <= LONGEST_TOKEN:
            raise Fault(FaultCode.UNAUTHENTICATED)
        try:
            return _believed(self._issuer, self._claims(self._issuer, token.strip()))
        except (JoseError, ValueError, TypeError) as wrong:
            raise Fault(FaultCode.UNAUTHENTICATED) from wrong

    def _claims(self, issuer: Issuer, token: str) -> Mapping[str, Any]:
        signed = jwt.decode(token, issuer.key, algorithms=ALGORITHMS[issuer.key.key_type])
        if "crit" in signed.header:
            raise ValueError("crit")
        JWTClaimsRegistry(
            now=int(real_now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer.name},
            aud={"essential": True, "value": issuer.audience},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(signed.claims)
        if signed.claims["aud"] not in (issuer.audience, [issuer.audience]):
            raise ValueError("aud")
        return signed.claims


def _believed(issuer: Issuer, claims: Mapping[str, Any]) -> Caller:
    project = claims.get("project")
    return Caller(
        person=person_of(issuer.name, claims["sub"]),
        project=project if isinstance(project, str) else None,
        operator=issuer.ours and claims.get("operator") is True,
        expires=int(claims["exp"]) + LEEWAY_SECONDS,
    )
