"""From notices to letters: hundreds at a time, each notice into one letter or into none, and never twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.clock import real_now
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import CATEGORY, NoticeCode, NoticeWay
from commons_contracts.ids import derived

from ..rules.letter import LetterKind
from ..tables import letters, notices
from .wishes import among_reached, preferences_of

MOST = 1_000
TURN = 4_242_002
"""Two processes that sorted at once could write somebody two digests for the same hour."""
n, t = notices.c, letters.c
REACHED = among_reached(sa.select(n.id, n.person, n.project, n.code, n.at))


@dataclass(frozen=True)
class Envelope:
    """Which letter a notice goes into."""

    letter: UUID
    kind: LetterKind
    leaves_at: datetime


async def sort_some(tx: Tx, now: datetime, *, sends: bool) -> int:
    """Put the oldest notices that nobody has sorted into letters; how many they were. `now`: the business clock's.

    Where no letters are sent, none is written: whoever sets up mail later does not write to everyone about the past.
    """
    if not await tx.value(sa.select(sa.func.pg_try_advisory_xact_lock(TURN))):
        return 0
    oldest = sa.select(n.id).where(sa.not_(n.sorted)).order_by(n.place).limit(MOST)
    ids = [row["id"] for row in await tx.rows(oldest.with_for_update(skip_locked=True))]
    if ids:
        reached = REACHED.where(n.id == sa.func.any(_uuids(ids))).order_by(n.place)
        rows = await tx.rows(reached) if sends else []
        open_digests = await _open_digests({row["person"] for row in rows if _way(row) is NoticeWay.DIGEST}, tx)
        into = {row["id"]: (row, found) for row in rows if (found := _envelope(row, now, open_digests)) is not None}
        await _write(into, tx)
        await _mark(ids, {id: found.letter for id, (_, found) in into.items()}, tx)
    return len(ids)


def _way(row: Row) -> NoticeWay:
    return preferences_of(row).way(CATEGORY[NoticeCode(row["code"])])


def _envelope(row: Row, now: datetime, open_digests: dict[tuple[UUID, UUID, datetime], UUID]) -> Envelope | None:
    """A letter's id follows from the (first) notice's in it; a digest that is still open takes more."""
    hers, category = preferences_of(row), CATEGORY[NoticeCode(row["code"])]
    leaves_at = hers.leaves_at(category, row["at"], now, row["zone"])
    if leaves_at is None:
        return None
    id = derived("letter", row["id"])
    if hers.way(category) is NoticeWay.AT_ONCE:
        return Envelope(id, LetterKind.NOTICE, leaves_at)
    together = open_digests.setdefault((row["person"], row["project"], leaves_at), id)
    return Envelope(together, LetterKind.DIGEST, leaves_at)


async def _open_digests(persons: set[UUID], tx: Tx) -> dict[tuple[UUID, UUID, datetime], UUID]:
    """Those that nobody has taken to send; locked, so that nobody does until more was put in."""
    if not persons:
        return {}
    theirs = (t.person == sa.func.any(_uuids(persons))) & (t.kind == LetterKind.DIGEST) & (t.tries == 0)
    rows = await tx.rows(sa.select(t.id, t.person, t.project, t.leaves_at).where(theirs).with_for_update())
    return {(row["person"], row["project"], row["leaves_at"]): row["id"] for row in rows}


async def _write(into: dict[UUID, tuple[Row, Envelope]], tx: Tx) -> None:
    """All of them in one statement: a column is an array."""
    fresh = {found.letter: (row, found) for row, found in into.values()}
    if not fresh:
        return
    columns: dict[str, tuple[Any, Sequence[Any]]] = {
        "id": (sa.Uuid, list(fresh)),
        "kind": (sa.Text, [found.kind.value for _, found in fresh.values()]),
        "person": (sa.Uuid, [row["person"] for row, _ in fresh.values()]),
        "project": (sa.Uuid, [row["project"] for row, _ in fresh.values()]),
        "leaves_at": (sa.DateTime(timezone=True), [found.leaves_at for _, found in fresh.values()]),
    }
    rows = (
        sa.func.unnest(*(_array(values, kind) for kind, values in columns.values()))
        .table_valued(*columns)
        .render_derived()
    )
    every = sa.select(*rows.c, sa.literal(real_now(), t.try_at.type), sa.literal(0))
    put = pg.insert(letters).from_select([*columns, "try_at", "tries"], every)
    await tx.run(put.on_conflict_do_nothing(index_elements=[t.id]))


async def _mark(ids: Sequence[UUID], into: dict[UUID, UUID], tx: Tx) -> None:
    """Sorted is sorted, also what nobody gets a letter about."""
    columns = (_uuids(ids), _uuids([into.get(id) for id in ids]))
    done = sa.func.unnest(*columns).table_valued("id", "letter").render_derived()
    await tx.run(sa.update(notices).where(n.id == done.c.id).values(sorted=True, letter=done.c.letter))


def _uuids(ids: Any) -> sa.Cast[Any]:
    return _array(list(ids), sa.Uuid)


def _array(values: Sequence[Any], kind: Any) -> sa.Cast[Any]:
    return sa.cast(values, pg.ARRAY(kind))
