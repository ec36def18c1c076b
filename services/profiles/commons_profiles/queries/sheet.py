"""Looking at tables of participants: their state, their rows, and their people in our own columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.cells import table
from commons_contracts.codes import RowOutcome
from commons_contracts.ids import SheetId
from commons_contracts.profiles import (
    RowProblem,
    SheetRowsPage,
    SheetRowView,
    Sheets,
    SheetsByIds,
    SheetsPage,
    SheetTable,
    SheetText,
    SheetView,
)

from ..rules.sheet_row import COLUMNS, Newcomer
from ..sheets.shown import find_sheet, sheet_view, sheets_shown
from ..tables import sheet_rows, sheets

PIECE = 1_000
"""Rows in one answer: of the longest ones, as many as the broker carries."""
r = sheet_rows.c


@answers
async def sheets_by_ids(query: SheetsByIds, tx: Tx) -> Sheets:
    rows = await tx.rows(sheets_shown().where(sheets.c.id.in_(query.ids)))
    return Sheets(items=tuple(map(sheet_view, rows)))


@answers
async def sheets_page(query: SheetsPage, tx: Tx) -> Page[SheetView]:
    keys = (sheets.c.staged_at.desc(), sheets.c.id.desc())
    return await page(tx, sheets_shown(), keys=keys, first=query.first, after=query.after, show=sheet_view)


@answers
async def sheet_rows_page(query: SheetRowsPage, tx: Tx) -> Page[SheetRowView]:
    await find_sheet(tx, query.sheet)
    wanted = sa.select(r.number, r.outcome, r.problems).where(*_of(query.sheet, query.outcomes))
    if query.noted:
        wanted = wanted.where(sa.func.jsonb_array_length(r.problems) > 0)
    return await page(tx, wanted, keys=(r.number,), first=query.first, after=query.after, show=_row_view)


@answers
async def sheet_table(query: SheetTable, tx: Tx) -> SheetText:
    """Whom it could be read of: what was wrong with a row is not ours to write again."""
    await find_sheet(tx, query.sheet)
    wanted = sa.select(r.number, r.who).where(*_of(query.sheet, query.outcomes), r.who.is_not(None))
    rows = await tx.rows(wanted.where(r.number > query.after).order_by(r.number).limit(PIECE))
    people = [Newcomer.model_validate(row["who"]) for row in rows]
    text = table([*COLUMNS], [[shown(who) for shown in COLUMNS.values()] for who in people])
    piece = text if query.after == 0 else text.partition("\r\n")[2]
    return SheetText(text=piece, next=rows[-1]["number"] if len(rows) == PIECE else None)


def _of(sheet: SheetId, outcomes: tuple[RowOutcome, ...]) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (r.sheet == sheet,)
    return (*mine, r.outcome.in_(outcomes)) if outcomes else mine


def _row_view(row: Mapping[Any, Any]) -> SheetRowView:
    problems = tuple(RowProblem.model_validate(one) for one in row["problems"])
    return SheetRowView(number=row["number"], outcome=RowOutcome(row["outcome"]), problems=problems)
