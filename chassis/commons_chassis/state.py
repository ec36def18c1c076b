"""How a service is doing, and the few things an operator may ask of its processes."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from nats.aio.msg import Msg
from nats.js.errors import Error as JetStreamError
from pydantic import BaseModel

from .clock import Setting, real_now
from .deploy import CLOCK_BUCKET, STREAM, durable
from .ids import new_id
from .relay import Relay, fact
from .runtime import Runtime
from .wire import MSG_ID

CLOCK_KEY = "business"


class ServiceState(BaseModel):
    """Counts of what waits: untold facts, deadlines that are due, facts unheard, parked or dead."""

    name: str
    outbox: int
    oldest_seconds: float
    due: int
    unheard: int
    parked: int
    dead: int
    processes: int = 1

    @property
    def settled(self) -> bool:
        return not (self.outbox or self.due or self.unheard)


async def state_of(runtime: Runtime) -> ServiceState:
    tables = runtime.service.metadata.tables
    outbox, due = tables["outbox"], tables["due"]
    ripe = (due.c.due_at <= runtime.clock.now()) & (due.c.tries == 0)
    count = sa.func.count()
    wanted = sa.select(
        sa.select(count).select_from(outbox).scalar_subquery().label("outbox"),
        sa.select(sa.func.min(outbox.c.since)).scalar_subquery().label("oldest"),
        sa.select(count).select_from(due).where(ripe).scalar_subquery().label("due"),
        sa.select(count).select_from(tables["parked"]).scalar_subquery().label("parked"),
        sa.select(count).select_from(tables["dead_letters"]).scalar_subquery().label("dead"),
    )
    async with runtime.engine.connect() as c:
        row = (await c.execute(wanted)).mappings().one()
    age = (real_now() - row["oldest"]).total_seconds() if row["oldest"] else 0.0
    counts = {name: row[name] for name in ("outbox", "due", "parked", "dead")}
    return ServiceState(
        name=runtime.service.name, oldest_seconds=max(age, 0.0), unheard=await _unheard(runtime), **counts
    )


async def _unheard(runtime: Runtime) -> int:
    total = 0
    for owner in runtime.service.hears:
        found = await runtime.js.consumer_info(STREAM, durable(runtime.service.name, owner))
        total += (found.num_pending or 0) + (found.num_ack_pending or 0)
    return total


class Control:
    """Answers `ctl.<service>.state` and `.redeliver` for the service, and `ctl.clock` for this very process."""

    def __init__(self, runtime: Runtime, relay: Relay) -> None:
        self.runtime, self.relay = runtime, relay

    async def start(self) -> None:
        name, subscribe = self.runtime.service.name, self.runtime.client.subscribe
        await self._recall_clock()
        await subscribe(f"ctl.{name}.state", queue=name, cb=self._state)
        if self.runtime.settings.env == "dev":
            await subscribe(f"ctl.{name}.redeliver", queue=name, cb=self._redeliver)
            await subscribe("ctl.clock", cb=self._clock)
        await subscribe("ctl.ping", cb=self._ping)

    async def _recall_clock(self) -> None:
        """A process that starts later stands where the others stand."""
        if self.runtime.settings.env != "dev":
            return
        try:
            bucket = await self.runtime.js.key_value(CLOCK_BUCKET)
            kept = await bucket.get(CLOCK_KEY)
        except JetStreamError:
            return  # never moved
        if kept.value:
            self.runtime.clock.setting = Setting.model_validate_json(kept.value)

    async def _ping(self, message: Msg) -> None:
        await message.respond(self.runtime.service.name.encode())

    async def _state(self, message: Msg) -> None:
        await message.respond((await state_of(self.runtime)).model_dump_json().encode())

    async def _clock(self, message: Msg) -> None:
        """Set it; where this process leads, let everything that is now due happen before answering."""
        self.runtime.clock.setting = Setting.model_validate_json(message.data)
        if self.relay.leading:
            await self.relay.drain()
        await message.respond(self.runtime.service.name.encode())

    async def _redeliver(self, message: Msg) -> None:
        """Tell an aggregate's facts again, under fresh message ids so that the broker does not notice. Development only."""
        asked: dict[str, Any] = json.loads(message.data)
        log = self.runtime.service.metadata.tables["event_log"]
        which = sa.select(log).where(log.c.aggregate == UUID(asked["aggregate"])).order_by(log.c.seq)
        async with self.runtime.engine.connect() as c:
            rows = (await c.execute(which)).mappings().all()
        for _ in range(asked["times"]):
            for row in rows:
                subject, payload, headers = fact(row)
                await self.runtime.js.publish(
                    subject, payload, stream=STREAM, headers={**headers, MSG_ID: str(new_id())}
                )
        await message.respond(str(len(rows) * asked["times"]).encode())
