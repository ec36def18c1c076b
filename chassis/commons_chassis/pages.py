"""Lists that can be walked while they change: keyset pages, and news since a cursor."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.sql.elements import UnaryExpression

from commons_contracts.base import Message, Page, Refusal
from commons_contracts.codes import RefusalCode

from .reads import kept
from .tx import Row, Tx

V = TypeVar("V", bound=Message)
LONGEST_NUMBER = 18
"""Digits that a bigint holds, whichever they are."""
FIRST_YEAR, LAST_YEAR = 1, 9999
_cursor: TypeAdapter[list[UUID | datetime | int | str]] = TypeAdapter(list[UUID | datetime | int | str])


@cache
def _type(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _place(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(_cursor.dump_json(list(values))).decode().rstrip("=")


def _values(cursor: str, columns: Sequence[sa.ColumnElement[Any]]) -> list[Any]:
    """The key values a cursor names, of the columns' own types; a cursor that is none of ours is NOT_FOUND."""
    try:
        found = _cursor.validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        typed = [_type(c.type.python_type).validate_python(v) for c, v in zip(columns, found, strict=True)]  # type: ignore[arg-type]
        possible = all(_storable(c, v) for c, v in zip(columns, typed, strict=True))
    except (ValidationError, ValueError) as odd:
        raise Refusal(RefusalCode.NOT_FOUND, "cursor") from odd
    if not possible:
        raise Refusal(RefusalCode.NOT_FOUND, "cursor")
    return typed


def _storable(column: sa.ColumnElement[Any], value: Any) -> bool:
    """Whether the column could hold it: PostgreSQL's driver breaks on what it could not."""
    if isinstance(value, datetime):
        return value.tzinfo is not None and FIRST_YEAR < value.year < LAST_YEAR
    if isinstance(value, int):
        bits = 63 if isinstance(column.type, sa.BigInteger) else 31
        return abs(value) >> bits == 0
    return True


def _behind(keys: Sequence[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Rows that come after the given one: equal so far, and then strictly further, key by key."""
    clauses = []
    for i, key in enumerate(keys):
        column, falls = _direction(key)
        same = [_direction(k)[0] == v for k, v in zip(keys[:i], values[:i], strict=True)]
        clauses.append(sa.and_(*same, column < values[i] if falls else column > values[i]))
    return sa.or_(*clauses)


def _direction(key: Any) -> tuple[sa.ColumnElement[Any], bool]:
    if isinstance(key, UnaryExpression):
        return key.element, key.modifier is sa.sql.operators.desc_op
    return key, False


Whole = Callable[[sa.Subquery], sa.Select[Any]]


async def page(
    tx: Tx,
    statement: sa.Select[Any],
    *,
    keys: Sequence[Any],
    first: int,
    after: str | None,
    show: Callable[[Row], V],
    values: Mapping[str, Any] | None = None,
    whole: Whole | None = None,
) -> Page[V]:
    """The `first` rows behind `after` in the order of `keys` (together unique, none nullable), and the total: one statement.

    `values` are of a statement that stands in a module, whose pages are made once. `whole` makes what is shown of the rows on
    the page (a subquery with `_key_0` ...): then the statement is asked for keys alone, and once for page and total.
    """
    make = _made if values is None else _made_once
    given, behind = values or {}, {}
    if after is not None:
        columns = [_direction(key)[0] for key in keys]
        behind = {f"_after_{i}": value for i, value in enumerate(_values(after, columns))}
    wanted = make(_wanted if whole is None else _wanted_whole, statement, tuple(keys), bool(behind), whole)
    rows = await tx.rows(wanted, **given, **behind, _first=first + 1)
    total = rows[0]["_total"] if rows else await tx.value(make(_counted, statement), **given) if behind else 0
    shown = rows[:first]
    cursors = tuple(_place([row[f"_key_{i}"] for i in range(len(keys))]) for row in shown)
    return Page(items=tuple(show(r) for r in shown), cursors=cursors, more=len(rows) > first, total=total)


def _counted(statement: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())


def _wanted(statement: sa.Select[Any], keys: Sequence[Any], behind: bool, _: None) -> sa.Select[Any]:
    total = _counted(statement).scalar_subquery().label("_total")
    return _sliced(statement.add_columns(*_labelled(keys), total), keys, behind).order_by(*keys)


def _wanted_whole(statement: sa.Select[Any], keys: Sequence[Any], behind: bool, whole: Whole) -> sa.Select[Any]:
    listed = statement.with_only_columns(*_labelled(keys), maintain_column_froms=True).order_by(None).cte("listed")
    order = _order(listed, keys)
    here = _sliced(sa.select(listed), order, behind).order_by(*order).subquery("here")
    total = sa.select(sa.func.count()).select_from(listed).scalar_subquery().label("_total")
    return whole(here).add_columns(*here.c, total).order_by(*_order(here, keys))


def _order(of: sa.FromClause, keys: Sequence[Any]) -> list[sa.ColumnElement[Any]]:
    """The same keys, as another part of the statement calls them."""
    return [of.c[f"_key_{i}"].desc() if _direction(key)[1] else of.c[f"_key_{i}"] for i, key in enumerate(keys)]


def _labelled(keys: Sequence[Any]) -> list[sa.Label[Any]]:
    return [_direction(key)[0].label(f"_key_{i}") for i, key in enumerate(keys)]


def _sliced(found: sa.Select[Any], keys: Sequence[Any], behind: bool) -> sa.Select[Any]:
    if behind:
        columns = (_direction(key)[0] for key in keys)
        found = found.where(_behind(keys, [sa.bindparam(f"_after_{i}", type_=c.type) for i, c in enumerate(columns)]))
    return found.limit(sa.bindparam("_first", type_=sa.Integer))


def _made(make: Callable[..., sa.Select[Any]], *of: Any) -> sa.Select[Any]:
    return make(*of)


@cache
def _made_once(make: Callable[..., sa.Select[Any]], *of: Any) -> sa.Select[Any]:
    return kept(make(*of))


async def news(
    tx: Tx, statement: sa.Select[Any], changed: sa.ColumnElement[int], cursor: str | None
) -> tuple[Sequence[Row], str]:
    """Rows written since `cursor`, and the cursor to ask with next; without one, no rows and the cursor of now.

    The cursor is the oldest transaction still running: whatever it or a later one writes is told next time. So a row may
    be told twice, and none is missed (PostgreSQL, pg_snapshot_xmin).
    """
    now = await tx.value(sa.text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    if cursor is None:
        return [], str(now)
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= LONGEST_NUMBER):
        raise Refusal(RefusalCode.NOT_FOUND, "cursor")
    return await tx.rows(statement.where(changed >= int(cursor)).order_by(changed)), str(now)
