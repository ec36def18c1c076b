"""Signing in by a letter's link, staying in, going out: as a browser meets it."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, Language, RefusalCode
from commons_contracts.profiles import (
    MAIL_ISSUER,
    EndSession,
    RenewSession,
    SendLink,
    SessionByDigest,
    SessionView,
    SignedInView,
    UseLink,
)
from commons_gateway.app import build
from commons_gateway.identity.sessions import digest_of
from commons_gateway.rates import Rates
from commons_gateway.settings import GatewaySettings
from commons_gateway.signin import page
from commons_gateway.signin.sealed import Envelope, Leaving, local
from commons_gateway.testing import THING

OWN = {"origin": "http://gateway"}
CANARY = "canary.ebba@example.org"


@pytest.fixture
def view(gateway):
    return SessionView(id=THING, person=gateway.person("ada"), issuer=MAIL_ISSUER, until=real_now() + timedelta(days=7))


@pytest.fixture
def session(gateway, client, view):
    """Someone is signed in, with the cookie `old`."""
    gateway.asker.answers[SessionByDigest] = view
    client.cookies.set("commons-session", "old")
    return view


async def post(client, path, *, headers=OWN, **form):
    return await client.post(path, data=form, headers=headers)


# ---------------------------------------------------------------- asking for a link
async def test_asking_sends_a_link_and_remembers_the_browser(client, gateway):
    reply = await post(client, "/auth/mail", address=CANARY, to="/rounds", headers={**OWN, "accept-language": "nb"})
    assert (reply.status_code, "Et brev er på vei" in reply.text) == (200, True)
    (asked,) = gateway.asker.requests(SendLink)
    assert (asked.address, asked.back, asked.language) == (CANARY, "/rounds", Language.NB)
    assert asked.browser == digest_of(client.cookies["commons-asked"])
    assert CANARY not in reply.text

    await post(client, "/auth/mail", address=CANARY)
    assert gateway.asker.requests(SendLink)[-1].browser == asked.browser


async def test_for_a_page_of_scripts_it_answers_in_json(client):
    asks = {**OWN, "accept": "application/json"}
    assert (await post(client, "/auth/mail", address=CANARY, headers=asks)).json() == {"sent": True}
    reply = await post(client, "/auth/mail", address="nonsense", headers=asks)
    assert (reply.status_code, reply.json()) == (400, {"sent": False})


@pytest.mark.parametrize(
    "address", ["", "ebba", "ebba@", "a b@example.org", "a@b@c.org", "e\n@x.org", "x" * 300 + "@x.org"]
)
async def test_what_is_no_address_is_said_to_be_none(client, gateway, address):
    assert (await post(client, "/auth/mail", address=address)).status_code == 400
    assert gateway.asker.requests(SendLink) == []


# ---------------------------------------------------------------- opening it
async def test_opening_the_link_signs_nobody_in(client, gateway):
    """What looks for viruses opens links; some even press what they find."""
    for _ in range(3):
        reply = await client.get("/auth/link", params={"token": "in-the-letter"})
        assert reply.status_code == 200
    assert 'value="in-the-letter"' in reply.text
    assert "commons-session" not in client.cookies
    assert gateway.asker.asked == []


async def test_where_she_asked_a_button_is_enough_and_elsewhere_she_says_her_address(client):
    assert 'name="address"' in (await client.get("/auth/link", params={"token": "t"})).text
    client.cookies.set("commons-asked", "nonce")
    assert 'name="address"' not in (await client.get("/auth/link", params={"token": "t"})).text


async def test_pressing_it_opens_a_session(client, gateway, view):
    gateway.asker.answers[UseLink] = SignedInView(session=view, back="/rounds")
    client.cookies.set("commons-asked", "nonce")
    reply = await post(client, "/auth/link", token="in-the-letter")
    assert (reply.status_code, reply.headers["location"]) == (303, "/rounds")
    (used,) = gateway.asker.requests(UseLink)
    assert (used.link, used.browser, used.address) == (digest_of("in-the-letter"), digest_of("nonce"), None)
    assert used.session == digest_of(client.cookies["commons-session"])
    assert any(line.startswith('commons-asked=""') for line in reply.headers.get_list("set-cookie"))
    assert "in-the-letter" not in repr(gateway.asker.asked)


@pytest.mark.parametrize(
    ("no", "form", "status"),
    [
        (RefusalCode.TOKEN_USED, {}, 410),
        (RefusalCode.NOT_FOUND, {"address": CANARY}, 404),
        (RefusalCode.NOT_FOUND, {}, 404),
        (RefusalCode.NOT_FOUND, {"address": "nonsense"}, 400),
    ],
)
async def test_a_link_that_does_not_open_says_what_to_do(client, gateway, no, form, status):
    gateway.asker.answers[UseLink] = Refusal(no)
    reply = await post(client, "/auth/link", token="t", **form)
    assert reply.status_code == status
    assert "commons-session" not in client.cookies
    assert CANARY not in reply.text


# ---------------------------------------------------------------- the cookie
@pytest.fixture
async def outside(gateway):
    """The same gateway as deployers run it."""
    settings = GatewaySettings(
        env="production", secret="s" * 32, public_url="https://commons.test", rates=Rates(times=1000)
    )
    transport = httpx.ASGITransport(build(settings, gateway.asker), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="https://commons.test") as client:
        yield client


async def test_the_cookie_is_for_this_host_over_https_and_for_no_script(outside, gateway, view):
    gateway.asker.answers[UseLink] = SignedInView(session=view)
    reply = await post(outside, "/auth/link", token="t", headers={"origin": "https://commons.test"})
    (cookie,) = [line for line in reply.headers.get_list("set-cookie") if "session" in line]
    name, *rest = [part.strip() for part in cookie.split(";")]
    assert re.fullmatch(r"__Host-commons-session=[\w-]{43}", name)
    assert {"httponly", "secure", "samesite=lax", "path=/", "max-age=2592000"} == {part.lower() for part in rest}


async def test_without_its_own_address_nobody_signs_in_by_browser(gateway):
    settings = GatewaySettings(env="production", secret="s" * 32)
    transport = httpx.ASGITransport(build(settings, gateway.asker))
    async with httpx.AsyncClient(transport=transport, base_url="https://commons.test") as client:
        for path in ("/auth/login", "/auth/link?token=t"):
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.test", "http://gateway.evil.test", "http://gateway:8080"]
)
@pytest.mark.parametrize("path", ["/auth/mail", "/auth/link", "/auth/logout", "/auth/session"])
async def test_a_page_of_another_site_changes_nothing(client, gateway, session, path, origin):
    headers = {"origin": origin, "commons-csrf": "1"} if origin else {"commons-csrf": "1"}
    reply = await client.post(path, data={"address": CANARY, "token": "t"}, headers=headers)
    assert reply.status_code == 403
    assert gateway.asker.asked == []
    assert reply.headers.get_list("set-cookie") == []


async def test_graphql_takes_the_cookie_from_our_own_pages_only(client, gateway, session):
    async def asked(**headers):
        return await client.post("/graphql", json={"query": "{ viewer { person { id } } }"}, headers=headers)

    assert (await asked(**OWN, **{"commons-csrf": "1"})).json()["data"]["viewer"]["person"]
    for headers in ({}, OWN, {"commons-csrf": "1"}, {"origin": "https://evil.test", "commons-csrf": "1"}):
        reply = await asked(**headers)
        assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


# ---------------------------------------------------------------- staying and going
async def test_pages_can_ask_who_is_there(client, gateway, session):
    there = await client.post("/auth/session", headers={**OWN, "commons-csrf": "1"})
    assert there.json() == {"signedIn": True, "person": there.json()["person"], "until": session.until.isoformat()}
    assert there.headers.get_list("set-cookie") == []
    client.cookies.clear()
    assert (await client.post("/auth/session", headers={**OWN, "commons-csrf": "1"})).status_code == 401
    assert (await client.post("/auth/session", headers=OWN)).status_code == 401


async def test_a_secret_that_is_old_is_replaced(client, gateway, session):
    gateway.asker.answers[SessionByDigest] = session.model_copy(update={"renew": True})
    await client.post("/auth/session", headers={**OWN, "commons-csrf": "1"})
    (renewed,) = gateway.asker.requests(RenewSession)
    fresh = client.cookies.get("commons-session", domain="gateway.local")
    assert (renewed.session, renewed.fresh) == (digest_of("old"), digest_of(fresh))


@pytest.mark.parametrize("everywhere", [False, True])
async def test_going_out_ends_the_session(client, gateway, session, everywhere):
    form = {"everywhere": "1"} if everywhere else {}
    reply = await post(client, "/auth/logout", **form)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert gateway.asker.requests(EndSession) == [EndSession(session=digest_of("old"), everywhere=everywhere)]
    assert "max-age=0" in reply.headers["set-cookie"].lower()


async def test_a_get_does_not_sign_out(client, gateway, session):
    assert (await client.get("/auth/logout")).status_code == 405
    assert gateway.asker.asked == []


# ---------------------------------------------------------------- all of it
ELSEWHERE = [
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/%09//evil.test\n",
    "javascript:alert(1)",
    "evil.test",
    "///evil.test",
    "/\r\nSet-Cookie: a=b",
    "",
    None,
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_nobody_is_sent_elsewhere(to):
    assert local(to) == "/"


@given(st.text(max_size=60))
def test_wherever_one_is_sent_is_here(path):
    found = local("/" + path)
    there = httpx.URL("https://commons.test").join(found)
    assert (there.host, there.scheme) == ("commons.test", "https")
    assert not set(found) & set("\\\r\n\t ")


async def test_the_pages_need_nothing_from_elsewhere_and_no_script(client, gateway):
    for language in Language:
        reply = await client.get("/auth/login", headers={"accept-language": language.value})
        assert f'<html lang="{language}"' in reply.text
        assert "script" not in reply.text
        assert not re.search(r"(src|href)=\"(https?:)?//", reply.text)
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert f"sha256-{page.HASH}" in policy
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "same-origin"
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_every_language_says_everything():
    assert len({frozenset(page.words(language)) for language in Language}) == 1
    assert all(text for language in Language for text in page.words(language).values())


@pytest.mark.parametrize("code", [FaultCode.UNAVAILABLE, FaultCode.BUSY, FaultCode.DEADLINE_EXCEEDED])
async def test_while_profiles_rests_signing_in_rests(client, gateway, code):
    gateway.asker.answers[SendLink] = Fault(code, retry_after=2.0)
    reply = await post(client, "/auth/mail", address=CANARY)
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")


async def test_too_many_tries_wait(gateway):
    settings = GatewaySettings(env="dev", token_key_file=gateway.key)
    transport = httpx.ASGITransport(build(settings, gateway.asker))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answers = [(await post(client, "/auth/mail", address=CANARY)).status_code for _ in range(31)]
        assert answers[:30] == [200] * 30
        last = await post(client, "/auth/mail", address=CANARY)
        assert (last.status_code, int(last.headers["retry-after"]) >= 1) == (429, True)
    assert len(gateway.asker.requests(SendLink)) == 30


@given(st.binary(max_size=200))
def test_no_form_breaks_anything(body):
    import asyncio

    from commons_gateway.signin.door import _form

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    scope = {"type": "http", "method": "POST", "headers": headers, "path": "/", "query_string": b""}
    assert isinstance(asyncio.run(_form(Request(scope, receive))), dict)


async def test_a_large_form_is_none(client, gateway):
    reply = await post(client, "/auth/mail", address=CANARY, more="x" * 5000)
    assert reply.status_code == 400
    assert gateway.asker.asked == []


def test_what_a_browser_kept_is_ours_unchanged_and_fresh():
    envelope, leaving = Envelope(b"secret"), Leaving.for_issuer("uu", "/")
    sealed = envelope.close(leaving)
    assert envelope.open(sealed) == leaving
    assert Envelope(b"another").open(sealed) is None
    assert envelope.open(sealed[:-4] + "AAAA") is None
    assert envelope.open("no base64!") is envelope.open("") is envelope.open(None) is None
    old = Leaving("uu", "s", "n", "v", "/", real_now().timestamp() - 1)
    assert envelope.open(envelope.close(old)) is None
