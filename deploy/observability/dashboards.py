"""Writes the Grafana dashboards beside it: `make dashboards` after a change here, and commit both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
WIDTH, HEIGHT, ACROSS = 8, 8, 3
SOURCE = {"type": "prometheus", "uid": "${source}"}
SCHEMA = 39
"""Of Grafana 10 and later, which read older ones as well."""


@dataclass(frozen=True)
class Panel:
    """A graph of queries in PromQL, each with the words of its legend; `stat`: one number instead."""

    title: str
    unit: str
    queries: dict[str, str]
    stat: bool = False
    says: str = ""
    red: float | None = None
    """From here on it is shown in red."""


@dataclass(frozen=True)
class Board:
    name: str
    title: str
    panels: tuple[Panel, ...]


def p(quantile: float, metric: str, by: str, where: str = "") -> str:
    """A quantile of a histogram over the last five minutes."""
    return f"histogram_quantile({quantile}, sum by ({by}, le) (rate({metric}_bucket{where}[5m])))"


def named(expression: str) -> str:
    """By the project's short name instead of its id."""
    return f"{expression} * on (project) group_left (slug) max by (project, slug) (commons_project_info)"


FAULT = 'outcome="fault"'
PLATFORM = Board(
    "platform",
    "STEM Commons: platform",
    (
        Panel("Processes that answer", "short", {"up": 'sum(up{job="commons"})'}, stat=True),
        Panel("Dead letters", "short", {"letters": "sum(max by (service, owner) (commons_dead_letters))"}, True, red=1),
        Panel("Oldest unpublished fact", "s", {"age": "max(commons_outbox_oldest_seconds)"}, True, red=30),
        Panel("Oldest copy", "s", {"age": "max(commons_copy_age_seconds)"}, True,
              "At 60 s what is about safety is refused.", 60),
        Panel("Latest deadline", "s", {"late": "max(commons_deadlines_overdue_seconds)"}, True, red=60),
        Panel("Services without a relay", "short",
              {"services": "count(sum by (service) (commons_relay_leading) < 1) or vector(0)"}, True, red=1),
        Panel("Answers", "reqps", {"{{service}}": "sum by (service) (rate(commons_rpc_total[5m]))"}),
        Panel("Answers that are faults", "percentunit", {
            "{{service}} {{code}}": f"sum by (service, code) (rate(commons_rpc_total{{{FAULT}}}[5m]))"
            " / on (service) group_left sum by (service) (rate(commons_rpc_total[5m]))"}),
        Panel("Refusals by rule", "reqps",
              {"{{service}} {{code}}": 'sum by (service, code) (rate(commons_rpc_total{outcome="refused"}[5m]))'}),
        Panel("Time to answer", "s", {
            "{{service}} p95": p(0.95, "commons_rpc_duration_seconds", "service"),
            "{{service}} median": p(0.5, "commons_rpc_duration_seconds", "service")}),
        Panel("Slowest messages, p95", "s",
              {"{{service}}.{{message}}": f"topk(8, {p(0.95, 'commons_rpc_duration_seconds', 'service, message')})"}),
        Panel("Database and broker", "bool", {
            "{{service}} database": "min by (service) (commons_database_up)",
            "{{service}} broker": "min by (service) (commons_broker_up)"}),
        Panel("Connections in use", "percentunit", {
            "{{service}} {{pool}}": "max by (service, pool) (commons_database_pool_used / commons_database_pool_size)"}),
        Panel("Connections opened, broker found again", "short", {
            "{{service}} database": "sum by (service) (increase(commons_database_connections_total[5m]))",
            "{{service}} broker": "sum by (service) (increase(commons_broker_reconnects_total[5m]))"}),
        Panel("Pulse late by", "s", {"{{service}}": "max by (service) (commons_event_loop_late_seconds)"}),
        Panel("Processor", "percentunit", {"{{instance}}": 'rate(process_cpu_seconds_total{job="commons"}[5m])'}),
        Panel("Memory", "bytes", {"{{instance}}": 'process_resident_memory_bytes{job="commons"}'}),
        Panel("Refused by the broker", "short", {"{{user}}": "sum by (user) (increase(commons_denied_total[5m]))"}),
    ),
)  # fmt: skip

FACTS = Board(
    "facts",
    "STEM Commons: facts on their way",
    (
        Panel("Committed, not published", "short", {"{{service}}": "max by (service) (commons_outbox_facts)"}),
        Panel("Oldest of them", "s", {"{{service}}": "max by (service) (commons_outbox_oldest_seconds)"}, red=30),
        Panel("Published", "ops", {"{{service}}": "sum by (service) (rate(commons_facts_told_total[5m]))"}),
        Panel("Facts in a batch", "short", {
            "{{service}}": "sum by (service) (rate(commons_facts_told_total[5m]))"
            " / sum by (service) (rate(commons_relay_batches_total[5m]))"}),
        Panel("Until a batch is on the broker's disk", "s", {
            "{{service}} p95": p(0.95, "commons_relay_ack_seconds", "service"),
            "{{service}} median": p(0.5, "commons_relay_ack_seconds", "service")}),
        Panel("Not heard yet", "short",
              {"{{service}} of {{owner}}": "max by (service, owner) (commons_consumer_lag_facts)"}),
        Panel("In a listener's hands", "short",
              {"{{service}} of {{owner}}": "max by (service, owner) (commons_consumer_unacked_facts)"}),
        Panel("Heard", "ops",
              {"{{service}} {{outcome}}": "sum by (service, outcome) (rate(commons_facts_heard_total[5m]))"}),
        Panel("Parked: came early", "short",
              {"{{service}} of {{owner}}": "max by (service, owner) (commons_parked_facts)"}),
        Panel("Dead letters", "short",
              {"{{service}} of {{owner}}": "max by (service, owner) (commons_dead_letters)"}, red=1),
        Panel("Age of copies", "s",
              {"{{service}} of {{owner}}": "max by (service, owner) (commons_copy_age_seconds)"}, red=60),
        Panel("Deadlines that have not run", "short",
              {"{{service}}": "max by (service) (commons_deadlines_overdue)"}),
        Panel("Oldest of them", "s", {"{{service}}": "max by (service) (commons_deadlines_overdue_seconds)"}, red=60),
        Panel("Deadlines", "ops",
              {"{{service}} {{outcome}}": "sum by (service, outcome) (rate(commons_deadlines_total[5m]))"}),
        Panel("Ran after their time by, p95", "s",
              {"{{service}}": p(0.95, "commons_deadline_late_seconds", "service")}),
    ),
)  # fmt: skip

GATEWAY = Board(
    "gateway",
    "STEM Commons: gateway",
    (
        Panel("Operations", "reqps",
              {"{{kind}} {{outcome}}": "sum by (kind, outcome) (rate(commons_graphql_operations_total[5m]))"}),
        Panel("Time to answer", "s", {
            "{{kind}} p95": p(0.95, "commons_graphql_duration_seconds", "kind", '{kind!="subscription"}'),
            "{{kind}} median": p(0.5, "commons_graphql_duration_seconds", "kind", '{kind!="subscription"}')}),
        Panel("Cost of what is let in", "short", {
            "p95": "histogram_quantile(0.95, sum by (le) (rate(commons_graphql_cost_bucket[5m])))",
            "median": "histogram_quantile(0.5, sum by (le) (rate(commons_graphql_cost_bucket[5m])))"}),
        Panel("Turned away before GraphQL", "reqps",
              {"{{code}}": "sum by (code) (rate(commons_http_refused_total[5m]))"}),
        Panel("Rate limited", "reqps", {"{{bucket}}": "sum by (bucket) (rate(commons_rate_limited_total[5m]))"}),
        Panel("Trusted documents", "reqps", {"{{known}}": "sum by (known) (rate(commons_documents_total[5m]))"}),
        Panel("Sockets and subscriptions", "short", {
            "sockets": "sum(commons_sockets_open)", "subscriptions": "sum(commons_subscriptions_open)"}),
        Panel("Pushes", "ops", {"pushes": "sum(rate(commons_pushes_total[5m]))"}),
        Panel("Questions to services", "reqps",
              {"{{service}} {{outcome}}": "sum by (service, outcome) (rate(commons_asks_total[5m]))"}),
        Panel("Questions that ended in a fault", "reqps",
              {"{{service}} {{code}}": f"sum by (service, code) (rate(commons_asks_total{{{FAULT}}}[5m]))"}),
        Panel("Until a service's answer is here", "s",
              {"{{service}} p95": p(0.95, "commons_ask_duration_seconds", "service")}),
    ),
)  # fmt: skip

PROGRAMME = Board(
    "programme",
    "STEM Commons: programmes",
    (
        Panel("Open requests", "short", {
            "{{slug}} {{style}}": named("max by (project, style) (commons_open_requests)")}),
        Panel("Mentees without a mentor", "short", {
            "{{slug}}": named("max by (project) (commons_unmatched_mentees)")}),
        Panel("Recruitment closes in", "s", {
            "{{slug}}": named("max by (project) (commons_round_closes_timestamp_seconds - time())")},
            says="Below nothing where it has closed."),
        Panel("Recruitment has been open for", "s", {
            "{{slug}}": named("max by (project) (time() - commons_round_opens_timestamp_seconds)")}),
    ),
)  # fmt: skip

BOARDS = (PLATFORM, FACTS, GATEWAY, PROGRAMME)


def panels(board: Board) -> Iterator[dict[str, Any]]:
    """As Grafana wants them, three in a line."""
    for number, panel in enumerate(board.panels):
        line, column = divmod(number, ACROSS)
        steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
        if panel.red is not None:
            steps.append({"color": "red", "value": panel.red})
        shown: dict[str, Any] = {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
        }
        if panel.red is not None and not panel.stat:
            shown["defaults"]["custom"] = {"thresholdsStyle": {"mode": "line"}}
        yield {
            "id": number + 1,
            "type": "stat" if panel.stat else "timeseries",
            "title": panel.title,
            "description": panel.says,
            "datasource": SOURCE,
            "gridPos": {"x": column * WIDTH, "y": line * HEIGHT, "w": WIDTH, "h": HEIGHT},
            "fieldConfig": {**shown, "overrides": []},
            "options": {} if panel.stat else {"legend": {"displayMode": "list", "placement": "bottom"}},
            "targets": [
                {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expression, "legendFormat": legend}
                for at, (legend, expression) in enumerate(panel.queries.items())
            ],
        }


def dashboard(board: Board) -> dict[str, Any]:
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus", "current": {}}
    return {
        "uid": f"stem-commons-{board.name}",
        "title": board.title,
        "tags": ["stem-commons"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [source]},
        "annotations": {"list": []},
        "links": [],
        "panels": list(panels(board)),
    }


def written() -> dict[str, str]:
    """Every file by its name."""
    return {f"{board.name}.json": json.dumps(dashboard(board), indent=1) + "\n" for board in BOARDS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in written().items():
        (FOLDER / name).write_text(text)
