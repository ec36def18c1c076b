"""How a table is shown, with how far the work on it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, RowOutcome
from commons_contracts.ids import SheetId
from commons_contracts.profiles import SheetView

from ..tables import registrations, sheet_rows, sheet_turns, sheets

s, r, t = sheets.c, sheet_rows.c, sheet_turns.c
OWN = tuple(name for name in SheetView.model_fields if name in s)
_there = sa.exists().where(
    registrations.c.project == r.project,
    registrations.c.person == r.person,
    registrations.c.role == r.who["role"].astext,
)
_brought = (r.sheet == s.id) & r.outcome.in_([RowOutcome.NEW, RowOutcome.UPDATE, RowOutcome.STAYED])
REGISTERED = sa.select(sa.func.count()).where(_brought, r.person.is_not(None), _there).scalar_subquery()


def sheets_shown() -> sa.Select[Any]:
    return sa.select(
        *(s[name] for name in OWN),
        t.done,
        t.of,
        sa.case((s.options["round"].astext.is_(None), 0), else_=REGISTERED).label("registered"),
    ).select_from(sheets.outerjoin(sheet_turns, t.sheet == s.id))


def sheet_view(row: Mapping[Any, Any]) -> SheetView:
    """A row of `sheets_shown`."""
    return SheetView(**{name: row[name] for name in (*OWN, "registered")}, done=row["done"] or 0, of=row["of"] or 0)


async def find_sheet(tx: Tx, id: SheetId) -> SheetView:
    row = await tx.row(sheets_shown().where(s.id == id))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND, "sheet")
    return sheet_view(row)
