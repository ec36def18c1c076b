"""The proof over all allowed pairs, and the second pair of eyes: what lists lose is found, and every planted fault seen."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons_matching.rules.engine import verify as verify_module
from commons_matching.rules.engine.graph import WHOLE, Graph
from commons_matching.rules.engine.pricing import Seen, blocks, certify, joined, missing, price_and_add, stacked
from commons_matching.rules.engine.round import keeping, worth_of
from commons_matching.rules.engine.total import best, solve_total
from commons_matching.rules.engine.verify import Fault, verify

from .instances import SEED, Dense, dice, flow


def a_dense(random, most_mentees=60, most_mentors=25):
    mentees, mentors = int(random.integers(5, most_mentees)), int(random.integers(3, most_mentors))
    popular = random.integers(0, 4000, mentors)
    points = random.integers(0, 6001, (mentees, mentors)) + popular
    points[random.random((mentees, mentors)) < random.random() * 0.7] = -1
    places = random.integers(0, 4, mentors).astype(np.int32)
    places[0], points[0, 0] = max(places[0], 1), 5000  # never nobody at all
    return Dense(points.astype(np.int32), places)


def whole(pool):
    return pool.best(np.arange(pool.mentees, dtype=np.int32), pool.mentors)


def lists(pool, k=2):
    return pool.best(np.arange(pool.mentees, dtype=np.int32), k)


@pytest.mark.parametrize("bands", [(), (3000,), (3000, 6000)])
def test_short_lists_end_at_the_best_of_all_pairs(bands):
    widened = 0
    for k in range(80):
        pool = a_dense(dice(30, k, len(bands)))
        graph = lists(pool)
        _, found, proof = certify(pool, graph, solve_total(graph, pool.places, bands=bands))
        worth = worth_of(bands, min(pool.mentees, int(pool.places.sum())))
        size, total = flow(whole(pool), pool.places, worth)
        assert (found.size, int(worth[found.points[found.mate >= 0]].sum())) == (size, total), (SEED, k)
        assert proof.proven
        assert (proof.size, proof.total) == (found.size, found.total)
        assert verify(pool, found) == (), (SEED, k)
        widened += found.size > solve_total(graph, pool.places).size
    assert widened > 10


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_however_short_the_lists_the_proof_is_the_same(seed, length):
    pool = a_dense(np.random.default_rng(seed))
    short, long = lists(pool, length), whole(pool)
    _, found, proof = certify(pool, short, solve_total(short, pool.places))
    other = solve_total(long, pool.places)
    assert (proof.size, proof.total, proof.bound) == (other.size, other.total, other.total)
    assert verify(pool, found) == verify(pool, other) == ()


def test_a_round_of_lists_alone_is_not_called_proven():
    lost = 0
    for k in range(20):
        pool = a_dense(dice(31, k))
        graph = lists(pool, 1)
        found = solve_total(graph, pool.places)
        if (found.size, found.total) == flow(whole(pool), pool.places):
            continue
        lost += 1
        proof = price_and_add(pool, graph, found)[1]
        assert proof.missing_edges > 0, (SEED, k)
        assert not proof.proven
        assert Fault.BETTER_TOTAL in {f.fault for f in verify(pool, found)}, (SEED, k)
    assert lost > 3


def test_blocks_find_what_one_look_finds():
    pool = a_dense(dice(32), 60, 25)
    graph = lists(pool, 1)
    found = solve_total(graph, pool.places)
    one = missing(pool, np.arange(pool.mentees, dtype=np.int32), found)
    parts = [missing(pool, rows, found) for rows in blocks(np.arange(pool.mentees, dtype=np.int32), 7)]
    assert [one.row(i)[0].tolist() for i in range(pool.mentees)] == [
        part.row(i)[0].tolist() for part in parts for i in range(part.mentees)
    ]
    assert stacked(parts, pool.mentors).hash == one.hash


def test_looking_at_what_changed_misses_nothing():
    for k in range(60):
        pool = a_dense(dice(33, k))
        graph = lists(pool)
        found = solve_total(graph, pool.places)
        wider, _, seen = price_and_add(pool, graph, found, k=3)
        second = best(wider, pool.places, found.worth, None, seed=0)
        some = price_and_add(pool, wider, second, seen=seen, k=pool.mentors)[1].missing_edges
        every = price_and_add(pool, wider, second, k=pool.mentors)[1].missing_edges
        assert some == every, (SEED, k)


def test_joined_keeps_what_pairs_count_extra():
    pool = a_dense(dice(34))
    graph = lists(pool)
    keep = graph.cols[np.minimum(graph.indptr[:-1], graph.pairs - 1)].astype(np.int32)
    worth = worth_of((), min(pool.mentees, int(pool.places.sum())), 500)
    extra = keeping(graph, keep, 500)
    first = best(graph, pool.places, worth, extra, seed=3)
    wider, found, proof = certify(pool, graph, first, seed=3, extra=extra)
    again = best(joined(wider, _nothing(pool)), pool.places, worth, keeping(wider, keep, 500), seed=3)
    assert proof.proven
    assert found.size == again.size
    assert verify(pool, found, keep=keep, bonus=500) == ()


def _nothing(pool):
    none = np.zeros(0, np.int32)
    return Graph(indptr=np.zeros(pool.mentees + 1, np.int64), cols=none, points=none, mentors=pool.mentors)


def a_proven_round(k):
    pool = a_dense(dice(35, k))
    graph = lists(pool)
    return pool, certify(pool, graph, solve_total(graph, pool.places))[1]


def test_over_capacity_is_seen():
    pool, found = a_proven_round(0)
    used = np.bincount(found.mate[found.mate >= 0], minlength=pool.mentors)
    fewer = pool.places.copy()
    fewer[np.argmax(used)] = used.max() - 1
    assert Fault.OVER_CAPACITY in {f.fault for f in verify(Dense(pool.table, fewer), found)}


def test_a_forbidden_pair_is_seen():
    pool, found = a_proven_round(1)
    i = int(np.argmax(found.mate >= 0))
    barred = pool.table.copy()
    barred[i, found.mate[i]] = -1
    named = [(f.mentee, f.mentor) for f in verify(Dense(barred, pool.places), found) if f.fault is Fault.FORBIDDEN_PAIR]
    assert named == [(i, int(found.mate[i]))]


def test_wrong_points_are_seen():
    pool, found = a_proven_round(2)
    points = found.points.copy()
    points[int(np.argmax(found.mate >= 0))] += 1
    assert Fault.WRONG_POINTS in {f.fault for f in verify(pool, replace(found, points=points))}


def test_a_better_total_is_seen():
    seen = 0
    for k in range(40):
        pool, found = a_proven_round(k)
        rows = np.flatnonzero(found.mate >= 0)
        for a, b in pairwise(rows):
            mate = found.mate.copy()
            mate[[a, b]] = mate[[b, a]]
            points = np.where(mate >= 0, pool.table[np.arange(pool.mentees), mate], 0).astype(np.int32)
            if (points < 0).any() or points.sum() >= found.total:
                continue
            assert Fault.BETTER_TOTAL in {f.fault for f in verify(pool, replace(found, mate=mate, points=points))}, k
            seen += 1
    assert seen > 20


def test_somebody_left_out_is_seen():
    pool, found = a_proven_round(3)
    mate, points = found.mate.copy(), found.points.copy()
    i = int(np.argmax(mate >= 0))
    mate[i], points[i] = -1, 0
    assert Fault.BETTER_TOTAL in {f.fault for f in verify(pool, replace(found, mate=mate, points=points))}


def test_prices_that_prove_nothing_are_seen():
    seen = 0
    for k in range(60):
        pool, found = a_proven_round(k)
        assert (
            verify(pool, replace(found, prices=found.prices - int(found.worth[-1]) - 1))[0].fault is Fault.WRONG_SHAPE
        )
        used = np.bincount(found.mate[found.mate >= 0], minlength=pool.mentors)
        idle = np.flatnonzero(used < pool.places)
        if len(idle):
            raised = found.prices.copy()
            raised[idle[0]] += 5
            assert Fault.BETTER_TOTAL in {f.fault for f in verify(pool, replace(found, prices=raised))}, k
            seen += 1
    assert seen > 3


def test_a_round_of_another_pool_is_seen():
    pool, found = a_proven_round(5)
    assert verify(pool, replace(found, mate=found.mate[:-1]))[0].fault is Fault.WRONG_SHAPE


def test_who_verifies_shares_no_code_with_who_solves():
    tree = ast.parse(Path(verify_module.__file__).read_text())
    told = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level]
    assert {node.module for node in told} == {"graph"}
    assert {name.name for node in told for name in node.names} == {
        "Graph",
        "Ints",
        "Longs",
        "Paired",
        "Pairs",
        "Priced",
    }


def test_what_was_seen_is_of_the_round():
    pool, found = a_proven_round(6)
    assert isinstance(price_and_add(pool, whole(pool), found)[2], Seen)
    assert int(found.points.max(initial=0)) <= WHOLE
