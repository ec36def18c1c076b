"""When letters may leave: by the clock on her wall, through changes of summer time, in no quiet hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_contracts.base import Refusal
from commons_contracts.codes import CATEGORY, OPTIONAL, DigestRhythm, NoticeCategory, NoticeCode, NoticeWay, RefusalCode
from commons_contracts.profiles import CategoryWay, SetNoticePreferences
from commons_profiles.rules.telling import Preferences, next_at

STOCKHOLM = "Europe/Stockholm"
SESSIONS, REQUESTS, SAFE = NoticeCategory.SESSIONS, NoticeCategory.REQUESTS, NoticeCategory.SAFEGUARDING


def there(text, zone=STOCKHOLM):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_every_code_is_of_one_kind():
    assert set(CATEGORY) == set(NoticeCode)
    assert set(NoticeCategory) - set(OPTIONAL) == {SAFE}


def test_everything_comes_at_once_until_she_says_otherwise():
    hers = Preferences()
    assert {hers.way(kind) for kind in NoticeCategory} == {NoticeWay.AT_ONCE}
    noon = there("2026-09-10 12:00")
    assert hers.leaves_at(SESSIONS, noon, noon, STOCKHOLM) == noon


@pytest.mark.parametrize(
    ("told", "leaves"),
    [
        ("2026-09-10 20:59:59", "2026-09-10 20:59:59"),
        ("2026-09-10 21:00", "2026-09-11 08:00"),
        ("2026-09-11 07:59:59", "2026-09-11 08:00"),
        ("2026-09-11 08:00", "2026-09-11 08:00"),
        ("2026-03-28 22:00", "2026-03-29 08:00"),  # ten hours later: an hour is skipped that night
        ("2026-10-24 22:00", "2026-10-25 08:00"),  # eleven hours later: an hour comes twice
    ],
)
def test_nothing_leaves_while_she_keeps_quiet(told, leaves):
    assert Preferences().leaves_at(SESSIONS, there(told), there(told), STOCKHOLM) == there(leaves)


def test_quiet_hours_may_lie_within_a_day_or_be_none():
    by_day = Preferences(quiet_from=9, quiet_until=17)
    assert by_day.awake(there("2026-09-10 12:00"), STOCKHOLM) == there("2026-09-10 17:00")
    assert by_day.awake(there("2026-09-10 23:00"), STOCKHOLM) == there("2026-09-10 23:00")
    night = there("2026-09-10 23:00")
    assert Preferences(quiet_from=8, quiet_until=8).awake(night, STOCKHOLM) == night


def test_the_quiet_is_hers_wherever_the_project_is():
    at = datetime(2026, 9, 10, 19, 30, tzinfo=UTC)
    assert Preferences().quiet(at, STOCKHOLM)
    assert not Preferences().quiet(at, "Atlantic/Reykjavik")


@pytest.mark.parametrize(
    ("told", "rhythm", "leaves"),
    [
        ("2026-09-10 07:59", DigestRhythm.DAILY, "2026-09-10 08:00"),
        ("2026-09-10 08:00", DigestRhythm.DAILY, "2026-09-11 08:00"),
        ("2026-09-10 12:00", DigestRhythm.WEEKLY, "2026-09-14 08:00"),
        ("2026-09-14 08:00", DigestRhythm.WEEKLY, "2026-09-21 08:00"),
        ("2026-03-28 12:00", DigestRhythm.DAILY, "2026-03-29 08:00"),
        ("2026-10-19 12:00", DigestRhythm.WEEKLY, "2026-10-26 08:00"),
    ],
)
def test_a_digest_comes_at_her_hour_on_her_day(told, rhythm, leaves):
    hers = Preferences(ways={SESSIONS: NoticeWay.DIGEST}, rhythm=rhythm)
    assert hers.leaves_at(SESSIONS, there(told), there(told), STOCKHOLM) == there(leaves)


def test_what_is_heard_of_late_is_in_the_next_digest():
    hers = Preferences(ways={SESSIONS: NoticeWay.DIGEST})
    told, now = there("2026-09-10 07:00"), there("2026-09-10 08:00:01")
    assert hers.leaves_at(SESSIONS, told, now, STOCKHOLM) == there("2026-09-11 08:00")


def test_a_digest_keeps_quiet_too():
    hers = Preferences(ways={SESSIONS: NoticeWay.DIGEST}, digest_hour=6)
    told = there("2026-09-10 12:00")
    assert hers.leaves_at(SESSIONS, told, told, STOCKHOLM) == there("2026-09-11 08:00")


def test_never_is_never():
    at = there("2026-09-10 12:00")
    assert Preferences(ways={SESSIONS: NoticeWay.NEVER}).leaves_at(SESSIONS, at, at, STOCKHOLM) is None


def test_an_hour_that_summer_time_skips_or_repeats():
    assert next_at(there("2026-03-28 12:00"), 2, STOCKHOLM) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert next_at(there("2026-10-24 12:00"), 2, STOCKHOLM) == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert next_at(datetime(2026, 10, 25, 0, tzinfo=UTC), 2, STOCKHOLM) == datetime(2026, 10, 26, 1, tzinfo=UTC)


def test_what_is_not_said_stays():
    before = Preferences(ways={REQUESTS: NoticeWay.NEVER}, quiet_from=22)
    ways = (CategoryWay(category=SESSIONS, way=NoticeWay.DIGEST),)
    after = before.changed(SetNoticePreferences(ways=ways, digest_hour=17))
    assert after == Preferences(
        ways={REQUESTS: NoticeWay.NEVER, SESSIONS: NoticeWay.DIGEST}, quiet_from=22, digest_hour=17
    )


def test_nobody_is_without_what_keeps_people_safe():
    for way in (NoticeWay.DIGEST, NoticeWay.NEVER):
        with pytest.raises(Refusal) as no:
            Preferences().changed(SetNoticePreferences(ways=(CategoryWay(category=SAFE, way=way),)))
        assert (no.value.code, no.value.params) == (RefusalCode.NOTICE_NOT_OPTIONAL, {"category": SAFE})
    assert Preferences(ways={SAFE: NoticeWay.NEVER}).way(SAFE) is NoticeWay.AT_ONCE
    Preferences().changed(SetNoticePreferences(ways=(CategoryWay(category=SAFE, way=NoticeWay.AT_ONCE),)))


def test_a_link_stops_its_kind_or_all_that_comes_together():
    hers = Preferences(ways={SESSIONS: NoticeWay.DIGEST, REQUESTS: NoticeWay.DIGEST})
    assert hers.without(REQUESTS).ways == {SESSIONS: NoticeWay.DIGEST, REQUESTS: NoticeWay.NEVER}
    assert hers.without(None).ways == {SESSIONS: NoticeWay.NEVER, REQUESTS: NoticeWay.NEVER}


ZONES = st.sampled_from(["Europe/Stockholm", "Atlantic/Azores", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
HOURS = st.integers(0, 23)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@given(told=MOMENTS, zone=ZONES, start=HOURS, end=HOURS)
def test_whatever_the_hours_a_letter_leaves_awake_and_within_two_days(told, zone, start, end):
    hers = Preferences(quiet_from=start, quiet_until=end)
    leaves = hers.leaves_at(SESSIONS, told, told, zone)
    assert not hers.quiet(leaves, zone)
    assert told <= leaves <= told + timedelta(days=2)
    assert leaves == told or hers.quiet(leaves - timedelta(seconds=1), zone)


@given(told=MOMENTS, zone=ZONES, hour=HOURS, weekday=st.integers(1, 7))
def test_whatever_the_hour_a_digest_comes_on_that_hour_and_day(told, zone, hour, weekday):
    hers = Preferences(
        ways={SESSIONS: NoticeWay.DIGEST}, rhythm=DigestRhythm.WEEKLY, digest_hour=hour, digest_weekday=weekday,
        quiet_from=0, quiet_until=0,
    )  # fmt: skip
    local = hers.leaves_at(SESSIONS, told, told, zone).astimezone(ZoneInfo(zone))
    assert local.isoweekday() == weekday
    assert (local.hour, local.minute) == (hour, 0) or local.utcoffset() != (local - timedelta(hours=3)).utcoffset()
    assert told < local <= told + timedelta(days=8)
