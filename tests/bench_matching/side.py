"""One solver on one graph, in a process of its own: `python -m bench_matching.side SOLVER GRAPH` prints what it took as JSON.

Time and memory count from the arrays of the graph to the pairs, building the solver's own network included.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import numpy as np

from commons_matching.rules.engine.graph import Graph, graph_of
from commons_matching.rules.engine.total import solve_total
from commons_matching.rules.engine.warm import warm as warm_kernels

KILOBYTE, MEGABYTE = 1000, 1_000_000


def ours(graph: Graph, places):
    found = solve_total(graph, places)
    return found.size, found.total


def ortools(graph: Graph, places):
    """Most flow at least cost, from a source over mentees and mentors to a sink."""
    from ortools.graph.python import min_cost_flow

    n, m = graph.mentees, graph.mentors
    solver, source, sink = min_cost_flow.SimpleMinCostFlow(), n + m, n + m + 1
    rows = np.repeat(np.arange(n), np.diff(graph.indptr))
    solver.add_arcs_with_capacity_and_unit_cost(
        rows, n + graph.cols.astype(np.int64), np.ones(graph.pairs, np.int64), -graph.points.astype(np.int64)
    )
    one, nothing = np.ones(n, np.int64), np.zeros(max(n, m), np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(np.full(n, source), np.arange(n), one, nothing[:n])
    solver.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(m), np.full(m, sink), places.astype(np.int64), nothing[:m]
    )
    solver.set_node_supply(source, n)
    solver.set_node_supply(sink, -n)
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise ValueError("no optimum")
    return int(solver.maximum_flow()), int(-solver.optimal_cost())


def scipy(graph: Graph, places):
    """The dense assignment, where every mentee may have every mentor and each has one place."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((graph.mentees, graph.mentors), np.float64)
    table[np.repeat(np.arange(graph.mentees), np.diff(graph.indptr)), graph.cols] = graph.points
    rows, cols = linear_sum_assignment(table, maximize=True)
    return len(rows), int(table[rows, cols].sum())


SOLVERS = {"ours": ours, "ortools": ortools, "scipy": scipy}


def warm(solver) -> None:
    """Compiled code is read and libraries are loaded before the clock runs."""
    if solver is ours:
        warm_kernels()
    for places in ([1, 1, 1], [1, 1, 9], [9, 9, 9]):
        solver(
            graph_of([[(0, 5), (1, 3), (2, 1)], [(0, 4), (1, 4), (2, 4)], [(0, 2), (1, 2), (2, 2)]], 3),
            np.array(places, np.int32),
        )


def memory(name: str) -> int:
    """Kilobytes, of the kernel's account of this process."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def measured(solver, graph: Graph, places) -> dict:
    warm(solver)
    Path("/proc/self/clear_refs").write_text("5")
    before, wall, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    size, total = solver(graph, places)
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {**taken, "megabytes": (memory("VmHWM") - before) * 1024 / MEGABYTE, "size": size, "total": total}


def load(path: str) -> tuple[Graph, np.ndarray]:
    kept = np.load(path)
    graph = Graph(indptr=kept["indptr"], cols=kept["cols"], points=kept["points"], mentors=len(kept["places"]))
    return graph, kept["places"]


if __name__ == "__main__":
    print(json.dumps(measured(SOLVERS[sys.argv[1]], *load(sys.argv[2]))))
