"""What reaches GraphQL over HTTP, and how the answer looks from outside."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode
from commons_contracts.profiles import ProjectsByIds
from commons_gateway import http
from commons_gateway.app import build

JSON = {"Content-Type": "application/json"}
ASK = {"query": "{ __typename }"}
OLD, NEW = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"


def error(answer):
    (found,) = answer.json()["errors"]
    assert found["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert len(answer.headers["x-request-id"].replace("-", "")) == 32
    return found["extensions"]["code"]


async def test_a_question_is_answered(client):
    answer = await client.post("/graphql", json=ASK)
    assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})
    assert answer.headers["content-type"] == OLD
    assert answer.json()["extensions"]["cost"]["limit"] == 1000


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
async def test_only_post_and_get(client, method):
    answer = await client.request(method, "/graphql?query={__typename}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/json; boundary=x",
        "",
    ],
)
async def test_only_json_in_utf8(client, kind):
    answer = await client.post("/graphql", content=json.dumps(ASK), headers={"Content-Type": kind})
    assert (answer.status_code, error(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_nothing_compressed(client):
    answer = await client.post("/graphql", json=ASK, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, error(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "kind", ['application/json; charset="UTF-8"', "Application/JSON;", "application/json ;charset=utf8"]
)
async def test_json_however_it_is_written(client, kind):
    answer = await client.post("/graphql", content=json.dumps(ASK), headers={"Content-Type": kind})
    assert answer.status_code == 200


DEEP = b'{"query": "{a}", "variables": {"x": %s}}'


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "no JSON"),
        (b"null", "no JSON object"),
        (b"7", "no JSON object"),
        (b'"x"', "no JSON object"),
        (b"{", "no JSON"),
        (b"[" * 5000, "no JSON"),
        (b"[" * 20_000 + b"]" * 20_000, "no JSON"),
        (b'{"query": "\xff"}', "no JSON"),
        (b'{"query": "\xed\xa0\x80"}', "no JSON"),
        (b'\xef\xbb\xbf{"query": "{a}"}', "no JSON"),
        (b'{"query": NaN}', "no JSON"),
        (b'{"query": "{a}", "variables": {"x": Infinity}}', "no JSON"),
        (b'{"query": "{a}", "variables": {"x": 1e999}}', "no JSON"),
        (b'{"query": "{a}", "variables": {"x": "\\ud800"}}', "no JSON"),
        (b'{"query": "{a}", "variables": {"\\udc00": 1}}', "no JSON"),
        (b'{"query": "{a}", "query": "{b}"}', "twice"),
        (b'{"query": "{a}", "variables": {"x": {"y": 1, "\\u0079": 2}}}', "twice"),
        (DEEP % (b"[" * 31 + b"]" * 31), "nests deeper than 32"),
        (DEEP % (b'{"y":' * 31 + b"1" + b"}" * 31), "nests deeper than 32"),
        (DEEP % (b"9" * 19), "64 bits"),
        (DEEP % (b"-" + b"9" * 200), "64 bits"),
        (DEEP % (b"9" * 5000), "no JSON"),
        (b'{"query": "{a}", "variables": {"x": "a\\u0000b"}}', "U+0000"),
        (b'{"query": "{a}", "variables": {"a\\u0000b": 1}}', "U+0000"),
        (b'{"query": "{ a(b: \\"\\\\u0000\\") }"}', "U+0000"),
        (b'{"query": "{ a(b: \\"\\\\u{000}\\") }"}', "U+0000"),
    ],
)
async def test_a_body_that_is_no_request(client, body, detail):
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert (answer.status_code, error(answer)) == (400, "BAD_REQUEST")
    assert detail in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "value",
    [
        b"[" * 30 + b"]" * 30,
        b'"' + b"[{" * 500 + b'"',
        b'"\\"[[[[\\\\"',
        b'"\\\\u0000"',
        b'"\\ud83d\\ude00"',
        b"9223372036854775807",
        b"-1.5e300",
    ],
)
async def test_a_body_that_only_looks_odd(client, value):
    body = b'{"query": "{ __typename }", "variables": {"x": %s}}' % value
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": None},
        {"query": 7},
        {"query": "{a}", "variables": []},
        {"query": "{a}", "variables": "{}"},
        {"query": "{a}", "operationName": 7},
        {"query": "{a}", "extensions": "x"},
        {"documentId": {}},
    ],
)
async def test_a_request_without_a_question(client, body):
    answer = await client.post("/graphql", json=body)
    assert (answer.status_code, error(answer)) == (400, "BAD_REQUEST")
    assert "data" not in answer.json()


async def test_one_operation_at_a_time(client):
    answer = await client.post("/graphql", json=[ASK, ASK])
    assert (answer.status_code, error(answer)) == (400, "BATCHING_DISABLED")


async def test_a_large_body_is_not_read(client):
    body = json.dumps({"query": "{ __typename }" + " " * 70_000})
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert (answer.status_code, error(answer)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_body_that_says_it_is_large_is_not_read(client):
    answer = await client.post("/graphql", content=b"{}", headers={**JSON, "Content-Length": "70000"})
    assert (answer.status_code, error(answer)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_large_body_without_a_length_is_not_read_either(client):
    async def stream():
        for _ in range(80):
            yield b" " * 1024

    answer = await client.post("/graphql", content=stream(), headers=JSON)
    assert (answer.status_code, error(answer)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_bad_token_is_told_before_anything_is_asked(client, gateway):
    for token in ("Bearer nonsense", "Bearer " + gateway.token()[:-3]):
        answer = await client.post("/graphql", json=ASK, headers={"Authorization": token})
        assert (answer.status_code, error(answer)) == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert gateway.asker.asked == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{ nonsense }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {}}, "BAD_USER_INPUT"),
        ({"query": "query a { __typename } query b { __typename }"}, "BAD_REQUEST"),
        ({"query": "query a { __typename }", "operationName": "b"}, "BAD_REQUEST"),
        ({"query": "subscription { connectionChanged { cursor } }"}, "BAD_REQUEST"),
    ],
)
async def test_the_newer_media_type_says_it_by_the_status_too(client, body, code):
    old = await client.post("/graphql", json=body, headers={"Accept": "application/json"})
    new = await client.post("/graphql", json=body, headers={"Accept": NEW})
    assert (old.status_code, new.status_code) == (200, 400)
    assert (old.headers["content-type"], new.headers["content-type"]) == (OLD, NEW)
    assert error(old) == error(new) == code
    assert "data" not in old.json()
    assert "data" not in new.json()


async def test_a_field_that_failed_was_executed(client, gateway):
    gateway.asker.answers[ProjectsByIds] = Fault(FaultCode.UNAVAILABLE)
    answer = await client.post("/graphql", json={"query": '{ project(slug: "x") { name } }'}, headers={"Accept": NEW})
    assert (answer.status_code, answer.json()["data"]) == (200, {"project": None})


@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("application/json", OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        ("", NEW),
        ("application/graphql-response+json, application/json;q=0.9", NEW),
        ("application/json;q=0.5, application/graphql-response+json;q=0.6", NEW),
        ("application/graphql-response+json, application/graphql+json, application/json, text/event-stream", NEW),
        ("application/json, application/graphql-response+json", OLD),
        ("application/json;q=0, */*;q=0.1", NEW),
        ("text/html, application/xhtml+xml, */*;q=0.8", OLD),
        ('Application/JSON; charset="UTF-8"', OLD),
    ],
)
async def test_the_media_type_is_the_one_liked_best(client, accepted, given):
    answer = await client.post("/graphql", json=ASK, headers={"Accept": accepted})
    assert (answer.status_code, answer.headers["content-type"]) == (200, given)


@pytest.mark.parametrize(
    "accepted", ["text/html", "application/json;q=0", "application/json; charset=latin-1", "*/*;q=x", "multipart/mixed"]
)
async def test_what_we_do_not_speak_is_not_answered(client, accepted):
    answer = await client.post("/graphql", json=ASK, headers={"Accept": accepted})
    assert (answer.status_code, error(answer)) == (406, "BAD_REQUEST")


async def test_a_question_may_stand_in_the_address(client, gateway):
    variables = json.dumps({"slug": "westem"})
    query = "query q($slug: String!) { project(slug: $slug) { slug } } query r { __typename }"
    params = {"query": query, "variables": variables, "operationName": "q", "extensions": "{}"}
    answer = await client.get("/graphql", params=params, headers={"Authorization": "Bearer " + gateway.token()})
    assert (answer.status_code, answer.json()["data"]) == (200, {"project": {"slug": "sample"}})


@pytest.mark.parametrize("accepted", ["application/json", NEW, "text/event-stream"])
async def test_a_change_may_not(client, gateway, accepted):
    query = "mutation { __typename }"
    answer = await client.get("/graphql", params={"query": query}, headers={"Accept": accepted})
    if accepted == "text/event-stream":
        assert "BAD_REQUEST" in answer.text
    else:
        assert (answer.status_code, answer.headers["allow"], error(answer)) == (405, "POST", "BAD_REQUEST")
    assert gateway.asker.asked == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("", 400),
        ("query=", 200),
        ("query={a}&query={b}", 400),
        ("query=%ff", 400),
        ("query={a}%00", 400),
        ("query={__typename}&variables={", 400),
        ("query={__typename}&variables=[]", 400),
        ("query={__typename}&variables={%22a%22:1,%22a%22:2}", 400),
        ("query={__typename}&" + "&".join(f"a{n}=1" for n in range(30)), 400),
        ("query={__typename}" + "+" * 20_000, 414),
    ],
)
async def test_an_address_that_is_no_request(client, address, status):
    answer = await client.get("/graphql?" + address)
    assert answer.status_code == status
    assert error(answer) in {"BAD_REQUEST", "PAYLOAD_TOO_LARGE"}


async def trickle(seconds):
    yield b'{"query":'
    await asyncio.sleep(seconds)
    yield b'"{ __typename }"}'


async def test_a_slow_body_is_not_waited_for(client, monkeypatch):
    monkeypatch.setattr(http, "READING_SECONDS", 0.1)
    answer = await client.post("/graphql", content=trickle(30), headers=JSON)
    assert (answer.status_code, error(answer), answer.headers["connection"]) == (408, "BAD_REQUEST", "close")


async def test_too_many_at_once_are_asked_to_come_back(client, gateway, monkeypatch):
    monkeypatch.setattr(http, "ANSWERED_AT_ONCE", 2)
    transport = httpx.ASGITransport(build(gateway.settings, gateway.asker))
    slow, go = asyncio.Event(), asyncio.Event()

    async def resting(request, actor, **_):
        slow.set()
        await go.wait()
        raise Fault(FaultCode.UNAVAILABLE)

    monkeypatch.setattr(gateway.asker, "ask", resting)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as crowded:
        asks = {"query": '{ project(slug: "x") { name } }'}
        inside = [asyncio.create_task(crowded.post("/graphql", json=asks)) for _ in range(2)]
        await slow.wait()
        await asyncio.sleep(0.05)
        answer = await crowded.post("/graphql", json=ASK)
        assert (answer.status_code, error(answer), answer.headers["retry-after"]) == (503, "BUSY", "1")
        go.set()
        assert [(await one).status_code for one in inside] == [200, 200]
        assert (await crowded.post("/graphql", json=ASK)).status_code == 200


async def test_what_breaks_inside_is_masked_and_logged_once(client, gateway, monkeypatch, capsys):
    async def broken(*_, **__):
        raise ZeroDivisionError("her secret words")

    monkeypatch.setattr(http.schema, "execute", broken)
    answer = await client.post("/graphql", json=ASK, headers={"Accept-Language": "sv"})
    assert (answer.status_code, error(answer)) == (500, "INTERNAL")
    printed = capsys.readouterr()
    assert (printed.out + printed.err).count(answer.headers["x-request-id"]) == 1
    assert "secret" not in printed.out + printed.err + answer.text
    assert "ZeroDivisionError" not in answer.text


async def test_the_caller_and_her_project_reach_the_service(client, gateway):
    query = {"query": '{ project(slug: "westem") { name } }'}
    headers = {
        "Authorization": "Bearer " + gateway.token("ada"),
        "Commons-Project": "stem-nord",
        "Accept-Language": "nb",
    }
    assert (await client.post("/graphql", json=query, headers=headers)).status_code == 200
    _, actor, _ = next(asked for asked in gateway.asker.asked if isinstance(asked[0], ProjectsByIds))
    assert (actor.person, actor.operator, actor.language) == (gateway.person("ada"), False, "nb")
    assert actor.roles == frozenset()


async def test_a_fault_of_a_service_keeps_its_code(client, gateway):
    gateway.asker.answers[ProjectsByIds] = Fault(FaultCode.UNAVAILABLE, retry_after=1.0)
    answer = await client.post("/graphql", json={"query": '{ project(slug: "westem") { name } viewer { __typename } }'})
    assert answer.json()["data"] == {"project": None, "viewer": None}
    (found,) = answer.json()["errors"]
    assert found["path"] == ["project"]
    assert found["extensions"]["code"] == "UNAVAILABLE"
    assert (found["extensions"]["retryable"], found["extensions"]["retryAfter"]) == (True, 1.0)


async def test_the_schema_is_served_as_text(client):
    answer = await client.get("/graphql/schema.graphql")
    assert answer.status_code == 200
    assert "type ConnectionRequest implements Node" in answer.text


async def test_health(client, gateway):
    assert (await client.get("/livez")).status_code == (await client.get("/readyz")).status_code == 200
    gateway.asker.client.is_connected = False
    assert (await client.get("/readyz")).status_code == 503


async def test_no_page_of_a_framework_is_served(client):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 404
