"""Handing in a table of participants, and saying what is to become of it. The work itself is `sheets/`."""

from __future__ import annotations

import binascii
from base64 import b64decode
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done, Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import SheetId
from commons_contracts.profiles import (
    AddToSheet,
    ChangeSheet,
    ConfirmSheet,
    DiscardSheet,
    ReadSheet,
    SheetEndsDue,
    SheetView,
    StageSheet,
    UndoSheet,
)

from ..rules.sheet import Sheet, stage
from ..sheets.settings import SheetSettings
from ..sheets.shown import find_sheet
from ..tables import sheet_parts, sheet_turns, sheets
from ..tables.sheet import forget_sheet

MOST_KEPT = 50
"""Tables of one project that lie there at once."""


@answers
async def stage_sheet(cmd: StageSheet, tx: Tx) -> SheetView:
    if await tx.value(sa.select(sa.func.count()).select_from(sheets)) >= MOST_KEPT:
        raise Refusal(RefusalCode.TOO_MANY_SHEETS, max=MOST_KEPT)
    sheet = stage(SheetId(new_id()), tx.project, tx.person, cmd.options, at=tx.now)
    tx.add(sheet)
    await _ends(sheet.id, sheet.ends_at, tx)
    return await _answer(sheet, tx)


@answers
async def add_to_sheet(cmd: AddToSheet, tx: Tx) -> Done:
    sheet = await tx.load(Sheet, cmd.sheet)
    sheet.arriving()
    try:
        content = b64decode(cmd.content, validate=True)
    except binascii.Error as odd:
        raise Refusal(RefusalCode.NOT_FOUND, "content") from odd
    p, most = sheet_parts.c, SheetSettings.of_environment().sheet_bytes
    there = await tx.value(sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(p.content)), 0)).where(_of(sheet.id)))
    if there + len(content) > most:
        raise Refusal(RefusalCode.SHEET_TOO_LARGE, maxBytes=most)
    row = {"sheet": sheet.id, "nth": cmd.nth, "project": tx.project, "content": content}
    await tx.run(insert(sheet_parts).values(row).on_conflict_do_nothing())
    return Done()


def _of(sheet: UUID) -> sa.ColumnElement[bool]:
    return sheet_parts.c.sheet == sheet


@answers
async def read_sheet(cmd: ReadSheet, tx: Tx) -> SheetView:
    sheet = await tx.load(Sheet, cmd.sheet)
    sheet.begin_reading()
    return await _work_on(sheet, tx)


@answers
async def change_sheet(cmd: ChangeSheet, tx: Tx) -> SheetView:
    sheet = await tx.load(Sheet, cmd.sheet)
    sheet.change(cmd.options, cmd.columns)
    return await _work_on(sheet, tx)


@answers
async def confirm_sheet(cmd: ConfirmSheet, tx: Tx) -> SheetView:
    sheet = await tx.load(Sheet, cmd.sheet)
    sheet.confirm(without_wrong=cmd.without_wrong)
    return await _work_on(sheet, tx)


@answers
async def undo_sheet(cmd: UndoSheet, tx: Tx) -> SheetView:
    sheet = await tx.load(Sheet, cmd.sheet)
    sheet.undo()
    return await _work_on(sheet, tx)


@answers
async def discard_sheet(cmd: DiscardSheet, tx: Tx) -> Done:
    sheet = await tx.load(Sheet, cmd.sheet)
    sheet.may_go()
    await forget_sheet(tx, sheet.id)
    await tx.forget(f"sheet:{sheet.id}")
    return Done()


async def _work_on(sheet: Sheet, tx: Tx) -> SheetView:
    """Whoever of the service's processes is free takes it up."""
    turn = {"sheet": sheet.id, "project": tx.project, "asked_at": tx.now}
    await tx.run(insert(sheet_turns).values(turn).on_conflict_do_nothing())
    return await _answer(sheet, tx)


async def _answer(sheet: Sheet, tx: Tx) -> SheetView:
    """Without what stands above its columns: answers are kept for longer than a table, whose first line may be a person."""
    return (await find_sheet(tx, sheet.id)).model_copy(update={"columns": ()})


async def _ends(sheet: SheetId, at: datetime, tx: Tx) -> None:
    await tx.later(SheetEndsDue(sheet=sheet), at=at, key=f"sheet:{sheet}:end")
