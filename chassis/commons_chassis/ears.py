"""Hearing: facts of one owner reach the inbox, whatever broker and database do meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from sqlalchemy.exc import DBAPIError

from . import doors, telemetry
from .deploy import durable
from .faults import passing
from .inbox import Fact, Inbox
from .log import logger, where
from .metrics import HEARD
from .pull import Pull
from .runtime import Runtime
from .wire import kind_of

TRIES = 3
LAST_OFFER = 6
NAK_SECONDS = 1.0
PAUSE_SECONDS = 0.25
NOTE_BEAT = sa.text("""
    insert into owners_heard (owner, at) values (:owner, least(:at, now()))
    on conflict (owner) do update set at = excluded.at where owners_heard.at < excluded.at
""")


class Ear:
    """One owner, heard by one process of a service; several processes share the consumer."""

    def __init__(self, runtime: Runtime, owner: str) -> None:
        self.runtime, self.owner = runtime, owner
        self.inbox = Inbox(runtime.service, runtime.settings, owner)

    async def run(self) -> None:
        pull = Pull(self.runtime, durable(self.runtime.service.name, self.owner))
        async with contextlib.aclosing(pull.batches()) as batches:
            async for messages in batches:
                await self.take(messages)

    async def take(self, messages: Sequence[Msg]) -> None:
        """A batch in one transaction; when that fails, one by one, so that a bad one spoils only itself."""
        try:
            await self._patiently(messages)
        except Exception as broken:  # noqa: BLE001 - judged one by one
            if len(messages) > 1:
                for message in messages:
                    await self.take([message])
            else:
                await self._failed(messages[0], broken)

    async def _patiently(self, messages: Sequence[Msg]) -> None:
        """While a server is away the facts are kept in hand."""
        if any(m.metadata.num_delivered >= LAST_OFFER for m in messages):
            raise _WornOut
        while True:
            try:
                await doors.rerun(lambda: self._together(messages))
                break
            except Exception as broken:
                if not passing(broken):
                    raise
                HEARD[self.runtime.service.name, self.owner, "again"].inc()
                logger.warning("facts kept in hand", count=len(messages), **where(broken))
            await asyncio.sleep(PAUSE_SECONDS)
        with contextlib.suppress(NatsError):  # what is not acknowledged comes again, and is known
            for message in messages:
                await message.ack()

    async def _together(self, messages: Sequence[Msg]) -> None:
        told = False
        grounds: dict[UUID, list[Fact]] = {}
        for message in messages:
            if not _is_beat(message):
                ground = UUID(message.subject.rpartition(".")[2])
                grounds.setdefault(ground, []).append(Fact.of(message))
        for project, facts in grounds.items():
            actor, now = doors.service_actor(project), self.runtime.clock.now()
            async with doors.transaction(self.runtime.service, self.runtime.app, actor, now, own=True) as tx:
                await self.inbox.apply(facts, tx)
                told = told or bool(tx.emitted)
            self._note()
        if beats := [m for m in messages if _is_beat(m)]:
            await self._note_beat(beats[-1])
        if told:
            self.runtime.committed.set()

    def _note(self) -> None:
        """Counted and logged when it is committed."""
        service = self.runtime.service
        for fact, outcome in self.inbox.outcomes:
            HEARD[service.name, self.owner, outcome].inc()
            if outcome != "repeated" and fact.subject in service.reactions:
                with telemetry.following(fact.trace):
                    logger.info("reaction", message=fact.subject, outcome=outcome, fact=str(fact.envelope.id))

    async def _note_beat(self, beat: Msg) -> None:
        """All that the owner told before this was offered to us before it."""
        at = datetime.fromisoformat(beat.data.decode())
        async with self.runtime.quick.connect() as c:
            await c.execute(NOTE_BEAT, {"owner": self.owner, "at": at})

    async def _failed(self, message: Msg, broken: Exception) -> None:
        """Again a little later, what it needs may not have come; after some tries to the dead letters."""
        with contextlib.suppress(NatsError):
            if message.metadata.num_delivered >= TRIES and await self._buried(message, broken):
                await message.term()
                return
            HEARD[self.runtime.service.name, self.owner, "again"].inc()
            subject = kind_of(message.subject)
            logger.warning("fact not digested", outcome="again", subject=subject, **where(broken))
            await message.nak(delay=NAK_SECONDS)

    async def _buried(self, message: Msg, broken: Exception) -> bool:
        """To be looked at by a person: the fact, or a trace of what is none; False where the database is away."""
        if _is_beat(message) and isinstance(broken, _WornOut):
            return True  # the next one says the same
        try:
            return await self._kept(self.inbox.letter(Fact.of(message), broken))
        except (KeyError, ValueError, DBAPIError):
            return await self._kept(self.inbox.unreadable(message, broken))

    async def _kept(self, letter: sa.Insert) -> bool:
        try:
            async with self.runtime.quick.connect() as c:
                await c.execute(letter)
        except Exception as away:
            if not passing(away):
                raise
            return False
        return True


class _WornOut(Exception):
    """Offered again and again and never finished: whoever takes it comes to an end over it."""


def _is_beat(message: Msg) -> bool:
    return message.subject.endswith(".beat")
