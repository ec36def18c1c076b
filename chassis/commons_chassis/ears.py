"""Hearing: facts of one owner, applied once each and in the order of their aggregate, whatever the broker does.

A fact is applied in one transaction with the note that it was heard (`heard`: one row an aggregate). An older one is
acknowledged and forgotten; an early one is parked in a table until those before it came; one that cannot be digested goes
to the dead letters, and its aggregate waits there with it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from nats.aio.msg import Msg
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from commons_contracts.base import Event

from . import doors
from .deploy import durable
from .log import logger, where
from .metrics import HEARD
from .pull import Pull
from .runtime import Runtime
from .tx import Tx
from .wire import Envelope, kind_of

TRIES = 3
NAK_SECONDS = 1.0
PASSING = (OperationalError, InterfaceError, PoolTimeout, OSError, TimeoutError)


@dataclass
class Fact:
    """A message as it is applied or parked."""

    subject: str
    headers: dict[str, Any]
    body: Any

    @classmethod
    def of(cls, message: Msg) -> Fact:
        return cls(kind_of(message.subject), dict(message.headers or {}), json.loads(message.data))

    @cached_property
    def envelope(self) -> Envelope:
        return Envelope.of(self.headers)


class Ear:
    """One owner, heard by one process of a service; several processes share the consumer."""

    def __init__(self, runtime: Runtime, owner: str) -> None:
        self.runtime, self.owner = runtime, owner
        self.tables = runtime.service.metadata.tables

    async def run(self) -> None:
        pull = Pull(self.runtime, durable(self.runtime.service.name, self.owner))
        async for messages in pull.batches():
            await self.take(messages)

    async def take(self, messages: Sequence[Msg]) -> None:
        """A batch in one transaction; when that fails, one by one, so that a bad one spoils only itself."""
        try:
            await doors.rerun(lambda: self._together(messages))
        except Exception as broken:  # noqa: BLE001 - judged one by one below
            if len(messages) > 1 and not isinstance(broken, PASSING):
                for message in messages:
                    await self.take([message])
            else:
                await self._failed(messages, broken)
            return
        for message in messages:
            await message.ack()

    async def _together(self, messages: Sequence[Msg]) -> None:
        told = False
        grounds: dict[UUID, list[Msg]] = {}
        for message in messages:
            if _is_beat(message):
                continue
            grounds.setdefault(UUID(message.subject.rpartition(".")[2]), []).append(message)
        for project, those in grounds.items():
            actor = doors.service_actor(project)
            now = self.runtime.clock.now()
            async with doors.transaction(self.runtime.service, self.runtime.app, actor, now, own=True) as tx:
                await self._apply_all(those, tx)
                told = told or bool(tx.emitted)
        if beats := [m for m in messages if _is_beat(m)]:
            await self._note_beat(beats[-1])
        if told:
            self.runtime.committed.set()

    async def _apply_all(self, messages: Sequence[Msg], tx: Tx) -> None:
        facts = [Fact.of(m) for m in messages]
        known = await self._heard({f.envelope.aggregate for f in facts}, tx)
        behind = await self._parked_among(known, tx)
        for fact in facts:
            outcome = await self._one(fact, known, behind, tx)
            HEARD.labels(self.runtime.service.name, outcome).inc()
        await self._note_heard(known, tx)

    async def _heard(self, aggregates: set[UUID], tx: Tx) -> dict[UUID, int]:
        """The last number heard of each aggregate, its row locked: two processes cannot apply the same fact."""
        t = self.tables["heard"]
        blank = [{"owner": self.owner, "aggregate": a, "seq": 0} for a in sorted(aggregates)]
        await tx.run(insert(t).on_conflict_do_nothing(), blank)
        locked = sa.select(t.c.aggregate, t.c.seq).where(t.c.owner == self.owner, t.c.aggregate.in_(aggregates))
        return {r["aggregate"]: r["seq"] for r in await tx.rows(locked.order_by(t.c.aggregate).with_for_update())}

    async def _note_heard(self, known: dict[UUID, int], tx: Tx) -> None:
        t = self.tables["heard"]
        mine = (t.c.owner == self.owner) & (t.c.aggregate == sa.bindparam("which"))
        rows = [{"which": a, "seq_now": seq} for a, seq in sorted(known.items())]
        await (await tx.db.connection()).execute(sa.update(t).where(mine).values(seq=sa.bindparam("seq_now")), rows)

    async def _parked_among(self, aggregates: Collection[UUID], tx: Tx) -> set[UUID]:
        """Those for which something waits: seldom any, so it is asked once and not at each fact."""
        t = self.tables["parked"]
        waiting = sa.select(t.c.aggregate).where(t.c.owner == self.owner, t.c.aggregate.in_(aggregates)).distinct()
        return {row["aggregate"] for row in await tx.rows(waiting)}

    async def _one(self, fact: Fact, known: dict[UUID, int], behind: set[UUID], tx: Tx) -> str:
        aggregate, seq, off = fact.envelope.aggregate, fact.envelope.seq, self.runtime.settings.off
        last = known[aggregate]
        if seq <= last and not off("inbox"):
            return "repeated"
        if seq > last + 1 and not off("seq"):
            await self._park(fact, tx)
            behind.add(aggregate)
            return "early"
        await self._react(fact, tx)
        known[aggregate] = max(last, seq)
        if aggregate in behind:
            await self._unpark(aggregate, known, tx)
        return "applied"

    async def resume(self, fact: Fact, tx: Tx, *, skip: bool) -> None:
        """A dead letter again, or given up (`skip`); and then all that waited behind it."""
        aggregate = fact.envelope.aggregate
        known = await self._heard({aggregate}, tx)
        if fact.envelope.seq > known[aggregate]:
            if not skip:
                await self._react(fact, tx)
            known[aggregate] = fact.envelope.seq
            await self._unpark(aggregate, known, tx)
        await self._note_heard(known, tx)

    async def _react(self, fact: Fact, tx: Tx) -> None:
        """At the fact's own business time, so that a replay does what the first hearing did."""
        kind, _ = self.runtime.service.reactions.get(fact.subject, (None, None))
        if kind is None:
            return
        event: Event = kind.model_validate(fact.body)
        tx.cause, tx.now = fact.envelope.id, event.at
        await doors.react(event, tx, self.runtime.service)
        await tx.write_facts()
        tx.cause = None

    async def _park(self, fact: Fact, tx: Tx) -> None:
        row = {"owner": self.owner, "aggregate": fact.envelope.aggregate, "seq": fact.envelope.seq}
        put = insert(self.tables["parked"]).values(**row, subject=fact.subject, headers=fact.headers, body=fact.body)
        await tx.run(put.on_conflict_do_nothing())

    async def _unpark(self, aggregate: UUID, known: dict[UUID, int], tx: Tx) -> None:
        t = self.tables["parked"]
        while True:
            following = (t.c.owner == self.owner) & (t.c.aggregate == aggregate) & (t.c.seq == known[aggregate] + 1)
            row = await tx.row(sa.select(t).where(following))
            if row is None:
                return
            await self._react(Fact(row["subject"], row["headers"], row["body"]), tx)
            known[aggregate] += 1
            await tx.run(sa.delete(t).where(following))

    async def _note_beat(self, beat: Msg) -> None:
        """All that the owner told before this was offered to us before it."""
        t = self.tables["owners_heard"]
        put = insert(t).values(owner=self.owner, at=datetime.fromisoformat(beat.data.decode()))
        latest = {"at": sa.func.greatest(t.c.at, put.excluded.at)}
        async with self.runtime.engine.begin() as c:
            await c.execute(put.on_conflict_do_update(index_elements=[t.c.owner], set_=latest))

    # ------------------------------------------------------------ what went wrong
    async def _failed(self, messages: Sequence[Msg], broken: Exception) -> None:
        """A passing fault: again a little later. A lasting one, after some tries: to the dead letters."""
        passing = isinstance(broken, PASSING) or (isinstance(broken, DBAPIError) and broken.connection_invalidated)
        lasting = not passing and messages[0].metadata.num_delivered >= TRIES
        if passing:
            await asyncio.sleep(NAK_SECONDS / 4)
        outcome = "dead" if lasting else "again"
        HEARD.labels(self.runtime.service.name, outcome).inc()
        logger.warning("fact not digested", outcome=outcome, subject=kind_of(messages[0].subject), **where(broken))
        for message in messages:
            if lasting and await self._bury(message, broken):
                await message.term()
            else:
                await message.nak(delay=NAK_SECONDS)

    async def _bury(self, message: Msg, broken: Exception) -> bool:
        try:
            fact = Fact.of(message)
            row = {"owner": self.owner, "aggregate": fact.envelope.aggregate, "seq": fact.envelope.seq}
        except (KeyError, ValueError):
            return True  # not a fact of ours at all: there is nothing to keep
        letter = {**row, "subject": fact.subject, "headers": fact.headers, "body": fact.body}
        put = insert(self.tables["dead_letters"]).values(**letter, error=type(broken).__name__)
        try:
            async with self.runtime.engine.begin() as c:
                await c.execute(put.on_conflict_do_nothing())
        except PASSING:
            return False
        return True


def _is_beat(message: Msg) -> bool:
    return message.subject.endswith(".beat")
