"""Deadlines: what a service told itself to look at later, in order, each at its own time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from . import doors, telemetry
from .clock import real_now
from .faults import passing
from .ids import new_id
from .log import logger, where
from .metrics import DUE, LATE_SECONDS
from .runtime import Runtime

TRIES = 3
RIPE = sa.text("""
    select * from due where due_at <= :business and (not_before is null or not_before <= :real)
    order by due_at, key limit 50
""").columns(body=JSONB)


async def run_next(runtime: Runtime) -> bool:
    """Run the earliest of all, with its project's others of that moment; False where none is due. What they set is next."""
    async with runtime.quick.connect() as c:
        rows = (await c.execute(RIPE, {"business": runtime.clock.now(), "real": real_now()})).mappings().all()
    if same := [row for row in rows if (row["project"], row["due_at"]) == (rows[0]["project"], rows[0]["due_at"])]:
        await _run(runtime, same)
    return bool(rows)


async def _run(runtime: Runtime, rows: Sequence[sa.RowMapping]) -> None:
    """In one transaction; where one of them does not do, the first alone."""
    name, first = runtime.service.name, rows[0]
    try:
        with telemetry.following(None), telemetry.span("deadline", message=first["subject"]):
            await doors.rerun(lambda: _transact(runtime, rows))
    except Exception as broken:
        if passing(broken):  # the database is away: nothing is wrong with this one
            raise
        if len(rows) > 1:
            await _run(runtime, rows[:1])
        else:
            DUE[name, "failed"].inc()
            logger.error("deadline failed", subject=first["subject"], **where(broken))
            await _set_aside(runtime, first, broken)
    else:
        DUE[name, "done"].inc(len(rows))
        late = (runtime.clock.now() - first["due_at"]).total_seconds()
        for row in rows:
            LATE_SECONDS[name,].observe(late)
            logger.info("deadline", message=row["subject"], outcome="done", late=round(late, 3))


async def _transact(runtime: Runtime, rows: Sequence[sa.RowMapping]) -> None:
    actor, service = doors.service_actor(rows[0]["project"]), runtime.service
    async with doors.transaction(service, runtime.app, actor, rows[0]["due_at"], own=True) as tx:
        for row in rows:
            kind, _ = service.dues[row["subject"]]
            await doors.fall_due(kind.model_validate(row["body"]), row["key"], tx, service)


async def _set_aside(runtime: Runtime, row: sa.RowMapping, broken: Exception) -> None:
    """Again a little later; after three tries to the dead letters, where a person looks at it."""
    t, dead = (runtime.service.metadata.tables[name] for name in ("due", "dead_letters"))
    mine = (t.c.project == row["project"]) & (t.c.key == row["key"])
    async with runtime.engine.begin() as c:
        if row["tries"] + 1 < TRIES:
            wait = real_now() + timedelta(seconds=2 ** row["tries"])
            await c.execute(sa.update(t).where(mine).values(tries=t.c.tries + 1, not_before=wait))
            return
        await c.execute(sa.delete(t).where(mine))
        headers = {"project": str(row["project"]), "key": row["key"], "due_at": row["due_at"].isoformat()}
        letter = {"owner": runtime.service.name, "aggregate": new_id(), "seq": 0, "subject": row["subject"]}
        await c.execute(
            sa.insert(dead).values(**letter, headers=headers, body=row["body"], error=type(broken).__name__)
        )
