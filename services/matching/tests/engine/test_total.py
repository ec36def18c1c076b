"""The round of total fit: the same people and points as OR-Tools, whatever the pool, the start and the order."""

from __future__ import annotations

import os
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest

from commons_matching.rules.engine.auction import DONE, TOO_LONG, NoEndError, _phase, auction
from commons_matching.rules.engine.cardinality import Part, max_cardinality
from commons_matching.rules.engine.graph import WHOLE, Graph, graph_of
from commons_matching.rules.engine.kernel import PLAIN
from commons_matching.rules.engine.net import WIDEST, net_of
from commons_matching.rules.engine.round import BandsTooManyError, Keys, exact_sum, worth_of
from commons_matching.rules.engine.total import SizeTooLargeError, solve_total

from .instances import SEED, a_pool, dice, flow, joined, within

INSTANCES = int(os.environ.get("ENGINE_INSTANCES", "1000"))


def places(*of):
    return np.array(of, np.int32)


def net(graph, free):
    worth = np.arange(WHOLE + 1, dtype=np.int64)
    return net_of(graph, free, worth, None, np.arange(graph.mentees, dtype=np.int32), None)


def everyone(of):
    return auction(of, np.arange(of.rows, dtype=np.int32), np.ones(len(of.places), np.bool_))


def test_the_same_people_and_points_as_or_tools():
    for k in range(INSTANCES):
        graph, free = a_pool(dice(k))
        found = solve_total(graph, free, seed=k)
        assert (found.size, found.total) == flow(graph, free), (SEED, k)
        assert (found.gap, within(free, found.mate), joined(graph, found.mate)) == (0, True, True), (SEED, k)


def test_larger_pools_too():
    for k in range(6):
        graph, free = a_pool(dice(9, k), most_mentees=3000, most_mentors=700, most_degree=20, most_places=6)
        assert (solve_total(graph, free).size, solve_total(graph, free).total) == flow(graph, free), (SEED, k)


def test_the_size_is_the_largest_and_the_split_proves_it():
    for k in range(200):
        graph, free = a_pool(dice(1, k))
        found = max_cardinality(net(graph, free))
        assert found.size == flow(graph, free)[0]
        rows, cols = found.split.rows, found.split.cols
        cover = (rows != Part.SHORT).sum() + free[cols == Part.SHORT].sum()
        assert found.size == cover, (SEED, k)
        for i in range(graph.mentees):
            if rows[i] == Part.SHORT:
                assert (cols[graph.row(i)[0]] == Part.SHORT).all(), (SEED, k)


def test_a_place_is_spare_just_where_as_many_are_matched_without_it():
    for k in range(40):
        graph, free = a_pool(dice(7, k), most_mentees=25, most_mentors=12)
        found = max_cardinality(net(graph, free))
        for j in np.flatnonzero(free):
            without = max_cardinality(net(graph, free - (np.arange(graph.mentors) == j).astype(np.int32)))
            assert (found.split.cols[j] == Part.SPARE) == (without.size == found.size), (SEED, k, j)


def test_two_people_for_one_place_are_short_and_an_idle_mentor_is_spare():
    graph = graph_of([[(0, 5)], [(0, 7)], [(1, 3)], [(2, 3), (1, 9)]], 4)
    found = max_cardinality(net(graph, places(1, 1, 1, 1)))
    assert found.size == 3
    assert list(found.split.rows) == [Part.SHORT, Part.SHORT, Part.EVEN, Part.EVEN]
    assert list(found.split.cols) == [Part.SHORT, Part.EVEN, Part.EVEN, Part.SPARE]


def test_people_come_before_points():
    graph = graph_of([[(0, 9000), (1, 10)], [(0, 8000)]], 2)
    found = solve_total(graph, places(1, 1))
    assert (list(found.mate), list(found.points), found.size, found.total) == ([1, 0], [10, 8000], 2, 8010)


def test_bands_lift_the_worst_off_at_the_price_of_the_total():
    graph = graph_of([[(0, 9000), (1, 5000)], [(0, 4100), (1, 900)]], 2)
    assert list(solve_total(graph, places(1, 1)).mate) == [0, 1]
    assert list(solve_total(graph, places(1, 1), bands=(4000,)).mate) == [1, 0]


def test_bands_are_the_fewest_poor_pairs_and_then_the_most_points():
    for k in range(150):
        graph, free = a_pool(dice(2, k))
        worth = worth_of((3000, 6000), min(graph.mentees, int(free.sum())))
        found = solve_total(graph, free, bands=(3000, 6000))
        assert worth[found.points[found.mate >= 0]].sum() == flow(graph, free, worth)[1], (SEED, k)
        assert found.size == flow(graph, free)[0]


def test_more_bands_than_64_bits_hold_are_refused():
    with pytest.raises(BandsTooManyError):
        worth_of((1000, 2000, 3000, 4000), 100_000)


def test_a_size_that_cannot_be_is_refused_and_never_runs_for_ever():
    graph = graph_of([[(0, 1)], [(0, 2)]], 1)
    with pytest.raises(SizeTooLargeError):
        solve_total(graph, places(1), size=2)
    with pytest.raises(NoEndError):
        everyone(net(graph_of([[(0, 5)], [(0, 5)]], 2), places(1, 1)))
    with pytest.raises(NoEndError):
        everyone(net(graph_of([[(0, 5)], [(0, 5)], [(0, 7)]], 2), places(1, 4)))


def test_any_start_ends_at_the_best():
    for k in range(200):
        random = dice(3, k)
        graph, free = a_pool(random)
        cold = solve_total(graph, free)
        prices = random.integers(0, 2 * int(cold.worth[-1]), graph.mentors)
        warm, own = solve_total(graph, free, prices=prices), solve_total(graph, free, prices=cold.prices)
        assert (warm.size, warm.total, warm.gap) == (cold.size, cold.total, 0), (SEED, k)
        assert (own.size, own.total, own.gap) == (cold.size, cold.total, 0), (SEED, k)


def test_the_order_of_the_input_changes_nothing():
    for k in range(100):
        random = dice(4, k)
        graph, free = a_pool(random)
        keys = Keys(random.permutation(1000)[: graph.mentees], random.permutation(1000)[: graph.mentors])
        rows, cols = random.permutation(graph.mentees), random.permutation(graph.mentors)
        number = np.argsort(cols)
        lists = [[(int(number[j]), int(p)) for j, p in zip(*graph.row(i), strict=True)][::-1] for i in rows]
        first = solve_total(graph, free, seed=k, keys=keys)
        second = solve_total(
            graph_of(lists, graph.mentors), free[cols], seed=k, keys=Keys(keys.rows[rows], keys.cols[cols])
        )
        there = [-1 if j < 0 else int(cols[j]) for j in second.mate]
        assert list(first.mate[rows]) == there, (SEED, k)
        assert (first.prices[cols] == second.prices).all()


def test_chance_decides_between_equals_by_the_seed():
    graph = graph_of([[(0, 5)]] * 8, 1)
    winners = {int(np.argmax(solve_total(graph, places(1), seed=s).mate >= 0)) for s in range(40)}
    assert len(winners) > 3


def test_what_is_kept_counts_a_bonus_but_no_person():
    graph = graph_of([[(0, 500), (1, 400)], [(0, 450)]], 2)
    alone = graph_of([[(0, 500), (1, 400)]], 2)
    keep = np.array([1], np.int32)
    assert list(solve_total(alone, places(1, 1), keep=keep, bonus=150).mate) == [1]
    assert list(solve_total(alone, places(1, 1), keep=keep, bonus=50).mate) == [0]
    assert list(solve_total(graph, places(1, 1), keep=np.array([0, -1], np.int32), bonus=9999).mate) == [1, 0]


def beyond(columns):
    """A pool solved with so many mentors more, who come first and have no places."""
    graph, free = a_pool(dice(5), most_mentees=60, most_mentors=20, most_degree=6)
    wide = Graph(indptr=graph.indptr, cols=graph.cols + columns, points=graph.points, mentors=graph.mentors + columns)
    there = np.concatenate([np.zeros(columns, np.int32), free])
    mate = solve_total(wide, there, seed=5).mate
    return net(wide, there).pairs.itemsize, np.where(mate < 0, -1, mate - columns).tolist()


def test_where_columns_need_more_bits_a_pair_takes_a_longer_word():
    told = {**os.environ, PLAIN: "1", "ENGINE_SEED": str(SEED)}
    command = [sys.executable, "-c", f"from engine.test_total import beyond; print(beyond({WIDEST}))"]
    home = Path(__file__).parents[1]
    wide = subprocess.run(command, capture_output=True, text=True, env=told, cwd=home, check=True)
    (size, pairs), (longer, same) = beyond(0), literal_eval(wide.stdout.splitlines()[-1])
    assert (size, longer, same) == (4, 8, pairs), SEED


def test_where_places_are_just_enough_the_finest_bids_are_given_up_for_rougher_ones(monkeypatch):
    ends = []
    monkeypatch.setattr("commons_matching.rules.engine.auction._phase", lambda *a: ends.append(_phase(*a)) or ends[-1])
    size = 60
    points = dice(6).integers(WHOLE - 30, WHOLE, size)
    graph = graph_of([[(int(j), int(points[j])) for j in range(size)] for _ in range(size - 1)], size)
    found = solve_total(graph, np.ones(size, np.int32))
    assert (found.size, found.total, found.gap) == (*flow(graph, np.ones(size, np.int32)), 0), SEED
    assert (ends[0], set(ends[1:])) == (TOO_LONG, {DONE}), SEED


def test_nobody_and_nothing():
    empty = Graph(indptr=np.zeros(1, np.int64), cols=np.zeros(0, np.int32), points=np.zeros(0, np.int32), mentors=0)
    assert solve_total(empty, places()).size == 0
    assert solve_total(graph_of([[], []], 0), places()).size == 0
    assert solve_total(graph_of([[(0, WHOLE)]], 1), places(0)).size == 0


def test_a_tariff_says_what_is_sought():
    graph = graph_of([[(0, 900)], [(0, 800)], [(1, 700)]], 3)
    tariff = solve_total(graph, places(1, 5, 5)).tariff
    assert 800 <= tariff[0] <= 900
    assert list(tariff[1:]) == [0, 0]


def test_a_tariff_of_few_is_in_points_as_one_of_many():
    graph = graph_of([[(0, 9000)], [(0, 8000), (1, 2000)], [(1, 7000)]], 2)
    first, second = solve_total(graph, places(1, 1)).tariff
    assert 8000 <= first <= 9001
    assert 2000 <= second <= 7001


def test_a_sum_may_be_larger_than_a_word():
    assert exact_sum(np.full(5, 2**62)) == 5 * 2**62
