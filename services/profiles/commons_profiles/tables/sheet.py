"""Coordinators' tables of participants on their way in: seen in their project alone, and gone a day later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.codes import SheetField
from commons_contracts.profiles import SheetColumn, SheetOptions

from ..rules.sheet import Sheet
from .people import Moment, metadata

A_DAY = personal("import", retention="1 day")


class Written(sa.types.TypeDecorator[Any]):
    """A contract's shape as JSON: read and written whole."""

    impl = pg.JSONB
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - its form
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self._adapter.validate_python(value)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False, info=NONE)


sheets = table(
    "sheets",
    metadata,
    ident(),
    project(),
    sa.Column("person", sa.Uuid, nullable=False, info=A_DAY),
    sa.Column("state", sa.Text, nullable=False, info=NONE),
    sa.Column("options", Written(SheetOptions), nullable=False, info=NONE),
    sa.Column("staged_at", Moment, nullable=False, info=NONE),
    sa.Column("ends_at", Moment, nullable=False, info=NONE),
    sa.Column("columns", Written(tuple[SheetColumn, ...]), nullable=False, info=A_DAY),
    sa.Column("lacking", Written(tuple[SheetField, ...]), nullable=False, info=NONE),
    sa.Column("unreadable", sa.Text, info=NONE),
    sa.Column("without_wrong", sa.Boolean, nullable=False, info=NONE),
    *map(_count, ("rows", "new", "updates", "skipped", "wrong", "stayed")),
    sa.Column("imported_at", Moment, info=NONE),
    version(),
    sa.Index(None, "project", "staged_at"),
    wall=Wall.PROJECT,
)

sheet_parts = table(
    "sheet_parts",
    metadata,
    sa.Column("sheet", sa.Uuid, primary_key=True, info=NONE),
    sa.Column("nth", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    project(),
    sa.Column("content", sa.LargeBinary, nullable=False, info=A_DAY),
    wall=Wall.PROJECT,
)

sheet_rows = table(
    "sheet_rows",
    metadata,
    sa.Column("sheet", sa.Uuid, primary_key=True, info=NONE),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    project(),
    sa.Column("outcome", sa.Text, nullable=False, info=A_DAY),
    sa.Column("who", pg.JSONB(none_as_null=True), info=A_DAY),
    sa.Column("problems", pg.JSONB, nullable=False, info=A_DAY),
    sa.Column("person", sa.Uuid, index=True, info=A_DAY),
    sa.Column("before", pg.JSONB(none_as_null=True), info=A_DAY),
    sa.Column("met", sa.Boolean, nullable=False, server_default=sa.false(), info=A_DAY),
    wall=Wall.PROJECT,
)
"""`before`: what was there before the import, and what it made; `met`: somebody has to do with her since."""

sheet_turns = table(
    "sheet_turns",
    metadata,
    sa.Column("sheet", sa.Uuid, primary_key=True, info=NONE),
    project(),
    sa.Column("asked_at", Moment, nullable=False, info=NONE),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0", info=NONE),
    sa.Column("done", sa.Integer, nullable=False, server_default="0", info=NONE),
    sa.Column("of", sa.Integer, nullable=False, server_default="0", info=NONE),
    wall=Wall.PLATFORM,
)
"""Work that waits or is in hand: ids and counts, so that whoever works finds it whatever project it is of."""

mapped(metadata, Sheet, sheets)


async def forget_sheet(tx: Tx, id: UUID) -> None:
    """Nothing is kept of it. Whom it has brought stays."""
    for of in (sheet_rows.c.sheet, sheet_parts.c.sheet, sheet_turns.c.sheet, sheets.c.id):
        await tx.run(sa.delete(of.table).where(of == id))
