"""Answering requests: one bounded task each, always a reply, refusals and masked failures as headers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from commons_contracts.base import Actor, Command, Refusal, Request
from commons_contracts.codes import FaultCode, RefusalCode

from . import doors, telemetry, wire
from .connect import hear
from .faults import Fault, passing, unstorable
from .log import logger, where
from .metrics import ANSWER_SECONDS, ANSWERED
from .runtime import Runtime

AT_ONCE = 64
QUEUED = 512
RETRY_SECONDS = 1
WAIT_FOR_FACTS = 1.0
HEARD = sa.text("""
    select owner, aggregate, seq from heard
    where (owner, aggregate) in (select * from unnest(cast(:owners as text[]), cast(:aggregates as uuid[])))
""")


class Answerer:
    """Answers `rpc.<service>.>` as one of the queue group; `close` lets what is in flight finish."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.tasks: set[asyncio.Task[None]] = set()
        self.again: dict[tuple[str, str, str, bytes], list[Msg]] = {}
        """By what is at work here, the askings of the same that came meanwhile: they get the same answer."""

    async def start(self) -> None:
        name = self.runtime.service.name
        self.subscription = await hear(self.runtime.client, f"rpc.{name}.>", self._arrived, queue=name)

    async def close(self, seconds: float) -> None:
        """Answer what was asked of us, and no more. The broker is told twice: a flush of nats-py's overtakes what was just said."""
        client = self.runtime.client
        with contextlib.suppress(NatsError):
            await client._send_unsubscribe(self.subscription._id)  # noqa: SLF001
            await client.flush()
        await self.subscription.drain()  # type: ignore[no-untyped-call]
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=seconds)

    def _arrived(self, message: Msg) -> None:
        """An overload is told at once instead of queued for ever; what is asked again meanwhile is not done again."""
        which = _which(message)
        if which is not None and (same := self.again.get(which)) is not None:
            same.append(message)
            return
        if len(self.tasks) >= QUEUED:
            ANSWERED[self.runtime.service.name, self._known(message.subject)[1], "fault", FaultCode.BUSY].inc()
            task = asyncio.create_task(self._say_fault(message, Fault(FaultCode.BUSY, retry_after=RETRY_SECONDS)))
        else:
            if which is not None:
                self.again[which] = []
            task = asyncio.create_task(self._answer(message, time.monotonic()))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, message: Msg, arrived: float) -> None:
        telemetry.follow((message.headers or {}).get(wire.TRACE))
        kind, name = self._known(message.subject)
        with telemetry.span(f"answer {name}", "server", service=self.runtime.service.name, message=name) as span:
            async with self.slots:
                outcome, code, why = await self._outcome(message, arrived, kind)
            span.says(outcome=outcome, code=code)
        seconds = time.monotonic() - arrived
        ANSWERED[self.runtime.service.name, name, outcome, code].inc()
        ANSWER_SECONDS[self.runtime.service.name, name].observe(seconds)
        if kind == "command" or why:
            tell = logger.error if why else logger.info
            tell(kind, message=name, outcome=outcome, code=code, seconds=round(seconds, 4), **why)

    def _known(self, subject: str) -> tuple[str, str]:
        """The kind and the name of what is asked; what nobody answers has one name, whatever it calls itself."""
        found = self.runtime.service.requests.get(subject)
        if found is None:
            return "query", "unknown"
        return "command" if issubclass(found[0], Command) else "query", subject.rpartition(".")[2]

    async def _outcome(self, message: Msg, arrived: float, kind: str) -> tuple[str, str, dict[str, Any]]:
        """Answers in any case. What became of it, with its code; where it broke, what may be said of why."""
        why: dict[str, Any] = {}
        try:
            await self._within(message, arrived)
        except Refusal as no:
            await self._say_refusal(message, no)
            return "refused", no.code.value, why
        except Fault as said:
            fault = said
        except TimeoutError:
            fault = Fault(FaultCode.BUSY if kind == "query" else FaultCode.DEADLINE_EXCEEDED, retry_after=RETRY_SECONDS)
        except Exception as broken:  # noqa: BLE001 - whatever it is, the caller gets an answer and no detail
            fault = _fault_of(broken)
            why = {} if fault.code is FaultCode.BAD_USER_INPUT else where(broken)
        else:
            return "done", "", why
        await self._say_fault(message, fault)
        return "fault", fault.code.value, why

    async def _within(self, message: Msg, arrived: float) -> None:
        headers = message.headers or {}
        left = int(headers.get(wire.LEFT, "5000")) / 1000 - (time.monotonic() - arrived)
        if left <= 0:
            raise Fault(FaultCode.BUSY, retry_after=RETRY_SECONDS)
        async with asyncio.timeout(left):
            if after := headers.get(wire.AFTER):
                await self._hear_first(after, seconds=min(WAIT_FOR_FACTS, left / 2))
            request, actor = self._parsed(message, headers)
            reply, wrote = await doors.rerun(lambda: self._transact(request, actor, headers.get(wire.KEY)))
        if wrote:
            self.runtime.committed.set()
        await self._say(message, to_json(reply), {wire.WROTE: ",".join(wrote)} if wrote else {})

    def _parsed(self, message: Msg, headers: dict[str, Any]) -> tuple[Request[Any], Actor]:
        found = self.runtime.service.requests.get(message.subject)
        if found is None:
            raise Fault(FaultCode.BAD_USER_INPUT)
        try:
            return found[0].model_validate_json(message.data), wire.actor_of(headers[wire.ACTOR])
        except (ValidationError, KeyError) as odd:
            raise Fault(FaultCode.BAD_USER_INPUT) from odd

    async def _transact(self, request: Request[Any], actor: Actor, key: str | None) -> tuple[BaseModel, list[str]]:
        it, now, own = self.runtime, self.runtime.clock.now(), self.runtime.service
        if type(request).audited:
            await doors.note(request, own, it.app, actor, now)
        acts, reads = isinstance(request, Command), it.reads.transaction
        async with doors.transaction(own, it.app, actor, now) if acts else reads(own, actor, now) as tx:
            reply = await doors.answer(request, tx, own, key=key)
        return reply, tx.wrote

    async def _hear_first(self, after: str, *, seconds: float) -> None:
        """What the caller has just brought about elsewhere should be known here before she is answered: wait a little."""
        wanted = {}
        for item in filter(None, after.split(",")):
            owner, aggregate, seq = item.split("/")
            if owner in self.runtime.service.hears:
                wanted[owner, UUID(aggregate)] = int(seq)
        pause, waited = 0.005, 0.0
        while wanted and waited < seconds and not await self._all_heard(wanted):
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 0.1)

    async def _all_heard(self, wanted: dict[tuple[str, UUID], int]) -> bool:
        owners, aggregates = zip(*wanted, strict=True)
        async with self.runtime.quick.connect() as c:
            rows = await c.execute(HEARD, {"owners": list(owners), "aggregates": list(aggregates)})
        have = {(row.owner, row.aggregate): row.seq for row in rows}
        return all(have.get(key, 0) >= seq for key, seq in wanted.items())

    # ------------------------------------------------------------ replies
    async def _say(self, message: Msg, body: bytes, headers: dict[str, str]) -> None:
        which = _which(message)
        same = self.again.pop(which, ()) if which is not None else ()
        with contextlib.suppress(NatsError):  # nobody can be told; she asks again, with the same key
            for each in (message, *same):
                if each.reply:
                    await self.runtime.client.publish(each.reply, body, headers=headers or None)

    async def _say_refusal(self, message: Msg, no: Refusal) -> None:
        body = json.dumps({"rule": no.rule, "params": no.params}, default=str).encode()
        await self._say(message, body, {wire.KIND: "refusal", wire.ERROR_CODE: no.code, wire.ERROR: "refused"})

    async def _say_fault(self, message: Msg, fault: Fault) -> None:
        """Too much to do is a refusal to a command: nothing of it has happened. A question has no place for one."""
        if fault.code is FaultCode.BUSY and self._known(message.subject)[0] == "command":
            await self._say_refusal(message, Refusal(RefusalCode.BUSY, retry_after=fault.retry_after))
        else:
            body = json.dumps({"retry_after": fault.retry_after}).encode()
            await self._say(message, body, {wire.KIND: "fault", wire.ERROR_CODE: fault.code, wire.ERROR: "failed"})


def _fault_of(broken: Exception) -> Fault:
    """A database that is away is a fault that passes; anything else is a bug of ours, and masked."""
    if unstorable(broken):
        return Fault(FaultCode.BAD_USER_INPUT)
    return Fault(FaultCode.UNAVAILABLE, retry_after=0.5) if passing(broken) else Fault(FaultCode.INTERNAL)


def _which(message: Msg) -> tuple[str, str, str, bytes] | None:
    """What makes two askings of a command the same one; None for what has no key: a query."""
    headers = message.headers or {}
    key = headers.get(wire.KEY)
    return (message.subject, key, headers.get(wire.ACTOR, ""), message.data) if key else None
