"""Signing in at a real provider, there and back; and its keys when they change."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from commons_contracts.ids import person_of
from commons_contracts.profiles import Affiliation, EndSession, NoteAffiliations, OpenSession
from commons_gateway.identity import asking
from commons_gateway.identity.sessions import digest_of

from .conftest import BACK, CLIENT, as_browser, opened, sign, until


async def left(house, **said):
    """Off to the provider; the address that she is sent to."""
    reply = await house.client.get("/auth/login", params={"issuer": "uu", "project": "westem", **said})
    assert reply.status_code == 303, reply.text
    return reply.headers["location"]


async def test_she_signs_in_and_is_who_her_provider_says(provider, house):
    address = await left(house, to="/rounds?open=1")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert (asked["code_challenge_method"], asked["redirect_uri"], asked["response_type"]) == ("S256", BACK, "code")
    assert {"state", "nonce", "code_challenge"} <= asked.keys()

    back = await house.client.get(str(await as_browser(address, "ebba")))
    assert (back.status_code, back.headers["location"]) == (303, "/rounds?open=1")
    cookie = house.client.cookies["commons-session"]
    (opening,) = house.asker.requests(OpenSession)
    assert (opening.person, opening.issuer) == (person_of(provider.url, "ebba"), provider.url)
    assert opening.session == digest_of(cookie)

    await until(lambda: house.asker.requests(NoteAffiliations))
    (noted,) = house.asker.requests(NoteAffiliations)
    assert noted.items == (Affiliation(kind="STUDENT", domain="uu.se"),)


async def test_what_came_back_once_does_not_come_back_twice(house):
    address = await left(house)
    back = str(await as_browser(address, "ebba"))
    kept = dict(house.client.cookies)
    assert (await house.client.get(back)).status_code == 303
    assert (await house.client.get(back)).status_code == 400
    house.client.cookies.update(kept)
    assert (await house.client.get(back)).status_code == 400, "its code was used, whatever the browser kept"
    assert len(house.asker.requests(OpenSession)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"state": None},
        {"code": "made-up"},
        {"code": None},
        {"iss": "https://login.example.org"},
        {"iss": None},
        {"error": "access_denied", "code": None},
    ],
    ids=str,
)
async def test_another_answer_signs_nobody_in(house, change):
    back = await as_browser(await left(house), "ebba")
    said = {name: value for name, value in {**dict(back.params), **change}.items() if value is not None}
    reply = await house.client.get("/auth/callback", params=said)
    assert reply.status_code == 400
    assert "access_denied" not in reply.text
    assert "commons-session" not in house.client.cookies
    assert house.asker.requests(OpenSession) == []


async def test_another_browser_cannot_come_back_for_her(house):
    back = str(await as_browser(await left(house), "ebba"))
    house.client.cookies.clear()
    assert (await house.client.get(back)).status_code == 400
    house.client.cookies.set("commons-leaving", "AAAA" * 40)
    assert (await house.client.get(back)).status_code == 400
    assert house.asker.requests(OpenSession) == []


async def test_whoever_signs_in_begins_anew(house):
    back = str(await as_browser(await left(house), "ebba"))
    house.client.cookies.set("commons-session", "before")
    await house.client.get(back)
    assert [request.session for request in house.asker.requests(EndSession)] == [digest_of("before")]


async def test_an_id_token_from_the_provider_itself_opens_no_api(provider, house):
    now = provider.claims()["iat"]
    claims = {"iss": provider.url, "sub": "ebba", "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": "n"}
    assert (await house.ask(sign({"alg": "RS256", "kid": "rsa"}, claims, provider.keys["rsa"]))).status_code == 401


async def test_an_access_token_from_the_provider_itself_opens_the_api(provider, house):
    """Not one of ours: as its own token endpoint gives it out."""
    address = await left(house)
    back = await as_browser(address, "ebba")
    verifier = _verifier(house)
    form = {
        "grant_type": "authorization_code",
        "code": back.params["code"],
        "redirect_uri": BACK,
        "code_verifier": verifier,
    }
    async with httpx.AsyncClient() as http:
        said = (await http.post(f"{provider.url}/token", data=form, auth=(CLIENT, "secret-of-the-test"))).json()
    assert await house.person(said["access_token"])
    assert (await house.ask(said["id_token"])).status_code == 401
    await until(lambda: house.asker.requests(NoteAffiliations))
    assert house.asker.requests(NoteAffiliations)[0].items == (Affiliation(kind="STUDENT", domain="uu.se"),)


def _verifier(house):
    from commons_gateway.signin.sealed import Envelope

    return Envelope(house.settings.signs_with()).open(house.client.cookies["commons-leaving"]).verifier


async def test_without_the_verifier_a_stolen_code_is_worth_nothing(provider, house):
    back = await as_browser(await left(house), "ebba")
    form = {
        "grant_type": "authorization_code",
        "code": back.params["code"],
        "redirect_uri": BACK,
        "code_verifier": "a" * 43,
    }
    async with httpx.AsyncClient() as http:
        said = await http.post(f"{provider.url}/token", data=form, auth=(CLIENT, "secret-of-the-test"))
    assert said.status_code == 400


# ---------------------------------------------------------------- keys
async def test_a_new_key_is_found_and_an_old_one_is_believed_no_more(provider, house, monkeypatch):
    monkeypatch.setattr(asking, "PAUSE_SECONDS", 0.0)
    old = provider.signed()
    assert await house.person(old)

    fresh = RSAKey.generate_key(2048, {"kid": "fresh", "use": "sig", "alg": "RS256"})
    provider.rotate(rsa=fresh)
    assert await house.person(provider.signed({"kid": "fresh"}))
    assert (await house.ask(old)).status_code == 401


async def test_unknown_keys_are_asked_for_twice_a_minute_at_most(provider, house):
    assert await house.person(provider.signed())
    for number in range(20):
        assert (await house.ask(provider.signed({"kid": f"no-{number}"}))).status_code == 401
    assert provider.asked() == 1


async def test_many_at_once_ask_for_the_keys_once(provider, house):
    answers = await asyncio.gather(*(house.ask(provider.signed()) for _ in range(30)))
    assert {reply.status_code for reply in answers} == {200}
    assert provider.asked() == 1


async def test_its_word_stands_for_a_day_when_it_is_away(provider, house, monkeypatch):
    assert await house.person(provider.signed())
    monkeypatch.setattr(asking, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(asking, "FRESH_SECONDS", 0.0)
    provider.process.terminate()
    provider.process.wait(5)
    for _ in range(3):
        assert await house.person(provider.signed())
    monkeypatch.setattr(asking, "STALE_SECONDS", 0.0)
    assert (await house.ask(provider.signed())).status_code == 401


async def test_nobody_signs_in_at_a_provider_that_is_away(provider, house):
    provider.process.terminate()
    provider.process.wait(5)
    reply = await house.client.get("/auth/login", params={"issuer": "uu"})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")


async def test_only_where_it_may_speak_it_is_a_way_in(issuer, tmp_path):
    async with opened(tmp_path, issuer) as house:
        assert "Uppsala" in (await house.client.get("/auth/login", params={"project": "westem"})).text
        assert "Uppsala" not in (await house.client.get("/auth/login", params={"project": "stem-nord"})).text
        refused = await house.client.get("/auth/login", params={"project": "stem-nord", "issuer": "uu"})
        assert refused.status_code == 404


async def test_in_another_project_its_tokens_say_nothing(provider, house):
    question = "{ viewer { memberships { roles } profile { paused } } }"
    there = await house.ask(provider.signed(), question, **{"Commons-Project": "stem-nord"})
    assert all(actor.person is None for _, actor, _ in house.asker.asked if actor.project)
    assert there.status_code == 200
    house.asker.asked.clear()
    await house.ask(provider.signed(), question)
    assert all(actor.person for _, actor, _ in house.asker.asked if actor.project)
