"""What spans cost: the same questions and commands with OpenTelemetry off and on, in turn, both ends in one process."""

from __future__ import annotations

import asyncio
import statistics
import time

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from toy import counting
from toy.counting import CounterById, Raise, Start
from toy.people import a_member

from commons_chassis import telemetry
from commons_chassis.testing import make_database
from commons_onebox.alive import alive

pytestmark = pytest.mark.bench
CALLS, AT_ONCE, WARM = 256, 16, 2
MOST = {"question": 2.5, "command": 1.6}
"""Times the processor that it takes without. Nobody has to pay it: spans are off unless switched on, and may be sampled."""


class Nowhere(SpanExporter):
    def export(self, spans):
        return SpanExportResult.SUCCESS


async def _processor(ask) -> float:
    """Seconds of this process for a call."""
    before = time.process_time()
    for _ in range(CALLS // AT_ONCE):
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return (time.process_time() - before) / CALLS


async def test_spans_cost_what_they_may(servers, rounds):
    database = make_database(counting.service, servers[0], suffix="_spans")
    async with alive([(counting.service, database)], servers[1]) as house:
        actor = await a_member(house)
        counters = [(await house.asker.ask(Start(), actor)).id for _ in range(AT_ONCE)]
        turn = iter(range(1_000_000_000))
        asks = {
            "question": lambda: house.asker.ask(CounterById(counter=counters[0]), actor),
            "command": lambda: house.asker.ask(Raise(counter=counters[next(turn) % AT_ONCE]), actor),
        }
        ratios = {name: [] for name in asks}
        for _ in range(WARM + rounds):
            for name, ask in asks.items():
                off = await _processor(ask)
                telemetry.start("bench", Nowhere())
                on = await _processor(ask)
                telemetry.stop()
                ratios[name].append(on / off)
                print(f"{name}: {off * 1e6:.0f} us without, {on * 1e6:.0f} us with")
    found = {name: statistics.median(each[WARM:]) for name, each in ratios.items()}
    print({name: round(ratio, 2) for name, ratio in found.items()})
    assert {name: ratio for name, ratio in found.items() if ratio > MOST[name]} == {}
