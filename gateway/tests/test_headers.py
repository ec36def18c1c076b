"""What stands on every answer, and which pages of other sites may read one."""

from __future__ import annotations

import httpx
import pytest

from commons_gateway.app import build
from commons_gateway.cors import Origins
from commons_gateway.settings import GatewaySettings

HERE, ELSEWHERE = "https://portal.example.org", "https://elsewhere.example"
ASK = {"query": "{ __typename }"}


def asking(settings, asker):
    transport = httpx.ASGITransport(build(settings, asker))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.fixture
async def named(gateway):
    settings = gateway.settings.model_copy(update={"origins": f"{HERE}, http://localhost:5173"})
    async with asking(settings, gateway.asker) as client:
        yield client


ANSWERS = [
    ("GET", "/graphql?query={__typename}", 200),
    ("GET", "/graphql?query={", 200),
    ("PUT", "/graphql", 405),
    ("GET", "/graphql/schema.graphql", 200),
    ("GET", "/livez", 200),
    ("GET", "/nowhere", 404),
    ("POST", "/livez", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_every_answer_carries_its_safety(client, method, path, status):
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers
    assert answer.headers["x-request-id"]


async def test_outside_development_browsers_are_told_to_encrypt(gateway):
    settings = GatewaySettings(
        env="production", secret="x" * 40, nats_seed="x", public_url="https://commons.example.org"
    )
    async with asking(settings, gateway.asker) as client:
        assert (await client.get("/livez")).headers[
            "strict-transport-security"
        ] == "max-age=63072000; includeSubDomains"


async def test_an_id_from_outside_is_worth_nothing(client):
    said = {"X-Request-Id": "mine", "X-Correlation-Id": "mine", "Request-Id": "mine"}
    answers = [await client.post("/graphql", json={"query": "{"}, headers=said) for _ in range(2)]
    assert len({answer.headers["x-request-id"] for answer in answers} - {"mine"}) == 2
    assert all("mine" not in answer.text for answer in answers)


async def test_no_other_site_is_named_until_one_is(client):
    answer = await client.post("/graphql", json=ASK, headers={"Origin": HERE})
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_named_site_may_read_the_answer_and_no_other(named):
    for origin in (HERE, "http://localhost:5173"):
        answer = await named.post("/graphql", json=ASK, headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
        assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]
    for origin in (ELSEWHERE, HERE + ".elsewhere.example", HERE.upper(), "null", "https://portal.example.org:444"):
        answer = await named.post("/graphql", json=ASK, headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        assert "Origin" in answer.headers["vary"]


async def test_refusals_can_be_read_too(named):
    answer = await named.post("/graphql", content=b"{", headers={"Origin": HERE, "Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (400, HERE)


async def test_what_is_for_our_own_pages_stays_with_them(named):
    answer = await named.get("/livez", headers={"Origin": HERE})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_browser_asks_first(named):
    first = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    answer = await named.options("/graphql", headers={"Origin": HERE, **first})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == HERE
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    taken = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "commons-project", "accept-language"} <= set(taken)
    answer = await named.options("/graphql", headers={"Origin": ELSEWHERE, **first})
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("setting", ["*", "null", "portal.example.org", HERE + "/", HERE + "/x", "HTTPS://A.example"])
def test_only_exact_origins_are_named(setting):
    with pytest.raises(ValueError, match="COMMONS_ORIGINS"):
        Origins(f"{HERE},{setting}")
