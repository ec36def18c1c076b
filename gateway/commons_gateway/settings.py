"""What the gateway is told from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import model_validator

from commons_chassis.settings import PlatformSettings, Secret


class GatewaySettings(PlatformSettings):
    """`COMMONS_PORT`, `COMMONS_TOKEN_KEY_FILE`, `COMMONS_SECRET_FILE`, beside what every process is told."""

    port: int = 8080
    token_key_file: Path | None = None
    """Development only: the private key of the development issuer."""
    secret: Secret = ""
    """Everywhere else: what cursors are signed with, the same for every gateway of a platform."""

    @model_validator(mode="after")
    def _keys_fit_the_place(self) -> Self:
        if self.env == "dev" and self.token_key_file is None:
            raise ValueError(
                "COMMONS_TOKEN_KEY_FILE is missing: in development the gateway trusts the issuer of that key"
            )
        if self.env != "dev" and self.token_key_file is not None:
            raise ValueError("COMMONS_TOKEN_KEY_FILE is a development key: take it away, or set COMMONS_ENV=dev")
        if self.env != "dev" and not self.secret:
            raise ValueError("COMMONS_SECRET_FILE is missing: cursors are signed with it")
        return self

    def signs_with(self) -> bytes:
        """What the gateway's own signatures are derived from."""
        return self.token_key_file.read_bytes() if self.token_key_file else self.secret.encode()
