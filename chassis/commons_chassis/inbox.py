"""The facts of one owner, applied in a transaction: once each, in the order of their aggregate.

`heard` has one row an aggregate: the number of the last fact applied. An older fact is left alone; an early one is parked
until those before it came; one that cannot be digested goes to the dead letters, and its aggregate waits there with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from nats.aio.msg import Msg
from sqlalchemy.dialects.postgresql import JSONB, insert

from commons_contracts.base import Event
from commons_contracts.ids import derived

from . import doors, telemetry
from .faults import passing
from .log import logger, where
from .metrics import HEARD
from .service import Service
from .settings import ServiceSettings
from .tx import Tx
from .wire import FACT_TRACE, Envelope, kind_of

LISTEN = sa.text(
    "insert into heard (owner, aggregate, seq) select :owner, unnest(cast(:aggregates as uuid[])), 0"
    " on conflict (owner, aggregate) do update set seq = heard.seq returning aggregate, seq"
)
NOTE = sa.text("""
    update heard set seq = now.seq
    from unnest(cast(:aggregates as uuid[]), cast(:seqs as int[])) as now (aggregate, seq)
    where heard.owner = :owner and heard.aggregate = now.aggregate
    returning heard.aggregate, exists (select from parked
        where parked.owner = :owner and parked.aggregate = now.aggregate and parked.seq = now.seq + 1) as followed
""")
NEXT = sa.text("""
    delete from parked where owner = :owner and aggregate = :aggregate and seq = :seq returning subject, headers, body
""").columns(headers=JSONB, body=JSONB)
NO_FACT = "no fact"
"""The subject of a dead letter that stands for something else; its number is 0, which no fact has."""


@dataclass
class Fact:
    """A message as it is applied or parked."""

    subject: str
    headers: dict[str, Any]
    body: Any

    @classmethod
    def of(cls, message: Msg) -> Fact:
        """Raises ValueError or KeyError where the message is no fact, or one that was put where it does not belong.

        Whoever may publish something can have the broker send what it sends her (an acknowledgement, a fact that she
        hears) to any subject, but cannot have it say anything else.
        """
        headers = {name: value for name, value in (message.headers or {}).items() if name.startswith("ce-")}
        try:
            fact = cls(kind_of(message.subject), headers, json.loads(message.data))
        except RecursionError:
            raise ValueError(message.subject) from None
        if f"{headers['ce-type']}.{fact.envelope.project}" != message.subject:
            raise ValueError(message.subject)
        return fact

    @property
    def trace(self) -> str | None:
        """That of the request that it came from."""
        return self.headers.get(FACT_TRACE)

    @cached_property
    def envelope(self) -> Envelope:
        return Envelope.of(self.headers)


class Inbox:
    """What one service does with the facts of one owner; the caller's transaction is on the facts' ground."""

    def __init__(self, service: Service, settings: ServiceSettings, owner: str) -> None:
        self.service, self.owner, self.off = service, owner, settings.off
        self.outcomes: list[tuple[Fact, str]] = []
        tables = service.metadata.tables
        self.heard, self.parked, self.dead = tables["heard"], tables["parked"], tables["dead_letters"]

    async def apply(self, facts: Sequence[Fact], tx: Tx) -> None:
        """All or none of them; what is parked and now in order is applied with them. `outcomes` says what became of each."""
        self.outcomes = []
        heard = await self._heard({f.envelope.aggregate for f in facts}, tx)
        before = dict(heard)
        for fact in facts:
            self.outcomes.append((fact, await self._one(fact, heard, tx)))
        await self._note({a: seq for a, seq in heard.items() if seq != before[a]}, tx)

    async def resume(self, fact: Fact, tx: Tx, *, skip: bool) -> None:
        """A dead letter again, or given up (`skip`); and then all that waited behind it."""
        aggregate, seq = fact.envelope.aggregate, fact.envelope.seq
        heard = await self._heard({aggregate}, tx)
        if seq > heard[aggregate]:
            if not skip:
                await self._react(fact, tx)
            await self._note({aggregate: seq}, tx)

    async def _heard(self, aggregates: set[UUID], tx: Tx) -> dict[UUID, int]:
        """The last number heard of each, its row locked: two processes cannot apply the same fact.

        In order of id, so that two batches cannot deadlock.
        """
        found = await tx.db.execute(LISTEN, {"owner": self.owner, "aggregates": sorted(aggregates)})
        return {row.aggregate: row.seq for row in found}

    async def _one(self, fact: Fact, heard: dict[UUID, int], tx: Tx) -> str:
        aggregate, seq = fact.envelope.aggregate, fact.envelope.seq
        last = heard[aggregate]
        if seq <= last and not self.off("inbox"):
            return "repeated"
        if seq > last + 1 and not self.off("seq"):
            await self._park(fact, tx)
            return "early"
        await self._react(fact, tx)
        heard[aggregate] = max(last, seq)
        return "applied"

    async def _note(self, heard: dict[UUID, int], tx: Tx) -> None:
        """And what was parked just behind is applied too, and noted, until nothing follows any more."""
        while heard:
            row = {"owner": self.owner, "aggregates": sorted(heard), "seqs": [heard[a] for a in sorted(heard)]}
            followed = [r.aggregate for r in await tx.db.execute(NOTE, row) if r.followed]
            heard = {a: heard[a] + 1 for a in followed if await self._follow(a, heard[a] + 1, tx)}

    async def _follow(self, aggregate: UUID, seq: int, tx: Tx) -> bool:
        """Apply what waited; if it cannot be digested it becomes the dead letter that the rest behind it awaits."""
        found = await tx.db.execute(NEXT, {"owner": self.owner, "aggregate": aggregate, "seq": seq})
        fact, told = Fact(*found.one()), len(tx.emitted)
        try:
            async with tx.db.begin_nested():
                await self._react(fact, tx)
        except Exception as broken:
            if passing(broken):
                raise
            del tx.emitted[told:]
            await tx.run(self.letter(fact, broken))
            return False
        self.outcomes.append((fact, "applied"))
        return True

    async def _react(self, fact: Fact, tx: Tx) -> None:
        """At the fact's own business time, so that a replay does what the first hearing did."""
        kind, _ = self.service.reactions.get(fact.subject, (None, None))
        if kind is None:
            return
        event: Event = kind.model_validate(fact.body)
        tx.cause, tx.now = fact.envelope.id, event.at
        name = self.service.name
        with telemetry.following(fact.trace), telemetry.span("react", "consumer", service=name, message=fact.subject):
            await doors.react(event, tx, self.service)
            await tx.write_facts()
        tx.cause = None

    async def _park(self, fact: Fact, tx: Tx) -> None:
        """Without its trace, which a replay could not bring back."""
        row = {"owner": self.owner, "aggregate": fact.envelope.aggregate, "seq": fact.envelope.seq}
        headers = {name: value for name, value in fact.headers.items() if name != FACT_TRACE}
        put = insert(self.parked).values(**row, subject=fact.subject, headers=headers, body=fact.body)
        await tx.run(put.on_conflict_do_nothing())

    def letter(self, fact: Fact, broken: Exception) -> sa.Insert:
        """The statement that keeps a fact as a dead letter, with the kind of what went wrong and nothing it may quote.

        It keeps none of a fact that has been heard after all.
        """
        HEARD[self.service.name, self.owner, "dead"].inc()
        logger.warning("fact not digested", outcome="dead", subject=fact.subject, **where(broken))
        kept = {
            "owner": self.owner,
            "aggregate": fact.envelope.aggregate,
            "seq": fact.envelope.seq,
            "subject": fact.subject,
            "headers": fact.headers,
            "body": fact.body,
            "error": type(broken).__name__,
        }
        heard, t = self.heard.c, self.dead
        known = (heard.owner == self.owner) & (heard.aggregate == kept["aggregate"]) & (heard.seq >= kept["seq"])
        row = sa.select(*(sa.literal(value, t.c[name].type) for name, value in kept.items())).where(
            ~sa.exists().where(known)
        )
        return insert(t).from_select(list(kept), row).on_conflict_do_nothing()

    def unreadable(self, message: Msg, broken: Exception) -> sa.Insert:
        """The statement that keeps a trace of what is no fact, or none that a table can hold: nothing of what it says."""
        HEARD[self.service.name, self.owner, "dead"].inc()
        logger.error("a message that is no fact", owner=self.owner, **where(broken))
        position, digest = message.metadata.sequence.stream, hashlib.sha256(message.data).hexdigest()
        row = {"aggregate": derived(self.owner, position, digest), "seq": 0, "subject": NO_FACT, "headers": {}}
        trace = {"position": position, "bytes": len(message.data), "sha256": digest}
        put = insert(self.dead).values(**row, owner=self.owner, body=trace, error=type(broken).__name__)
        return put.on_conflict_do_nothing()
