"""How a letter leaves: over one connection for several of them, or, in development, as a file."""

from __future__ import annotations

import asyncio
import contextlib
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from commons_chassis.clock import real_now

from .settings import PostSettings

PATIENCE_SECONDS, FAREWELL_SECONDS = 20.0, 2.0


class Carrier:
    """`async with`: the connection is made for the first letter, made again after it broke, and ended in the end."""

    def __init__(self, settings: PostSettings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, no: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._client is not None and self._client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await self._client.quit()
            self._client.close()

    async def send(self, message: EmailMessage) -> None:
        """Raises aiosmtplib's exceptions, OSError and TimeoutError; SMTPRecipientsRefused is about this letter alone."""
        now = real_now()
        message["Date"] = now
        if self._settings.mail_folder:
            name = f"{now:%Y%m%dT%H%M%S%f}.eml"
            await asyncio.to_thread(_keep, self._settings.mail_folder, name, message.as_bytes())
            return
        async with asyncio.timeout(PATIENCE_SECONDS):
            if self._client is None or not self._client.is_connected:
                self._client = self._new()
                await self._client.connect()
            await self._client.send_message(message)

    def _new(self) -> aiosmtplib.SMTP:
        way = urlsplit(self._settings.smtp)
        server = _server(way, lenient=self._settings.env == "dev")
        user = unquote(way.username or "") or None
        return aiosmtplib.SMTP(**server, username=user, password=self._settings.smtp_password or None)


def _server(way: SplitResult, *, lenient: bool) -> dict[str, Any]:
    """STARTTLS is no matter of luck: a server elsewhere that does not offer it gets no letter, but in development."""
    near = lenient or way.hostname in {"localhost", "127.0.0.1", "::1"}
    secure = way.scheme == "smtps"
    return {
        "hostname": way.hostname,
        "port": way.port or (465 if secure else 587),
        "use_tls": secure,
        "start_tls": None if near and not secure else not secure,
        "timeout": PATIENCE_SECONDS,
    }


def _keep(folder: Path, name: str, content: bytes) -> None:
    """For a developer's eyes, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{name}"
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(folder / name)
