"""Where work came from: one trace from a request to the last reaction to it; spans where OpenTelemetry is switched on.

The trace's id stands in every line of the log and travels as W3C trace context. Spans (the extra `telemetry`) are recorded
where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to; without it nothing of OpenTelemetry is even imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, Unpack

from .trail import Kind, Said, Span, Trail, here, innermost, read

if TYPE_CHECKING:
    from .spans import Recorder

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class _Nothing:
    """A span where nobody records."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def says(self, **said: Unpack[Said]) -> None:
        pass


_NOTHING = _Nothing()
_recorder: Recorder | None = None


def begin(caller: str | None = None) -> str:
    """A request from outside begins: its id, which is its trace's as well where the caller brought none of her own.

    A caller's `traceparent` is followed where spans are recorded, and worth nothing else.
    """
    fresh = os.urandom(16).hex()
    here.set((_recorder and read(caller)) or Trail(fresh))
    return fresh


def follow(traceparent: str | None) -> None:
    """Work that a message brought: it belongs to the message's trace, or begins one."""
    here.set(read(traceparent) or Trail(os.urandom(16).hex()))


@contextmanager
def following(traceparent: str | None) -> Iterator[None]:
    """The same for one of several things that a task does in turn."""
    outer = here.get()
    follow(traceparent)
    try:
        yield
    finally:
        here.set(outer)


def traceparent() -> str:
    """What goes along with what is sent or written now."""
    return str(here.get() or Trail(os.urandom(16).hex()))


def trace_id() -> str:
    """For the log; empty where nothing was begun."""
    trail = here.get()
    return trail.trace if trail else ""


def span(name: str, kind: Kind = "internal", links: Iterable[str | None] = (), **said: Unpack[Said]) -> Span:
    """A step of the work at hand, for `with`; what is sent within it names it. `links`: traces it belongs to as well."""
    return _NOTHING if _recorder is None else _recorder.span(name, kind, links, said)


def says(**said: Unpack[Said]) -> None:
    """Something more of the span that is open."""
    (innermost.get() or _NOTHING).says(**said)


def wanted(environment: Mapping[str, str]) -> bool:
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not off and any(environment.get(name) for name in ENDPOINTS)


def start(service: str, exporter: Any = None) -> None:
    """Record, where the environment says where to, or to `exporter` in tests. Raises RuntimeError without the extra."""
    global _recorder  # noqa: PLW0603 - a process records to one place
    if exporter is None and not wanted(os.environ):
        return
    try:
        from .spans import Recorder
    except ImportError as missing:
        raise RuntimeError(f"{ENDPOINTS[0]} is set: install commons-chassis[telemetry], or take it away") from missing
    _recorder = Recorder(service, exporter)


def stop() -> None:
    """Send what is recorded; it may be lost where nobody takes it within some seconds."""
    global _recorder  # noqa: PLW0603
    if _recorder is not None:
        _recorder.stop()
    _recorder = None
