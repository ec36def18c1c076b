"""Published instances at their known optima, and the packages that others use: skipped, with the reason, where they are not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from bench_matching.peers import AwayError, ask

from commons_matching.rules.engine.graph import Graph, graph_of
from commons_matching.rules.engine.stable import of_lists, solve_stable
from commons_matching.rules.engine.total import solve_total
from commons_matching.rules.engine.verify import verify_stable

from .instances import SEED, dice, flow

ROOT = Path(__file__).parents[4]
NAMED = [Path(os.environ["INSTANCES"])] if "INSTANCES" in os.environ else sorted(ROOT.parent.glob("*/data/instances"))
FOLDER = next((folder for folder in NAMED if folder.is_dir()), None)
published = pytest.mark.skipif(
    FOLDER is None, reason="the published instances are not here (INSTANCES names their folder)"
)
CASES = 150


@published
@pytest.mark.parametrize(("n", "optimum"), [(100, 305), (200, 475), (300, 626), (400, 804)])
def test_assignment_problems_of_the_or_library(n, optimum):
    numbers = np.array((FOLDER / f"assign{n}.txt").read_text().split(), np.int32)
    assert numbers[0] == n
    graph = Graph(
        indptr=np.arange(0, n * n + 1, n, dtype=np.int64),
        cols=np.tile(np.arange(n, dtype=np.int32), n),
        points=(100 - numbers[1:]).astype(np.int32),
        mentors=n,
    )
    found = solve_total(graph, np.ones(n, np.int32))
    assert (found.size, 100 * n - found.total, found.gap) == (n, optimum, 0)


@published
def test_the_hospitals_of_the_package_matching():
    case = json.loads((FOLDER / "issue_159.json").read_text())
    residents, hospitals = case["residents"], case["hospitals"]
    number = {name: j for j, name in enumerate(hospitals)}
    mentees = [[number[str(h)] for h in residents[str(i)]] for i in range(len(residents))]
    graph, score = of_lists(mentees, list(hospitals.values()))
    places = np.ones(len(hospitals), np.int32)
    found = solve_stable(graph, places, score)
    assert verify_stable(None, graph, places, score, found) == ()
    theirs = asked([{"mentees": _mutual(graph), "mentors": _mutual_of(graph, score), "places": places.tolist()}])
    assert theirs[0]["mate"] == found.mate.tolist()


@published
def test_the_sample_of_mentor_match_never_matches_fewer():
    try:
        theirs = ask("mentor-match", str(FOLDER), "1")
    except AwayError as away:
        pytest.skip(str(away))
    graph = graph_of(
        [[(j, p) for j, p in enumerate(row) if p >= 0] for row in theirs["table"]], len(theirs["table"][0])
    )
    places = np.ones(graph.mentors, np.int32)
    found = solve_total(graph, places)
    assert (found.size, found.total) == flow(graph, places)
    assert found.size >= len(theirs["pairs"])


def test_stable_rounds_are_those_of_the_package_matching_where_lists_are_strict():
    cases, ours = [], []
    for k in range(CASES):
        random = dice(60, k)
        mentees, mentors = int(random.integers(2, 30)), int(random.integers(2, 12))
        hers = [random.permutation(mentors)[: random.integers(1, mentors + 1)].tolist() for _ in range(mentees)]
        his = [
            random.permutation([i for i in range(mentees) if j in hers[i]]).astype(int).tolist() for j in range(mentors)
        ]
        places = random.integers(1, 4, mentors)
        graph, score = of_lists(hers, his)
        cases.append({"mentees": hers, "mentors": his, "places": places.tolist()})
        ours.append(solve_stable(graph, places.astype(np.int32), score, seed=k).mate.tolist())
    assert [case["mate"] for case in asked(cases)] == ours, SEED


def asked(cases):
    try:
        return ask("matching", given=cases)
    except AwayError as away:
        pytest.skip(str(away))


def _mutual(graph):
    return [graph.row(i)[0].tolist() for i in range(graph.mentees)]


def _mutual_of(graph, score):
    rows = np.repeat(np.arange(graph.mentees), np.diff(graph.indptr))
    order = np.lexsort((-score, graph.cols))
    return [[int(rows[e]) for e in order if graph.cols[e] == j] for j in range(graph.mentors)]
