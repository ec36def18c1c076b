"""Whom a run was about is forgotten: half a year after it, and at once when somebody of them leaves or takes back a consent.

What is kept is many people in one value, where no erasure by a person's id would find her. A run keeps its result and its
hashes, and says that it cannot be computed again any more.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.ids import PersonId, RunId
from commons_contracts.matching import RunKeptDue

from ..rules.engine.sides import LOW
from ..rules.run import KEPT, UNDER_WAY, Run
from ..tables import run_snapshots, runs

s, r = run_snapshots.c, runs.c


async def keep(tx: Tx, run: Run) -> None:
    """Until it falls due, where there is something that can be computed again; what came to nothing goes at once."""
    if run.repeatable:
        await tx.later(RunKeptDue(run=run.id), at=tx.now + KEPT, key=f"run:{run.id}:kept")
    else:
        await _empty(tx, [run.id])


async def forget(tx: Tx, *gone: Run) -> None:
    """Those under way are forgotten when they end: until then they are computed from what is kept."""
    for run in gone:
        run.kept = False
    await _empty(tx, [run.id for run in gone if not run.under_way])


async def forget_person(tx: Tx, person: PersonId) -> None:
    """She is not in the project any more, or not by what she had told. A run that has not read its people yet may be about to read her."""
    unread = r.state.in_(UNDER_WAY) & ~sa.exists().where(s.run == r.id)
    held = r.id.in_(sa.select(s.run).where(s.project == tx.project, holds(person)))
    await forget(tx, *await tx.all_of(Run, r.project == tx.project, r.kept, unread | held))


def holds(person: PersonId) -> sa.ColumnElement[bool]:
    """Of a snapshot: she is in it. Her id stands there as arrays have it, two words a person (`rules/engine/sides.py`)."""
    words = np.array([person.int >> 64, person.int & LOW], np.uint64).tobytes()
    return sa.func.position(sa.literal(words).op("in")(s.people)) > 0


async def _empty(tx: Tx, gone: Collection[RunId]) -> None:
    await tx.run(sa.update(run_snapshots).where(s.run.in_(gone)).values(people=None, prices=None))
