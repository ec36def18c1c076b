"""The second pair of eyes sees what the plain rules see, pair by pair, and what the kernels of the solver count."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random

import numpy as np
import pytest

from commons_matching.rules.engine import explain, eyes, sight
from commons_matching.rules.engine.round import worth_of

from .test_candidates import POOLS, SEED, pool_of


class Given:
    """Prices and pairs drawn by chance."""

    def __init__(self, random, pool):
        self.mate = random.integers(-1, pool.mentors, pool.mentees).astype(np.int32)
        self.points = np.zeros(pool.mentees, np.int32)
        self.prices = random.integers(0, 9000, pool.mentors)
        self.worth = worth_of((3000,), 3) - 20_000


def _plainly(pool, i, priced, open_, keep):
    """One mentee beside everyone, by the rules that explain a pair to people."""
    best, own = 0, 0
    for j in range(pool.mentors):
        if explain.barred(pool, i, j) is None:
            left = int(priced.worth[explain.points(pool, i, j)] - priced.prices[j])
            left += keep[1] if keep and keep[0][i] == j else 0
            own = left if priced.mate[i] == j else own
            best = max(best, left) if open_[j] else best
    return best, own


@pytest.mark.parametrize("k", range(POOLS // 4))
def test_what_is_left_is_what_the_plain_rules_leave(k):
    draw, random = Random(f"{SEED} eyes {k}"), np.random.default_rng([SEED, k])
    _, pool = pool_of(draw)
    if not pool.mentees or not pool.mentors:
        pytest.skip("nobody on one of the sides")
    priced, open_ = Given(random, pool), random.random(pool.mentors) < 0.8
    keep = None if k % 2 else (random.integers(-1, pool.mentors, pool.mentees).astype(np.int32), 700)
    rows = random.permutation(pool.mentees).astype(np.int32)[:30]
    best, own = pool.most_left(rows, priced, open_, keep)
    wanted = [_plainly(pool, i, priced, open_, keep) for i in rows.tolist()]
    assert list(zip(best.tolist(), own.tolist(), strict=True)) == wanted, (SEED, k)


def test_nothing_of_the_solver_is_looked_through():
    solver = {
        "auction",
        "exact",
        "total",
        "pricing",
        "candidates",
        "lists",
        "slices",
        "index",
        "cardinality",
        "lottery",
        "net",
    }
    for module in (eyes, sight):
        tree = ast.parse(Path(module.__file__).read_text())
        assert not solver & {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
