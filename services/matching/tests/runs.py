"""Playing match runs without workers: a coordinator who starts them, and one hand that computes them at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from commons_chassis.ids import new_id
from commons_chassis.testing import play, run
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, RunId
from commons_contracts.matching import RunView, StartMatchRun
from commons_matching.app import service
from commons_matching.rules.engine.pricing import certify, spread
from commons_matching.rules.engine.round import Round, keeping, worth_of
from commons_matching.rules.engine.total import best
from commons_matching.runs import settling, snapshot, telling
from commons_matching.runs.solving import Asked


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
    pool = asked.pool
    graph = spread(pool.best(asked.rows, pool.mentors), asked.rows.astype(np.int64), pool.mentees)
    worth = worth_of(asked.bands, min(pool.mentees, int(pool.places.sum())), asked.bonus)
    extra = None if asked.keep is None else keeping(graph, asked.keep, asked.bonus)
    found = best(graph, asked.free, worth, extra, seed=pool.seed)
    return certify(pool, graph, found, seed=pool.seed, extra=extra, rows=asked.rows, places=asked.free)[1]
