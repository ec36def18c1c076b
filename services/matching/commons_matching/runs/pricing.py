"""What a place with each mentor costs in a round, before any run and between two: a round is solved for its prices alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..rules.card import choosing
from ..rules.engine.compile import compile_pool
from ..rules.engine.pool import Pool
from ..rules.engine.round import worth_of
from ..tables.people import Gathered, people_in

SEEDS: Final = 1 << 31


def pool_of(everyone: Gathered) -> Pool:
    """Who could still become a pair, by the rules that suggestions go by. The same people have the same pool."""
    round = everyone.round
    return compile_pool(people_in(everyone), choosing(round.rules.matching), round.id.int % SEEDS)


def tariff(pool: Pool) -> dict[str, int]:
    """Points by the id of a mentor, of whom it costs anything. From lists, without a proof."""
    from ..rules.engine.total import best
    from .steps import LENGTH
    from .telling import tariff_of

    people = min(pool.mentees, int(pool.places.sum()))
    if people == 0:
        return {}
    graph = pool.best(np.arange(pool.mentees, dtype=np.int32), LENGTH)
    return tariff_of(pool, best(graph, pool.places, worth_of((), people), None, seed=pool.seed))
