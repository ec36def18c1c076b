"""The pages: what they ask can be asked, what they document is all there is, and nothing of them is anybody else's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from graphql import OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from commons_contracts.base import Event
from commons_contracts.spoken import spoken
from commons_gateway import asyncapi, pages
from commons_gateway.schema import printed
from commons_gateway.settings import GatewaySettings

WEB = pages.BUILT.parent.parent / "web"
TASKS = sorted((WEB / "src" / "tasks").glob("*.graphql"))


def test_there_is_a_tab_for_each_task():
    assert len(TASKS) >= 10


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.stem)
def test_what_a_tab_asks_can_be_asked(task: Path):
    schema = build_schema(printed())
    document = parse(task.read_text())
    assert validate(schema, document) == []
    given = task.with_suffix(".json")
    variables = json.loads(given.read_text()) if given.exists() else {}
    used = set()
    for operation in document.definitions:
        assert isinstance(operation, OperationDefinitionNode)
        mine = {v.variable.name.value for v in operation.variable_definitions or ()}
        assert not isinstance(get_variable_values(schema, operation.variable_definitions or [], variables), list)
        used |= mine
    assert set(variables) <= used


def test_every_variable_file_belongs_to_a_task():
    assert {f.stem for f in (WEB / "src" / "tasks").glob("*.json")} <= {f.stem for f in TASKS}


def test_the_document_names_every_fact_and_says_what_it_is():
    told = [kind for kind in spoken() if issubclass(kind, Event)]
    channels = asyncapi.document()["channels"]
    assert set(channels) == {kind.subject for kind in told}
    assert [kind.__name__ for kind in told if not channels[kind.subject]["summary"]] == []


def test_the_document_shows_what_travels():
    accepted = asyncapi.document()["channels"]["evt.matching.connection_accepted.v1"]
    (message,) = accepted["messages"].values()
    assert {"project", "at", "connection", "mentor", "mentee", "match"} == set(message["payload"]["properties"])
    assert "$ref" not in json.dumps(message)
    assert message["headers"]["required"][:2] == ["ce-specversion", "ce-id"]


def test_the_sources_ask_nobody_else():
    foreign = re.compile(r"""(?:src|href|url|import|from|fetch)\s*[=(]?\s*["'(](?:https?:)?//""")
    ours = [f for f in (*WEB.glob("*.html"), *(WEB / "src").rglob("*")) if f.is_file()]
    assert [f.name for f in ours if foreign.search(f.read_text())] == []


@pytest.fixture
async def client():
    app = FastAPI(routes=pages.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as http:
        yield http


async def test_pages_that_are_not_built_say_so(client, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    answer = await client.get("/pages/graphiql.html")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "make pages" in answer.text


async def test_a_page_is_walled_in(client, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    (tmp_path / "index.html").write_text("<p>home")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a-1.js").write_text("1")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(FastAPI(routes=pages.routes())), base_url="http://here")
    async with client:
        home = await client.get("/pages/")
        asset = await client.get("/pages/assets/a-1.js")
        gone = await client.get("/pages/../pages.py")
    policy = home.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"https?:|\*|unsafe-eval", policy)
    assert home.headers["cache-control"] == "no-cache"
    assert "immutable" in asset.headers["cache-control"]
    assert gone.status_code == 404


async def test_the_short_ways_lead_to_the_pages(client):
    ways = {path: (await client.get(path)).headers["location"] for path in ("/", "/graphiql", "/events")}
    assert ways == {"/": "/pages/", "/graphiql": "/pages/graphiql.html", "/events": "/pages/events.html"}
    document = await client.get("/events/asyncapi.json")
    assert document.json()["asyncapi"] == "3.0.0"


@pytest.mark.parametrize("frontend", ["", "https://portal.example.org", "https://portal.example.org/app/"])
async def test_a_link_in_a_letter_leads_to_the_pages_that_people_use(frontend):
    app = FastAPI(routes=pages.routes(frontend))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as http:
        plain, letter = await http.get("/"), await http.get("/?notices=westem&to=//elsewhere.example.org")
    assert plain.headers["location"] == (frontend or "/pages/")
    assert letter.headers["location"] == f"{frontend or '/pages/'}?notices=westem&to=//elsewhere.example.org"


@pytest.mark.parametrize(
    ("frontend", "complaint"),
    [
        ("portal.example.org", "whole address"),
        ("//portal.example.org", "whole address"),
        ("https://portal.example.org/?a=1", "whole address"),
        ("javascript:alert(1)", "whole address"),
        ("http://portal.example.org", "not https"),
        ("https://commons.example.org/", "lead to itself"),
    ],
)
def test_what_is_no_place_for_people_does_not_start(frontend, complaint):
    with pytest.raises(ValueError, match=complaint):
        GatewaySettings(
            env="production",
            secret="x" * 40,
            nats_seed="x",
            public_url="https://commons.example.org",
            frontend_url=frontend,
        )
