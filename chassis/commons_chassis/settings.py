"""What a process is told from outside: where its servers are, who it is to them, and its secrets, by file if need be."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

Safeguard = Literal["outbox", "inbox", "seq", "rls", "reconnect", "seal"]
SECRET: Final = "secret"  # noqa: S105 - the mark of one
Secret = Annotated[str, Field(repr=False), SECRET]
"""A setting that nobody else may see. It may stand in a file of its own: `COMMONS_X` is then told as `COMMONS_X_FILE`."""
OPEN_TO_OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP


class SettingError(Exception):
    """What a process was told does not do; the text is a sentence that names the setting, never its value."""


class PlatformSettings(BaseSettings):
    """The same for every process of a platform: `COMMONS_ENV`, `COMMONS_NATS` ..."""

    model_config = SettingsConfigDict(env_prefix="COMMONS_", extra="ignore", hide_input_in_errors=True)

    env: Literal["dev", "production"] = "production"
    nats: str = "nats://127.0.0.1:4222"
    nats_seed: Secret = ""
    """The private half of the process's nkey. In development a broker may take anyone; elsewhere nobody without."""
    log_level: str = "INFO"
    health_host: str = "127.0.0.1"
    """Where /livez, /readyz and /metrics are told; containers say 0.0.0.0, on a network of their own."""
    jobs_mb: int = 512
    """What the queue of a service and the pieces of its jobs may take of the broker's disk, and for how long at most."""
    jobs_hours: int = 48
    unsafe: str = ""
    """Development only: safeguards switched off, comma-separated, to see the tests that guard them go red."""

    def off(self, safeguard: Safeguard) -> bool:
        return self.env == "dev" and safeguard in self.unsafe.split(",")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What a test or a caller says, the environment, secrets in files; nothing else is looked at."""
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101 - for the type checker
        return init_settings, env_settings, SecretFiles(settings_cls, env_settings)

    @classmethod
    def told(cls, **known: Any) -> Self:
        """What the environment says of a process that is to run. Raises SettingError where it cannot run like that."""
        try:
            return cls(**known).fit()
        except ValidationError as wrong:
            prefix = str(known.get("_env_prefix", cls.model_config.get("env_prefix", "")))
            said = [(f"{prefix}{'__'.join(map(str, each['loc']))}".upper(), each["msg"]) for each in wrong.errors()]
            raise SettingError(" ".join(f"{name}: {reason}." for name, reason in said)) from None

    def fit(self) -> Self:
        """Raises SettingError for what is for development only, or missing, in any other place."""
        if self.env != "dev" and self.unsafe:
            raise SettingError("COMMONS_UNSAFE switches safeguards off: take it away, or set COMMONS_ENV=dev.")
        if self.env != "dev" and not self.nats_seed:
            raise SettingError("COMMONS_NATS_SEED_FILE is missing: the broker knows each process by its own key.")
        return self


class SecretFiles(PydanticBaseSettingsSource):
    """The secrets of which the environment says only in which file they are."""

    def __init__(self, settings_cls: type[BaseSettings], environment: EnvSettingsSource) -> None:
        super().__init__(settings_cls)
        self.prefix, self.said = environment.env_prefix, environment.env_vars

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        name = f"{self.prefix}{field_name}".upper()
        path = self.said.get(f"{name}_FILE".lower()) if is_secret(field) else None
        if path is None:
            return None, field_name, False
        if name.lower() in self.said:
            raise SettingError(f"{name} and {name}_FILE are both set: take one of them away.")
        return secret_in(f"{name}_FILE", Path(path), careful=self.said.get("commons_env") != "dev"), field_name, False

    def __call__(self) -> dict[str, str]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def is_secret(field: FieldInfo) -> bool:
    return SECRET in field.metadata


def secret_in(name: str, path: Path, *, careful: bool) -> str:
    """What stands in a file, without the line's end. Raises SettingError; `careful`: also where others may read it.

    The group may: container platforms hand secrets to a process by its group.
    """
    try:
        mode, said = path.stat().st_mode, path.read_text().strip()
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is no text"
        raise SettingError(f"{name} names {path}, which cannot be read: {reason}.") from None
    if careful and mode & OPEN_TO_OTHERS:
        raise SettingError(f"{name} names {path}, which others may read or change: chmod o-rwx,g-w {path}")
    if not said:
        raise SettingError(f"{name} names {path}, which is empty.")
    return said


class ServiceSettings(PlatformSettings):
    """One service's own, with its name in the prefix: `COMMONS_MATCHING__APP_DSN` ..."""

    name: str = ""
    app_dsn: Secret = ""
    engine_dsn: Secret = ""
    owner_dsn: Secret = ""
    keys_dsn: Secret = ""
    """Of a service that seals: where its authors' keys are."""
    master_key: Secret = ""
    """What their keys are wrapped by: 32 bytes in URL-safe base64."""
    health_port: int = 0
    pool: int = 4

    @classmethod
    def of(cls, name: str) -> Self:
        """Raises SettingError where the environment does not say what this service needs."""
        shared = PlatformSettings.told()
        return cls.told(_env_prefix=f"COMMONS_{name.upper()}__", name=name, **shared.model_dump())

    def fit(self) -> Self:
        for dsn in ("app_dsn", "engine_dsn"):
            if not getattr(self, dsn):
                setting = f"COMMONS_{self.name}__{dsn}_FILE".upper()
                raise SettingError(f"{setting} is missing: it says where the database of {self.name} is.")
        return super().fit()


def driver(dsn: str, *, sync: bool = False) -> str:
    """A plain postgresql:// address with the driver that SQLAlchemy should use."""
    return dsn.replace("postgresql://", "postgresql+psycopg://" if sync else "postgresql+asyncpg://", 1)
