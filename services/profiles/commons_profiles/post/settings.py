"""How letters leave the house."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from commons_chassis.settings import PlatformSettings, Secret, SettingError


class _Everyones(PlatformSettings):
    public_url: str = ""


class PostSettings(PlatformSettings):
    """`COMMONS_PROFILES__SMTP` and its kin. With nothing set, letters wait until they are of no use, and are dropped."""

    public_url: str = ""
    """`COMMONS_PUBLIC_URL`, where browsers reach the platform: what a link in a letter begins with."""
    smtp: str = ""
    """`smtp://user@host:587` (STARTTLS, unless the host is this machine) or `smtps://user@host:465`."""
    smtp_password: Secret = ""
    mail_from: str = ""
    link_key: Secret = ""
    """What links are made from: 32 characters or more, the same for every process of the service."""
    mail_folder: Path | None = None
    """Development: letters become files here."""

    discord_server: str = ""
    """Development: where announcements go instead of to Discord, such as `http://127.0.0.1:8090`."""

    @classmethod
    def of_environment(cls) -> Self:
        """Raises SettingError for half a post office."""
        shared = _Everyones.told().model_dump()
        return cls.told(_env_prefix="COMMONS_PROFILES__", **shared)

    def fit(self) -> Self:
        if self.mail_folder and self.env != "dev":
            raise SettingError("COMMONS_PROFILES__MAIL_FOLDER keeps letters in the clear: it is for COMMONS_ENV=dev.")
        if self.discord_server and self.env != "dev":
            raise SettingError("COMMONS_PROFILES__DISCORD_SERVER is for COMMONS_ENV=dev: announcements go to Discord.")
        if self.sends:
            needed = {
                "COMMONS_PUBLIC_URL": self.public_url,
                "COMMONS_PROFILES__MAIL_FROM": self.mail_from,
                "COMMONS_PROFILES__LINK_KEY_FILE": self.link_key,
            }
            if lacking := [name for name, value in needed.items() if not value]:
                raise SettingError(f"Letters cannot be sent without {', '.join(lacking)}.")
            if self.env != "dev" and not self.public_url.startswith("https://"):
                raise SettingError(
                    "COMMONS_PUBLIC_URL is not https: a link that signs in must not travel in the clear."
                )
        return super().fit()

    @property
    def sends(self) -> bool:
        return bool(self.smtp or self.mail_folder)
