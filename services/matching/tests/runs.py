"""Playing match runs without workers: a coordinator who starts them, and one hand that computes them at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from commons_chassis.ids import new_id
from commons_chassis.testing import play, run
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, RunId
from commons_contracts.matching import RunView, StartMatchRun
from commons_matching.app import service
from commons_matching.rules.engine.round import Round, worth_of
from commons_matching.runs import settling, snapshot, telling
from commons_matching.runs.solving import Asked

PERSON = 1_000_000
"""What one more person counts for beside points."""


async def start(game: Any, **more: Any) -> RunView:
    """By the coordinator of the recruitment, who acts from now on."""
    await coordinate(game)
    return await run(service, StartMatchRun(round=game.round, **more), game.tx)


async def coordinate(game: Any) -> PersonId:
    game.coordinator = getattr(game, "coordinator", None) or PersonId(new_id())
    return await play(game.tx, person=game.coordinator, roles=(Role.COORDINATOR,))


async def compute(game: Any, id: RunId) -> None:
    """What workers do: read, solve, prove, tell."""
    content, sizes = snapshot.packed(await snapshot.read(game.tx, id))
    if await settling.begun(game.tx, id, content, sizes):
        asked = Asked.unpacked(content)
        await settling.settle(game.tx, id, telling.rows(asked, solved(asked)), "0" * 64)
    await game.tx.write_facts()


async def proposed(game: Any, **more: Any) -> RunView:
    started = await start(game, **more)
    await compute(game, started.id)
    return started


def solved(asked: Asked) -> Round:
    """Most people, then most points, by SciPy: no kernel has to be compiled while a transaction waits."""
    pool, mate = asked.pool, np.full(asked.pool.mentees, -1, np.int32)
    slots = np.repeat(np.arange(pool.mentors), asked.free)
    worth = np.zeros((len(asked.rows), len(slots)), np.int64)
    for at, i in enumerate(asked.rows.tolist()):
        for slot, j in enumerate(slots.tolist()):
            if pool.allowed(i, j):
                kept = asked.keep is not None and asked.keep[i] == j
                worth[at, slot] = PERSON + pool.points(i, j) + (asked.bonus if kept else 0)
    for at, slot in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[at, slot]:
            mate[asked.rows[at]] = slots[slot]
    points = np.array([pool.points(i, j) if j >= 0 else 0 for i, j in enumerate(mate.tolist())], np.int32)
    nothing, unit = np.zeros(pool.mentors, np.int64), worth_of((), max(pool.mentees, 1))
    return Round(
        mate=mate, points=points, prices=nothing, gains=np.zeros_like(mate, np.int64), worth=unit, gap=0, stats={}
    )
