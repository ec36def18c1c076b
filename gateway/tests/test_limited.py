"""Too much asked, seen from outside: the status, when to come back, and who is behind a proxy."""

from __future__ import annotations

import httpx
import pytest
from prometheus_client import REGISTRY

from commons_contracts.matching import RequestConnection
from commons_gateway import serving
from commons_gateway.rates import Meter, Rate, Rates
from commons_gateway.settings import GatewaySettings

ASK = {"query": "{ viewer { connections(first: 100) { nodes { mentor { displayName } } } } }"}
PLACES = {"query": '{ places(name: "Ume") { name } }'}
REQUEST = {
    "query": 'mutation { requestConnection(input: {round: "x", mentor: "x", style: TRADITIONAL}) { __typename } }'
}


def few(**changes):
    """Rates so low that they are soon used up, which come back slowly."""
    slow = {name: Rate(burst=1_000, per_minute=60) for name in ("person", "address")}
    return Rates(**{**slow, **changes})


@pytest.fixture
async def asking(gateway):
    """A client from an address, of a gateway with few of everything."""
    meter = Meter(few(request=Rate(burst=2, per_minute=1)))

    def asking(address="192.0.2.1", *, proxies=""):
        settings = GatewaySettings(env="dev", token_key_file=gateway.key, proxies=proxies)
        server = serving.server(settings, gateway.asker)
        object.__setattr__(server._app.state.desk, "rates", meter)
        config = server.config
        config.load()
        transport = httpx.ASGITransport(config.loaded_app, client=(address, 50_000))
        return httpx.AsyncClient(transport=transport, base_url="http://gateway")

    return asking


def bearer(gateway, name):
    return {"Authorization": f"Bearer {gateway.token(name)}", "Commons-Project": "westem"}


async def until_limited(client, question, **headers):
    for _ in range(30):
        answer = await client.post("/graphql", json=question, headers=headers)
        if answer.status_code != 200:
            return answer
    raise AssertionError("never limited")


async def test_it_is_told_by_the_status_and_when_to_come_back(gateway, asking):
    async with asking() as client:
        answer = await until_limited(client, ASK, **bearer(gateway, "ada"))
        assert answer.status_code == 429
        (error,) = answer.json()["errors"]
        assert "data" not in answer.json()
        after = error["extensions"]["retryAfter"]
        assert answer.headers["retry-after"] == str(int(after))
        assert 1 <= after <= 1_000
        assert (error["extensions"]["code"], error["extensions"]["retryable"]) == ("RATE_LIMITED", True)
        assert "bucket person" in error["message"]
        assert answer.json()["extensions"]["cost"]["requested"] == 206
        other = await client.post("/graphql", json=ASK, headers=bearer(gateway, "grace"))
        assert other.status_code == 200


async def test_both_media_types_say_so(gateway, asking):
    async with asking() as client:
        answer = await until_limited(client, ASK, **bearer(gateway, "ada"), Accept="application/graphql-response+json")
        assert answer.status_code == 429
        assert answer.headers["content-type"].startswith("application/graphql-response+json")


async def test_requests_for_a_mentorship_have_a_bucket_of_their_own(gateway, asking):
    before = REGISTRY.get_sample_value("commons_rate_limited_total", {"bucket": "request"}) or 0
    async with asking() as client:
        answer = await until_limited(client, REQUEST, **bearer(gateway, "ada"))
        assert "bucket request" in answer.json()["errors"][0]["message"]
        assert len(gateway.asker.requests(RequestConnection)) == 2
        assert (await client.post("/graphql", json=PLACES, headers=bearer(gateway, "ada"))).status_code == 200
    assert REGISTRY.get_sample_value("commons_rate_limited_total", {"bucket": "request"}) == before + 1


async def test_an_event_stream_does_not_even_begin(gateway, asking):
    async with asking() as client:
        answer = await until_limited(client, ASK, **bearer(gateway, "ada"), Accept="text/event-stream")
        assert (answer.status_code, answer.headers["retry-after"].isdecimal()) == (429, True)
        assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_nobody_in_particular_is_her_address(gateway, asking):
    async with asking("192.0.2.1") as client, asking("192.0.2.2") as neighbour:
        answer = await until_limited(client, ASK)
        assert "bucket address" in answer.json()["errors"][0]["message"]
        assert (await neighbour.post("/graphql", json=ASK)).status_code == 200


async def test_what_a_caller_says_of_her_address_is_worth_nothing(asking):
    async with asking("192.0.2.1") as client:
        await until_limited(client, ASK)
        for said in ("192.0.2.7", "unknown", "127.0.0.1", "192.0.2.7, 10.0.0.1"):
            answer = await client.post("/graphql", json=ASK, headers={"X-Forwarded-For": said})
            assert answer.status_code == 429


async def test_a_proxy_of_ours_is_believed_about_the_last_address_that_is_not_one(asking):
    async with asking("10.0.0.1", proxies="10.0.0.0/8") as proxy:
        await until_limited(proxy, ASK, **{"X-Forwarded-For": "192.0.2.7"})
        for same in ("192.0.2.7", "198.51.100.1, 192.0.2.7", "198.51.100.1, 192.0.2.7, 10.0.0.9"):
            answer = await proxy.post("/graphql", json=ASK, headers={"X-Forwarded-For": same})
            assert answer.status_code == 429, same
        other = await proxy.post("/graphql", json=ASK, headers={"X-Forwarded-For": "192.0.2.7, 198.51.100.1"})
        assert other.status_code == 200
    async with asking("192.0.2.99", proxies="10.0.0.0/8") as client:
        await until_limited(client, ASK, **{"X-Forwarded-For": "192.0.2.50"})
        answer = await client.post("/graphql", json=ASK, headers={"X-Forwarded-For": "192.0.2.51"})
        assert answer.status_code == 429
