"""The trace that work belongs to: W3C trace context, kept with the task that does the work."""

from __future__ import annotations

import re
from contextvars import ContextVar
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self, TypedDict, Unpack

Kind = Literal["internal", "server", "client", "producer", "consumer"]
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
SAMPLED = 1


class Trail(NamedTuple):
    """A trace, and the span within it that is open; empty where none was begun."""

    trace: str
    span: str = ""
    sampled: bool = False

    def __str__(self) -> str:
        """As `traceparent`."""
        return f"00-{self.trace}-{self.span or self.trace[16:]}-{int(self.sampled):02x}"


class Said(TypedDict, total=False):
    """All that a span may say: names of messages, codes and counts of ours. Anything else does not type-check."""

    service: str
    message: str
    outcome: str
    code: str
    count: int
    operation: str
    cost: int


class Span(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, broken: BaseException | None, at: TracebackType | None
    ) -> None: ...
    def says(self, **said: Unpack[Said]) -> None: ...


here: ContextVar[Trail | None] = ContextVar("trail", default=None)
innermost: ContextVar[Span | None] = ContextVar("span", default=None)


def read(traceparent: str | None) -> Trail | None:
    """None where it is not of the form that W3C gives it."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    return Trail(found[1], found[2], bool(int(found[3], 16) & SAMPLED)) if found else None
