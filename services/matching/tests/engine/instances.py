"""Random pools for the engine's tests; a seed drawn at each run, printed, and taken from ENGINE_SEED where it is given."""

from __future__ import annotations

import os
import secrets

import numpy as np
from ortools.graph.python import min_cost_flow

from commons_matching.rules.engine.graph import WHOLE, Graph, graph_of

SEED = int(os.environ.get("ENGINE_SEED") or secrets.randbits(32))
print(f"ENGINE_SEED={SEED}")


def dice(*parts):
    return np.random.default_rng([SEED, *parts])


def a_pool(random, *, most_mentees=40, most_mentors=30, most_degree=10, most_places=3):
    """(graph, places): sparse, with mentors without places, mentees without mentors, and many equals now and then."""
    mentees, mentors = random.integers(1, most_mentees + 1), int(random.integers(1, most_mentors + 1))
    degrees = np.minimum(random.integers(0, most_degree + 1, mentees), mentors)
    top = int(random.choice([1, 10, WHOLE]))
    cols = [np.sort(random.choice(mentors, d, replace=False)) for d in degrees]
    graph = Graph(
        indptr=np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64),
        cols=np.concatenate(cols).astype(np.int32),
        points=random.integers(0, top + 1, int(degrees.sum())).astype(np.int32),
        mentors=mentors,
    )
    return graph, random.integers(0, most_places + 1, mentors).astype(np.int32)


def flow(graph, places, worth=None):
    """(most people, most worth among those) by OR-Tools: most flow at least cost."""
    n, m = graph.mentees, graph.mentors
    solver, source, sink = min_cost_flow.SimpleMinCostFlow(), n + m, n + m + 1
    rows = np.repeat(np.arange(n), np.diff(graph.indptr))
    value = graph.points.astype(np.int64) if worth is None else worth[graph.points]
    solver.add_arcs_with_capacity_and_unit_cost(
        rows, n + graph.cols.astype(np.int64), np.ones(graph.pairs, int), -value
    )
    solver.add_arcs_with_capacity_and_unit_cost(np.full(n, source), np.arange(n), np.ones(n, int), np.zeros(n, int))
    solver.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(m), np.full(m, sink), places.astype(np.int64), np.zeros(m, int)
    )
    solver.set_node_supply(source, n)
    solver.set_node_supply(sink, -n)
    assert solver.solve_max_flow_with_min_cost() == solver.OPTIMAL
    return solver.maximum_flow(), -solver.optimal_cost()


def within(places, mate):
    """Nobody has more mentees than places."""
    return bool((np.bincount(mate[mate >= 0], minlength=len(places)) <= places).all())


def joined(graph, mate):
    """Every pair is one of the graph's."""
    return all(j < 0 or j in graph.row(i)[0] for i, j in enumerate(mate))


class Dense:
    """All pairs as a table of points, -1 where not allowed: what the engine asks of a pool, by brute force."""

    def __init__(self, table, places):
        self.table, self.places = table, places
        self.mentees, self.mentors = table.shape

    def best(self, rows, k, prices=None, *, worth=None, floor=None):
        prices = np.zeros(self.mentors, np.int64) if prices is None else prices
        worth = np.arange(WHOLE + 1) if worth is None else worth
        lists = []
        for r, i in enumerate(rows):
            fits = np.flatnonzero((self.table[i] >= 0) & (self.places > 0))
            value = worth[self.table[i, fits]] - prices[fits]
            if floor is not None:
                fits, value = fits[value > floor[r]], value[value > floor[r]]
            order = np.argsort(-value, kind="stable")[:k]
            lists.append([(int(j), int(self.table[i, j])) for j in fits[order]])
        return graph_of(lists, self.mentors)

    def most_left(self, rows, priced, open, keep):
        best, own = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        for r, i in enumerate(rows):
            left = priced.worth[self.table[i]] - priced.prices
            if keep is not None and keep[0][i] >= 0:
                left[keep[0][i]] += keep[1]
            allowed = self.table[i] >= 0
            best[r] = max(0, *left[allowed & open].tolist(), 0)
            if priced.mate[i] >= 0 and allowed[priced.mate[i]]:
                own[r] = left[priced.mate[i]]
        return best, own

    def points(self, i, j):
        return int(self.table[i, j])

    def allowed(self, i, j):
        return bool(self.table[i, j] >= 0)
