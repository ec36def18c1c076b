"""One request, one fact heard, one deadline: one transaction. Handlers load, decide and emit; the chassis commits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from commons_contracts.base import Actor, Due, Event, Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import PLATFORM, PersonId, ProjectId

from . import telemetry
from .clock import real_now
from .ids import new_id
from .seal import Seal

A = TypeVar("A")
NOBODY = UUID(int=0)
LAST_CHARACTER = "\U0010ffff"
ENTER = sa.text(
    "select set_config('app.project', :project, true), set_config('app.person', :person, true),"
    " set_config('app.own', :own, true)"
)
FACTS = sa.text("""
    with claimed as (
        insert into sequences (aggregate, seq)
        select aggregate, cast(count(*) as int) from unnest(cast(:aggregates as uuid[])) as aggregate
        group by aggregate order by aggregate
        on conflict (aggregate) do update set seq = sequences.seq + excluded.seq
        returning aggregate, seq
    ), facts as (
        select it.*, claimed.seq - count(*) over (partition by aggregate)
            + row_number() over (partition by aggregate order by nth) as seq
        from unnest(cast(:ids as uuid[]), cast(:aggregates as uuid[]), cast(:subjects as text[]),
            cast(:projects as uuid[]), cast(:times as timestamptz[]), cast(:abouts as text[]), cast(:bodies as text[]))
            with ordinality as it (id, aggregate, subject, project, at, about, body, nth)
        join claimed using (aggregate)
    ), logged as (
        insert into event_log (id, aggregate, seq, subject, project, at, cause, about, body)
        select id, aggregate, seq, subject, project, at, cast(:cause as uuid), cast(about as uuid[]), cast(body as jsonb)
        from facts order by nth
    ), queued as (
        insert into outbox (id, project, trace) select id, project, cast(:trace as text) from facts
    )
    select seq from facts order by nth
""")
"""The next numbers of each aggregate are claimed: its row lock keeps its facts in order, also of position in the log."""
LATER = sa.text("""
    insert into due (project, key, due_at, subject, body) values (:project, :key, :at, :subject, cast(:body as jsonb))
    on conflict (project, key) do update set
        due_at = excluded.due_at, subject = excluded.subject, body = excluded.body, tries = 0, not_before = null
""")
FORGET = sa.text("delete from due where project = :project and key >= :key and key < :beyond")
Reaction = Callable[[Any, "Tx"], Awaitable[None]]
Row = Mapping[str, Any]
"""A row by the names of its columns."""


@dataclass(kw_only=True)
class Tx:
    """The transaction a handler works in; see docs/chassis.md. Everything goes through it, nothing ends it."""

    db: AsyncSession
    metadata: sa.MetaData
    actor: Actor
    now: datetime
    cause: UUID | None = None
    own_reactions: dict[type[Event], list[Reaction]] = field(default_factory=dict)
    emitted: list[Event] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)
    written: int = 0
    keys: Seal | None = None

    @property
    def seal(self) -> Seal:
        """Closes and opens what only its author reads. LookupError in a service that did not say that it `seals`."""
        if self.keys is None:
            raise LookupError("this service has no key store")
        return self.keys

    @property
    def project(self) -> ProjectId:
        return self.actor.project or PLATFORM

    @property
    def person(self) -> PersonId:
        if self.actor.person is None:
            msg = "this request has no person: its entry should have been ACCOUNT or more"
            raise LookupError(msg)
        return self.actor.person

    async def enter(self, *, own: bool) -> None:
        """Tell the database whose rows this transaction may see; `own`: the service acts for itself, and sees persons'."""
        person = str(self.actor.person or NOBODY)
        await self.db.execute(ENTER, {"project": str(self.project), "person": person, "own": "on" if own else "off"})

    # ------------------------------------------------------------ aggregates
    async def find(self, kind: type[A], id: UUID) -> A | None:
        """Fetch and lock. Another project's rows are simply not there."""
        return await self.db.get(kind, id, with_for_update=True, populate_existing=True)

    async def load(self, kind: type[A], id: UUID) -> A:
        """As `find`; Refusal(NOT_FOUND) where there is none."""
        found = await self.find(kind, id)
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        return found

    async def load_many(self, kind: type[A], ids: Collection[UUID]) -> dict[UUID, A]:
        """Fetch and lock several, in id order so that two such fetches cannot deadlock; those not there are absent."""
        await self._flush()
        key = sa.inspect(kind).primary_key[0]
        wanted = sa.select(kind).where(key.in_(ids)).order_by(key).with_for_update()
        found = await self.db.scalars(wanted.execution_options(populate_existing=True))
        return {sa.inspect(thing).identity[0]: thing for thing in found}

    async def all_of(self, kind: type[A], *where: sa.ColumnElement[bool]) -> Sequence[A]:
        """Fetch and lock all that fit, in id order."""
        await self._flush()
        wanted = sa.select(kind).where(*where).order_by(sa.inspect(kind).primary_key[0]).with_for_update()
        return (await self.db.scalars(wanted.execution_options(populate_existing=True))).all()

    def add(self, *things: object) -> None:
        self.db.add_all(things)

    # ------------------------------------------------------------ statements
    async def _flush(self) -> None:
        """Write what changed in aggregates; asking first is much cheaper than a flush that finds nothing."""
        if self.db.new or self.db.dirty or self.db.deleted:
            await self.db.flush()

    async def run(self, statement: sa.sql.dml.UpdateBase, values: Sequence[dict[str, Any]] | None = None) -> int:
        """Insert, update or delete; with `values`, many rows in one go. Returns how many rows, -1 where unknown."""
        if values is not None and not values:
            return 0
        await self._flush()
        done = await self.db.execute(statement, values) if values is not None else await self.db.execute(statement)
        return done.rowcount if isinstance(done, CursorResult) else -1

    async def rows(self, statement: sa.Executable, **values: Any) -> Sequence[Row]:
        """`values`: of the statement's own parameters (`sa.bindparam`), where it has any."""
        await self._flush()
        found: Any = (await self.db.execute(statement, values)).mappings().all()
        return found  # type: ignore[no-any-return]

    async def row(self, statement: sa.Executable, **values: Any) -> Row | None:
        await self._flush()
        found: Any = (await self.db.execute(statement, values)).mappings().first()
        return found  # type: ignore[no-any-return]

    async def value(self, statement: sa.Executable, **values: Any) -> Any:
        """The first column of the first row, or None."""
        await self._flush()
        return (await self.db.execute(statement, values)).scalar()

    # ------------------------------------------------------------ facts
    async def emit(self, *events: Event) -> None:
        """Tell that something happened: written with the transaction, told to the others after it."""
        for event in events:
            self.emitted.append(event)
            for react in self.own_reactions.get(type(event), ()):
                await react(event, self)

    async def write_facts(self) -> None:
        """Number, log and queue what was emitted. The chassis calls it just before the commit."""
        await self._flush()
        events = self.emitted[self.written :]
        if not events:
            return
        self.written = len(self.emitted)
        columns = {
            "ids": [new_id() for _ in events],
            "aggregates": [event.aggregate for event in events],
            "subjects": [type(event).subject for event in events],
            "projects": [event.project for event in events],
            "times": [event.at for event in events],
            "abouts": [f"{{{','.join(map(str, event.persons))}}}" for event in events],
            "bodies": [event.model_dump_json() for event in events],
        }
        numbers = await self.db.scalars(FACTS, {**columns, "cause": self.cause, "trace": telemetry.traceparent()})
        self.wrote += [
            f"{type(event).owner}/{event.aggregate}/{seq}" for event, seq in zip(events, numbers, strict=True)
        ]

    # ------------------------------------------------------------ time
    async def later(self, due: Due, *, at: datetime, key: str) -> None:
        """Have this service reminded at a business time; the same key replaces what was set before."""
        row = {"project": self.project, "key": key, "at": at, "subject": type(due).subject}
        await self.db.execute(LATER, {**row, "body": due.model_dump_json()})

    async def forget(self, key: str) -> None:
        """Cancel everything due whose key begins so.

        As a range, not as a pattern: LIKE is not leakproof, so behind a wall it would read all of the project's rows.
        """
        await self.db.execute(FORGET, {"project": self.project, "key": key, "beyond": key + LAST_CHARACTER})

    async def copy_age(self, owner: str) -> timedelta | None:
        """How long ago this service last heard all that `owner` had to tell; None: never."""
        t = self.metadata.tables["owners_heard"]
        at = await self.value(sa.select(t.c.at).where(t.c.owner == owner))
        return None if at is None else real_now() - at
