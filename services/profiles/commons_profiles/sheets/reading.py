"""Reading a table: every row looked through, what would become of it said, and nobody taken over."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.codes import AccountState, Language, Role, RowOutcome, SheetField
from commons_contracts.profiles import Address, SheetColumn, SheetOptions

from ..rules.calendar import today
from ..rules.sheet import Known, Sheet, judged
from ..rules.sheet_row import Reader, Row, once
from ..rules.sheet_text import Cells, NoTable, Table, read
from ..rules.sheet_words import Words, fold, taken_for
from ..tables import addresses, memberships, organisations, people, projects, sheet_parts, sheet_rows
from ..wording import sheet_words
from .progress import STEP, Told
from .settings import SheetSettings

Judged = Sequence[tuple[RowOutcome, Row]]


async def read_through(sheet: Sheet, tx: Tx, told: Told) -> None:
    """What lies there of an earlier reading is gone with this one."""
    p = sheet_parts.c
    parts = await tx.rows(sa.select(p.content).where(p.sheet == sheet.id).order_by(p.nth))
    content = b"".join(row["content"] for row in parts)
    words = replace(sheet_words(), towns=await find_towns(tx))
    own = (await tx.rows(sa.select(projects.c.zone, projects.c.languages).where(projects.c.id == tx.project)))[0]
    await tx.run(sa.delete(sheet_rows).where(sheet_rows.c.sheet == sheet.id))
    try:
        found = await asyncio.to_thread(_table, content, sheet.options, words)
    except NoTable as no:
        sheet.cannot_be_read(no.why)
        return
    columns = _columns(found.header, sheet.columns, words)
    told_in = next((Language(one) for one in own["languages"] if one in set(Language)), Language.EN)
    options = sheet.options.model_copy(update={"encoding": found.encoding, "separator": found.separator})
    reader = Reader(
        taken_for=tuple(column.field for column in columns),
        options=options,
        words=words,
        language=told_in,
        today=today(tx.now, own["zone"]),
    )
    rows = await asyncio.to_thread(_rows, reader, found)
    outcomes = await judge(rows, sheet, tx)
    await keep(outcomes, sheet, tx, told)
    sheet.options = options
    await tx.emit(sheet.was_read(columns, reader.lacking, [outcome for outcome, _ in outcomes], tx.now))


def _table(content: bytes, options: SheetOptions, words: Words) -> Table:
    return read(
        content,
        known=lambda text: words.header(text) is not None,
        most_rows=SheetSettings.of_environment().sheet_rows,
        encoding=options.encoding,
        separator=options.separator,
    )


def _rows(reader: Reader, found: Table) -> list[Row]:
    """Of five thousand rows a third of a second, beside the loop."""
    return once([reader.read(number, cells) for number, cells in found.rows])


def _columns(header: Cells, before: Sequence[SheetColumn], words: Words) -> tuple[SheetColumn, ...]:
    """What the coordinator took them for stays, where they are still the same."""
    if [column.header for column in before] == [text[:200] for text in header]:
        return tuple(before)
    meant: Sequence[SheetField | None] = taken_for(header, words)
    return tuple(SheetColumn(position=n, header=header[n][:200], field=meant[n]) for n in range(len(header)))


async def judge(rows: Sequence[Row], sheet: Sheet, tx: Tx) -> Judged:
    known = await find_known(tx, [row.who.address for row in rows if row.who is not None])
    return [judged(row, known.get(row.who.address) if row.who else None, sheet.options.known) for row in rows]


async def keep(outcomes: Judged, sheet: Sheet, tx: Tx, told: Told) -> None:
    for at in range(0, len(outcomes), STEP):
        lines: list[dict[str, Any]] = [
            {
                "sheet": sheet.id,
                "number": row.number,
                "project": tx.project,
                "outcome": outcome,
                "who": row.who.model_dump(mode="json") if row.who else None,
                "problems": [problem.model_dump(mode="json", exclude_defaults=True) for problem in row.problems],
            }
            for outcome, row in outcomes[at : at + STEP]
        ]
        await tx.run(sa.insert(sheet_rows), lines)
        await told(min(at + STEP, len(outcomes)), len(outcomes))


async def find_known(tx: Tx, wanted: Collection[Address]) -> Mapping[Address, Known]:
    """Who has these addresses; with her roles here, if she is or was a member."""
    a, m = addresses.c, memberships.c
    statement = (
        sa.select(a.address, a.person, people.c.state, m.roles)
        .select_from(
            addresses.outerjoin(people, people.c.person == a.person).outerjoin(
                memberships, (m.person == a.person) & (m.project == tx.project)
            )
        )
        .where(a.address == sa.func.any(sa.cast(list(wanted), sa.ARRAY(sa.Text))))
    )
    return {
        row["address"]: Known(
            person=row["person"],
            state=AccountState(row["state"]) if row["state"] else None,
            roles=None if row["roles"] is None else tuple(Role(role) for role in row["roles"]),
        )
        for row in await tx.rows(statement)
    }


async def find_towns(tx: Tx) -> Mapping[tuple[str, str], Any]:
    """Towns with an organisation in them, by country and name; None where several have that name."""
    o = organisations.c
    found: dict[tuple[str, str], Any] = {}
    wanted = sa.select(o.country, o.city, o.place).where(o.place.is_not(None)).distinct()
    for row in await tx.rows(wanted):
        key = (row["country"], fold(row["city"]))
        found[key] = row["place"] if found.get(key, row["place"]) == row["place"] else None
    return found
