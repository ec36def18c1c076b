"""What the gateway is told from outside."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from commons_chassis.settings import PlatformSettings, Secret

from .cors import Origins
from .rates import Rates
from .trusted import Guard


class GatewaySettings(PlatformSettings):
    """`COMMONS_PORT`, `COMMONS_TOKEN_KEY_FILE`, `COMMONS_SECRET_FILE`, beside what every process is told."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)

    host: str = "127.0.0.1"
    """Where it listens when it is a process of its own; containers say 0.0.0.0."""
    port: int = 8080
    health_port: int = 0
    """Where /metrics is told, and probes are answered, for who watches; the public port has no figures."""
    token_key_file: Path | None = None
    """Development only: the private key of the development issuer."""
    secret: Secret = ""
    """Everywhere else: what cursors are signed with, the same for every gateway of a platform."""

    issuers_file: Path | None = None
    """Partners' identity providers, and for which projects each speaks: docs/identity.md."""
    public_url: str = ""
    """Where browsers reach the platform, such as https://commons.example.org. Without it nobody signs in by browser,
    except in development, where it is taken to be wherever a request came to."""
    frontend_url: str = ""
    """Where the pages are that people use, such as https://portal.example.org: `/` leads there with whatever it was asked,
    and so do the links in letters and signing in. Without it `/` leads to the pages for developers."""
    mail_sign_in: bool = True
    """Whether people sign in by a link in a letter, too; profiles sends it (COMMONS_PROFILES__SMTP)."""
    mail_folder: Path | None = None
    """Development only: where profiles leaves its letters as files, to be looked at under /letters."""
    origins: str = ""
    """Other sites whose pages may ask from a browser, by their exact origins, comma-separated."""
    proxies: str = ""
    """Addresses or networks, comma-separated, that are believed when they say for whom they ask (X-Forwarded-For)."""
    sheet_bytes: int = Field(default=5_000_000, ge=1_000, le=50_000_000)
    """How large a table of participants may be (POST /sheets); profiles has the same limit, COMMONS_PROFILES__SHEET_BYTES."""
    rates: Rates = Rates()
    plans: bool = True
    """Whether documents are kept and queries answered by plans; without, each is read, checked and executed anew by GraphQL's own
    libraries: in the same words, and in more time."""
    documents: Guard = "off"
    """What becomes of a document that no manifest names: answered (off), told of (log) or refused (enforce)."""
    documents_from: Path | None = None
    """A manifest of trusted documents, or a folder of them."""

    @field_validator("proxies")
    @classmethod
    def _networks(cls, said: str) -> str:
        for one in filter(None, said.split(",")):
            ip_network(one.strip())  # uvicorn takes anything else for a name, and would believe nobody
        return said

    @field_validator("frontend_url")
    @classmethod
    def _whole(cls, said: str) -> str:
        parts = urlsplit(said)
        if said and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("COMMONS_FRONTEND_URL is a whole address, such as https://portal.example.org/")
        return said

    @field_validator("origins")
    @classmethod
    def _exact(cls, said: str) -> str:
        Origins(said)
        return said

    @model_validator(mode="after")
    def _keys_fit_the_place(self) -> Self:
        if self.env == "dev" and self.token_key_file is None:
            raise ValueError(
                "COMMONS_TOKEN_KEY_FILE is missing: in development the gateway trusts the issuer of that key"
            )
        if self.env != "dev" and self.token_key_file is not None:
            raise ValueError("COMMONS_TOKEN_KEY_FILE is a development key: take it away, or set COMMONS_ENV=dev")
        if self.env != "dev" and self.mail_folder is not None:
            raise ValueError("COMMONS_MAIL_FOLDER shows everybody's letters: take it away, or set COMMONS_ENV=dev")
        if self.env != "dev" and not self.secret:
            raise ValueError("COMMONS_SECRET_FILE is missing: cursors are signed with it")
        return self

    @model_validator(mode="after")
    def _the_frontend_is_elsewhere(self) -> Self:
        if self.frontend_url and self.frontend_url.rstrip("/") == self.public_url.rstrip("/"):
            raise ValueError("COMMONS_FRONTEND_URL is COMMONS_PUBLIC_URL: what leads there would lead to itself")
        if self.env != "dev" and self.frontend_url.startswith("http:"):
            raise ValueError("COMMONS_FRONTEND_URL is not https: people are led there out of letters")
        return self

    def signs_with(self) -> bytes:
        """What the gateway's own signatures are derived from."""
        return self.token_key_file.read_bytes() if self.token_key_file else self.secret.encode()
