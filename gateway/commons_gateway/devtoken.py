"""The development issuer: a key on this machine, and tokens that a gateway trusts only where COMMONS_ENV=dev."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import OKPKey

from commons_chassis.clock import real_now

ISSUER = "https://dev.commons.invalid"
AUDIENCE = "commons"
ALGORITHM = "Ed25519"


def make_key(path: Path) -> None:
    """Write a new private key, readable by its owner alone. Raises FileExistsError where one is already."""
    made = OKPKey.generate_key("Ed25519", {"kid": "dev"})
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made.as_dict(private=True), file)
        file.flush()
        os.fsync(file.fileno())


def public_key(path: Path) -> OKPKey:
    """The half that a gateway needs."""
    return OKPKey.import_key(_read(path).as_dict(private=False))


def issue(
    path: Path,
    subject: str,
    *,
    project: str | None = None,
    operator: bool = False,
    hours: float = 12,
    now: datetime | None = None,
) -> str:
    """A token for `subject`; `project` is the slug that her requests are about where they name none."""
    begins = now or real_now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": int(begins.timestamp()),
        "exp": int((begins + timedelta(hours=hours)).timestamp()),
        **({"project": project} if project else {}),
        **({"operator": True} if operator else {}),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": "dev"}, claims, _read(path), algorithms=[ALGORITHM])


def _read(path: Path) -> OKPKey:
    return OKPKey.import_key(json.loads(path.read_text()))
