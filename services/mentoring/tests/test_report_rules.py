"""Figures of enough people, and cells that no spreadsheet mistakes."""

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


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\ufeff=", "\u00a0+"])
def test_what_begins_like_a_formula_is_text(start):
    assert report.cell(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (-1, "-1"), (2.5, "2.5"), ("a=1", "a=1"), (NOON, "2026-11-01T12:00:00+00:00"), ("", "")],
)
def test_numbers_of_ours_stay_numbers_and_words_words(value, cell):
    assert report.cell(value) == cell


def test_a_table_keeps_what_people_wrote_in_its_cell():
    assert report.table(("a", "b"), [('x,"y"\nz', 1)]) == 'a,b\r\n"x,""y""\nz",1\r\n'


def test_what_is_over_stands_still_for_no_day():
    before = NOON - timedelta(days=21, hours=3)
    assert report.still_days(MentorshipState.OPEN, before, NOON) == 21
    assert report.still_days(MentorshipState.PAUSED_INACTIVE, before, NOON) == 21
    assert report.still_days(MentorshipState.COMPLETED, before, NOON) == 0
    assert report.still_days(MentorshipState.OPEN, NOON + timedelta(days=1), NOON) == 0
