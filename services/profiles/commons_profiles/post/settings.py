"""How letters leave the house."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class PostSettings(BaseSettings):
    """`COMMONS_PROFILES__SMTP` and its kin. With nothing set, letters wait until they are of no use, and are dropped."""

    model_config = SettingsConfigDict(env_prefix="COMMONS_PROFILES__", extra="ignore", populate_by_name=True)

    env: Literal["dev", "production"] = Field(default="production", validation_alias="COMMONS_ENV")
    public_url: str = Field(default="", validation_alias="COMMONS_PUBLIC_URL")
    """Where browsers reach the platform: what a link in a letter begins with."""
    smtp: str = ""
    """`smtp://user@host:587` (STARTTLS, unless the host is this machine) or `smtps://user@host:465`."""
    smtp_password_file: Path | None = None
    mail_from: str = ""
    link_key_file: Path | None = None
    """What links are made from: 32 bytes or more, the same for every process of the service."""
    mail_folder: Path | None = None
    """Development: letters become files here."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.mail_folder and self.env != "dev":
            raise ValueError("COMMONS_PROFILES__MAIL_FOLDER keeps letters in the clear: it is for COMMONS_ENV=dev")
        if self.sends:
            lacking = [name for name in ("public_url", "mail_from", "link_key_file") if not getattr(self, name)]
            if lacking:
                names = ", ".join(
                    f"COMMONS_{'' if name == 'public_url' else 'PROFILES__'}{name.upper()}" for name in lacking
                )
                raise ValueError(f"letters cannot be sent without {names}")
            if self.env != "dev" and not self.public_url.startswith("https://"):
                raise ValueError("COMMONS_PUBLIC_URL is not https: a link that signs in must not travel in the clear")
        return self

    @property
    def sends(self) -> bool:
        return bool(self.smtp or self.mail_folder)
