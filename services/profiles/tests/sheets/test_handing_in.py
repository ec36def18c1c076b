"""A table of participants through the doors: handed in, looked through, taken over whole or not at all, and taken back."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import pass_time, play, refused, run, told
from commons_contracts.codes import (
    RefusalCode,
    Role,
    RowOutcome,
    SheetField,
    SheetProblem,
    SheetState,
)
from commons_contracts.profiles import (
    AddToSheet,
    ChangeSheet,
    ConfirmSheet,
    DiscardSheet,
    ReadSheet,
    SheetColumn,
    SheetEndsDue,
    SheetOptions,
    SheetRead,
    SheetRowsPage,
    SheetsByIds,
    SheetsPage,
    SheetTable,
    StageSheet,
    UndoSheet,
)
from commons_profiles.app import service
from commons_profiles.tables import (
    metadata,
    sheet_parts,
    sheet_rows,
    sheet_turns,
    sheets,
)

from .makers import ADA, EVA, HEADER, own, person_at, rows_of, seen


# ---------------------------------------------------------------- preview
async def test_a_table_that_was_handed_in_is_looked_through_and_nobody_comes_in(tx, hand_in, coordinator):
    before = len(told(tx))
    sheet = await hand_in(HEADER + ADA + EVA + "x;y;z;mentor;SE;;\n")

    view = await seen(sheet, tx)
    assert (view.state, view.rows, view.new, view.wrong) == (SheetState.READ, 3, 2, 1)
    assert [column.field for column in view.columns][:3] == ["DISPLAY_NAME", "ADDRESS", "BIRTH"]
    assert await rows_of(sheet, tx) == [
        (2, RowOutcome.NEW, []),
        (3, RowOutcome.NEW, []),
        (4, RowOutcome.WRONG, [SheetProblem.NO_BIRTH, SheetProblem.NO_ADDRESS]),
    ]
    assert [type(fact) for fact in told(tx)[before:]] == [SheetRead]
    assert await person_at("ada@example.org", tx) is None


async def test_columns_and_options_are_the_coordinators_to_change(tx, hand_in, at_work):
    sheet = await hand_in("Vem;E-post;Född\nAda;ada@example.org;1985\n")
    view = await seen(sheet, tx)
    assert view.lacking == (SheetField.DISPLAY_NAME, SheetField.ROLE, SheetField.COUNTRY)
    async with refused(tx, RefusalCode.SHEET_INCOMPLETE, fields=list(view.lacking)):
        await run(service, ConfirmSheet(sheet=sheet), tx)

    column = SheetColumn(position=0, header="", field=SheetField.DISPLAY_NAME)
    options = view.options.model_copy(update={"role": Role.MENTOR, "country": "SE"})
    await run(service, ChangeSheet(sheet=sheet, columns=(column,), options=options), tx)
    await at_work()

    view = await seen(sheet, tx)
    assert (view.lacking, view.new, view.columns[0].header) == ((), 1, "Vem")


async def test_what_is_no_table_says_why_and_can_be_read_otherwise(tx, hand_in, at_work):
    sheet = await hand_in((HEADER + ADA).encode("utf-16"), encoding="UTF_8")
    view = await seen(sheet, tx)
    assert (view.state, view.unreadable) == (SheetState.UNREADABLE, "ENCODING")
    async with refused(tx, RefusalCode.INVALID_TRANSITION, from_="UNREADABLE", to="IMPORTING"):
        await run(service, ConfirmSheet(sheet=sheet), tx)

    await run(service, ChangeSheet(sheet=sheet, options=SheetOptions()), tx)
    await at_work()

    view = await seen(sheet, tx)
    assert (view.state, view.options.encoding, view.new) == (SheetState.READ, "UTF_16", 1)


async def test_a_table_lies_there_for_a_day_and_behind_the_wall_of_its_project(tx, hand_in, open_project, coordinator):
    sheet = await hand_in(HEADER + ADA)
    ground = tx.project
    await open_project("women-stem-up")
    await play(tx, roles=(Role.COORDINATOR,))
    assert (await run(service, SheetsByIds(ids=(sheet,)), tx)).items == ()
    for ask in (ReadSheet, ConfirmSheet, UndoSheet, DiscardSheet):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, ask(sheet=sheet), tx)
    await play(tx, person=coordinator, roles=(Role.COORDINATOR,), project=ground)

    await pass_time(service, tx, to=tx.now + timedelta(hours=23, minutes=59))
    assert (await seen(sheet, tx)).new == 1
    await pass_time(service, tx, to=tx.now + timedelta(minutes=1))

    for table in (sheets, sheet_parts, sheet_rows, sheet_turns):
        assert await own(tx, sa.select(table)) == []


async def test_one_can_be_thrown_away_and_not_while_it_is_worked_on(tx, hand_in):
    sheet = await hand_in(HEADER + ADA)
    await run(service, ConfirmSheet(sheet=sheet), tx)
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, DiscardSheet(sheet=sheet), tx)
    tx.now += timedelta(days=2)
    await play(tx, person=tx.person, roles=(Role.COORDINATOR,))
    await service.dues[SheetEndsDue.subject][1](SheetEndsDue(sheet=sheet), tx)
    assert (await seen(sheet, tx)).state == SheetState.IMPORTING

    other = await run(service, StageSheet(), tx)
    await run(service, DiscardSheet(sheet=other.id), tx)
    assert [view.id for view in (await run(service, SheetsPage(), tx)).items] == [sheet]


async def test_no_more_comes_in_than_is_allowed(tx, coordinator, monkeypatch):
    sheet = (await run(service, StageSheet(), tx)).id
    part = b64encode(b"x" * 250_000).decode()
    for nth in range(20):
        await run(service, AddToSheet(sheet=sheet, nth=nth, content=part), tx)
    async with refused(tx, RefusalCode.SHEET_TOO_LARGE, maxBytes=5_000_000):
        await run(service, AddToSheet(sheet=sheet, nth=20, content=part), tx)
    monkeypatch.setattr("commons_profiles.commands.sheet.MOST_KEPT", 1)
    async with refused(tx, RefusalCode.TOO_MANY_SHEETS, max=1):
        await run(service, StageSheet(), tx)


@pytest.mark.parametrize("role", [Role.MENTOR, Role.FACILITATOR])
async def test_only_coordinators_hand_in_tables(tx, coordinator, role):
    await play(tx, roles=(role,))
    thing = new_id()
    asks = [StageSheet(), AddToSheet(sheet=thing, nth=0, content=""), SheetsPage(), SheetTable(sheet=thing)]
    asks += [kind(sheet=thing) for kind in (ReadSheet, ChangeSheet, ConfirmSheet, UndoSheet, DiscardSheet)]
    asks += [SheetsByIds(ids=(thing,)), SheetRowsPage(sheet=thing)]
    for ask in asks:
        async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
            await run(service, ask, tx)


async def test_what_is_kept_of_answers_says_nothing_of_a_first_line_that_is_a_person(tx, hand_in, at_work):
    sheet = await hand_in("Ada Berg;ada@example.org;1985\nEva Ek;eva@example.org;1990\n")
    assert (await seen(sheet, tx)).columns[0].header == "Ada Berg"
    await run(service, ChangeSheet(sheet=sheet), tx, key="again")
    kept = await tx.rows(sa.select(metadata.tables["answered"].c.reply))
    assert kept
    assert "Berg" not in str([row["reply"] for row in kept])
