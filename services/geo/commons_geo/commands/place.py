"""Loading reference data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.geo import LoadPlaces, PlaceEntry
from commons_contracts.profiles import BatchView

from ..rules.name import folded
from ..tables import place_names, places
from ..telling import tell_where


@answers
async def load_places(cmd: LoadPlaces, tx: Tx) -> BatchView:
    entries = {entry.id: entry for entry in cmd.items}
    names = [(entry.id, name) for entry in entries.values() for name in names_of(entry)]
    await tx.run(_store(entries.values()))
    await tx.run(sa.delete(place_names).where(place_names.c.place == sa.any_(_array(sa.Integer, entries))))
    rows = _rows(place_names, [place for place, _ in names], [name for _, name in names])
    await tx.run(sa.insert(place_names).from_select(["place", "name"], rows))
    await tell_where(tx, list(entries))
    return BatchView(count=len(entries))


def names_of(entry: PlaceEntry) -> set[str]:
    """All it can be found by."""
    return {folded(name) for name in (entry.name, entry.ascii_name, *entry.other_names)} - {""}


def _store(entries: Iterable[PlaceEntry]) -> pg.Insert:
    columns = [c.name for c in places.c]
    rows = _rows(places, *([getattr(entry, name) for entry in entries] for name in columns))
    put = pg.insert(places).from_select(columns, rows)
    return put.on_conflict_do_update(index_elements=["id"], set_={c.name: c for c in put.excluded})


def _rows(of: sa.Table, *columns: Sequence[Any]) -> sa.Select[Any]:
    """The columns as rows: one parameter for each column, so that thousands of rows are one quick statement."""
    arrays = (_array(column.type, values) for column, values in zip(of.c, columns, strict=True))
    rows = sa.func.unnest(*arrays).table_valued(*(c.name for c in of.c)).render_derived()
    return sa.select(*rows.c)


def _array(kind: Any, values: Iterable[Any]) -> sa.Cast[Any]:
    return sa.cast(list(values), pg.ARRAY(kind))
