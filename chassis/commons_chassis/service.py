"""A service is a name, its tables, and the functions it answers with."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar, get_type_hints

import sqlalchemy as sa

from commons_contracts.base import Due, Event, Request

from .seal import Seal

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)
Work = Callable[[Any], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Figure:
    """A number of the programme that its service tells whoever watches: a statement whose rows are labels and `value`.

    The labels are of closed lists: projects, codes. The statement may name `:now`, the business clock's time.
    """

    name: str
    says: str
    labels: tuple[str, ...]
    statement: str


def answers(fn: H) -> H:
    """Mark a function as the one that answers the message it takes: a request, a fact (or several, `A | B`), a deadline."""
    kind = next(iter(get_type_hints(fn).values()))
    several = isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union
    fn.__answers__ = typing.get_args(kind) if several else (kind,)  # type: ignore[attr-defined]
    return fn


def _found(rooms: Iterable[ModuleType]) -> Iterable[tuple[type, Handler]]:
    for room in rooms:
        for _, fn in inspect.getmembers(room, inspect.isfunction):
            if fn.__module__ == room.__name__:
                for kind in getattr(fn, "__answers__", ()):
                    yield kind, fn


class Service:
    """The table of contents of one service: what it answers, hears and looks at later.

    Two functions for one request, and a request or deadline of another owner, are mistakes and raise at import.
    """

    def __init__(
        self,
        name: str,
        metadata: sa.MetaData,
        rooms: Iterable[ModuleType],
        *,
        work: Sequence[Work] = (),
        figures: Sequence[Figure] = (),
        migrations: str | None = None,
        seals: bool = False,
        jobs: bool = False,
    ) -> None:
        """`work`: what each process does all the time beside answering and hearing, with what it holds (its Runtime).

        `seals`: it keeps texts that only their authors read, and cannot run without the key store. `jobs`: its processes share
        what takes long by a queue (`jobs.Queue`).
        """
        self.name, self.metadata, self.work = name, metadata, work
        self.migrations = migrations or f"commons_{name}.migrations"
        self.figures, self.seals, self.jobs = figures, seals, jobs
        self.seal: Seal | None = None
        """Of the running process."""
        self.pepper = b""  # of the running service: what commands are hashed with, so that a short one is not guessed
        self.requests: dict[str, tuple[type[Request[Any]], Handler]] = {}
        self.dues: dict[str, tuple[type[Due], Handler]] = {}
        self.reactions: dict[str, tuple[type[Event], list[Handler]]] = {}
        self.own_reactions: dict[type[Event], list[Handler]] = {}
        for kind, fn in _found(rooms):
            self._register(kind, fn)

    def _register(self, kind: type, fn: Handler) -> None:
        if issubclass(kind, Event):
            if kind.owner == self.name:
                self.own_reactions.setdefault(kind, []).append(fn)
            else:
                self.reactions.setdefault(kind.subject, (kind, []))[1].append(fn)
            return
        shelf: dict[str, tuple[type[Any], Handler]] = self.requests if issubclass(kind, Request) else self.dues
        if kind.owner != self.name or kind.subject in shelf:  # type: ignore[attr-defined]
            msg = f"{self.name} cannot answer {kind.__name__} with {fn.__qualname__}"
            raise TypeError(msg)
        shelf[kind.subject] = (kind, fn)  # type: ignore[attr-defined]

    @property
    def hears(self) -> tuple[str, ...]:
        """The owners whose facts it listens to; one durable consumer each."""
        return tuple(sorted({kind.owner for kind, _ in self.reactions.values()}))
