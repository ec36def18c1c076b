"""Services in a script: a test says what they answer, in the contracts' own types, and reads what they were asked."""

from __future__ import annotations

import asyncio
import types
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NewType, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from commons_chassis.ask import News
from commons_chassis.state import ServiceState
from commons_contracts.base import Actor, Page, Request
from commons_contracts.ids import Coded

from .context import Batch

R = TypeVar("R", bound=BaseModel)
Answer = BaseModel | Exception | Callable[[Any, Actor], BaseModel]

THING = UUID("0190a000-0000-7000-8000-000000000001")
"""The id of every thing in a sample."""
NOW = datetime(2026, 9, 10, 8, tzinfo=UTC)
VALUES: Mapping[type, Any] = {
    UUID: THING,
    str: "sample",
    int: 1,
    float: 1.0,
    bool: False,
    datetime: NOW,
    date: date(2026, 10, 1),
}


CODED: Mapping[str, str] = {"IANA time zone": "Europe/Stockholm"}
"""Codes that are looked up in their list, and so must stand in it."""


@dataclass
class ScriptedOperations:
    """The platform's clock and state, as the script has them."""

    now: datetime = NOW
    moves: list[tuple[datetime | None, bool]] = field(default_factory=list)
    redelivered: list[tuple[str, UUID, int]] = field(default_factory=list)

    async def clock(self) -> datetime:
        return self.now

    async def move_clock(self, to: datetime | None, *, frozen: bool) -> datetime:
        self.moves.append((to, frozen))
        self.now = to or self.now
        return self.now

    async def redeliver(self, service: str, aggregate: UUID, *, times: int) -> int:
        self.redelivered.append((service, aggregate, times))
        return times if aggregate == THING else 0

    async def overview(self) -> list[ServiceState]:
        return [ServiceState(name="matching", outbox=0, oldest_seconds=0.0, due=0, unheard=0, parked=0, dead=0)]


@dataclass
class ScriptedClient:
    is_connected: bool = True


class ScriptedAsker:
    """Stands where an Asker stands. What no test has said is answered with a sample."""

    def __init__(self) -> None:
        self.answers: dict[type[Request[Any]], Answer] = {}
        self.admit: Callable[[Request[Any], Actor], None] = lambda request, actor: None  # noqa: ARG005
        self.asked: list[tuple[Request[Any], Actor, str | None]] = []
        self.operations, self.client = ScriptedOperations(), ScriptedClient()
        self.dead = asyncio.Event()
        self._news: asyncio.Queue[News] = asyncio.Queue()

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def ask(self, request: Request[R], actor: Actor, *, key: str | None = None, left: float = 5.0) -> R:  # noqa: ARG002
        self.asked.append((request, actor, key))
        self.admit(request, actor)
        answer = self.answers.get(type(request))
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(request, actor)
        return sample_for(request) if answer is None else answer  # type: ignore[return-value]

    def tell(self, *about: UUID, subject: str = "evt.matching.sample.v1") -> None:
        """Something has happened that concerns these persons."""
        self._news.put_nowait(News(subject, THING, THING, about))

    async def news(self) -> AsyncIterator[News]:
        while True:
            yield await self._news.get()

    def requests(self, *kinds: type[Request[Any]]) -> list[Request[Any]]:
        """What was asked, in order; of these kinds, or of all."""
        return [request for request, _, _ in self.asked if not kinds or isinstance(request, kinds)]


def sample_for(request: Request[R]) -> R:
    """An answer in the request's reply type; where things were asked for by their ids, one for each id."""
    reply = sample(type(request).reply)
    for batch in Batch.known:
        if batch.call is type(request) and batch.ids and getattr(request, batch.ids):
            thing = reply.items[0]
            keyed = next(
                name for name in type(thing).model_fields if batch.key(thing.model_copy(update={name: MARK})) is MARK
            )
            items = tuple(thing.model_copy(update={keyed: key}) for key in getattr(request, batch.ids))
            return reply.model_copy(update={"items": items})  # type: ignore[no-any-return]
    return reply  # type: ignore[no-any-return]


MARK = object()


def sample(kind: Any) -> Any:
    """A value of a contract's type: everything is there, once."""
    if isinstance(kind, NewType):
        return sample(kind.__supertype__)
    if get_origin(kind) is not None:
        return _sample_of(get_origin(kind), get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, Page):
        (item,) = kind.__pydantic_generic_metadata__["args"]
        return kind.model_construct(items=(sample(item),), cursors=("1",), more=False, total=1)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_construct(**{name: _sample_field(one) for name, one in kind.model_fields.items()})
    return VALUES[kind]


def _sample_field(field: FieldInfo) -> Any:
    scheme = next((mark.scheme for mark in field.metadata if isinstance(mark, Coded)), "")
    return CODED.get(scheme) or sample(field.annotation)


def _sample_of(origin: Any, args: tuple[Any, ...]) -> Any:
    if origin in {Union, types.UnionType}:
        return sample(next(one for one in args if one is not type(None)))
    if isinstance(origin, type) and issubclass(origin, tuple):
        return (sample(args[0]),)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {sample(args[0]): sample(args[1])}
    return sample(args[0])  # Annotated
