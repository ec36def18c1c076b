"""What a service process is told from outside: where its servers are, and who it is to them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic_settings import BaseSettings, SettingsConfigDict

Safeguard = Literal["outbox", "inbox", "seq", "rls", "reconnect"]


class PlatformSettings(BaseSettings):
    """The same for every process of a platform: `COMMONS_ENV`, `COMMONS_NATS` ..."""

    model_config = SettingsConfigDict(env_prefix="COMMONS_", extra="ignore")

    env: Literal["dev", "production"] = "production"
    nats: str = "nats://127.0.0.1:4222"
    log_level: str = "INFO"
    unsafe: str = ""
    """Development only: safeguards switched off, comma-separated, to see the tests that guard them go red."""

    def off(self, safeguard: Safeguard) -> bool:
        return self.env == "dev" and safeguard in self.unsafe.split(",")


class ServiceSettings(PlatformSettings):
    """One service's own, with its name in the prefix: `COMMONS_MATCHING__APP_DSN` ..."""

    name: str = ""
    app_dsn: str = ""
    engine_dsn: str = ""
    owner_dsn: str = ""
    health_port: int = 0
    pool: int = 4

    @classmethod
    def of(cls, name: str) -> Self:
        shared = PlatformSettings()
        return cls(_env_prefix=f"COMMONS_{name.upper()}__", name=name, **shared.model_dump())  # type: ignore[call-arg]


def driver(dsn: str, *, sync: bool = False) -> str:
    """A plain postgresql:// address with the driver that SQLAlchemy should use."""
    return dsn.replace("postgresql://", "postgresql+psycopg://" if sync else "postgresql+asyncpg://", 1)
