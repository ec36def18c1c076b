"""The certificate as a signed Open Badge 3.0 (VC-JWT, Ed25519), and the key by which anybody can check it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from commons_chassis.settings import PlatformSettings, Secret, SettingError

ALGORITHM = "EdDSA"
"""By its old name: RFC 9864 would call it Ed25519, which who checks badges does not know yet."""


class BadgeSettings(PlatformSettings):
    """`COMMONS_MENTORING__BADGE_KEY_FILE`: the private key as a JWK of Ed25519. Without it there are PDFs alone."""

    badge_key: Secret = ""

    @classmethod
    def of_environment(cls) -> BadgeSettings:
        return cls.told(_env_prefix="COMMONS_MENTORING__", **PlatformSettings.told().model_dump())


@cache
def _key() -> Any:
    """Raises SettingError where there is none, or none of that kind."""
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    told = BadgeSettings.of_environment().badge_key
    if not told:
        raise SettingError("COMMONS_MENTORING__BADGE_KEY_FILE is missing: certificates are signed with it.")
    try:
        key = OKPKey.import_key(json.loads(told))
    except (ValueError, JoseError):
        raise SettingError("COMMONS_MENTORING__BADGE_KEY_FILE holds no key of Ed25519.") from None
    key.ensure_kid()
    return key


def public() -> dict[str, Any]:
    """The public half as a JWK."""
    found: dict[str, Any] = _key().as_dict(private=False)
    return {**found, "alg": ALGORITHM, "use": "sig"}


def sign(credential: Mapping[str, Any], site: str) -> str:
    """As a compact JWS; `kid` is the address where the public half is."""
    from joserfc import jwt
    from joserfc.errors import SecurityWarning

    header = {"alg": ALGORITHM, "typ": "JWT", "kid": f"{site}/badges/keys/{_key().kid}"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # of the name alone
        signed: str = jwt.encode(header, dict(credential), _key(), algorithms=[ALGORITHM])
    return signed
