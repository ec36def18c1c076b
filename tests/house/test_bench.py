"""What the document says of measurements is what was measured."""

from __future__ import annotations

import json

from bench.measures import MEASURES
from bench.report import BEGIN, DOCUMENT, END, kept, newest, shown
from bench_matching import pages
from scale import kept as rounds


def test_the_table_is_the_newest_results():
    written = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0]
    assert written.strip() == "\n".join(shown(newest())).strip()


def test_the_newest_result_has_every_measure_and_keeps_every_promise():
    found = json.loads(newest().read_text())
    rows = found["ratios"] | found["figures"]
    assert rows.keys() == MEASURES.keys()
    assert [name for name, row in rows.items() if not kept(name, row)] == []
    assert found["versions"]
    assert found["machine"]


def test_the_table_of_matching_is_its_newest_results():
    assert pages.table(pages.newest()) in pages.DOCUMENT.read_text()


def test_the_table_of_a_whole_round_is_its_newest_result():
    assert rounds.shown(rounds.newest()) in rounds.DOCUMENT.read_text()
