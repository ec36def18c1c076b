"""Commit first, tell after: the outbox goes to the stream in order, deadlines fall due, the audit log is sealed.

One process of a service does this at a time: the one that holds the advisory lock.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from . import deadlines, telemetry
from .clock import real_now
from .deploy import STREAM
from .faults import passing
from .log import logger, where
from .metrics import ACK_SECONDS, BATCHES, TOLD_FACTS
from .runtime import Runtime
from .tell import MOST, PATIENCE_SECONDS, Telling, tell
from .wire import FACT_TRACE, MSG_ID, Envelope, subject_on_ground

LOCK = 4_242_001
STEPS = 50
LINKS = 100
TICK_SECONDS = 1.0
PAUSE_SECONDS = 0.2
BEAT_SECONDS = 5.0
SILENT_SECONDS = 15
"""Who leads and says nothing to the database for so long leads no more: another process may be waiting to."""
TIDY_SECONDS = 3600.0
PENDING = sa.text("""
    select event_log.*, outbox.trace from event_log join outbox using (id) where event_log.position > :after
    order by event_log.position limit :most
""").columns(body=JSONB)
TOLD = sa.text("delete from outbox where id = any(:ids)")


class Relay:
    """`run` until cancelled. `drain` tells all that is committed and due, for tests and for moves of the clock."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.leading = False
        self.busy = asyncio.Lock()
        self._next_beat = self._next_tidy = 0.0
        self._passed = 0
        """How far a long way through the log has come; a way begins anew behind its end, for what was committed late."""

    async def run(self) -> None:
        """Lead when nobody else does; lose the lead with the connection, and try again."""
        self.runtime.on_stop.append(self.runtime.committed.set)
        while not self.runtime.stopping:
            try:
                async with self.runtime.quick.connect() as held:
                    try:
                        await self._lead(held)
                    finally:
                        await held.invalidate()  # the lock is the connection's: back in the pool it would keep it
            except Exception as broken:
                if not passing(broken):
                    raise
                logger.warning("relay interrupted", **where(broken))
            finally:
                self.leading = False
            await asyncio.sleep(PAUSE_SECONDS)

    async def _lead(self, held: AsyncConnection) -> None:
        while not self.leading and not self.runtime.stopping:
            self.leading = await _lock(held)
            if not self.leading:
                await asyncio.sleep(TICK_SECONDS)  # the lock is another process's: nothing here can wake us
        while self.leading:
            quiet = await self._turn()
            await self._beat_and_tidy(held)
            if self.runtime.stopping:
                return
            if quiet:
                await self._sleep()

    async def _sleep(self) -> None:
        """Until a commit wakes us, or a second passed: whatever a crash left is seen then."""
        try:
            await asyncio.wait_for(self.runtime.committed.wait(), timeout=TICK_SECONDS)
        except TimeoutError:
            return

    async def drain(self) -> None:
        while not await self._turn():
            pass

    async def _turn(self) -> bool:
        """A bounded piece of work, so that under load the beats go on; True when nothing is left."""
        async with self.busy:
            self.runtime.committed.clear()
            for _ in range(STEPS):
                if not await deadlines.run_next(self.runtime) and await self.tell_batch() < MOST and not self._passed:
                    return True
        return False

    async def tell_batch(self) -> int:
        """Publish the oldest pending facts in order, wait for every acknowledgement, forget the pending rows."""
        runtime = self.runtime
        after, self._passed = self._passed, 0
        async with runtime.quick.connect() as c:
            rows = (await c.execute(PENDING, {"after": after, "most": MOST})).mappings().all()
        if not rows:
            return await self.tell_batch() if after else 0
        if runtime.settings.off("outbox"):
            await self._forget(rows)  # told at most once, then: what the broker does not take is lost
        began = time.monotonic()
        with telemetry.span("relay", "producer", [row["trace"] for row in rows[:LINKS]], count=len(rows)):
            await tell(runtime, [_telling(row) for row in rows])
        ACK_SECONDS[runtime.service.name,].observe(time.monotonic() - began)
        await self._forget(rows)
        TOLD_FACTS[runtime.service.name,].inc(len(rows))
        BATCHES[runtime.service.name,].inc()
        if after or len(rows) == MOST:
            self._passed = rows[-1]["position"]  # else the rows before it, all told, would be looked at again and again
        return len(rows)

    async def _forget(self, rows: Sequence[sa.RowMapping]) -> None:
        async with self.runtime.quick.connect() as c:
            await c.execute(TOLD, {"ids": [row["id"] for row in rows]})

    # ------------------------------------------------------------ now and then
    async def _beat_and_tidy(self, held: AsyncConnection) -> None:
        now = real_now().timestamp()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            await held.execute(sa.text("select 1"))  # who has lost the connection has lost the lead
            await self._beat()
            await self._seal_audit()
        if now >= self._next_tidy:
            self._next_tidy = now + TIDY_SECONDS
            await self._tidy()

    async def _beat(self) -> None:
        """Through the same stream as the facts: who hears the beat has been offered all that was told before it."""
        subject = f"evt.{self.runtime.service.name}.beat"
        at = real_now().isoformat().encode()
        beat = self.runtime.js.publish(subject, at, stream=STREAM, msg_ttl=60, timeout=PATIENCE_SECONDS)
        await self.runtime.asked(beat)

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


def audit_hash(previous: bytes, row: sa.RowMapping | Mapping[str, Any]) -> bytes:
    """The person is not covered: erasing her must not break the chain."""
    said = f"{row['id']}|{row['project']}|{row['at'].astimezone(UTC).isoformat()}|{row['operation']}"
    return hashlib.sha256(previous + said.encode()).digest()


def fact(row: sa.RowMapping) -> tuple[str, bytes, dict[str, str]]:
    """Subject, payload and headers of a logged fact, as they go to the stream."""
    envelope = Envelope(**{name: row[name] for name in ("id", "aggregate", "seq", "cause", "about", "project")})
    at: datetime = row["at"]
    headers = envelope.headers(row["subject"], at.astimezone(UTC).isoformat())
    return subject_on_ground(row["subject"], row["project"]), to_json(row["body"]), headers


def _telling(row: sa.RowMapping) -> Telling:
    subject, payload, headers = fact(row)
    came_from = {FACT_TRACE: row["trace"]} if row["trace"] else {}
    return Telling(subject, payload, {**headers, **came_from, MSG_ID: str(row["id"])})


async def _lock(held: AsyncConnection) -> bool:
    """A session lock: it goes with the connection, however the process ends, and when it only stands still."""
    await held.execute(sa.text(f"set idle_session_timeout = '{SILENT_SECONDS}s'"))
    return bool((await held.execute(sa.select(sa.func.pg_try_advisory_lock(LOCK)))).scalar())
