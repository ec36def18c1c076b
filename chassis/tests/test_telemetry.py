"""One trace from a question to the last reaction to it, and nothing in it but names, codes and counts of ours."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from toy import counting, tallying
from toy.counting import Break, CounterById, Raise, Start
from toy.people import a_member
from toy.tallying import POISON, Tally

from commons_chassis import spans, telemetry
from commons_chassis.faults import Fault
from commons_chassis.testing import eventually, make_database
from commons_chassis.trail import Trail, here, read
from commons_contracts.base import Refusal
from commons_onebox.alive import alive
from commons_onebox.testing import start_nats

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EVERYTHING = "import sys, commons_onebox.children, commons_chassis.run\n"
LOADED = "sys.exit(bool({'opentelemetry.sdk', 'opentelemetry.exporter', 'commons_chassis.spans'} & sys.modules.keys()))"
HIDDEN = "import sys; sys.modules['opentelemetry'] = None; import commons_matching.app, commons_chassis.run\n"


@pytest.fixture
async def house(postgres_dsn, tmp_path, worker_id):
    nats = start_nats(tmp_path)
    pairs = [
        (it, make_database(it, postgres_dsn, suffix=f"_spans_{worker_id}"))
        for it in (counting.service, tallying.service)
    ]
    async with alive(pairs, nats.url) as house:
        yield house
    nats.stop()


@pytest.fixture
def recorded():
    exporter = InMemorySpanExporter()
    telemetry.start("test", exporter)
    yield lambda: (telemetry._recorder.provider.force_flush(), exporter.get_finished_spans())[1]
    telemetry.stop()


@pytest.mark.parametrize("program", [EVERYTHING + LOADED, HIDDEN])
def test_where_it_is_off_nothing_of_it_is_imported(program):
    """Libraries of ours load the bare interface where it is there; they do without, and so do we."""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert telemetry.span("x") is telemetry.span("y")


@pytest.mark.parametrize("odd", ["", "00", CALLER.upper(), CALLER + "-1", "ff" + CALLER[2:], CALLER.replace("0af76519", "xaf76519"),
                                 f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01"])  # fmt: skip
def test_what_is_no_trace_context_begins_a_trace_of_its_own(odd):
    assert read(odd) is None
    telemetry.follow(odd)
    assert read(telemetry.traceparent()) is not None


def test_a_callers_trace_is_followed_where_spans_are_recorded_alone(recorded):
    assert telemetry.begin(CALLER) != telemetry.trace_id() == CALLER[3:35]
    telemetry.stop()
    assert telemetry.begin(CALLER) == telemetry.trace_id() != CALLER[3:35]


async def test_a_trace_leads_from_the_question_to_the_reaction_in_another_service(house, recorded):
    actor = await a_member(house)
    counter = (await house.asker.ask(Start(), actor)).id
    request = telemetry.begin()
    await house.asker.ask(Raise(counter=counter, by=3), actor)

    def found():
        return {span.name: span for span in recorded() if f"{span.context.trace_id:032x}" == request}

    assert await eventually(lambda: _soon("react" in found()))
    steps = found()
    ask, answer, react = steps["ask counting.raise"], steps["answer raise"], steps["react"]
    assert ask.parent is None
    assert answer.parent.span_id == ask.context.span_id
    assert steps["transaction"].parent.span_id == answer.context.span_id
    assert react.parent.span_id == steps["transaction"].context.span_id
    assert react.attributes == {"commons.service": "tallying", "rpc.method": "evt.counting.raised.v1"}
    relays = [span for span in recorded() if span.name == "relay"]
    assert request in {f"{link.context.trace_id:032x}" for relay in relays for link in relay.links}


async def _soon(value):
    return value


async def test_a_span_tells_nothing_but_names_and_codes_and_counts(house, recorded):
    actor = await a_member(house)
    counter = (await house.asker.ask(Start(), actor)).id
    for by in (1, POISON, 2):
        await house.asker.ask(Raise(counter=counter, by=by), actor)
    with pytest.raises(Fault):
        await house.asker.ask(Break(counter=counter), actor)
    with pytest.raises(Refusal):
        await house.asker.ask(Raise(counter=counter, by=5, most=2), actor)
    await house.asker.ask(CounterById(counter=counter), actor)
    await asyncio.gather(*(house.asker.ask(Tally(counter=counter), actor) for _ in range(5)))
    everything = recorded()
    assert {"ask counting.break", "answer break", "answer raise", "transaction", "relay"} <= {
        s.name for s in everything
    }
    text = "".join(span.to_json() for span in everything)
    assert "ZeroDivisionError" in text
    assert not any(private in text for private in ("secret", str(counter), str(actor.person), str(actor.project)))
    assert {name for span in everything for name in span.attributes} <= set(spans.NAMES.values())
    assert not any(span.events for span in everything)


def test_a_value_that_is_no_name_of_ours_is_not_told(recorded):
    with telemetry.span(
        "x", code="Ebba Lindqvist", message="ebba@example.org", outcome="0190a000-0000-7000-8000-000000000001", count=3
    ):
        pass
    assert recorded()[0].attributes == {
        "commons.code": "?",
        "rpc.method": "?",
        "commons.outcome": "?",
        "commons.count": 3,
    }


def test_who_is_not_sampled_leaves_no_span_and_the_same_trace(monkeypatch):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    exporter = InMemorySpanExporter()
    telemetry.start("test", exporter)
    request = telemetry.begin()
    with telemetry.span("x"):
        assert read(telemetry.traceparent())[::2] == (request, False)
    telemetry.stop()
    assert exporter.get_finished_spans() == ()


def test_a_trace_that_begins_here_has_the_id_of_its_request(recorded):
    request = telemetry.begin()
    with telemetry.span("x"):
        assert here.get() == Trail(request, here.get().span, sampled=True)
    assert f"{recorded()[0].context.trace_id:032x}" == request


def test_it_is_on_where_the_environment_says_where_to():
    assert not telemetry.wanted({})
    assert telemetry.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
    assert not telemetry.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"})
