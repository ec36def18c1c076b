"""What whoever watches the gateway sees: figures on a port of their own, a line for each request, and nothing that was asked."""

from __future__ import annotations

from urllib.request import urlopen

import pytest
from anyio import to_thread
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from commons_chassis import telemetry
from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode
from commons_contracts.mentoring import ProgrammesPage
from commons_gateway.schema import schema
from commons_gateway.watched import watched
from commons_onebox.server import free_port

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CANARY = "canary7f3a"
ASKED = {
    "an alias": (f"{{ {CANARY}: viewer {{ account {{ state }} }} }}", {}),
    "the name of an operation": (f"query {CANARY} {{ viewer {{ account {{ state }} }} }}", {}),
    "a variable": ("query($s: String!) { project(slug: $s) { slug } }", {"s": CANARY}),
    "a literal": (f'{{ project(slug: "{CANARY}") {{ slug }} }}', {}),
    "a comment": (f"{{ viewer {{ account {{ state }} }} }} # {CANARY}", {}),
    "what is no GraphQL": (f"{{ {CANARY} (", {}),
    "a field that is not there": (f"{{ {CANARY} }}", {}),
    "an argument that is none": (f'{{ project(slug: "westem", {CANARY}: 1) {{ slug }} }}', {}),
}


def count(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.fixture
def recorded():
    exporter = InMemorySpanExporter()
    telemetry.start("gateway", exporter)
    yield lambda: (telemetry._recorder.provider.force_flush(), exporter.get_finished_spans())[1]
    telemetry.stop()


async def test_the_public_port_has_no_figures(client):
    assert (await client.get("/metrics")).status_code == 404


async def test_figures_and_probes_have_a_port_of_their_own(gateway):
    settings = gateway.settings.model_copy(update={"health_port": free_port()})

    def page(path):
        with urlopen(f"http://127.0.0.1:{settings.health_port}{path}", timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()

    async with watched(gateway.desk, settings):
        assert (await to_thread.run_sync(page, "/livez"))[0] == 200
        assert (await to_thread.run_sync(page, "/readyz"))[0] == 200
        status, kind, text = await to_thread.run_sync(page, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "# TYPE commons_graphql_operations_total counter" in text


async def test_every_operation_is_counted_by_what_became_of_it(gateway):
    def counted():
        outcomes = ("ok", "UNAVAILABLE", "GRAPHQL_VALIDATION_FAILED")
        return [count("commons_graphql_operations_total", kind="query", outcome=outcome) for outcome in outcomes]

    before = counted()
    await gateway.execute("{ viewer { account { state } } }")
    gateway.asker.answers[ProgrammesPage] = Fault(FaultCode.UNAVAILABLE)
    await gateway.execute('{ project(slug: "westem") { programmes { totalCount } } }')
    await gateway.execute("{ nothing }")
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 1]


async def test_what_is_followed_is_counted_while_it_is_followed(gateway):
    results = await schema.stream(
        "subscription { connectionChanged { connection { id } } }", context_value=gateway.context(expires=4e9)
    )
    before = count("commons_pushes_total")
    await anext(results)
    assert count("commons_subscriptions_open") == 1
    await results.aclose()
    assert count("commons_subscriptions_open") == 0
    assert count("commons_pushes_total") == before + 1


@pytest.mark.parametrize("what", ASKED)
async def test_one_line_for_each_request_and_nothing_of_what_was_asked(client, gateway, capsys, what):
    document, variables = ASKED[what]
    headers = {"Authorization": f"Bearer {gateway.token()}", "User-Agent": CANARY, "Accept-Language": CANARY}
    body = {"query": document, "variables": variables, "extensions": {"x": CANARY}}
    await client.post(f"/graphql?{CANARY}", json=body, headers={**headers, "Commons-Project": "westem"})
    printed = "".join(capsys.readouterr())
    assert printed.count("request ") == 1
    assert CANARY not in printed


async def test_a_bug_is_told_by_the_schemas_name_of_the_field_and_the_line(gateway, capsys):
    gateway.asker.answers[ProgrammesPage] = ZeroDivisionError(CANARY)
    await gateway.execute(f'{{ project(slug: "westem") {{ {CANARY}: programmes {{ totalCount }} }} }}')
    printed = "".join(capsys.readouterr())
    assert ("programmes" in printed, "ZeroDivisionError" in printed, CANARY in printed) == (True, True, False)


@pytest.mark.parametrize("authorization", [f"Bearer {CANARY}", f"Basic {CANARY}", CANARY])
async def test_a_token_that_is_none_is_in_no_line_and_counted(client, capsys, authorization):
    before = count("commons_http_refused_total", code="UNAUTHENTICATED")
    answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"Authorization": authorization})
    assert answer.status_code == 401
    printed = "".join(capsys.readouterr())
    assert ("UNAUTHENTICATED" in printed, CANARY in printed) == (True, False)
    assert count("commons_http_refused_total", code="UNAUTHENTICATED") == before + 1


async def test_a_request_is_one_span_that_follows_its_callers_trace(client, recorded):
    await client.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"traceparent": CALLER, "tracestate": CANARY}
    )
    (span,) = [span for span in recorded() if span.name == "request"]
    assert f"{span.context.trace_id:032x}" == CALLER[3:35]
    assert span.attributes == {"graphql.operation.type": "query", "commons.outcome": "ok", "graphql.cost": 0}
    assert CANARY not in span.to_json()


async def test_each_wave_of_a_query_is_a_span_within_its_request(client, recorded, gateway):
    query = '{ project(slug: "westem") { programmes { nodes { id } } members { totalCount } } }'
    headers = {"Authorization": f"Bearer {gateway.token()}", "traceparent": CALLER}
    assert (await client.post("/graphql", json={"query": query}, headers=headers)).status_code == 200
    spans = recorded()
    (request,) = [span for span in spans if span.name == "request"]
    waves = [span for span in spans if span.name == "wave"]
    assert waves
    assert {span.parent.span_id for span in waves} == {request.context.span_id}
    assert waves[1].attributes["commons.count"] >= 2


async def test_without_spans_a_request_has_the_trace_of_its_own_id(client):
    answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"traceparent": CALLER})
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["x-request-id"] != CALLER[3:35]
