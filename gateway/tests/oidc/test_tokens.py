"""Which tokens are believed, and the many that are not: all alike, and none with a word of why."""

from __future__ import annotations

import hmac
import json
import math
import warnings

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from commons_contracts.ids import person_of
from commons_gateway import devtoken
from commons_gateway.relay import global_id

from .conftest import AUDIENCE, CLIENT, b64, opened

NOW_IS_PAST, DAYS = -61, 86_400


def hmac_signed(p, secret):
    said = f"{b64({'alg': 'HS256', 'kid': 'rsa'})}.{b64(p.claims())}"
    return (
        f"{said}.{b64(hmac.digest(secret if isinstance(secret, bytes) else secret.encode(), said.encode(), 'sha256'))}"
    )


def at(p, seconds):
    return p.claims()["iat"] + seconds


def public_pem(p):
    return p.keys["rsa"].as_pem(private=False)


def embedded(p):
    own = RSAKey.generate_key(2048)
    return p.signed({"jwk": own.as_dict(private=False), "kid": None}, own)


def unsigned(p, algorithm):
    return f"{b64({'alg': algorithm, 'typ': 'at+jwt'})}.{b64(p.claims())}."


def resigned(p, **changes):
    """The signature of a good token under other words."""
    header, _, signature = p.signed().split(".")
    return f"{header}.{b64(p.claims(**changes))}.{signature}"


BAD = {
    "ran out": lambda p: p.signed(exp=at(p, NOW_IS_PAST)),
    "never runs out": lambda p: p.signed(exp=None),
    "runs out as text": lambda p: p.signed(exp="tomorrow"),
    "runs out truly": lambda p: p.signed(exp=True),
    "runs out in infinity": lambda p: p.signed(exp=math.inf),
    "runs out at no number": lambda p: p.signed(exp=math.nan),
    "runs out beyond floats": lambda p: p.signed(exp=10**400),
    "runs out next week": lambda p: p.signed(exp=at(p, 7 * DAYS)),
    "not yet": lambda p: p.signed(nbf=at(p, 120)),
    "not before some text": lambda p: p.signed(nbf="now"),
    "from the future": lambda p: p.signed(iat=at(p, 120)),
    "issued after its end": lambda p: p.signed(iat=at(p, 50), exp=at(p, -50)),
    "for someone else": lambda p: p.signed(aud="https://api.other.test"),
    "for nobody": lambda p: p.signed(aud=None),
    "for an empty list": lambda p: p.signed(aud=[]),
    "for us and someone else": lambda p: p.signed(aud=[AUDIENCE, "https://api.other.test"]),
    "for us in capitals": lambda p: p.signed(aud=AUDIENCE.upper()),
    "for us as part of more": lambda p: p.signed(aud=AUDIENCE + "/graphql"),
    "for the client: an ID token": lambda p: p.signed(aud=CLIENT),
    "by nobody": lambda p: p.signed(iss=None),
    "by another name": lambda p: p.signed(iss="https://login.example.org"),
    "by almost its name": lambda p: p.signed(iss=p.url + "/"),
    "by a list": lambda p: p.signed(iss=[p.url]),
    "by the development issuer": lambda p: p.signed(iss=devtoken.ISSUER, aud=devtoken.AUDIENCE),
    "about nobody": lambda p: p.signed(sub=None),
    "about an empty name": lambda p: p.signed(sub=""),
    "about a number": lambda p: p.signed(sub=7),
    "about a long name": lambda p: p.signed(sub="e" * 256),
    "about a name with a line's end": lambda p: p.signed(sub="ebba\nadmin"),
    "unsigned": lambda p: unsigned(p, "none"),
    "unsigned in capitals": lambda p: unsigned(p, "nOnE"),
    "signed with the public key as a secret": lambda p: hmac_signed(p, public_pem(p)),
    "signed with the published key as a secret": lambda p: hmac_signed(
        p, json.dumps(p.keys["rsa"].as_dict(private=False))
    ),
    "signed with nothing": lambda p: hmac_signed(p, "nothing at all but long enough"),
    "an algorithm we do not take": lambda p: p.signed({"alg": "RS384"}),
    "another algorithm of the same key": lambda p: p.signed({"alg": "PS256"}),
    "an algorithm that is none": lambda p: f"{b64({'alg': 256})}.{b64(p.claims())}.AAAA",
    "no algorithm": lambda p: f"{b64({'typ': 'at+jwt'})}.{b64(p.claims())}.AAAA",
    "the name of a key of another kind": lambda p: p.signed({"kid": "ec"}),
    "a stranger's key by our name": lambda p: p.signed({}, RSAKey.generate_key(2048)),
    "a stranger's curve by our name": lambda p: p.signed({"alg": "ES256", "kid": "ec"}, ECKey.generate_key("P-256")),
    "a stranger's key without a name": lambda p: p.signed(
        {"kid": None, "alg": "Ed25519"}, OKPKey.generate_key("Ed25519")
    ),
    "the key for encryption": lambda p: p.signed({"kid": "enc"}, p.keys["enc"]),
    "a key that nobody has": lambda p: p.signed({"kid": "unheard-of"}),
    "a key by a way through folders": lambda p: p.signed({"kid": "../../../../../../dev/null"}),
    "a key by a question to a database": lambda p: p.signed({"kid": "x' union select 'secret"}),
    "a key by a number": lambda p: p.signed({"kid": 1}),
    "a key by an address": lambda p: p.signed({"jku": "http://127.0.0.1:1/jwks"}),
    "a key that it brings along": embedded,
    "a certificate that it brings along": lambda p: p.signed({"x5c": ["MIIB"]}),
    "the address of a certificate": lambda p: p.signed({"x5u": "http://127.0.0.1:1/cert"}),
    "something critical": lambda p: p.signed({"crit": ["exp"], "exp": 1}),
    "nothing critical": lambda p: critical(p, []),
    "critical as text": lambda p: critical(p, "b64"),
    "an unencoded body": lambda p: critical(p, ["b64"], b64=False),
    "compressed": lambda p: p.signed({"zip": "DEF"}),
    "a sign-out": lambda p: p.signed({"typ": "logout+jwt"}),
    "a proof of possession": lambda p: p.signed({"typ": "dpop+jwt"}),
    "of a type that is none": lambda p: f"{b64({'alg': 'RS256', 'typ': 7})}.{b64(p.claims())}.AAAA",
    "a sign-in, by its nonce": lambda p: p.signed(nonce="n"),
    "a sign-in, by its hash": lambda p: p.signed(at_hash="h"),
    "bound to another key": lambda p: p.signed(cnf={"jkt": "thumb"}),
    "Keycloak's refresh token": lambda p: p.signed({"typ": "JWT"}, typ="Refresh"),
    "Keycloak's ID token": lambda p: p.signed({"typ": "JWT"}, typ="ID"),
    "cut off": lambda p: p.signed()[:-10],
    "without its signature": lambda p: p.signed().rpartition(".")[0] + ".",
    "in other words": lambda p: resigned(p, sub="operator"),
    "in two parts": lambda p: p.signed().rpartition(".")[0],
    "in five parts": lambda p: f"{p.signed()}.AAAA.AAAA",
    "with a header that is no JSON": lambda p: f"{b64(b'{')}.{b64(p.claims())}.AAAA",
    "with words that are a list": lambda p: f"{b64({'alg': 'RS256'})}.{b64([])}.AAAA",
    "with words without bottom": lambda p: f"{b64({'alg': 'RS256'})}.{b64(b'[' * 5000)}.AAAA",
    "padded": lambda p: p.signed() + "==",
    "with a blank in it": lambda p: p.signed().replace(".", " .", 1),
    "too long": lambda p: p.signed(more="x" * 9000),
    "of letters that are none": lambda p: "bäd.bäd.bäd".encode("latin-1").decode("latin-1"),
}


def critical(p, names, **header):
    return p.signed({"crit": names, **header})


def test_there_are_enough_of_them():
    assert len(BAD) >= 40


async def test_bad_tokens_are_refused_alike(provider, house):
    """One provider for all: a bad token must not leave anything behind that makes the next one good, either."""
    answers = {}
    for name, make in BAD.items():
        token = make(provider)
        header = f"Bearer {token}".encode("latin-1")
        reply = await house.client.post(
            "/graphql",
            json={"query": "{ viewer { person { id } } }"},
            headers=[(b"authorization", header), (b"accept-language", b"en")],
        )
        (error,) = reply.json()["errors"]
        answers[name] = (reply.status_code, error["extensions"]["code"], error["message"], "data" in reply.json())
    assert set(answers.values()) == {next(iter(answers.values()))}, answers
    assert next(iter(answers.values()))[:2] == (401, "UNAUTHENTICATED")
    assert await house.person(provider.signed())
    assert [request for request in house.asker.requests() if "Note" not in type(request).__name__] == []


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({}, "rsa"),
        ({"typ": None}, "rsa"),
        ({"typ": "JWT"}, "rsa"),
        ({"typ": "application/at+jwt"}, "rsa"),
        ({"kid": None}, "rsa"),
        ({"alg": "ES256", "kid": "ec"}, "ec"),
        ({"alg": "EdDSA", "kid": "okp"}, "okp"),
        ({"alg": "Ed25519", "kid": "okp"}, "okp"),
        ({"alg": "Ed25519", "kid": None}, "okp"),
    ],
    ids=str,
)
async def test_a_good_token_says_who_asks(provider, house, header, key):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        token = provider.signed(header, provider.keys[key])
    assert await house.person(token) == global_id("Person", person_of(provider.url, "ebba"))


@pytest.mark.parametrize(
    "claims",
    [{"exp": -50}, {"nbf": 50}, {"iat": 50}],
    ids=str,
)
async def test_clocks_may_be_a_minute_apart(provider, house, claims):
    moved = {name: at(provider, seconds) for name, seconds in claims.items()}
    assert await house.person(provider.signed(**{"iat": None, **moved}))


async def test_only_the_algorithms_that_the_file_names_are_taken(provider, issuer, tmp_path):
    async with opened(tmp_path, {**issuer, "algorithms": ["ES256"]}) as house:
        assert (await house.ask(provider.signed())).status_code == 401
        assert await house.person(provider.signed({"alg": "ES256", "kid": "ec"}, provider.keys["ec"]))


async def test_an_issuer_without_an_audience_opens_no_api(provider, issuer, tmp_path):
    async with opened(tmp_path, {**issuer, "audience": ""}) as house:
        for nobody in ("", [""], None):
            assert (await house.ask(provider.signed(aud=nobody))).status_code == 401


async def test_the_audience_may_stand_beside_others_that_the_file_names(provider, issuer, tmp_path):
    async with opened(tmp_path, {**issuer, "beside": ["account"]}) as house:
        assert await house.person(provider.signed(aud=["account", AUDIENCE]))
        assert (await house.ask(provider.signed(aud="account"))).status_code == 401
        assert (await house.ask(provider.signed(aud=[AUDIENCE, "other"]))).status_code == 401
