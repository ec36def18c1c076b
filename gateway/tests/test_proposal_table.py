"""The proposals of a run as a table: names as the coordinator sees them, reasons in her language, no formula anywhere."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest

from commons_contracts.base import Page, Refusal
from commons_contracts.codes import RefusalCode, Unmet
from commons_contracts.matching import (
    MatchRunsByIds,
    ProposalsPage,
    ProposalView,
    UnmatchedPage,
    UnmatchedView,
)
from commons_contracts.profiles import PeopleByIds
from commons_gateway.matching import proposal_table
from commons_gateway.papers import link
from commons_gateway.testing import THING, sample

ADA, EVA, IDA = (UUID(int=n) for n in (1, 2, 3))
NAMES = {ADA: "=Ada", EVA: "Eva", IDA: "Ida"}


def a_page(kind, items, more=False):
    cursors = tuple(str(n) for n in range(len(items)))
    return Page[kind](items=tuple(items), cursors=cursors, more=more, total=len(items))


@pytest.fixture
def run(gateway):
    def people(query, _):
        view = sample(PeopleByIds.reply).items[0]
        known = [view.model_copy(update={"id": id, "display_name": NAMES[id]}) for id in query.ids if id in NAMES]
        return PeopleByIds.reply(items=tuple(known))

    pair = sample(ProposalView).model_copy(update={"mentor": ADA, "mentee": EVA, "points": 7200})
    left = sample(UnmatchedView).model_copy(update={"mentee": IDA, "why": Unmet.CAPACITY_EXHAUSTED})
    pages = {None: a_page(ProposalView, [pair], more=True), "0": a_page(ProposalView, [pair])}
    gateway.asker.answers |= {
        PeopleByIds: people,
        ProposalsPage: lambda query, _: pages[query.after],
        UnmatchedPage: a_page(UnmatchedView, [left]),
        MatchRunsByIds: sample(MatchRunsByIds.reply),
    }
    return THING


async def test_a_run_can_be_taken_along_as_a_table(gateway, client, run):
    paper = await link(gateway.context("cora").ground(), "proposals-table", run)
    reply = await client.get(paper.url)
    assert 'filename="proposals.csv"' in reply.headers["content-disposition"]
    header, *rows = csv.reader(io.StringIO(reply.content.decode("utf-8-sig")))
    assert tuple(header) == proposal_table.COLUMNS
    assert [row[:3] for row in rows] == [["'=Ada", "Eva", "7200"], ["'=Ada", "Eva", "7200"], ["", "Ida", ""]]
    assert rows[-1][5] == "LEFT"
    assert rows[-1][3].endswith(".")


async def test_it_holds_no_more_than_a_spreadsheet_should(gateway, client, run, monkeypatch):
    monkeypatch.setattr(proposal_table, "MOST_ROWS", 1)
    paper = await link(gateway.context("cora").ground(), "proposals-table", run)
    assert (await client.get(paper.url)).status_code == 403


@pytest.mark.parametrize("code", [RefusalCode.ROLE_NOT_ALLOWED, RefusalCode.NOT_FOUND])
async def test_who_may_not_see_a_run_gets_no_table(gateway, client, run, code):
    gateway.asker.answers[MatchRunsByIds] = Refusal(code)
    paper = await link(gateway.context("mia").ground(), "proposals-table", run)
    reply = await client.get(paper.url)
    assert reply.status_code == (404 if code is RefusalCode.NOT_FOUND else 403)
    assert "Ada" not in reply.text
