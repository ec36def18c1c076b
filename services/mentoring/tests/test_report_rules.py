"""Figures of enough people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commons_contracts.codes import MentorshipState, Role
from commons_mentoring.rules import report

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spread", "shown"), [((0, 0, 1, 2, 1), (None, None, ())), ((1, 0, 1, 2, 1), (5, 3.4, (1, 0, 1, 2, 1)))]
)
def test_four_are_too_few_and_five_are_enough(spread, shown):
    found = report.graded("quality", Role.MENTOR, spread)
    assert (found.people, found.mean, found.spread) == shown


def test_what_is_over_stands_still_for_no_day():
    before = NOON - timedelta(days=21, hours=3)
    assert report.still_days(MentorshipState.OPEN, before, NOON) == 21
    assert report.still_days(MentorshipState.PAUSED_INACTIVE, before, NOON) == 21
    assert report.still_days(MentorshipState.COMPLETED, before, NOON) == 0
    assert report.still_days(MentorshipState.OPEN, NOON + timedelta(days=1), NOON) == 0
