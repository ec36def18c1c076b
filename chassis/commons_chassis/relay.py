"""Commit first, tell after: the outbox goes to the stream in order, deadlines fall due, the audit log is sealed.

One process of a service does this at a time: the one that holds the advisory lock.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from nats.errors import Error as NatsError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from . import deadlines
from .clock import real_now
from .deploy import STREAM
from .log import logger, where
from .metrics import RELAYED
from .runtime import Runtime
from .wire import MSG_ID, Envelope, subject_on_ground

BATCH = 200
LOCK = 4_242_001
BEAT_SECONDS = 5.0
TIDY_SECONDS = 3600.0
ACK_SECONDS = 5.0


class Relay:
    """`run` until cancelled. `drain` tells all that is committed and due, for tests and for moves of the clock."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.log = runtime.service.metadata.tables["event_log"]
        self.outbox = runtime.service.metadata.tables["outbox"]
        self.leading = False
        self.busy = asyncio.Lock()
        self._next_beat = self._next_tidy = 0.0

    async def run(self) -> None:
        """Lead when nobody else does; lose the lead with the connection, and try again."""
        while True:
            try:
                async with self.runtime.engine.connect() as held:
                    await self._lead(held)
            except (SQLAlchemyError, OSError, NatsError, TimeoutError) as passing:
                logger.warning("relay interrupted", **where(passing))
            finally:
                self.leading = False
            await asyncio.sleep(0.5)

    async def _lead(self, held: AsyncConnection) -> None:
        while not await _lock(held):  # noqa: ASYNC110 - the lock is another process's: nothing here can wake us
            await asyncio.sleep(1)
        self.leading = True
        while True:
            await self.drain()
            await self._beat_and_tidy()
            await held.execute(sa.text("select 1"))
            await held.commit()
            await self._sleep()

    async def _sleep(self) -> None:
        """Until a commit wakes us, or a second passed: whatever a crash left is seen then."""
        try:
            await asyncio.wait_for(self.runtime.committed.wait(), timeout=1)
        except TimeoutError:
            return
        self.runtime.committed.clear()

    async def drain(self) -> None:
        async with self.busy:
            self.runtime.committed.clear()
            while await deadlines.run_next(self.runtime) or await self.tell_batch():
                pass

    async def tell_batch(self) -> int:
        """Publish the oldest pending facts in order, wait for every acknowledgement, forget the pending rows."""
        runtime = self.runtime
        pending = sa.select(self.log).join(self.outbox, self.outbox.c.id == self.log.c.id).order_by(self.log.c.position)
        async with runtime.engine.connect() as c:
            rows = (await c.execute(pending.limit(BATCH))).mappings().all()
        if not rows:
            return 0
        if not runtime.settings.off("outbox"):
            await self._publish(rows)
        async with runtime.engine.begin() as c:
            await c.execute(sa.delete(self.outbox).where(self.outbox.c.id.in_([r["id"] for r in rows])))
        RELAYED.labels(runtime.service.name).inc(len(rows))
        return len(rows)

    async def _publish(self, rows: Sequence[sa.RowMapping]) -> None:
        """A failed acknowledgement means unknown: all of the batch is told again with the same ids."""
        waiting = []
        for row in rows:
            subject, payload, headers = fact(row)
            headers[MSG_ID] = str(row["id"])
            waiting.append(await self.runtime.js.publish_async(subject, payload, stream=STREAM, headers=headers))
        async with asyncio.timeout(ACK_SECONDS):
            await asyncio.gather(*waiting)

    # ------------------------------------------------------------ now and then
    async def _beat_and_tidy(self) -> None:
        now = real_now().timestamp()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            await self._beat()
            await self._seal_audit()
        if now >= self._next_tidy:
            self._next_tidy = now + TIDY_SECONDS
            await self._tidy()

    async def _beat(self) -> None:
        """Through the same stream as the facts: who hears the beat has been offered all that was told before it."""
        subject = f"evt.{self.runtime.service.name}.beat"
        at = real_now().isoformat().encode()
        await self.runtime.js.publish(subject, at, stream=STREAM, msg_ttl=60, timeout=ACK_SECONDS)

    async def _tidy(self) -> None:
        answered = self.runtime.service.metadata.tables["answered"]
        async with self.runtime.engine.begin() as c:
            await c.execute(sa.delete(answered).where(answered.c.at < real_now() - timedelta(days=7)))

    async def _seal_audit(self) -> None:
        """Chain what was written since: each entry's hash covers the one before, so none can be changed or lost unseen."""
        t = self.runtime.service.metadata.tables["audit"]
        async with self.runtime.engine.begin() as c:
            last = (await c.execute(sa.select(t).order_by(t.c.number.desc().nulls_last()).limit(1))).mappings().first()
            number, previous = (last["number"] or 0, last["hash"] or b"") if last else (0, b"")
            fresh = sa.select(t).where(t.c.number.is_(None)).order_by(t.c.at, t.c.id).limit(5000)
            sealed = []
            for row in (await c.execute(fresh)).mappings():
                number, previous = number + 1, audit_hash(previous, row)
                sealed.append({"entry": row["id"], "number": number, "hash": previous})
            if sealed:
                change = sa.update(t).where(t.c.id == sa.bindparam("entry"))
                await c.execute(change.values(number=sa.bindparam("number"), hash=sa.bindparam("hash")), sealed)


def audit_hash(previous: bytes, row: sa.RowMapping) -> bytes:
    """The person is not covered: erasing her must not break the chain."""
    said = f"{row['id']}|{row['project']}|{row['at'].astimezone(UTC).isoformat()}|{row['operation']}"
    return hashlib.sha256(previous + said.encode()).digest()


def fact(row: sa.RowMapping) -> tuple[str, bytes, dict[str, str]]:
    """Subject, payload and headers of a logged fact, as they go to the stream."""
    envelope = Envelope(**{name: row[name] for name in ("id", "aggregate", "seq", "cause", "about", "project")})
    at: datetime = row["at"]
    headers = envelope.headers(row["subject"], at.astimezone(UTC).isoformat())
    return subject_on_ground(row["subject"], row["project"]), _json(row["body"]), headers


def _json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


async def _lock(held: AsyncConnection) -> bool:
    """A session lock: it goes with the connection, however the process ends."""
    got = bool((await held.execute(sa.select(sa.func.pg_try_advisory_lock(LOCK)))).scalar())
    await held.commit()
    return got
