"""Deadlines: what a service told itself to look at later, in order, each at its own time."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from commons_contracts.base import Due

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
    order by due_at, key limit 1
""").columns(body=JSONB)


async def run_next(runtime: Runtime) -> bool:
    """Run the earliest deadline that is due; False where none is. What it sets in the past is simply next."""
    async with runtime.quick.connect() as c:
        found = await c.execute(RIPE, {"business": runtime.clock.now(), "real": real_now()})
        row = found.mappings().first()
    if row is None:
        return False
    kind, _ = runtime.service.dues[row["subject"]]
    try:
        with telemetry.following(None), telemetry.span("deadline", message=row["subject"]):
            await doors.rerun(lambda: _run(runtime, kind.model_validate(row["body"]), row))
            DUE[runtime.service.name, "done"].inc()
            late = (runtime.clock.now() - row["due_at"]).total_seconds()
            LATE_SECONDS[runtime.service.name,].observe(late)
            logger.info("deadline", message=row["subject"], outcome="done", late=round(late, 3))
    except Exception as broken:
        if passing(broken):  # the database is away: nothing is wrong with this one
            raise
        DUE[runtime.service.name, "failed"].inc()
        logger.error("deadline failed", subject=row["subject"], **where(broken))
        await _set_aside(runtime, row, broken)
    return True


async def _run(runtime: Runtime, due: Due, row: sa.RowMapping) -> None:
    actor = doors.service_actor(row["project"])
    async with doors.transaction(runtime.service, runtime.app, actor, row["due_at"], own=True) as tx:
        await doors.fall_due(due, row["key"], tx, runtime.service)


async def _set_aside(runtime: Runtime, row: sa.RowMapping, broken: Exception) -> None:
    """Again a little later; after three tries to the dead letters, where a person looks at it."""
    tables = runtime.service.metadata.tables
    t, dead = tables["due"], tables["dead_letters"]
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
