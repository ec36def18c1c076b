"""Sends what waits to be sent: at least once, whatever is killed on the way, and never longer than it is of use."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
import sqlalchemy as sa
from prometheus_client import Counter

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.faults import passing
from commons_chassis.log import logger, where
from commons_chassis.runtime import Runtime
from commons_chassis.settings import SettingError
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Language

from ..rules.link import KEPT
from ..rules.session import IDLE, LONGEST
from ..tables import letters, links, sessions
from .letter import address_of, digest_of, sign_in_letter, token_of
from .settings import PostSettings

AT_ONCE = 10
TICK_SECONDS = 1.0
LEASE = timedelta(seconds=30)
"""Whoever takes a letter has so long to send it; then it is taken again."""
PATIENCE_SECONDS = 20.0
TIDY_SECONDS = 3600.0
SENT = Counter("commons_letters_total", "Letters, by what became of them.", ["outcome"])


async def deliver(runtime: Runtime) -> None:
    """Work of each process of the service, until it stops."""
    try:
        settings = PostSettings.of_environment()
    except SettingError as wrong:
        logger.error("no letters can be sent", reason=str(wrong))
        raise
    await Office(runtime, settings).run()


class Office:
    """A letter's row goes when the letter went. Between the two a crash sends it again, with the same link in it."""

    def __init__(self, runtime: Runtime, settings: PostSettings) -> None:
        self._runtime, self._settings = runtime, settings
        self._key = settings.link_key.encode()
        self._next_tidy = 0.0

    async def run(self) -> None:
        if not self._settings.sends:
            logger.warning("no letters are sent: COMMONS_PROFILES__SMTP is not set")
        while not self._runtime.stopping:
            try:
                await self._tidy()
                if self._settings.sends and await self.send_some():
                    continue
            except Exception as broken:
                if not passing(broken):
                    raise
                logger.warning("letters wait", **where(broken))
            await asyncio.sleep(TICK_SECONDS)

    async def send_some(self) -> int:
        """Send the letters whose time has come, ten at most; how many there were."""
        taken = await self._take()
        for letter in taken:
            link = address_of(letter["id"], self._key, self._settings.public_url)
            message = sign_in_letter(
                link, letter["address"], self._settings.mail_from, Language(letter["language"]), letter["id"]
            )
            if await self._sent(message, letter["tries"]):
                await self._run(sa.delete(letters).where(letters.c.id == letter["id"]))
        return len(taken)

    async def _take(self) -> Sequence[Row]:
        """A letter is one process's for a while, longer with each try. The link opens before its letter leaves."""
        now, taking = real_now(), letters.alias()
        due = sa.select(taking.c.id).where(taking.c.try_at <= now).order_by(taking.c.try_at).limit(AT_ONCE)
        again = sa.literal(now, letters.c.try_at.type) + LEASE * sa.func.power(2, letters.c.tries)
        take = (
            sa.update(letters)
            .where(letters.c.id.in_(due.with_for_update(skip_locked=True)))
            .values(tries=letters.c.tries + 1, try_at=again)
            .returning(letters)
        )
        async with self._transaction() as tx:
            await tx.run(_useless(now))
            taken = await tx.rows(take)
            for letter in taken:
                token = digest_of(token_of(letter["id"], self._key))
                await tx.run(sa.update(links).where(links.c.id == letter["id"]).values(token=token))
        return taken

    async def _sent(self, message: EmailMessage, tries: int) -> bool:
        """Whether there is nothing more to do. Nothing of the letter is logged, its address least of all."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._send(message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return self._failed(refused, tries, final=all(no.code >= 500 for no in refused.recipients))  # noqa: PLR2004
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as broken:
            return self._failed(broken, tries)
        SENT.labels("sent").inc()
        return True

    def _failed(self, broken: Exception, tries: int, *, final: bool = False) -> bool:
        SENT.labels("refused" if final else "failed").inc()
        logger.warning("a letter was not sent", error=type(broken).__name__, tries=tries, final=final)
        return final

    async def _send(self, message: EmailMessage) -> None:
        if self._settings.mail_folder:
            name = f"{real_now():%Y%m%dT%H%M%S%f}.txt"
            plain = f"To: {message['To']}\nSubject: {message['Subject']}\n\n{message.get_content()}"
            await asyncio.to_thread(_keep, self._settings.mail_folder, name, plain)
            return
        way = urlsplit(self._settings.smtp)
        server = _server(way, lenient=self._settings.env == "dev")
        user = unquote(way.username or "") or None
        password = self._settings.smtp_password or None
        await aiosmtplib.send(message, **server, username=user, password=password)

    async def _tidy(self) -> None:
        """What is of no use to anybody any more is not kept."""
        now = real_now()
        if now.timestamp() >= self._next_tidy:
            self._next_tidy = now.timestamp() + TIDY_SECONDS
            await self._run(_useless(now))
            await self._run(sa.delete(links).where(links.c.asked_at <= now - KEPT))
            over = (sessions.c.began_at <= now - LONGEST) | (sessions.c.seen_at <= now - IDLE)
            await self._run(sa.delete(sessions).where(over))

    async def _run(self, statement: sa.sql.dml.UpdateBase) -> None:
        async with self._transaction() as tx:
            await tx.run(statement)

    def _transaction(self) -> AbstractAsyncContextManager[Tx]:
        runtime = self._runtime
        return doors.transaction(runtime.service, runtime.app, doors.service_actor(None), real_now(), own=True)


def _useless(now: datetime) -> sa.Delete:
    return sa.delete(letters).where(letters.c.ends_at <= now)


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


def _keep(folder: Path, name: str, content: str) -> None:
    """For a developer's eyes, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{name}"
    fresh.touch(mode=0o600)
    fresh.write_text(content, encoding="utf-8", newline="\n")
    fresh.replace(folder / name)
