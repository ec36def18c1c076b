"""Sends what waits to be sent: at least once, whatever is killed on the way, and never longer than it is of use."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import aiosmtplib
import sqlalchemy as sa
from prometheus_client import Counter
from sqlalchemy.dialects.postgresql import insert

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.faults import passing
from commons_chassis.log import logger, where
from commons_chassis.runtime import Runtime
from commons_chassis.settings import SettingError
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Language

from ..rules.letter import LetterKind
from ..rules.link import KEPT
from ..rules.session import IDLE, LONGEST
from ..tables import letters, links, sessions, stop_links
from .carrier import Carrier
from .contents import Later, Pen, Written, find_meetings, find_told
from .letter import digest_of, letter, sign_in_content, stop_token_of, token_of, with_stop
from .settings import PostSettings
from .sorting import sort_some

AT_ONCE, WAYS = 20, 4
"""So many letters are taken at once, and leave on so many connections."""
TICK_SECONDS = 1.0
LEASE = timedelta(seconds=30)
"""Whoever takes a letter has so long to send it; then it is taken again, and each time it is given longer."""
LONGER_UNTIL, MOST_TRIES = 7, 100
"""Twice as long up to so many tries, an hour; after four days of trying nobody waits for it any more."""
TIDY_SECONDS = 3600.0
SENT = Counter("commons_letters_total", "Letters, by what became of them.", ["outcome"])
SORTED = Counter("commons_notices_sorted_total", "Notices that were put into letters, or found to need none.")


async def deliver(runtime: Runtime) -> None:
    """Work of each process of the service, until it stops."""
    try:
        settings = PostSettings.of_environment()
    except SettingError as wrong:
        logger.error("no letters can be sent", reason=str(wrong))
        raise
    await Office(runtime, settings).run()


class Office:
    """A letter's row goes when the letter went. Between the two a crash sends it again, the same letter."""

    def __init__(self, runtime: Runtime, settings: PostSettings) -> None:
        self._runtime, self._settings = runtime, settings
        self._key = settings.link_key.encode()
        self._pen = Pen(settings.mail_from, settings.public_url)
        self._next_tidy = 0.0

    async def run(self) -> None:
        if not self._settings.sends:
            logger.warning("no letters are sent: COMMONS_PROFILES__SMTP is not set")
        while not self._runtime.stopping:
            try:
                await self._tidy()
                if await self.sort() + await self._send_what_can():
                    continue
            except Exception as broken:
                if not passing(broken):
                    raise
                logger.warning("letters wait", **where(broken))
            await asyncio.sleep(TICK_SECONDS)

    async def _send_what_can(self) -> int:
        return await self.send_some() if self._settings.sends else 0

    async def sort(self) -> int:
        """Put the notices that wait into letters, a thousand at most; how many there were."""
        async with self._transaction() as tx:
            count = await sort_some(tx, self._runtime.clock.now(), sends=self._settings.sends)
        SORTED.inc(count)
        return count

    async def send_some(self) -> int:
        """Send the letters whose time has come, a few at once; how many there were."""
        taken = await self._take()
        written = await self._written(taken)
        shares = [self._carry(share) for n in range(WAYS) if (share := written[n::WAYS])]
        for broken in await asyncio.gather(*shares, return_exceptions=True):
            if broken is not None:
                raise broken
        return len(taken)

    async def _carry(self, share: Sequence[tuple[UUID, int, EmailMessage]]) -> None:
        async with Carrier(self._settings) as carrier:
            for id, tries, message in share:
                if await self._sent(carrier, message, tries):
                    await self._run(sa.delete(letters).where(letters.c.id == id))

    async def _take(self) -> Sequence[Row]:
        """A letter is one process's for a while, longer with each try. A link to sign in opens before its letter leaves."""
        now, taking, t = real_now(), letters.alias(), letters.c
        ready = (taking.c.leaves_at <= self._runtime.clock.now()) & (taking.c.try_at <= now)
        due = sa.select(taking.c.id).where(ready).order_by(taking.c.leaves_at, taking.c.try_at).limit(AT_ONCE)
        again = sa.literal(now, t.try_at.type) + LEASE * sa.func.power(2, sa.func.least(t.tries, LONGER_UNTIL))
        take = (
            sa.update(letters)
            .where(t.id.in_(due.with_for_update(skip_locked=True)))
            .values(tries=t.tries + 1, try_at=again)
            .returning(letters)
        )
        async with self._transaction() as tx:
            await tx.run(_useless(now))
            taken = await tx.rows(take)
            for row in taken:
                if row["kind"] == LetterKind.SIGN_IN:
                    token = digest_of(token_of(row["id"], self._key))
                    await tx.run(sa.update(links).where(links.c.id == row["id"]).values(token=token))
        return sorted(taken, key=lambda row: (row["leaves_at"], row["id"]))

    # ------------------------------------------------------------ writing
    async def _written(self, taken: Sequence[Row]) -> list[tuple[UUID, int, EmailMessage]]:
        """Each as a message; those that nobody needs, or not yet, are not among them."""
        written = await self._about_notices([row for row in taken if row["kind"] != LetterKind.SIGN_IN])
        messages = []
        for row in taken:
            if row["kind"] == LetterKind.SIGN_IN:
                message = self._signing_in(row)
            elif found := written.get(row["id"]):
                message = self._about(row, found)
            else:
                continue
            messages.append((row["id"], row["tries"], message))
        return messages

    def _signing_in(self, row: Row) -> EmailMessage:
        language = Language(row["language"])
        content = sign_in_content(row["id"], self._key, self._settings.public_url, language)
        return letter(content, row["address"], self._settings.mail_from, row["id"])

    def _about(self, row: Row, found: Written) -> EmailMessage:
        content = found.content
        if found.stops is not None:
            token = stop_token_of(found.person, found.project, found.stops, self._key)
            content = with_stop(content, self._settings.public_url, token)
        return letter(content, found.to, self._settings.mail_from, row["id"], found.invitations)

    async def _about_notices(self, rows: Sequence[Row]) -> Mapping[UUID, Written]:
        if not rows:
            return {}
        now, ids = self._runtime.clock.now(), [row["id"] for row in rows]
        async with self._transaction() as tx:
            told = await find_told(tx, ids)
        known = await self._known(told)
        found = {row["id"]: self._pen.write(row, told.get(row["id"], ()), known, now) for row in rows}
        await self._settle(found)
        return {id: one for id, one in found.items() if isinstance(one, Written)}

    async def _known(self, told: Mapping[UUID, Sequence[Row]]) -> list[Row]:
        """The sessions that they are about: each stands behind the wall of its project."""
        grounds: dict[UUID, list[Row]] = defaultdict(list)
        for row in (row for rows in told.values() for row in rows):
            grounds[row["project"]].append(row)
        known = []
        for project, rows in grounds.items():
            async with self._transaction(project) as tx:
                known += await find_meetings(tx, rows)
        return known

    async def _settle(self, found: Mapping[UUID, Written | Later | None]) -> None:
        """What nobody needs goes; what is early waits; the links that stop the others work before they leave."""
        useless = [id for id, one in found.items() if one is None]
        quiet = {id: one.at for id, one in found.items() if isinstance(one, Later) and one.at is not None}
        links_made = {
            _stop_row(one, self._key) for one in found.values() if isinstance(one, Written) and one.stops is not None
        }
        async with self._transaction() as tx:
            if useless:
                await tx.run(sa.delete(letters).where(letters.c.id.in_(useless)))
                SENT.labels("needless").inc(len(useless))
            for id, at in quiet.items():
                await tx.run(
                    sa.update(letters).where(letters.c.id == id).values(leaves_at=at, try_at=real_now(), tries=0)
                )
            names = ("token", "project", "person", "category")
            rows = [dict(zip(names, row, strict=True)) for row in sorted(links_made, key=lambda row: row[0])]
            if rows:
                await tx.run(insert(stop_links).values(rows).on_conflict_do_nothing())

    # ------------------------------------------------------------ sending
    async def _sent(self, carrier: Carrier, message: EmailMessage, tries: int) -> bool:
        """Whether there is nothing more to do. Nothing of the letter is logged, its address least of all."""
        try:
            await carrier.send(message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return self._failed(refused, tries, final=all(no.code >= 500 for no in refused.recipients))  # noqa: PLR2004
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as broken:
            return self._failed(broken, tries, final=tries >= MOST_TRIES)
        SENT.labels("sent").inc()
        return True

    def _failed(self, broken: Exception, tries: int, *, final: bool = False) -> bool:
        SENT.labels("refused" if final else "failed").inc()
        logger.warning("a letter was not sent", error=type(broken).__name__, tries=tries, final=final)
        return final

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

    def _transaction(self, project: UUID | None = None) -> AbstractAsyncContextManager[Tx]:
        runtime = self._runtime
        return doors.transaction(runtime.service, runtime.app, doors.service_actor(project), real_now(), own=True)


def _useless(now: datetime) -> sa.Delete:
    return sa.delete(letters).where(letters.c.ends_at <= now)


def _stop_row(one: Written, key: bytes) -> tuple[str, UUID, UUID, str | None]:
    token = stop_token_of(one.person, one.project, one.stops or "", key)
    return digest_of(token), one.project, one.person, one.stops or None
