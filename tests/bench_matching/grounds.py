"""The pools that are measured: people as in the engine's tests, seeds as given on the command line or drawn and printed."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.graph import Graph
from commons_matching.rules.engine.pricing import Certificate, blocks, certify, stacked
from commons_matching.rules.engine.round import Round
from commons_matching.rules.engine.total import solve_total

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "services" / "matching" / "tests"))
from engine.pools import RULES, people  # noqa: E402

LENGTH, BLOCK, WORKERS = 32, 1024, 2


class Ground(NamedTuple):
    """A kind of pool; `places` is how many a mentor takes in the mean."""

    name: str
    mentors: int
    mentees: int
    places: float


SMALL = (Ground("1k x 4k", 1000, 4000, 3.0), Ground("2.5k x 10k", 2500, 10_000, 3.0))
USUAL = Ground("5k x 20k", 5000, 20_000, 3.0)
RICH = Ground("mentor-rich", 6000, 12_000, 4.0)
LARGE = Ground("20k x 100k", 20_000, 100_000, 3.0)
HUGE = Ground("100k x 500k", 100_000, 500_000, 3.0)


def pool_of(ground: Ground, seed: int):
    return compile_pool(people(ground.mentors, ground.mentees, seed, places=ground.places), RULES, seed)


def lists_of(pool, length: int = LENGTH, across=map) -> Graph:
    """The `length` best mentors of everyone, in blocks."""
    rows = blocks(np.arange(pool.mentees, dtype=np.int32), BLOCK)
    return stacked(list(across(lambda part: pool.best(part, length), rows)), pool.mentors)


def certified(pool, across=map) -> tuple[Round, Certificate, dict]:
    """From the compiled pool to the proven round: (round, proof, seconds of each part)."""
    begun = time.perf_counter()
    graph = lists_of(pool, across=across)
    listed = time.perf_counter()
    found = solve_total(graph, pool.places)
    solved = time.perf_counter()
    _, found, proof = certify(pool, graph, found, across=across)
    ended = time.perf_counter()
    parts = {"lists": listed - begun, "solve": solved - listed, "prove": ended - solved, "all": ended - begun}
    return found, proof, parts


def timed_proof(pool, workers: int) -> tuple[Round, Certificate, dict]:
    with ThreadPoolExecutor(workers) as threads:
        return certified(pool, partial(threads.map) if workers > 1 else map)


def keep(graph: Graph, places, path: Path) -> None:
    np.savez(path, indptr=graph.indptr, cols=graph.cols, points=graph.points, places=places)
