"""Who asks: a token of an issuer we believe, a session of a browser, or nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_chassis.settings import SettingError
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.ids import person_of, project_of
from commons_contracts.profiles import MAIL_ISSUER, NoteSession, SessionByDigest, SessionView
from commons_gateway import devtoken
from commons_gateway.app import desk_of
from commons_gateway.context import Context
from commons_gateway.identity import NOBODY, Caller, sessions
from commons_gateway.identity.affiliation import affiliations
from commons_gateway.identity.issuers import Affiliations, read_issuers
from commons_gateway.identity.sessions import digest_of
from commons_gateway.identity.tokens import Disbelieved, Token
from commons_gateway.settings import GatewaySettings
from commons_gateway.testing import THING

OURS = {"cookie": "commons-session=the-secret", "origin": "http://gateway", "host": "gateway", "commons-csrf": "1"}
CLAIMS = {"iss": devtoken.ISSUER, "aud": "commons", "sub": "ada"}


@pytest.fixture
def identity(gateway):
    return gateway.desk.identity


async def code_for(identity, headers, method="POST"):
    with pytest.raises(Fault) as fault:
        await identity.caller(headers, method=method)
    return fault.value.code


# ---------------------------------------------------------------- the development issuer
async def test_a_good_token_says_who_asks_and_about_what(identity, gateway):
    caller = await identity.caller({"authorization": f"Bearer {gateway.token('ada')}"}, method="POST")
    assert caller.person == person_of(devtoken.ISSUER, "ada")
    assert (caller.project, caller.operator, caller.grounds) == ("westem", False, None)
    operator = f"bearer {gateway.token('olle', operator=True)}"
    assert (await identity.caller({"authorization": operator}, method="GET")).operator


async def test_no_token_is_nobody(identity):
    assert (
        await identity.caller({}, method="POST") == await identity.caller({"authorization": ""}, method="WS") == NOBODY
    )


@pytest.mark.parametrize(
    "junk", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YWRhOng=", "Bearer " + "a" * 9000]
)
async def test_junk_is_refused(identity, junk):
    assert await code_for(identity, {"authorization": junk}) is FaultCode.UNAUTHENTICATED


async def test_a_token_runs_out_a_minute_late_at_most(identity, gateway):
    def issued(ago):
        return {
            "authorization": "Bearer "
            + devtoken.issue(gateway.key, "ada", hours=1, now=real_now() - timedelta(hours=1, seconds=ago))
        }

    assert (await identity.caller(issued(50), method="POST")).person
    assert await code_for(identity, issued(70)) is FaultCode.UNAUTHENTICATED


async def test_another_key_is_not_ours(identity, gateway):
    exp = int(real_now().timestamp()) + 60
    for key, works in (
        (OKPKey.import_key(json.loads(gateway.key.read_text())), True),
        (OKPKey.generate_key("Ed25519"), False),
    ):
        token = jwt.encode({"alg": "Ed25519"}, {**CLAIMS, "exp": exp}, key, algorithms=["Ed25519"])
        headers = {"authorization": f"Bearer {token}"}
        if works:
            assert await identity.caller(headers, method="POST")
        else:
            assert await code_for(identity, headers) is FaultCode.UNAUTHENTICATED


async def test_the_development_issuer_is_believed_in_development_only(gateway, tmp_path):
    with pytest.raises(ValidationError, match="development key"):
        GatewaySettings(env="production", token_key_file=gateway.key, secret="something secret")
    with pytest.raises(ValidationError, match="COMMONS_TOKEN_KEY_FILE"):
        GatewaySettings(env="dev", token_key_file=None)
    production = desk_of(GatewaySettings(env="production", secret="something secret"), gateway.asker).identity
    headers = {"authorization": f"Bearer {devtoken.issue(gateway.key, 'ada')}"}
    assert await code_for(production, headers) is FaultCode.UNAUTHENTICATED
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps([{"name": "dev", "issuer": devtoken.ISSUER, "audience": "commons", "projects": ["*"]}]))
    with pytest.raises(SettingError, match="development issuer"):
        read_issuers(file, dev=False)


def test_a_key_is_made_once_and_for_its_owner_alone(gateway):
    assert gateway.key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        devtoken.make_key(gateway.key)


# ---------------------------------------------------------------- the project an issuer may speak for
async def test_where_her_issuer_may_not_speak_she_is_nobody(gateway):
    caller = Caller(person=gateway.person("ada"), grounds=frozenset({project_of("westem")}))
    context = Context(gateway.desk, caller)
    assert context.ground("westem").actor.person == gateway.person("ada")
    assert context.ground(None).actor.person == gateway.person("ada")
    assert context.ground("stem-nord").actor.person is None
    assert not context.ground("stem-nord").actor.operator


# ---------------------------------------------------------------- sessions
@pytest.fixture
def session(gateway):
    """Profiles knows one session; the test may change what it says."""
    view = SessionView(id=THING, person=gateway.person("ada"), issuer=MAIL_ISSUER, until=real_now() + timedelta(days=7))
    said = {digest_of("the-secret"): view}

    def answer(request, actor):
        assert actor.person is None
        if request.session not in said:
            raise Refusal(RefusalCode.NOT_FOUND)
        return said[request.session]

    gateway.asker.answers[SessionByDigest] = answer
    return said


async def test_a_cookie_says_who_asks_and_its_secret_goes_no_further(identity, gateway, session):
    caller = await identity.caller(OURS, method="POST")
    assert (caller.person, caller.operator) == (gateway.person("ada"), False)
    assert "the-secret" not in repr(gateway.asker.asked)
    assert "the-secret" not in repr(caller)


async def test_a_token_goes_before_a_cookie(identity, gateway, session):
    caller = await identity.caller({**OURS, "authorization": f"Bearer {gateway.token('berit')}"}, method="POST")
    assert caller.person == gateway.person("berit")
    assert gateway.asker.requests(SessionByDigest) == []


@pytest.mark.parametrize(
    "change",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://gateway.elsewhere.example"},
        {"origin": "http://gateway:81"},
        {"commons-csrf": None},
    ],
    ids=str,
)
async def test_a_page_of_another_site_cannot_ask_with_our_cookie(identity, gateway, session, change):
    headers = {name: value for name, value in {**OURS, **change}.items() if value is not None}
    assert await code_for(identity, headers) is FaultCode.FORBIDDEN
    if "origin" in change:
        assert await code_for(identity, headers, "WS") is FaultCode.FORBIDDEN
    assert gateway.asker.requests(SessionByDigest) == []


async def test_a_socket_cannot_send_the_header_and_need_not(identity, session):
    headers = {name: value for name, value in OURS.items() if name != "commons-csrf"}
    assert (await identity.caller(headers, method="WS")).person


async def test_a_get_is_nobodys_whatever_its_cookie(identity, gateway, session):
    assert await identity.caller(OURS, method="GET") == NOBODY
    assert gateway.asker.requests(SessionByDigest) == []


async def test_a_session_that_is_none_is_refused(identity, session):
    session.clear()
    assert await code_for(identity, OURS) is FaultCode.UNAUTHENTICATED


async def test_a_session_of_an_issuer_that_is_believed_no_more_has_ended(identity, session):
    (digest,) = session
    session[digest] = session[digest].model_copy(update={"issuer": "https://was.a.partner.example"})
    assert await code_for(identity, OURS) is FaultCode.UNAUTHENTICATED


async def test_a_session_is_asked_for_once_in_a_while(identity, gateway, session, monkeypatch):
    for _ in range(5):
        await identity.caller(OURS, method="POST")
    assert len(gateway.asker.requests(SessionByDigest)) == 1
    monkeypatch.setattr(sessions, "FRESH_SECONDS", 0.0)
    session.clear()
    assert await code_for(identity, OURS) is FaultCode.UNAUTHENTICATED


async def test_a_session_that_was_ended_elsewhere_is_over_at_once(identity, gateway, session):
    listening = asyncio.create_task(gateway.desk.newsroom.listen())
    caller = await identity.caller(OURS, method="POST")
    over = asyncio.create_task(identity.over(caller))
    await asyncio.sleep(0.05)
    assert not over.done()

    session.clear()
    gateway.asker.tell(gateway.person("ada"))
    await asyncio.sleep(0.05)
    assert not over.done(), "other news about her do not concern her session"

    gateway.asker.tell(gateway.person("ada"), subject="evt.profiles.sessions_ended.v1")
    await asyncio.wait_for(over, 1)
    assert await code_for(identity, OURS) is FaultCode.UNAUTHENTICATED
    listening.cancel()


@pytest.mark.parametrize("code", [FaultCode.UNAVAILABLE, FaultCode.BUSY])
async def test_while_profiles_rests_a_session_that_was_good_is_good(identity, gateway, session, monkeypatch, code):
    await identity.caller(OURS, method="POST")
    monkeypatch.setattr(sessions, "FRESH_SECONDS", 0.0)
    gateway.asker.answers[SessionByDigest] = Fault(code)
    assert (await identity.caller(OURS, method="POST")).person
    unknown = {**OURS, "cookie": "commons-session=another"}
    assert await code_for(identity, unknown) is FaultCode.UNAVAILABLE
    monkeypatch.setattr(sessions, "RESTING_SECONDS", 0.0)
    assert await code_for(identity, OURS) is FaultCode.UNAVAILABLE


async def test_that_a_session_is_used_is_noted_beside_the_request(identity, gateway, session):
    (digest,) = session
    session[digest] = session[digest].model_copy(update={"note": True})
    await identity.caller(OURS, method="POST")
    await asyncio.sleep(0)
    assert [request.session for request in gateway.asker.requests(NoteSession)] == [digest]


async def test_over_comes_with_the_end_of_a_token(identity, gateway):
    until = real_now().timestamp() + 0.2
    await asyncio.wait_for(identity.over(Caller(person=gateway.person("ada"), expires=until)), 2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(identity.over(NOBODY), 0.1)


@pytest.mark.parametrize("turns", range(8))
async def test_who_waits_for_the_end_and_is_told_news_can_be_stopped(identity, gateway, turns):
    """A socket that breaks in the very moment in which something is told leaves nobody waiting."""
    listening = asyncio.create_task(gateway.desk.newsroom.listen())
    caller = Caller(person=gateway.person("ada"), expires=real_now().timestamp() + 60)
    over = asyncio.create_task(identity.over(caller))
    await asyncio.sleep(0.02)
    told = asyncio.Event()
    gateway.desk.newsroom.listeners.append(lambda _: told.set())
    gateway.asker.tell(caller.person)
    await told.wait()
    for _ in range(turns):
        await asyncio.sleep(0)
    over.cancel()
    await asyncio.wait([over], timeout=1)
    assert over.cancelled()
    listening.cancel()


@given(st.one_of(st.text(max_size=300), st.binary(max_size=200).map(lambda raw: raw.decode("latin-1"))))
def test_whatever_a_token_is_made_of_it_is_read_or_disbelieved(text):
    try:
        Token.read(text).check_header()
    except Disbelieved:
        return
    assert text.isascii()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8), lambda kids: st.lists(kids, max_size=3)
)
NAMES = st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "alg", "typ", "kid", "crit"])


@given(st.dictionaries(NAMES, JSON), st.dictionaries(NAMES, JSON | st.integers()))
def test_whatever_its_words_are_they_are_weighed_or_disbelieved(header, claims):
    """A value of any type in any place: never an error of another kind."""
    token = Token("x", header, claims)
    for check in (
        token.check_header,
        lambda: token.algorithm,
        lambda: token.issuer,
        lambda: token.check_claims("https://login.example.org", "api", 1e9, longest_hours=24),
    ):
        with contextlib.suppress(Disbelieved):
            check()
    affiliations({"eduperson_scoped_affiliation": claims.get("sub"), **claims}, Affiliations(domains=("*",)))
