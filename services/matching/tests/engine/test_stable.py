"""The round of two-way preferences: no pair would rather have each other, and equals do not cost people their place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons_matching.rules.engine.graph import graph_of
from commons_matching.rules.engine.round import Keys
from commons_matching.rules.engine.stable import of_lists, solve_stable
from commons_matching.rules.engine.verify import Fault, verify_stable

from .instances import SEED, a_pool, dice, joined, within


def places(*of):
    return np.array(of, np.int32)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_pair_blocks(data):
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    graph, free = a_pool(random, most_mentees=12, most_mentors=8, most_degree=6)
    score = random.integers(0, data.draw(st.sampled_from([1, 2, 1000])), graph.pairs).astype(np.int32)
    found = solve_stable(graph, free, score, seed=1, second_chance=data.draw(st.booleans()), lotteries=3)
    assert verify_stable(None, graph, free, score, found) == ()
    assert within(free, found.mate)
    assert joined(graph, found.mate)


def test_a_second_chance_matches_more():
    graph = graph_of([[(0, 9), (1, 5)], [(0, 9)]], 2)
    equal = np.ones(3, np.int32)
    once = {solve_stable(graph, places(1, 1), equal, seed=s, second_chance=False, lotteries=1).size for s in range(30)}
    assert once == {1, 2}
    assert {solve_stable(graph, places(1, 1), equal, seed=s, lotteries=1).size for s in range(30)} == {2}


def test_more_lotteries_never_match_fewer():
    for k in range(40):
        random = dice(20, k)
        graph, free = a_pool(random)
        score = random.integers(0, 2, graph.pairs).astype(np.int32)
        sizes = [solve_stable(graph, free, score, seed=5, lotteries=n).size for n in (1, 5, 20)]
        assert sizes == sorted(sizes), (SEED, k)


def _largest(graph, free, score):
    """The most people in any stable matching, by trying them all."""
    options = [[-1, *graph.row(i)[0].tolist()] for i in range(graph.mentees)]
    best = 0
    for choice in itertools.product(*options):
        mate = np.array(choice, np.int32)
        if within(free, mate) and not verify_stable(None, graph, free, score, _Paired(mate)):
            best = max(best, int((mate >= 0).sum()))
    return best


class _Paired:
    def __init__(self, mate):
        self.mate = mate
        self.points = np.zeros(len(mate), np.int32)


def test_at_least_two_thirds_of_the_largest_where_mentees_have_no_equals():
    for k in range(60):
        random = dice(21, k)
        graph, free = a_pool(random, most_mentees=5, most_mentors=4, most_degree=3, most_places=2)
        strict = [[(int(j), 100 - at) for at, j in enumerate(graph.row(i)[0])] for i in range(graph.mentees)]
        graph = graph_of(strict, graph.mentors)
        score = random.integers(0, 2, graph.pairs).astype(np.int32)
        found = solve_stable(graph, free, score, seed=k, lotteries=1)
        assert 3 * found.size >= 2 * _largest(graph, free, score), (SEED, k)


def test_lists_on_both_sides():
    graph, score = of_lists([[0, 1], [0], [1, 0], [0]], [[1, 0, 2], [2, 0]])
    found = solve_stable(graph, places(1, 1), score)
    assert list(found.mate) == [-1, 0, 1, -1]
    assert graph.row(3)[0].tolist() == []


def test_the_order_of_the_input_changes_nothing():
    for k in range(30):
        random = dice(22, k)
        graph, free = a_pool(random)
        score = random.integers(0, 3, graph.pairs).astype(np.int32)
        keys = Keys(random.permutation(1000)[: graph.mentees], random.permutation(1000)[: graph.mentors])
        order = random.permutation(graph.mentees)
        lists = [[(int(j), int(p)) for j, p in zip(*graph.row(i), strict=True)] for i in order]
        scores = [score[graph.indptr[i] : graph.indptr[i + 1]] for i in order]
        first = solve_stable(graph, free, score, seed=k, keys=keys)
        other = Keys(keys.rows[order], keys.cols)
        second = solve_stable(
            graph_of(lists, graph.mentors), free, np.concatenate(scores).astype(np.int32), seed=k, keys=other
        )
        assert list(first.mate[order]) == list(second.mate), (SEED, k)


@pytest.mark.parametrize(
    ("mate", "fault"),
    [
        ([0, 1, -1], None),
        ([0, -1, -1], Fault.BLOCKING_PAIR),
        ([-1, 0, 1], Fault.BLOCKING_PAIR),
        ([0, 0, -1], Fault.OVER_CAPACITY),
        ([0, 2, -1], Fault.FORBIDDEN_PAIR),
        ([0, 3, -1], Fault.WRONG_SHAPE),
        ([0], Fault.WRONG_SHAPE),
    ],
)
def test_planted_faults_are_seen(mate, fault):
    graph = graph_of([[(0, 9), (1, 8)], [(0, 9), (1, 8)], [(1, 9)]], 3)
    score = np.array([9, 9, 5, 8, 7], np.int32)
    faults = {f.fault for f in verify_stable(None, graph, places(1, 1, 1), score, _Paired(np.array(mate, np.int32)))}
    assert (fault in faults) if fault else faults == set()
