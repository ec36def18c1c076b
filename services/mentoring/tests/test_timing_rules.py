"""What time brings to a mentorship, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from commons_contracts.codes import MentorshipState, NoticeCode, Style
from commons_contracts.mentoring import (
    HalfwayReached,
    MentorshipPaused,
    MentorshipStoodStill,
    NoticeWanted,
    PaceRules,
    PeriodEndNear,
)
from commons_mentoring import designs
from commons_mentoring.rules import timing as rule

WESTEM = designs.load("westem").rules
RUNGS = rule.ladder(WESTEM.time.pace, Style.TRADITIONAL)
STOCKHOLM = "Europe/Stockholm"
DAY = timedelta(days=1)
State = MentorshipState


def notices(facts):
    return [(fact.code, fact.number) for fact in facts if isinstance(fact, NoticeWanted)]


def test_a_month_later_is_the_same_day_or_the_months_last():
    assert rule.months_after(date(2026, 10, 31), 4) == date(2027, 2, 28)
    assert rule.months_after(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert rule.months_after(date(9999, 12, 1), 1) == date.max
    assert rule.days_after(date(9999, 12, 30), 7) == date.max


def test_half_of_the_time_is_reckoned_where_the_project_is():
    assert rule.halfway(date(2026, 9, 14), date(2026, 12, 14), STOCKHOLM) == datetime(2026, 10, 28, 23, tzinfo=UTC)


def test_the_last_day_counts_and_is_announced():
    ends = rule.period_ends(date(2026, 12, 14), WESTEM, STOCKHOLM)
    assert ends == ((14, datetime(2026, 11, 29, 23, tzinfo=UTC)), (0, datetime(2026, 12, 14, 23, tzinfo=UTC)))
    assert [days for days, _ in rule.period_ends(date(1, 1, 3), WESTEM, "UTC")] == [0], "no day before the calendar"


def test_the_reflection_opens_once(a_pair):
    mentorship = a_pair()
    at = mentorship.opened_at + 30 * DAY
    fact, *told = rule.reach_halfway(mentorship, at)
    assert (type(fact), mentorship.halfway_at) == (HalfwayReached, at)
    assert notices(told) == [(NoticeCode.HALFWAY_REFLECTION, None)] * 2
    assert rule.reach_halfway(mentorship, at + DAY) == ()
    assert mentorship.halfway_at == at


@pytest.mark.parametrize(("days", "code"), [(14, NoticeCode.PERIOD_ENDS), (0, NoticeCode.PERIOD_ENDED)])
def test_both_are_told_of_the_end(a_pair, days, code):
    mentorship = a_pair()
    fact, *told = rule.near_period_end(mentorship, days, mentorship.opened_at)
    assert (type(fact), fact.days) == (PeriodEndNear, days)
    assert notices(told) == [(code, days or None)] * 2


def test_what_is_frozen_hears_nothing(a_pair):
    mentorship = a_pair(state=State.FROZEN)
    at = mentorship.opened_at + 50 * DAY
    assert rule.reach_halfway(mentorship, at) == rule.near_period_end(mentorship, 0, at) == ()
    assert rule.stand_still(mentorship, 0, RUNGS, at) == ((), None)
    assert mentorship.halfway_at is None


def test_the_ladder_is_the_programmes():
    assert [(rung.days, rung.listed, rung.paused) for rung in RUNGS] == [
        (21, False, False),
        (35, True, False),
        (42, False, True),
    ]
    assert rule.ladder(WESTEM.time.pace, Style.FLASH) == ()
    assert rule.ladder(PaceRules(styles=(Style.TRADITIONAL,), pause_days=7), Style.TRADITIONAL) == (
        rule.Rung(days=7, paused=True),
    )


def test_first_both_are_asked_then_the_coordinators_look_then_it_is_paused(a_pair):
    mentorship = a_pair()
    at = mentorship.opened_at
    (fact, *told), step = rule.stand_still(mentorship, 0, RUNGS, at + 21 * DAY)
    assert (type(fact), fact.days, fact.listed, step) == (MentorshipStoodStill, 21, False, 1)
    assert notices(told) == [(NoticeCode.STILL_MEETING, 21)] * 2
    (fact, *told), step = rule.stand_still(mentorship, 1, RUNGS, at + 35 * DAY)
    assert (fact.listed, told, step, mentorship.listed_at) == (True, [], 2, at + 35 * DAY)
    (fact, *told), step = rule.stand_still(mentorship, 2, RUNGS, at + 42 * DAY)
    assert (type(fact), fact.turn, step, mentorship.state) == (MentorshipPaused, 1, None, State.PAUSED_INACTIVE)
    assert notices(told) == [(NoticeCode.MENTORSHIP_PAUSED, 42)] * 2
    assert rule.stand_still(mentorship, 0, RUNGS, at + 63 * DAY) == ((), None)


def test_a_session_begins_the_ladder_anew(a_pair):
    mentorship = a_pair()
    mentorship.was_active(mentorship.opened_at + 10 * DAY)
    assert rule.stand_still(mentorship, 2, RUNGS, mentorship.opened_at + 42 * DAY - DAY) != ((), None)
    mentorship = a_pair()
    mentorship.was_active(mentorship.opened_at + 10 * DAY)
    assert rule.stand_still(mentorship, 0, RUNGS, mentorship.opened_at + 21 * DAY) == ((), 0)
    assert rule.rung_at(mentorship, RUNGS[0]) == mentorship.opened_at + 31 * DAY


def test_a_rung_that_the_programme_has_not_is_not_climbed(a_pair):
    assert rule.stand_still(a_pair(), 3, RUNGS, datetime(2027, 1, 1, tzinfo=UTC)) == ((), None)
