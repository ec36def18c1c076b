"""A round's window, to the second, where the project lives."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Style
from commons_contracts.mentoring import PlaceRules
from commons_matching.rules.calendar import days_after, midnight
from commons_matching.rules.round import PLACES_WITHOUT_LIMIT, open_round, round_of

STOCKHOLM = "Europe/Stockholm"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_recruitment_lasts_from_the_lead_to_the_start_at_the_projects_midnight(a_round):
    round = a_round()

    assert (round.opens_at, round.closes_at) == (utc(2026, 9, 9, 22), utc(2026, 9, 30, 22))
    assert not round.is_open(utc(2026, 9, 9, 21, 59, 59))
    assert round.is_open(utc(2026, 9, 9, 22))
    assert round.is_open(utc(2026, 9, 30, 21, 59, 59))
    assert not round.is_open(utc(2026, 9, 30, 22))


def test_outside_the_window_the_refusal_says_when_it_is(a_round):
    refusals = []
    for at in (utc(2026, 9, 9, 21, 59, 59), utc(2026, 9, 30, 22)):
        with pytest.raises(Refusal) as no:
            a_round().require_open(at)
        refusals.append(no.value)

    closed = {"closesAt": "2026-09-30T22:00:00Z", "zone": STOCKHOLM}
    assert [no.code for no in refusals] == [RefusalCode.RECRUITMENT_CLOSED] * 2
    assert [no.params for no in refusals] == [{"opensAt": "2026-09-09T22:00:00Z"} | closed, closed]


def test_the_zone_is_the_projects(a_round):
    assert a_round(zone="Europe/Athens").opens_at == utc(2026, 9, 9, 21)


def test_without_a_lead_recruitment_is_open_until_the_start(a_round):
    round = a_round(recruitment_lead_days=None)

    assert (round.opens_at, round.closes_at) == (None, utc(2026, 9, 30, 22))
    assert round.is_open(utc(2020, 1, 1))


def test_without_a_start_recruitment_lasts_through_the_last_day(a_round):
    assert a_round(starts_on=None).closes_at == utc(2027, 1, 31, 23)
    with pytest.raises(Refusal) as no:
        a_round(starts_on=None).require_open(utc(2027, 1, 31, 23))
    assert no.value.params == {"closesAt": "2027-01-31T23:00:00Z", "zone": STOCKHOLM}


def test_an_end_that_no_day_follows_is_no_end(a_round):
    round = a_round(starts_on=None, ends_on=date.max, recruitment_lead_days=None)

    assert (round.opens_at, round.closes_at) == (None, None)


@pytest.mark.parametrize("changes", [{"rolling": True}, {"starts_on": None, "ends_on": None}])
def test_a_rolling_programme_is_always_open(a_round, changes):
    round = a_round(**changes)

    assert (round.opens_at, round.closes_at) == (None, None)
    assert round.is_open(utc(2099, 1, 1))


def test_a_round_begins_with_its_start_or_else_on_the_day_it_was_published(a_round):
    assert a_round().begins == date(2026, 10, 1)
    assert a_round(starts_on=None, at=utc(2026, 8, 1, 22, 30)).begins == date(2026, 8, 2)


def test_the_opening_is_told_with_the_version_of_the_rules(recruitment_programme):
    round, opened = open_round(recruitment_programme, STOCKHOLM)

    assert round.id == round_of(recruitment_programme.programme) == opened.round
    assert (opened.programme, opened.programme_version) == (recruitment_programme.programme, 1)
    assert (opened.opens_at, opened.closes_at, opened.at) == (round.opens_at, round.closes_at, recruitment_programme.at)


def test_places_are_suggested_by_style_and_never_above_the_programmes_most(a_round):
    round = a_round(places=PlaceRules(suggested={Style.TRADITIONAL: 7}, most=5))

    assert round.places_suggested(Style.TRADITIONAL) == 5
    assert round.places_suggested(Style.FLASH) == 0
    assert a_round(places=PlaceRules()).places_most == PLACES_WITHOUT_LIMIT


def test_who_names_no_style_means_the_programmes_first(a_round):
    assert a_round().first_style is Style.TRADITIONAL
    assert a_round(styles=()).first_style is None


def test_days_are_counted_by_the_wall_clock(a_round):
    friday = utc(2026, 10, 23, 8)  # 10:00 in Stockholm, whose clocks go back on the 25th

    assert days_after(friday, 3, STOCKHOLM) == utc(2026, 10, 26, 9)
    assert a_round(working_days=False).in_days(friday, 3) == utc(2026, 10, 26, 9)


@pytest.mark.parametrize(
    ("begins", "days", "ends"),
    [
        (utc(2026, 9, 11, 8), 1, utc(2026, 9, 14, 8)),
        (utc(2026, 9, 11, 8), 10, utc(2026, 9, 25, 8)),
        (utc(2026, 9, 12, 8), 1, utc(2026, 9, 14, 8)),
        (utc(2026, 9, 14, 8), 0, utc(2026, 9, 14, 8)),
    ],
)
def test_working_days_leave_out_the_weekend(a_round, begins, days, ends):
    assert a_round(working_days=True).in_days(begins, days) == ends


def test_midnight_is_the_first_second_of_the_day():
    assert midnight(date(2026, 3, 29), STOCKHOLM) == utc(2026, 3, 28, 23)
