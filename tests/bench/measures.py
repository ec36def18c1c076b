"""What is measured, and what is promised of it: the one list that the tests, the results and the document share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RATIO = "x"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`least` and `most` are promises: a run in which the median is below, or above, fails. A ratio has no other unit.
    `clock`: it is told by a clock, and promised of a machine that others leave alone.
    """

    target: str = ""
    what: str
    unit: Literal["x", "us", "ms", "s", "MB", "a second", "commands"]
    least: float | None = None
    most: float | None = None
    clock: bool = False

    def kept(self, median: float) -> bool:
        return (self.least is None or median >= self.least) and (self.most is None or median <= self.most)

    @property
    def promise(self) -> str:
        if self.least is not None:
            return f"at least {self.least:g}"
        return "" if self.most is None else f"at most {self.most:g}"


MEASURES = {
    # ------------------------------------------------------------ request and reply
    "rpc_processor_alike": Measure(
        target="P7",
        what="Processor time of both ends a call, FastStream over ours, both doing the same: caller, deadline and id of the "
        "request in headers, the first two read (by a middleware), calls counted; transport only, no database",
        unit="x",
        least=2,
    ),
    "rpc_processor_alike_by_parameters": Measure(
        what="The same, where FastStream's handler takes the headers as `Header()` parameters", unit="x"
    ),
    "rpc_processor_bare": Measure(
        what="The same, where FastStream carries the page alone: no headers, nothing checked, nothing counted", unit="x"
    ),
    "rpc_slow_handlers": Measure(
        target="P7",
        what="Calls a second with handlers that take 2 ms, ours over FastStream as it comes, which answers one at a time",
        unit="x",
        least=8,
        clock=True,
    ),
    "rpc_slow_handlers_with_workers": Measure(
        what="The same over FastStream with as many workers as calls in flight", unit="x"
    ),
    "rpc_ours": Measure(what="Processor time of both ends a call, ours; transport only", unit="us"),
    "rpc_alike": Measure(what="FastStream doing the same", unit="us"),
    "rpc_bare": Measure(what="FastStream carrying the page alone", unit="us"),
    "rpc_transaction": Measure(
        what="Ours, with all that a query is: a read-only transaction of its own on the caller's ground", unit="us"
    ),
    # ------------------------------------------------------------ facts
    "relay": Measure(
        target="P8",
        what="Facts told a second, the relay from outbox to stream (read, publish, forget) over publishing the same facts "
        "one after another with no database; every acknowledgement means synced to disk",
        unit="x",
        least=2,
    ),
    "relay_ours": Measure(what="The relay", unit="a second"),
    "relay_sequential": Measure(what="Publishing one after another", unit="a second"),
    "commit_to_consumer": Measure(
        target="P8",
        what="From commit in one service until the fact is applied in another, at 100 transactions a second, median",
        unit="ms",
        most=10,
        clock=True,
    ),
    "commit_to_consumer_p99": Measure(what="The same, 99th percentile", unit="ms"),
    "commit_processor": Measure(
        what="Processor time a command in the service that commits and tells (without PostgreSQL's and NATS' own)",
        unit="ms",
    ),
    "commit_processor_consumer": Measure(what="The same in the service that hears of it", unit="ms"),
    # ------------------------------------------------------------ what falls due
    "due_rate": Measure(
        what="Due events done a second after the clock was moved by four months over 10,000 pairs (half-way, two "
        "weeks before the end, the end; a session of one pair in four, the whole ladder for one in twenty)",
        unit="a second",
    ),
    "due_lag": Measure(what="From that moment until the last of 34,000 was done and all of it told", unit="s"),
    "due_processor": Measure(what="Processor time a due event, of the service, telling included", unit="ms"),
    # ------------------------------------------------------------ the whole platform
    "memory_gateway": Measure(target="P11", what="The idle gateway, proportional set size", unit="MB", most=130),
    "memory_gateway_alone": Measure(
        what="The same, with what it shares with the other processes counted in full, as it would be on a machine of its own",
        unit="MB",
    ),
    "memory_platform": Measure(
        target="P11",
        what="The whole idle platform: gateway, five services, PostgreSQL, NATS, supervisor",
        unit="MB",
        most=700,
    ),
    "memory_platform_seeded": Measure(
        target="P11",
        what="The same after people were filled in and pages asked for, once the connections of that rush are given back",
        unit="MB",
        most=700,
    ),
    "plans": Measure(
        target="P2",
        what="Processor time of the whole platform a page of 20 mentors (HTTP, gateway, NATS, services, PostgreSQL): without "
        "over with what the gateway keeps and plans: documents read and checked once, plans, waves; two gateways on the same platform",
        unit="x",
        least=1.5,
    ),
    "naive": Measure(
        target="P3",
        what="The same, by a gateway to the same services as their documentation builds one (FastStream asks, DataLoader, Strawberry, "
        "FastAPI; it keeps nothing), over ours",
        unit="x",
        least=3,
    ),
    "naive_without_plans": Measure(target="P3", what="The same over ours without plans and kept documents", unit="x"),
    "monolith": Measure(
        target="P6",
        what="The same, by one process without services and broker (FastAPI, Strawberry, SQLAlchemy's ORM, one database), over ours",
        unit="x",
        least=3,
    ),
    "page_processor_naive": Measure(what="Processor time a page, by the gateway from the documentation", unit="ms"),
    "page_processor_monolith": Measure(what="The same, by the one process", unit="ms"),
    "page_rate": Measure(
        what="Pages of 20 mentors with names, introductions and distances, each at an offset of its own, over HTTP, "
        "gateway, NATS and PostgreSQL, 16 connections",
        unit="a second",
    ),
    "page_p50": Measure(what="The same, until the answer, median", unit="ms"),
    "page_p95": Measure(what="The same, 95th percentile", unit="ms"),
    "page_processor": Measure(what="The same, processor time of the whole platform a page", unit="ms"),
    "page_processor_gateway": Measure(what="Of it, the gateway's", unit="ms"),
    # ------------------------------------------------------------ a rolling restart
    "rolling_failed": Measure(
        target="P10",
        what="Commands that failed, or that their client had to ask again, while the five services and the gateway were restarted "
        "one after the other (`commons roll`), twice; 16 clients without a pause, half over HTTP, half by the broker",
        unit="commands",
        most=0,
    ),
    "rolling_commands": Measure(what="Commands that were answered meanwhile", unit="commands"),
    "rolling_repeats": Measure(
        what="Of the broker's clients' questions, those that a client of ours asked twice below what its caller sees",
        unit="commands",
    ),
    "rolling_longest": Measure(what="The longest that a command waited for its answer meanwhile", unit="s"),
    "rolling_seconds": Measure(what="From the first process to the last", unit="s"),
}
