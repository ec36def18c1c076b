"""What `counting` answers and tells, and counting itself."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from commons_chassis import standing
from commons_chassis.classify import NONE
from commons_chassis.ids import new_id
from commons_chassis.service import Service, answers
from commons_chassis.tables import Wall, changed, ident, mapped, new_metadata, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.base import Command, Due, Entry, Event, Message, Query, Refusal
from commons_contracts.codes import RefusalCode


class CounterView(Message):
    id: UUID
    count: int


class Started(Event, of="counter"):
    counter: UUID


class Raised(Event, of="counter"):
    counter: UUID
    by: int


class Rested(Event, of="counter"):
    """A counter's deadline passed; the deadline sets another one."""

    counter: UUID
    nth: int


class Start(Command[CounterView]):
    rest_at: datetime | None = None


class Raise(Command[CounterView]):
    counter: UUID
    by: int = 1
    most: int = 1_000_000


class Break(Command[CounterView]):
    """Breaks in the middle, after having written: a bug."""

    counter: UUID


class CounterById(Query[CounterView]):
    counter: UUID


class Slow(Query[CounterView], entry=Entry.ANYONE):
    counter: UUID
    seconds: float


class Rest(Due):
    counter: UUID
    nth: int


@dataclass(eq=False, kw_only=True)
class Counter:
    id: UUID
    project: UUID
    count: int = 0

    def raise_by(self, by: int, *, most: int, at: datetime) -> Raised:
        if self.count + by > most:
            raise Refusal(RefusalCode.OPEN_REQUEST_LIMIT, max=most)
        self.count += by
        return Raised(project=self.project, at=at, counter=self.id, by=by)


metadata = new_metadata()
counters = table(
    "counters",
    metadata,
    ident(),
    project(),
    sa.Column("count", sa.Integer, nullable=False, info=NONE),
    version(),
    changed(),
    wall=Wall.PROJECT,
)
mapped(metadata, Counter, counters)


@answers
async def start(command: Start, tx: Tx) -> CounterView:
    counter = Counter(id=new_id(), project=tx.project)
    tx.add(counter)
    await tx.emit(Started(project=tx.project, at=tx.now, counter=counter.id))
    if command.rest_at:
        await tx.later(Rest(counter=counter.id, nth=1), at=command.rest_at, key=f"counter:{counter.id}")
    return CounterView(id=counter.id, count=0)


@answers
async def raise_it(command: Raise, tx: Tx) -> CounterView:
    counter = await tx.load(Counter, command.counter)
    await tx.emit(counter.raise_by(command.by, most=command.most, at=tx.now))
    return CounterView(id=counter.id, count=counter.count)


@answers
async def break_it(command: Break, tx: Tx) -> CounterView:
    counter = await tx.load(Counter, command.counter)
    await tx.emit(counter.raise_by(1, most=1_000_000, at=tx.now))
    msg = "a secret that no caller may see"
    raise ZeroDivisionError(msg)


@answers
async def counter(query: CounterById, tx: Tx) -> CounterView:
    row = await tx.row(sa.select(counters).where(counters.c.id == query.counter))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return CounterView(id=row["id"], count=row["count"])


@answers
async def slow(query: Slow, tx: Tx) -> CounterView:
    await asyncio.sleep(query.seconds)
    return CounterView(id=query.counter, count=0)


@answers
async def rest(due: Rest, tx: Tx) -> None:
    await tx.emit(Rested(project=tx.project, at=tx.now, counter=due.counter, nth=due.nth))
    if due.nth < 3:
        again = Rest(counter=due.counter, nth=due.nth + 1)
        await tx.later(again, at=tx.now + timedelta(days=1), key=f"counter:{due.counter}")


service = Service("counting", metadata, [standing, sys.modules[__name__]], migrations="toy.counting_migrations")
