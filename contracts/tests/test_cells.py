"""Cells that no spreadsheet takes for a formula, and that are read again as they were."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_contracts.cells import FORMULA, cell, table, uncell

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\ufeff=", "\u00a0+"])
def test_what_begins_like_a_formula_is_text(start):
    assert cell(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, ""), (-1, "-1"), (2.5, "2.5"), ("a=1", "a=1"), (NOON, "2026-11-01T12:00:00+00:00"), ("", "")],
)
def test_numbers_of_ours_stay_numbers_and_words_words(value, written):
    assert cell(value) == written


def test_a_table_keeps_what_people_wrote_in_its_cell():
    assert table(("a", "b"), [('x,"y"\nz', 1)]) == 'a,b\r\n"x,""y""\nz",1\r\n'


WORDS = st.text(st.sampled_from("=+-@'\t\n \ufeffaß,;\"") | st.characters(codec="utf-8"), max_size=12)


@given(WORDS)
def test_what_was_written_is_read_again(text):
    assert uncell(cell(text)) == text


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_no_cell_of_a_table_begins_like_a_formula(words):
    written = table(["x"] * len(words), [words])
    _, read = csv.reader(io.StringIO(written, newline=""))
    assert not any(text.lstrip(" \u00a0\ufeff").startswith(FORMULA) for text in read)
    assert [uncell(text) for text in read] == words
