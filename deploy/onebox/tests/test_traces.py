"""With spans switched on: one trace from a browser's request through the broker to the reactions of other services."""

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from commons_gateway import devtoken
from commons_onebox.home import Home
from commons_onebox.house import running
from commons_onebox.server import free_port, wait_until

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CANARY = "kanarienvogel7f3a"
REGISTER = "mutation ($i: RegisterPersonInput!) { registerPerson(input: $i) { __typename } }"
WHO = {"birthYear": 1990, "birthMonth": 1, "country": "SE", "language": "SV", "zone": "Europe/Stockholm"}
ATTRIBUTES = {
    "commons.service",
    "rpc.method",
    "commons.outcome",
    "commons.code",
    "commons.count",
    "graphql.operation.type",
    "graphql.cost",
}


class Collector:
    """Takes what OpenTelemetry's exporters send over HTTP."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Any]] = []
        self.raw = b""
        collector = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", free_port()), Taking)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body: bytes) -> None:
        self.raw += body
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            (process,) = [a.value.string_value for a in group.resource.attributes if a.key == "service.name"]
            self.spans += [(process, span) for scope in group.scope_spans for span in scope.spans]

    def of(self, trace: str) -> dict[str, set[str]]:
        """The names of a trace's spans, by process."""
        found: dict[str, set[str]] = {}
        for process, span in list(self.spans):
            if span.trace_id.hex() == trace:
                found.setdefault(process, set()).add(span.name)
        return found


SPANS = {
    "commons-gateway": {"request", "ask profiles.register_person"},
    "commons-profiles": {"answer register_person", "transaction"},
    "commons-matching": {"react"},
}
"""Of one person's registration, by the process that tells of them."""


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    found = Collector()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def asked(collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A platform that records; one person registered under a trace of her browser, one question refused."""
    folder = tmp_path_factory.mktemp("traces")
    told = {"COMMONS_ENV": "dev", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with running(folder, environment=told) as house:
        token = devtoken.issue(Home(folder).issuer_key, CANARY, project="westem")
        headers = {
            "Authorization": f"Bearer {token}",
            "traceparent": CALLER,
            "tracestate": f"a={CANARY}",
            "baggage": CANARY,
        }
        with httpx.Client(base_url=house.url, headers=headers) as client:
            body = {"query": REGISTER, "variables": {"i": WHO | {"displayName": CANARY}}}
            assert client.post("/graphql", json=body).json()["data"]["registerPerson"]["__typename"] == "Account"
            client.post("/graphql", json={"query": f"{{ {CANARY} }}"}, headers={"traceparent": CANARY})
        yield folder


def test_one_trace_leads_through_all_processes(asked: Path, collector: Collector) -> None:
    trace = CALLER.split("-")[1]

    def all_told() -> bool:
        """Each process tells in its own time."""
        told = collector.of(trace)
        return all(spans <= set(told.get(process, ())) for process, spans in SPANS.items())

    assert wait_until(all_told, 20, pause=0.1), collector.of(trace)
    spans = {(process, span.name): span for process, span in collector.spans if span.trace_id.hex() == trace}
    request = spans["commons-gateway", "request"]
    assert request.parent_span_id.hex() == CALLER.split("-")[2]
    ask, answer = (
        spans["commons-gateway", "ask profiles.register_person"],
        spans["commons-profiles", "answer register_person"],
    )
    assert (ask.parent_span_id, answer.parent_span_id) == (request.span_id, ask.span_id)
    assert wait_until(lambda: _relayed(collector, trace), 20, pause=0.1)


def _relayed(collector: Collector, trace: str) -> bool:
    links = [link for _, span in list(collector.spans) if span.name == "relay" for link in span.links]
    return trace in {link.trace_id.hex() for link in links}


def test_no_span_has_what_people_say_or_are_called(asked: Path, collector: Collector) -> None:
    assert collector.spans
    assert CANARY.encode() not in collector.raw
    attributes = {attribute.key for _, span in collector.spans for attribute in span.attributes}
    assert attributes <= ATTRIBUTES
    assert not any(span.events for _, span in collector.spans)


def test_every_line_of_the_log_has_the_trace(asked: Path) -> None:
    def traced(name: str) -> bool:
        return CALLER.split("-")[1] in (asked / "logs" / f"{name}.log").read_text()

    assert all(
        wait_until(lambda name=name: traced(name), 10, pause=0.1) for name in ("gateway", "profiles", "matching")
    )
    logs = "".join(log.read_text() for log in (asked / "logs").glob("*.log"))
    assert CANARY not in logs
