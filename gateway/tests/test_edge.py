"""What reaches GraphQL over HTTP, and how the answer looks from outside."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode
from commons_contracts.profiles import ProjectsByIds

JSON = {"Content-Type": "application/json"}
ASK = {"query": "{ __typename }"}
NEW = "application/graphql-response+json"


def error(answer):
    (found,) = answer.json()["errors"]
    assert found["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert UUID(answer.headers["x-request-id"])
    return found["extensions"]["code"]


async def test_a_question_is_answered(client):
    answer = await client.post("/graphql", json=ASK)
    assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["extensions"]["cost"]["limit"] == 1000


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_only_post(client, method):
    answer = await client.request(method, "/graphql?query={__typename}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/json; charset=utf-16", ""]
)
async def test_only_json_in_utf8(client, kind):
    answer = await client.post("/graphql", content=json.dumps(ASK), headers={"Content-Type": kind})
    assert (answer.status_code, error(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b'"x"', b"{", b'{"query": "\xff"}', b'{"query": NaN}', b"[" * 5000]
)
async def test_a_body_that_is_no_request(client, body):
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert (answer.status_code, error(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("body", [{}, {"query": None}, {"query": 7}, {"query": ""}, {"query": "{a}", "variables": []}])
async def test_a_request_without_a_question(client, body):
    answer = await client.post("/graphql", json=body)
    assert error(answer) == "BAD_REQUEST"
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "body",
    [{"query": "{a}", "variables": {"x": "a\0b"}}, {"query": '{ places(name: "a\\u0000b") { name } }'}],
)
async def test_a_character_that_no_text_holds_goes_no_further(client, body):
    answer = await client.post("/graphql", json=body)
    assert (answer.status_code, error(answer)) == (400, "BAD_REQUEST")


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


async def test_the_newer_media_type_says_it_by_the_status_too(client):
    wrong = {"query": "{ nonsense }"}
    old, new = (
        await client.post("/graphql", json=wrong),
        await client.post("/graphql", json=wrong, headers={"Accept": NEW}),
    )
    assert (old.status_code, new.status_code) == (200, 400)
    assert new.headers["content-type"] == NEW
    assert error(old) == error(new) == "GRAPHQL_VALIDATION_FAILED"


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
    for path in ("/docs", "/redoc", "/openapi.json", "/"):
        assert (await client.get(path)).status_code == 404
