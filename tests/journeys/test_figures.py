"""What a live platform tells who watches it, after J1: every figure that is asked for, in closed lists, and nobody in it."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parsed

from commons_contracts import community, geo, matching, mentoring, profiles
from commons_contracts.base import Request
from commons_contracts.codes import FaultCode, RefusalCode, Style
from commons_contracts.ids import project_of
from commons_gateway.rates import Bucket
from commons_onebox.home import GATEWAY, SERVICES
from commons_onebox.keys import BROKER_USERS

from .canaries import CANARY
from .conftest import WORDS

OBSERVABILITY = Path(__file__).parents[2] / "deploy" / "observability"
SLUGS = {"westem", "women-stem-up", "eumentorstem", "stem-nord"}
MESSAGES = {
    kind.subject.rpartition(".")[2]
    for owner in (community, geo, matching, mentoring, profiles)
    for _, kind in inspect.getmembers(owner, inspect.isclass)
    if issubclass(kind, Request) and "subject" in vars(kind)
}
CODES = {code.value for code in (*RefusalCode, *FaultCode)}
CLOSED = {
    "service": set(SERVICES),
    "owner": set(SERVICES),
    "message": MESSAGES | {"unknown"},
    "code": CODES | {""},
    "outcome": CODES | {"ok", "done", "refused", "fault", "applied", "repeated", "early", "again", "dead", "failed"},
    "kind": {"query", "mutation", "subscription", "none"},
    "pool": {"app", "engine", "reads"},
    "bucket": {bucket.value for bucket in Bucket},
    "known": {"yes", "no"},
    "user": {*SERVICES, *BROKER_USERS},
    "project": {str(project_of(slug)) for slug in SLUGS},
    "slug": SLUGS,
    "style": {style.value for style in Style},
}
"""Every label that a figure of ours may have, and every value that it may take."""
BOUNDS = {"le", "quantile"}
MOST_SERIES = 4_000
PROMTOOL = shutil.which("promtool")
OF_PROMETHEUS = {"up"}


@pytest.fixture(scope="module")
def told(played):
    return {name: list(parsed(text)) for name, text in played["figures"].items()}


def ours(told):
    return [
        (name, s) for name, all in told.items() for one in all for s in one.samples if s.name.startswith("commons_")
    ]


@pytest.mark.parametrize("when", ["figures", "afterwards"])
def test_a_label_is_of_a_closed_list(played, when):
    odd = {
        (sample.name, label, value)
        for _, sample in ours({name: parsed(text) for name, text in played[when].items()})
        for label, value in sample.labels.items()
        if label not in BOUNDS and value not in CLOSED.get(label, ())
    }
    assert odd == set()


def test_there_are_not_too_many_of_them(told):
    assert {name for name, all in told.items() if sum(len(one.samples) for one in all) > MOST_SERIES} == set()


def test_nothing_that_people_write_or_are_called_is_a_figure(played):
    text = "".join([*played["figures"].values(), *played["afterwards"].values()])
    assert [word for word in (*WORDS, CANARY) if word in text] == []


def test_what_is_said_in_messages_of_every_kind_is_in_the_databases_alone(played):
    """Done, refused and broken; in no log of any process, no stream, nowhere else on the disk."""
    assert played["words"][CANARY] == ["postgres"]
    assert min(played["said"].values()) > 10, played["said"]


def test_the_lines_of_one_request_are_found_in_all_processes_by_its_trace(played):
    assert any({"gateway request", "matching command", "mentoring reaction"} <= set(t) for t in played["traces"])


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize("name", [*SERVICES, GATEWAY])
def test_prometheus_has_nothing_to_say_about_the_figures(played, name):
    asked = [PROMTOOL, "check", "metrics"]
    done = subprocess.run(asked, input=played["figures"][name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_names_and_units_are_as_prometheus_has_them(told):
    for family in (one for all in told.values() for one in all if one.name.startswith("commons_")):
        assert re.fullmatch(r"commons_[a-z]+(_[a-z]+)*", family.name)
        assert family.documentation.endswith(".")
        assert family.type != "counter" or not family.name.endswith(("_seconds", "_bytes"))
        if family.type == "histogram":
            assert family.name.endswith(("_seconds", "_cost"))


@pytest.mark.parametrize(
    "file", ["rules.yml", *(f"dashboards/{name}.json" for name in ("platform", "facts", "gateway", "programme"))]
)
def test_every_figure_that_is_asked_for_is_told(told, file):
    text = (OBSERVABILITY / file).read_text()
    boards = yaml.safe_load(text) if file.endswith(".yml") else json.loads(text)
    asked = set(re.findall(r"\b(?:commons|process)(?:_[a-z]+)+|\bup\b", " ".join(_expressions(boards))))
    known = {s for all in told.values() for one in all for s in _names(one)}
    assert asked - known - OF_PROMETHEUS == set()
    assert len(asked) > 3


def _expressions(found):
    if isinstance(found, dict):
        for key, value in found.items():
            yield from ([value] if key == "expr" else _expressions(value))
    elif isinstance(found, list):
        for one in found:
            yield from _expressions(one)


def _names(family):
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(family.type, ("",))
    return [family.name + ending for ending in endings]


def test_the_figures_are_those_of_the_journey(told):
    value = {(s.name, *sorted(s.labels.items())): s.value for _, s in ours(told)}
    done = {
        s.labels["message"] for _, s in ours(told) if s.name == "commons_rpc_total" and s.labels["outcome"] == "done"
    }
    assert {"accept_connection", "request_connection", "mentors_page", "people_by_ids"} <= done
    refused = {
        s.labels["code"] for _, s in ours(told) if s.name == "commons_rpc_total" and s.labels["outcome"] == "refused"
    }
    assert {"RECRUITMENT_CLOSED", "MENTOR_AT_CAPACITY", "CODE_OF_CONDUCT_REQUIRED"} <= refused
    assert value["commons_project_info", ("project", str(project_of("westem"))), ("slug", "westem")] == 1
    assert sum(s.value for _, s in ours(told) if s.name == "commons_facts_told_total") > 500
    for service in SERVICES:
        assert value["commons_outbox_facts", ("service", service)] == 0
        assert value["commons_relay_leading", ("service", service)] == 1
        assert (
            value["commons_database_up", ("service", service)] == value["commons_broker_up", ("service", service)] == 1
        )
    assert any(
        s.name == "commons_graphql_operations_total" and s.labels["kind"] == "mutation"
        for _, s in told_by(told, GATEWAY)
    )
    assert value["commons_unmatched_mentees", ("project", str(project_of("westem")))] > 0


def told_by(told, name):
    return [(which, sample) for which, sample in ours(told) if which == name]
