"""How an issuer is asked: within bounds, seldom, and never where a document sends us."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from commons_chassis.settings import SettingError
from commons_contracts.codes import AffiliationKind
from commons_contracts.profiles import Affiliation
from commons_gateway.identity import asking
from commons_gateway.identity.affiliation import affiliations
from commons_gateway.identity.asking import Kept, Line, NoAnswer
from commons_gateway.identity.issuers import Affiliations, Issuer, read_issuers
from commons_gateway.identity.keys import Keys, usable

ISSUER = "https://login.example.org"
HOUR = 3600.0
GOOD = """
[[issuer]]
name = "uu"
issuer = "https://login.example.org"
audience = "https://api.commons.test"
projects = ["westem"]
"""


def issuer(**more):
    return Issuer(**{"name": "uu", "issuer": ISSUER, "audience": "api", "projects": ("westem",), **more})


def answering(pages):
    """A transport that answers from a dict, and remembers what it was asked."""
    asked = []

    def answer(request):
        asked.append(str(request.url))
        page = pages.get(str(request.url))
        return page(request) if callable(page) else page or httpx.Response(404)

    return httpx.MockTransport(answer), asked


# ---------------------------------------------------------------- the line
@pytest.mark.parametrize(
    "address",
    [
        "http://login.example.org/jwks",
        "https://login.example.org:8443/jwks",
        "https://login.example.org.evil.test/jwks",
        "https://evil.test/?login.example.org",
        "https://login.example.org@evil.test/jwks",
        "https://user:word@login.example.org/jwks",
        "https://127.0.0.1/jwks",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//login.example.org/jwks",
        "https://[::1]/jwks",
        "https://login.example.org:x/jwks",
        "",
        None,
        7,
    ],
)
async def test_no_document_sends_us_to_another_host(address):
    transport, asked = answering({})
    line = Line(issuer(), dev=False, transport=transport)
    assert not line.may_be_asked(address)
    with pytest.raises(NoAnswer):
        await line.ask(address)
    assert asked == []


async def test_a_redirect_is_not_followed():
    transport, asked = answering(
        {f"{ISSUER}/a": httpx.Response(302, headers={"location": "https://169.254.169.254/"}, json={})}
    )
    with pytest.raises(NoAnswer, match="302"):
        await Line(issuer(), dev=False, transport=transport).ask(f"{ISSUER}/a")
    assert asked == [f"{ISSUER}/a"]


@pytest.mark.parametrize(
    "page",
    [
        httpx.Response(500, json={}),
        httpx.Response(200, content=b"{" + b" " * 300_000 + b"}"),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, content=b"[" * 100_000),
    ],
    ids=["broken", "large", "no JSON", "a list", "deep"],
)
async def test_what_is_no_small_object_is_no_answer(page):
    transport, _ = answering({f"{ISSUER}/a": page})
    with pytest.raises(NoAnswer):
        await Line(issuer(), dev=False, transport=transport).ask(f"{ISSUER}/a")


async def test_who_does_not_finish_is_not_waited_for(monkeypatch):
    async def drop_by_drop():
        for _ in range(1000):
            await asyncio.sleep(0.02)
            yield b" "

    monkeypatch.setattr(asking, "SECONDS", 0.1)
    transport, _ = answering({f"{ISSUER}/a": lambda _: httpx.Response(200, content=drop_by_drop())})
    with pytest.raises(NoAnswer, match="Timeout"):
        await asyncio.wait_for(Line(issuer(), dev=False, transport=transport).ask(f"{ISSUER}/a"), 2)


# ---------------------------------------------------------------- what is kept
class Source:
    def __init__(self):
        self.now, self.asked, self.away = 0.0, 0, False
        self.kept = Kept("uu", self.fetch, lambda: self.now)

    async def fetch(self):
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise NoAnswer("away")
        return self.asked


async def test_a_document_is_asked_for_once_however_many_want_it(monkeypatch):
    monkeypatch.setattr(asking, "PAUSE_SECONDS", 0.0)
    source = Source()
    assert await asyncio.gather(*(source.kept.get() for _ in range(50))) == [1] * 50


async def test_it_is_asked_for_again_after_a_while_and_nobody_waits_for_that():
    source = Source()
    await source.kept.get()
    source.now = 299.0
    assert (await source.kept.get(), source.asked) == (1, 1)
    source.now = 301.0
    assert await source.kept.get() == 1
    await asyncio.sleep(0.01)
    assert await source.kept.get() == 2


async def test_something_newer_is_looked_for_every_half_minute_at_most():
    source = Source()
    await source.kept.get()
    for second in range(1, 30):
        source.now = float(second)
        assert await source.kept.get(newer=True) == 1
    source.now = 30.0
    assert await source.kept.get(newer=True) == 2


async def test_without_an_answer_the_last_one_stands_for_a_day():
    source = Source()
    await source.kept.get()
    source.away = True
    for hour in range(1, 25):
        source.now = hour * HOUR
        assert await source.kept.get(newer=True) == 1
    source.now = 24 * HOUR + 1
    assert await source.kept.get(newer=True) is None
    source.away = False
    source.now += 30
    assert await source.kept.get() == source.asked


async def test_who_was_never_there_is_asked_every_half_minute_at_most():
    source = Source()
    source.away = True
    for second in range(60):
        source.now = float(second)
        assert await source.kept.get(newer=True) is None
    assert source.asked == 2


# ---------------------------------------------------------------- discovery and keys
RSA = RSAKey.generate_key(2048)


def house(jwks_uri=f"{ISSUER}/jwks", keys=None, named=ISSUER, **more):
    keys = [RSA.as_dict(private=False)] if keys is None else keys
    said = {"issuer": named, "jwks_uri": jwks_uri, "authorization_endpoint": f"{ISSUER}/auth", **more}
    pages = {f"{ISSUER}/.well-known/openid-configuration": httpx.Response(200, json=said)}
    elsewhere = {"https://keys.example.net/jwks", "http://login.example.org/jwks"}
    return pages | {
        address: httpx.Response(200, json={"keys": list(keys)}) for address in (f"{ISSUER}/jwks", *elsewhere)
    }


async def test_a_discovery_of_its_own_leads_to_its_keys():
    transport, _ = answering(house(token_endpoint=f"{ISSUER}/token"))
    assert len(await Keys(issuer(), dev=False, transport=transport).found("RS256", None)) == 1


@pytest.mark.parametrize(
    "pages",
    [
        house(named="https://other.example.org"),
        house(jwks_uri="https://keys.example.net/jwks"),
        house(jwks_uri="http://login.example.org/jwks"),
        house(token_endpoint="https://evil.test/token"),
        house(authorization_endpoint=7),
        {**house(), f"{ISSUER}/jwks": httpx.Response(200, json={"keys": "none"})},
        {},
    ],
)
async def test_a_discovery_that_is_not_its_own_is_none(pages):
    transport, asked = answering(pages)
    assert await Keys(issuer(), dev=False, transport=transport).found("RS256", None) == []
    assert all(address.startswith(ISSUER) for address in asked)


async def test_keys_may_lie_on_a_host_that_the_file_names():
    key = RSAKey.generate_key(2048, {"kid": "a"}).as_dict(private=False)
    pages = house(jwks_uri="https://keys.example.net/jwks", keys=[key])
    transport, _ = answering(pages)
    named = issuer(hosts=("keys.example.net",))
    assert len(await Keys(named, dev=False, transport=transport).found("RS256", "a")) == 1
    plain = issuer(jwks_uri="https://keys.example.net/jwks")
    assert len(await Keys(plain, dev=False, transport=transport).found("RS256", "a")) == 1


async def test_two_keys_of_one_name_are_both_tried_and_never_more_than_four():
    keys = [RSAKey.generate_key(2048, {"kid": "same"}).as_dict(private=False) for _ in range(2)]
    keys.append(ECKey.generate_key("P-256", {"kid": "same"}).as_dict(private=False))
    transport, _ = answering(house(keys=keys * 4))
    found = Keys(issuer(), dev=False, transport=transport)
    assert len(await found.found("RS256", "same")) == 4
    assert {key.thumbprint() for key in await found.found("ES256", "same")} == {ECKey.import_key(keys[2]).thumbprint()}


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        ({**RSA.as_dict(private=False), "use": "enc"}, "RS256"),
        ({**RSA.as_dict(private=False), "key_ops": ["encrypt"]}, "RS256"),
        ({**RSA.as_dict(private=False), "alg": "RS512"}, "RS256"),
        ({**RSA.as_dict(private=False), "n": "AQAB"}, "RS256"),
        (RSA.as_dict(private=False), "ES256"),
        (ECKey.generate_key("P-384").as_dict(private=False), "ES256"),
        (OKPKey.generate_key("X25519").as_dict(private=False), "EdDSA"),
        (OctKey.generate_key(256).as_dict(private=True), "RS256"),
        ({"kty": "RSA"}, "RS256"),
        ({"kty": "RSA", "n": 7, "e": []}, "RS256"),
        ({}, "EdDSA"),
    ],
)
def test_a_key_for_something_else_verifies_nothing(key, algorithm):
    assert list(usable(key, algorithm)) == []


def test_of_a_key_only_the_public_half_is_kept():
    (read,) = usable(RSA.as_dict(private=True), "RS256")
    assert not read.is_private


def test_small_keys_are_none():
    small = {**RSA.as_dict(private=False), "n": "AQAB" * 42}
    assert list(usable(small, "RS256")) == []


# ---------------------------------------------------------------- the file
def test_the_file_is_toml_or_json(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD)
    (found,) = read_issuers(tmp_path / "a.toml", dev=False)
    assert (found.name, found.algorithms) == ("uu", ("RS256", "ES256", "EdDSA"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("https://login", "http://login"), "no https address"),
        (("https://login.example.org", "https://a:b@login.example.org"), "no https address"),
        (("https://login.example.org", "https://dev.commons.invalid"), "development issuer"),
        (('audience = "https://api.commons.test"', ""), "neither for whom"),
        (('projects = ["westem"]', "projects = []"), "projects"),
        (('projects = ["westem"]', ""), "projects"),
        (('name = "uu"', 'name = "U U"'), "name"),
        (("audience", "audiences"), "audiences"),
        (("[[issuer]]", '[[issuer]]\nalgorithms = ["HS256"]'), "algorithms"),
        (("[[issuer]]", '[[issuer]]\nalgorithms = ["none"]'), "algorithms"),
        (("[[issuer]]", GOOD + "[[issuer]]"), "two issuers"),
        ((GOOD, GOOD + '[issuer.browser]\ntitle = "x"\nclient_id = "https://api.commons.test"'), "ID token"),
        (("[[issuer]]", "[[issuer"), "no TOML"),
    ],
)
def test_a_file_that_does_not_do_is_refused_with_a_sentence(tmp_path, change, complaint):
    (tmp_path / "a.toml").write_text(GOOD.replace(*change))
    with pytest.raises(SettingError, match=complaint):
        read_issuers(tmp_path / "a.toml", dev=False)
    with pytest.raises(SettingError, match="cannot be read"):
        read_issuers(tmp_path / "none.toml", dev=False)


# ---------------------------------------------------------------- affiliations
EDUGAIN = {"eduperson_scoped_affiliation": ["student@uu.se", "MEMBER@UU.SE"], "schac_home_organization": "uu.se"}
FEIDE = {"eduPersonAffiliation": ["employee", "faculty"], "schacHomeOrganization": "ntnu.no"}


@pytest.mark.parametrize(
    ("claims", "domains", "expected"),
    [
        (EDUGAIN, ("*",), {("STUDENT", "uu.se"), ("MEMBER", "uu.se")}),
        (FEIDE, ("ntnu.no",), {("EMPLOYEE", "ntnu.no"), ("FACULTY", "ntnu.no")}),
        (
            {"eduperson_scoped_affiliation": "staff@it.uu.se alum@uu.se"},
            ("uu.se",),
            {("STAFF", "it.uu.se"), ("ALUM", "uu.se")},
        ),
        (EDUGAIN, ("kth.se",), set()),
        ({"eduperson_scoped_affiliation": ["student@notuu.se"]}, ("uu.se",), set()),
        (
            {"eduperson_scoped_affiliation": ["king@uu.se", "student", "@uu.se", 7, None, "student@uu se"]},
            ("*",),
            set(),
        ),
        ({"eduPersonAffiliation": ["student"]}, ("*",), set()),
        ({"eduperson_scoped_affiliation": {"a": 1}}, ("*",), set()),
    ],
)
def test_what_federations_say_becomes_codes_and_domains(claims, domains, expected):
    found = affiliations(claims, Affiliations(domains=domains))
    assert {(it.kind.value, it.domain) for it in found} == expected


def test_who_says_nothing_of_it_takes_nothing_back():
    assert affiliations({"sub": "ebba"}, Affiliations(domains=("*",))) is None
    assert affiliations(EDUGAIN, None) is None
    assert affiliations({"eduperson_scoped_affiliation": []}, Affiliations(domains=("*",))) == ()


def test_a_long_list_is_cut():
    many = {"eduperson_scoped_affiliation": [f"student@u{n}.example" for n in range(50)]}
    found = affiliations(many, Affiliations(domains=("*",)))
    assert len(found) == 20
    assert found[0] == Affiliation(kind=AffiliationKind.STUDENT, domain="u0.example")
