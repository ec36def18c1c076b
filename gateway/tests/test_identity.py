"""Who asks: a token of the issuer we trust, whole and in time, or nobody."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from pydantic import ValidationError

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode
from commons_contracts.ids import person_of
from commons_gateway import devtoken
from commons_gateway.identity import NOBODY, Identity, Issuer
from commons_gateway.settings import GatewaySettings

FAR = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
CLAIMS = {"iss": devtoken.ISSUER, "aud": "commons", "sub": "ada", "exp": FAR}


@pytest.fixture
def identity(gateway):
    return gateway.desk.identity


@pytest.fixture
def key(gateway):
    return OKPKey.import_key(json.loads(gateway.key.read_text()))


def signed(key, claims=CLAIMS, header=None, algorithm="Ed25519"):
    return "Bearer " + jwt.encode({"alg": algorithm, **(header or {})}, dict(claims), key, algorithms=[algorithm])


def refused(identity, authorization):
    with pytest.raises(Fault) as fault:
        identity.caller(authorization)
    return fault.value.code is FaultCode.UNAUTHENTICATED


def test_a_good_token_says_who_asks_and_about_what(identity, gateway):
    caller = identity.caller("Bearer " + devtoken.issue(gateway.key, "ada", project="westem"))
    assert caller.person == person_of(devtoken.ISSUER, "ada")
    assert (caller.project, caller.operator) == ("westem", False)
    assert identity.caller("bearer " + devtoken.issue(gateway.key, "olle", operator=True)).operator


def test_no_token_is_nobody(identity):
    assert identity.caller(None) == identity.caller("") == NOBODY


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://dev.commons.invalid/"},
        {"iss": None},
        {"aud": "Commons"},
        {"aud": ["commons", "others"]},
        {"aud": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        pytest.param({"nbf": FAR}, id="not-before"),
    ],
    ids=str,
)
def test_every_claim_must_be_as_it_should(identity, key, change):
    claims = {name: value for name, value in {**CLAIMS, **change}.items() if value is not None}
    assert identity.caller(signed(key)).person
    assert refused(identity, signed(key, claims))


def test_a_token_runs_out_a_minute_late_at_most(identity, gateway):
    def issued(ago):
        return "Bearer " + devtoken.issue(gateway.key, "ada", hours=1, now=real_now() - timedelta(hours=1, seconds=ago))

    assert identity.caller(issued(50)).person
    assert refused(identity, issued(70))


def test_another_key_is_not_ours(identity):
    assert refused(identity, signed(OKPKey.generate_key("Ed25519")))


def test_only_the_algorithms_of_the_key_are_believed(identity, key):
    public = json.dumps(key.as_dict(private=False)).encode()
    assert refused(identity, signed(OctKey.import_key(public), algorithm="HS256"))
    assert refused(identity, signed(RSAKey.generate_key(2048), algorithm="RS256"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        nothing = jwt.encode({"alg": "none"}, dict(CLAIMS), OctKey.generate_key(), algorithms=["none"])
    assert refused(identity, "Bearer " + nothing)


@pytest.mark.parametrize(
    ("made", "algorithm"), [(RSAKey.generate_key(2048), "RS256"), (ECKey.generate_key("P-256"), "ES256")]
)
def test_an_issuer_may_sign_with_rsa_or_an_elliptic_curve(made, algorithm):
    identity = Identity(Issuer(devtoken.ISSUER, "commons", made))
    assert identity.caller(signed(made, algorithm=algorithm)).person


def test_anything_critical_is_refused(identity, key):
    token = jwt.encode({"alg": "Ed25519", "crit": ["kid"], "kid": "dev"}, dict(CLAIMS), key, algorithms=["Ed25519"])
    assert refused(identity, "Bearer " + token)


@pytest.mark.parametrize(
    "junk", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YWRhOng=", "Bearer " + "a" * 9000]
)
def test_junk_is_refused(identity, junk):
    assert refused(identity, junk)


def test_a_spoiled_signature_is_refused(identity, key):
    token = signed(key)
    assert refused(identity, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))


def test_only_the_platforms_own_issuer_names_operators(key):
    theirs = Identity(Issuer(devtoken.ISSUER, "commons", key, ours=False))
    assert not theirs.caller(signed(key, {**CLAIMS, "operator": True})).operator
    ours = Identity(Issuer(devtoken.ISSUER, "commons", key, ours=True))
    assert ours.caller(signed(key, {**CLAIMS, "operator": True})).operator
    assert not ours.caller(signed(key, {**CLAIMS, "operator": "true"})).operator


def test_a_development_key_starts_nowhere_else(gateway):
    with pytest.raises(ValidationError, match="development key"):
        GatewaySettings(env="production", token_key_file=gateway.key, secret="something secret")
    with pytest.raises(ValidationError, match="COMMONS_SECRET_FILE"):
        GatewaySettings(env="production")
    with pytest.raises(ValidationError, match="COMMONS_TOKEN_KEY_FILE"):
        GatewaySettings(env="dev", token_key_file=None)
    production = Identity.of(GatewaySettings(env="production", secret="something secret"))
    assert refused(production, "Bearer " + devtoken.issue(gateway.key, "ada"))


def test_a_key_is_made_once_and_for_its_owner_alone(gateway):
    assert gateway.key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        devtoken.make_key(gateway.key)
