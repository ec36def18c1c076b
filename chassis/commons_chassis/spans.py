"""Spans by OpenTelemetry; imported where they are recorded, and nowhere else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self, Unpack

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from commons_contracts.base import Refusal

from .trail import Kind, Said, Trail, here, innermost, read

KINDS = {name: SpanKind[name.upper()] for name in ("internal", "server", "client", "producer", "consumer")}
NAMES = {
    "service": "commons.service",
    "message": "rpc.method",
    "outcome": "commons.outcome",
    "code": "commons.code",
    "count": "commons.count",
    "operation": "graphql.operation.type",
    "cost": "graphql.cost",
}
"""All the attributes there are."""
CODE = re.compile(r"[A-Za-z_]{1,60}(\.[A-Za-z0-9_]{1,60}){0,5}")
"""What a value that is text looks like: a name or a code of ours, no id, no sentence, no address."""
NO_CODE = "?"
STOP_MILLISECONDS = 2_000


class _Ids(RandomIdGenerator):
    """A trace that begins here gets the id that its request already has."""

    def generate_trace_id(self) -> int:
        trail = here.get()
        return int(trail.trace if trail else secrets.token_hex(16), 16)


class Recorder:
    """Where the spans of a process go; the sampler and the exporter are as `OTEL_*` says."""

    def __init__(self, service: str, exporter: SpanExporter | None) -> None:
        resource = Resource.create({SERVICE_NAME: f"commons-{service}"})
        self.provider = TracerProvider(resource=resource, id_generator=_Ids(), shutdown_on_exit=False)
        self.provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self.tracer = self.provider.get_tracer("commons")

    def span(self, name: str, kind: Kind, links: Iterable[str | None], said: Said) -> Recording:
        return Recording(self, name, kind, [_context(trail) for link in links if (trail := read(link))], said)

    def stop(self) -> None:
        self.provider.force_flush(STOP_MILLISECONDS)
        self.provider.shutdown()


class Recording:
    """One span: while it is open, what is begun or sent belongs to it. Of an exception it tells the type alone."""

    def __init__(self, recorder: Recorder, name: str, kind: Kind, links: list[SpanContext], said: Said) -> None:
        self.outer, self.around = (trail := here.get()), innermost.get()
        parent = (
            set_span_in_context(NonRecordingSpan(_context(trail)), Context()) if trail and trail.span else Context()
        )
        self.span = recorder.tracer.start_span(
            name, parent, KINDS[kind], _attributes(said), [Link(context) for context in links]
        )

    def __enter__(self) -> Self:
        at = self.span.get_span_context()
        here.set(Trail(f"{at.trace_id:032x}", f"{at.span_id:016x}", at.trace_flags.sampled))
        innermost.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, broken: BaseException | None, at: TracebackType | None
    ) -> None:
        here.set(self.outer)
        innermost.set(self.around)
        if isinstance(broken, Exception) and not isinstance(broken, Refusal):
            self.span.set_status(Status(StatusCode.ERROR, type(broken).__name__))
        self.span.end()

    def says(self, **said: Unpack[Said]) -> None:
        self.span.set_attributes(_attributes(said))


def _attributes(said: Mapping[str, Any]) -> dict[str, str | int]:
    return {
        NAMES[name]: value if isinstance(value, int) or CODE.fullmatch(value) else NO_CODE
        for name, value in said.items()
        if value != ""
    }


def _context(trail: Trail) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if trail.sampled else TraceFlags.DEFAULT)
    return SpanContext(int(trail.trace, 16), int(trail.span or trail.trace[16:], 16), is_remote=True, trace_flags=flags)
