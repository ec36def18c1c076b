"""Who asks too much is told when to come back; nobody else notices."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from commons_gateway import rates
from commons_gateway.rates import Bucket, Limited, Meter, Payer, Rates
from commons_gateway.settings import GatewaySettings

ADA = Payer(uuid4(), "192.0.2.1", uuid4())
GRACE = Payer(uuid4(), "192.0.2.1", ADA.project)
NOBODY = Payer(None, "192.0.2.1", ADA.project)
REQUEST = "mutation($i: RequestConnectionInput!) { requestConnection(input: $i) { __typename } }"


class Time:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def meter(time):
    return Meter(Rates(), time)


def limited(act, *given):
    with pytest.raises(Limited) as found:
        act(*given)
    return found.value.bucket, found.value.retry_after


def test_a_bucket_is_emptied_and_fills_again(meter, time):
    meter.begin(ADA)  # looks, and takes nothing
    for _ in range(5):
        meter.spend(ADA, 1_000, {})
    assert meter.left(ADA).remaining == 0
    assert limited(meter.begin, ADA) == (Bucket.PERSON, 1.0)
    assert limited(meter.spend, ADA, 1_000, {}) == (Bucket.PERSON, 10.0)
    time.now += 9.5
    assert limited(meter.spend, ADA, 1_000, {}) == (Bucket.PERSON, 1.0)
    time.now += 0.5
    meter.spend(ADA, 1_000, {})
    time.now += 3_600
    assert meter.left(ADA).remaining == 5_000


def test_nobody_else_pays(meter):
    for _ in range(5):
        meter.spend(ADA, 1_000, {})
    meter.spend(GRACE, 1_000, {})
    meter.spend(NOBODY, 1_000, {})


def test_strangers_of_one_address_share_its_bucket(meter):
    meter.spend(NOBODY, 1_000, {})
    meter.spend(Payer(None, "192.0.2.1", None), 1_000, {})
    assert limited(meter.spend, NOBODY, 1_000, {}) == (Bucket.ADDRESS, 20.0)
    meter.spend(Payer(None, "192.0.2.2", None), 1_000, {})


def test_one_of_many_addresses_is_the_network_behind_it(meter):
    for end in (":1", ":ffff:1", "1:2:3:4"):
        meter.spend(Payer(None, f"2001:db8:1:2:{end}", None), 600, {})
    assert limited(meter.spend, Payer(None, "2001:db8:1:2::9", None), 600, {})[0] is Bucket.ADDRESS
    meter.spend(Payer(None, "2001:db8:1:3::9", None), 600, {})
    assert rates._network("::ffff:192.0.2.1") == rates._network("192.0.2.1") == "192.0.2.1"
    assert rates._network("no address") == "no address"


def test_a_project_has_what_strangers_cannot_take(meter):
    for number in range(20):
        meter.spend(Payer(None, f"192.0.2.{number}", ADA.project), 1_000, {})
    assert limited(meter.spend, Payer(None, "192.0.2.99", ADA.project), 1_000, {})[0] is Bucket.STRANGERS
    meter.spend(ADA, 1_000, {})
    meter.spend(Payer(None, "192.0.2.99", uuid4()), 1_000, {})


def test_a_project_cannot_take_what_others_need(meter):
    for _ in range(100):
        meter.spend(Payer(uuid4(), "", ADA.project), 1_000, {})
    assert limited(meter.spend, ADA, 1_000, {})[0] is Bucket.PROJECT
    meter.spend(Payer(ADA.person, "", uuid4()), 1_000, {})


def test_each_kind_has_a_bucket_of_its_own(meter, time):
    for _ in range(10):
        meter.spend(ADA, 2, {Bucket.REQUEST: 1, Bucket.WRITE: 1})
    assert limited(meter.spend, ADA, 2, {Bucket.REQUEST: 1, Bucket.WRITE: 1}) == (Bucket.REQUEST, 60.0)
    meter.spend(ADA, 2, {Bucket.WRITE: 1, Bucket.LOOK_UP: 1, Bucket.MESSAGE: 1})
    meter.spend(GRACE, 2, {Bucket.REQUEST: 1})
    time.now += 60
    meter.spend(ADA, 2, {Bucket.REQUEST: 1})


def test_all_or_nothing(meter):
    before = meter.left(ADA).remaining
    meter.spend(ADA, 1, {Bucket.REQUEST: 10})
    assert limited(meter.spend, ADA, 500, {Bucket.REQUEST: 1})[0] is Bucket.REQUEST
    assert meter.left(ADA).remaining == before - 1


def test_what_never_fits_takes_all_there_is(meter):
    meter.spend(ADA, 1, {Bucket.LOOK_UP: 100})
    assert limited(meter.spend, ADA, 1, {Bucket.LOOK_UP: 100}) == (Bucket.LOOK_UP, 30.0)


def test_reading_in_vain_is_paid_for_and_makes_no_debts(meter):
    meter.fine(ADA, 10)
    assert meter.left(ADA).remaining == 4_990
    meter.fine(ADA, 10**6)
    assert meter.left(ADA).remaining == 0
    assert limited(meter.begin, ADA) == (Bucket.PERSON, 1.0)


def test_attempts_to_sign_in_are_counted_by_address(meter):
    for _ in range(30):
        meter.call(Bucket.SIGN_IN, "2001:db8::1")
    assert limited(meter.call, Bucket.SIGN_IN, "2001:db8::2") == (Bucket.SIGN_IN, 3.0)
    meter.call(Bucket.SIGN_IN, "192.0.2.1")


def test_memory_is_bounded_and_given_back(meter, time, monkeypatch):
    monkeypatch.setattr(rates, "MOST_BUCKETS", 100)
    for number in range(1_000):
        meter.call(Bucket.SIGN_IN, f"10.0.{number % 256}.{number // 256}")
        assert len(meter) <= 100
    time.now += 3_600
    for _ in range(120):
        meter.call(Bucket.SIGN_IN, "192.0.2.1")
        time.now += 10
    assert len(meter) == 1


def test_who_has_been_quiet_for_longest_is_forgotten_first(meter, monkeypatch):
    monkeypatch.setattr(rates, "MOST_BUCKETS", 2)
    for _ in range(30):
        meter.call(Bucket.SIGN_IN, "192.0.2.1")
    meter.call(Bucket.SIGN_IN, "192.0.2.2")
    assert limited(meter.call, Bucket.SIGN_IN, "192.0.2.1")
    meter.call(Bucket.SIGN_IN, "192.0.2.3")
    meter.call(Bucket.SIGN_IN, "192.0.2.1")


@given(st.lists(st.tuples(st.floats(0, 1_000), st.floats(0, 20)), max_size=60))
def test_no_more_is_ever_spent_than_the_burst_and_what_has_flowed_in(steps):
    time = Time()
    meter, spent, began = Meter(Rates(), time), 0.0, time.now
    for cost, pause in steps:
        time.now += pause
        try:
            meter.spend(ADA, cost, {})
        except Limited as empty:
            time.now += empty.retry_after
            meter.spend(ADA, cost, {})  # whoever waits as long as she was told is answered
        spent += cost
        assert spent <= 5_000 + (time.now - began) * 100 + 0.001
        assert meter.left(ADA).remaining >= 0


def settings(monkeypatch, **said):
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return GatewaySettings(secret="x" * 32)


def test_rates_are_settings_one_by_one(monkeypatch):
    found = settings(monkeypatch, COMMONS_RATES__REQUEST__BURST="3", COMMONS_RATES__TIMES="2").rates
    assert (found.request.burst, found.request.per_minute, found.person.burst) == (3, 1, 5_000)
    meter = Meter(found, Time())
    for _ in range(6):
        meter.spend(ADA, 1, {Bucket.REQUEST: 1})
    assert limited(meter.spend, ADA, 1, {Bucket.REQUEST: 1}) == (Bucket.REQUEST, 30.0)


def test_a_bucket_holds_at_least_a_question(monkeypatch):
    for wrong in (
        {"COMMONS_RATES__PERSON__BURST": "999"},
        {"COMMONS_RATES__TIMES": "0.1"},
        {"COMMONS_RATES__TIMES": "0"},
    ):
        with monkeypatch.context() as only, pytest.raises(ValidationError):
            settings(only, **wrong)


def test_proxies_are_addresses_or_networks(monkeypatch):
    assert settings(monkeypatch, COMMONS_PROXIES="10.0.0.0/8, 192.0.2.1").proxies == "10.0.0.0/8, 192.0.2.1"
    with pytest.raises(ValidationError):
        settings(monkeypatch, COMMONS_PROXIES="10.0.0.0/8,proxy.example")
