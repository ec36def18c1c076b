"""The one way to ask a service: a typed request in, its typed reply out. For the gateway, onebox and tests only."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeVar
from uuid import UUID

from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import BaseModel
from pydantic_core import to_json

from commons_contracts.base import Actor, Command, Refusal, Request
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.ids import PersonId

from . import telemetry, wire
from .connect import GATEWAY, Denials, hang_up, hear, join, nats_broker
from .faults import Fault
from .ids import new_id
from .metrics import ASK_SECONDS, ASKED
from .operate import Operations

R = TypeVar("R", bound=BaseModel)

TRY_SECONDS, SPARE = 1.2, 0.8
"""The patience with a question, and what it may take of that: whoever has too much to do still says so in time."""
PAUSE_SECONDS = 0.25
REMEMBER_SECONDS = 10.0
REMEMBER_PERSONS = 10_000
NOBODY_THERE = "503"


@dataclass(frozen=True)
class News:
    """A fact just told: what kind, on whose ground, about which thing and persons. What it says is asked for."""

    subject: str
    project: UUID
    aggregate: UUID
    about: tuple[UUID, ...]


class Asker:
    """One connection for all questions of a process. Whoever asks is the gateway to the broker: `seed` is of its nkey."""

    def __init__(self, nats_url: str, *, name: str, seed: str = "") -> None:
        self.url, self.name = nats_url, name
        self.dead = asyncio.Event()
        self.denials = Denials(GATEWAY, self.dead)
        self.on_reconnect: list[Callable[[], None]] = []
        self.broker: NatsBroker = nats_broker(nats_url, name, self.denials, self.on_reconnect, seed=seed)
        self.client: Client
        self._tokens = itertools.count()
        self._corners = defaultdict[str, str](lambda: token_hex(8))
        """Where each service answers, which it alone is told: none can answer in another's place."""
        self._waiting: dict[str, asyncio.Future[Msg | None]] = {}
        self._wrote: OrderedDict[PersonId, dict[str, float]] = OrderedDict()

    async def start(self) -> None:
        """Connect. Raises Denied where the broker does not know us, or does not let us hear our answers."""
        self.client = await join(self.broker, self.denials)
        self.operations = Operations(self.client)
        self._inbox = self.client.new_inbox()
        await hear(self.client, f"{self._inbox}.*.*", self._answered)
        self.on_reconnect.append(self._lost)
        await self.denials.settle(self.client)

    async def stop(self) -> None:
        await hang_up(self.broker, self.client)

    async def ask(self, request: Request[R], actor: Actor, *, key: str | None = None, left: float = 5.0) -> R:
        """Ask; a command whose answer got lost is asked again with the same key (and waits for its first asking, where
        that is still at work), a query at most once more.

        `left`: seconds the caller will wait. Raises Refusal, or Fault where nothing was decided.
        """
        began, outcome, code = time.monotonic(), "done", ""
        owner, name = request.owner, type(request).subject.rpartition(".")[2]
        with telemetry.span(f"ask {owner}.{name}", "client", service=owner, message=name) as span:
            try:
                return await self._asked(request, actor, key, began + left)
            except Refusal as no:
                outcome, code = "refused", no.code.value
                raise
            except Fault as fault:
                outcome, code = "fault", fault.code.value
                raise
            finally:
                span.says(outcome=outcome, code=code)
                ASKED[owner, outcome, code].inc()
                ASK_SECONDS[owner,].observe(time.monotonic() - began)

    async def _asked(self, request: Request[R], actor: Actor, key: str | None, until: float) -> R:
        command, left = isinstance(request, Command), until - time.monotonic()
        headers = {wire.ACTOR: wire.actor_header(actor), wire.TRACE: telemetry.traceparent()}
        if command:
            headers[wire.KEY] = key or str(new_id())
        if actor.person and (after := self._recent(actor.person)):
            headers[wire.AFTER] = after
        body, tries, begun = to_json(request), 0, False
        while True:
            rest = max(until - time.monotonic(), 0.05)
            patience = min(rest, max(TRY_SECONDS * 2**tries, left / 4) if command else TRY_SECONDS)
            headers[wire.LEFT] = str(int((rest if command else patience * SPARE) * 1000))
            reply = await self._once(type(request).subject, body, headers, patience)
            tries += 1
            if reply is not None and not _undecided(reply):
                return self._read(request, reply, actor)
            begun = begun or reply is None or _code(reply) != FaultCode.BUSY
            if until - time.monotonic() < PAUSE_SECONDS or (not command and tries > 1):
                if reply is not None and _code(reply) == FaultCode.BUSY and not (command and begun):
                    return self._read(request, reply, actor)  # each time it was not even begun
                raise Fault(FaultCode.UNAVAILABLE, retry_after=1.0)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _once(self, subject: str, body: bytes, headers: dict[str, str], seconds: float) -> Msg | None:
        """None: nobody there, or nobody in time. What was asked may have happened all the same."""
        loop, corner = asyncio.get_running_loop(), self._corners[subject.split(".", 2)[1]]
        token = f"{corner}.{next(self._tokens)}"
        answer: asyncio.Future[Msg | None] = loop.create_future()
        self._waiting[token] = answer
        patience = loop.call_later(seconds, _give_up, answer)
        try:
            if self.client.is_connected:  # else nats-py would keep it, and send it when nobody waits any more
                await self.client.publish(subject, body, reply=f"{self._inbox}.{token}", headers=headers)
            return await answer
        except NatsError:
            return None
        finally:
            patience.cancel()
            del self._waiting[token]

    def _answered(self, message: Msg) -> None:
        """Through one inbox for all: a request of nats-py's own costs two tasks and a timeout more."""
        answer = self._waiting.get(message.subject[len(self._inbox) + 1 :])
        if answer is not None and not answer.done():
            nobody = message.headers is not None and message.headers.get("Status") == NOBODY_THERE
            answer.set_result(None if nobody else message)

    def _lost(self) -> None:
        """What was asked of the broker that went will not be answered any more."""
        for answer in self._waiting.values():
            _give_up(answer)

    def _read(self, request: Request[R], reply: Msg, actor: Actor) -> R:
        headers = reply.headers or {}
        if code := headers.get(wire.ERROR_CODE):
            said = json.loads(reply.data)
            if headers.get(wire.KIND) == "refusal":
                raise Refusal(RefusalCode(code), said["rule"], **said["params"])
            raise Fault(FaultCode(code), retry_after=said["retry_after"])
        if actor.person and (wrote := headers.get(wire.WROTE)):
            self._remember(actor.person, wrote)
        return type(request).reply.model_validate_json(reply.data)  # type: ignore[return-value]

    # ------------------------------------------------------------ a person sees what she has just done
    def _remember(self, person: PersonId, wrote: str) -> None:
        mine = self._wrote.setdefault(person, {})
        self._wrote.move_to_end(person)
        mine.update(dict.fromkeys(wrote.split(",")[-20:], time.monotonic()))
        while len(self._wrote) > REMEMBER_PERSONS:
            self._wrote.popitem(last=False)

    def _recent(self, person: PersonId) -> str:
        mine = self._wrote.get(person)
        if not mine:
            return ""
        limit = time.monotonic() - REMEMBER_SECONDS
        fresh = {fact: at for fact, at in mine.items() if at > limit}
        if fresh:
            self._wrote[person] = fresh
        else:
            del self._wrote[person]
        return ",".join(list(fresh)[-50:])

    # ------------------------------------------------------------ what just happened
    async def news(self) -> AsyncIterator[News]:
        """Every fact told from now on; nothing is replayed, so a gap in the connection is a gap here."""
        heard = await self.client.subscribe("evt.>")
        try:
            async for message in heard.messages:
                if not message.subject.endswith(".beat"):
                    envelope = wire.Envelope.of(message.headers or {})
                    kind = wire.kind_of(message.subject)
                    yield News(kind, envelope.project, envelope.aggregate, envelope.about)
        finally:
            await heard.unsubscribe()


def _give_up(answer: asyncio.Future[Msg | None]) -> None:
    if not answer.done():
        answer.set_result(None)


def _undecided(reply: Msg) -> bool:
    """Its database is away, or it has too much to do: to be asked again, not an answer."""
    return _code(reply) in {FaultCode.UNAVAILABLE, FaultCode.DEADLINE_EXCEEDED, FaultCode.BUSY}


def _code(reply: Msg) -> str | None:
    return (reply.headers or {}).get(wire.ERROR_CODE)
