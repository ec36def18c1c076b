"""Late joiners and flash: the confirmed never move, the proposed only for good reason, and the first slot is the first."""

from __future__ import annotations

import numpy as np

from commons_matching.rules.engine.flash import Slots, first_open, flash
from commons_matching.rules.engine.graph import graph_of
from commons_matching.rules.engine.late import late
from commons_matching.rules.engine.pricing import certify
from commons_matching.rules.engine.round import keeping, rescaled, worth_of
from commons_matching.rules.engine.total import solve_total
from commons_matching.rules.engine.verify import verify

from .instances import SEED, a_pool, dice, flow, within
from .test_pricing import a_dense, lists


def ints(*of):
    return np.array(of, np.int32)


def test_the_confirmed_stay_and_take_their_places():
    graph = graph_of([[(0, 900)], [(0, 9000), (1, 100)]], 2)
    found = late(graph, ints(1, 1), ints(0, -1), ints(-1, -1), bonus=0)
    assert (list(found.round.mate), list(found.free), list(found.moved)) == ([-1, 1], [0, 1], [])


def test_the_proposed_move_for_a_person_or_for_more_than_the_bonus():
    graph = graph_of([[(0, 900), (1, 500)], [(0, 950), (1, 100)]], 2)
    proposed = ints(0, -1)
    assert list(late(graph, ints(1, 1), ints(-1, -1), proposed, bonus=460).round.mate) == [0, 1]
    moved = late(graph, ints(1, 1), ints(-1, -1), proposed, bonus=440)
    assert (list(moved.round.mate), list(moved.moved)) == ([1, 0], [0])
    only = graph_of([[(0, 900), (1, 500)], [(0, 950)]], 2)
    assert list(late(only, ints(1, 1), ints(-1, -1), proposed, bonus=9000).moved) == [0]


def test_more_confirmed_than_places_leave_none():
    found = late(graph_of([[(0, 5)]] * 3, 1), ints(1), ints(0, 0, -1), ints(-1, -1, -1), bonus=0)
    assert (list(found.free), found.round.size) == ([0], 0)


def test_warm_or_cold_the_result_is_as_good():
    for k in range(100):
        random = dice(40, k)
        graph, free = a_pool(random)
        before = solve_total(graph, free)
        joining = random.random(graph.mentees) < 0.1
        confirmed = np.where(random.random(graph.mentees) < 0.3, before.mate, -1).astype(np.int32)
        proposed = np.where(joining, -1, before.mate).astype(np.int32)
        places = np.maximum(free + random.integers(-1, 2, len(free)), 0).astype(np.int32)
        warm = late(graph, places, confirmed, proposed, bonus=300, before=before)
        cold = late(graph, places, confirmed, proposed, bonus=300)
        worth = warm.round.worth
        extra = [keeping(warm.graph, np.where(confirmed < 0, proposed, -1), 300)] * 2
        value = [_value(warm.graph, found.round, worth, e) for found, e in zip((warm, cold), extra, strict=True)]
        assert value[0] == value[1], (SEED, k)
        assert within(warm.free, warm.round.mate)
        assert (warm.round.mate[confirmed >= 0] == -1).all()
        assert warm.round.size == flow(warm.graph, warm.free)[0]


def _value(graph, found, worth, extra):
    rows = np.repeat(np.arange(graph.mentees), np.diff(graph.indptr))
    here = found.mate[rows] == graph.cols
    return int((worth[graph.points] + extra)[here].sum())


def test_a_late_round_is_proven_over_all_pairs_too():
    for k in range(30):
        pool = a_dense(dice(41, k))
        graph = lists(pool, 3)
        first = certify(pool, graph, solve_total(graph, pool.places))[1]
        confirmed = np.where(np.arange(pool.mentees) % 3 == 0, first.mate, -1).astype(np.int32)
        found = late(graph, pool.places, confirmed, first.mate, bonus=200, before=first)
        about = np.flatnonzero(confirmed < 0).astype(np.int32)
        wish = np.where(confirmed < 0, first.mate, -1).astype(np.int32)
        _, proven, proof = certify(
            pool, found.graph, found.round, extra=keeping(found.graph, wish, 200), rows=about, places=found.free
        )
        assert proof.proven
        assert verify(pool, proven, keep=wish, bonus=200, about=about, places=found.free) == (), (SEED, k)


def test_prices_keep_their_persons_when_the_unit_changes():
    old, new = worth_of((), 10), worth_of((), 17)
    half = int(old[0]) // 2
    prices = rescaled(np.array([0, 25, half + 7, 2 * half + 900]), old, new)
    assert list(prices) == [0, 25, int(new[0]) // 2 + 7, 2 * (int(new[0]) // 2) + 900]


def some_slots():
    return Slots(starts=np.array([50, 10, 30, 30]), mentors=ints(0, 1, 2, 1), open=np.array([True, True, True, True]))


def test_the_first_open_slot_in_the_order_of_time():
    slots, everyone = some_slots(), np.array([True, True, True])
    assert first_open(slots, everyone, after=0) == 1
    assert first_open(slots, everyone, after=10) == 3
    assert first_open(slots, np.array([True, False, True]), after=10) == 2
    assert first_open(slots, everyone, after=50) == -1
    assert first_open(slots, np.array([False, False, False]), after=0) == -1


def test_no_slot_goes_to_two():
    allowed = np.ones((5, 3), np.bool_)
    allowed[1, 1] = False
    assert list(flash(some_slots(), allowed, after=np.zeros(5, np.int64))) == [1, 2, 3, 0, -1]
    assert list(flash(some_slots(), allowed, after=np.full(5, 40))) == [0, -1, -1, -1, -1]
