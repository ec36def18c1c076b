"""Circles: sizes, languages and hours hold, the bound is a bound, and swaps only ever help."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from commons_matching.rules.engine.circles import Group, Sizes, circles, offers_of
from commons_matching.rules.engine.verify import Fault, verify_circles

from .instances import SEED, dice


def a_group(random, *, mentees=40, facilitators=5, each=1, kinds=1):
    def bits(n, width, most):
        return np.array(
            [sum(1 << int(b) for b in random.choice(width, most, replace=False)) for _ in range(n)], np.uint64
        )

    points = random.integers(0, 10001, (mentees, facilitators))
    points[random.random((mentees, facilitators)) < 0.15] = -1
    return Group(
        points=points.astype(np.int32),
        kinds=np.ones((1, mentees, facilitators), np.bool_)
        if kinds == 1
        else random.random((kinds, mentees, facilitators)) < 0.7,
        languages=bits(mentees, 4, 2),
        hours=bits(mentees, 12, 4),
        facilitator_languages=bits(facilitators, 4, 2),
        facilitator_hours=bits(facilitators, 12, 3),
        places=np.full(facilitators, each, np.int32),
    )


def check(group, sizes, found):
    assert verify_circles(group, sizes, found) == ()
    assert found.size <= found.most_people
    assert found.total <= found.most_points


@pytest.mark.parametrize("each", [1, 2])
def test_sizes_languages_hours_and_bounds_hold(each):
    for k in range(6):
        group = a_group(dice(50, k, each), each=each, kinds=each)
        sizes = Sizes(least=3, most=6)
        found, again = circles(group, sizes, seed=k, tries=15), circles(group, sizes, seed=k, tries=15)
        check(group, sizes, found)
        assert (list(found.mate), list(found.chosen)) == (list(again.mate), list(again.chosen)), (SEED, k)
        assert (found.size, found.total) >= (circles(group, sizes, seed=k, tries=0).size, 0)


def test_who_is_kept_apart_is_in_no_circle_together():
    met = 0
    for k in range(4):
        free = a_group(dice(55, k))
        sizes = Sizes(least=3, most=6)
        together = circles(free, sizes, seed=k, tries=5)
        rows = np.flatnonzero(together.mate >= 0).tolist()
        pairs = [(i, j) for i in rows for j in rows if i < j and together.mate[i] == together.mate[j]][::5]
        group = replace(free, apart=tuple(pairs))
        assert verify_circles(group, sizes, together), (SEED, k)
        found = circles(group, sizes, seed=k, tries=5)
        check(group, sizes, found)
        met += found.size
    assert met > 0, SEED


def test_planted_faults_are_seen():
    group, sizes = a_group(dice(53), mentees=60), Sizes(least=3, most=6)
    found = circles(group, sizes, tries=5)
    assert found.size > 6
    everyone = np.zeros(60, np.int32)
    few = np.where(np.arange(60) == int(np.argmax(found.mate == 0)), 0, np.where(found.mate == 0, -1, found.mate))
    twice = np.concatenate([found.chosen, found.chosen[:1]]).astype(np.int32)
    for change, fault in (
        ({"mate": everyone}, Fault.OVER_CAPACITY),
        ({"mate": everyone}, Fault.FORBIDDEN_PAIR),
        ({"mate": few.astype(np.int32)}, Fault.OVER_CAPACITY),
        ({"chosen": twice}, Fault.OVER_CAPACITY),
        ({"points": found.points + 1}, Fault.WRONG_POINTS),
        ({"mate": found.mate[1:]}, Fault.WRONG_SHAPE),
    ):
        assert fault in {f.fault for f in verify_circles(group, sizes, replace(found, **change))}, (SEED, fault)


def _best_by_hand(group, sizes):
    """The most people and points of any choice of offers and members: every member tries every offer."""
    offers = offers_of(group, sizes.least)
    options = [[-1, *np.flatnonzero(offers.fits[:, i]).tolist()] for i in range(len(group.hours))]
    best = (0, 0)
    for choice in itertools.product(*options):
        taken = [o for o in set(choice) if o >= 0]
        if len({int(offers.facilitator[o]) for o in taken}) < len(taken):
            continue
        if all(sizes.least <= choice.count(o) <= sizes.most for o in taken):
            points = sum(int(group.points[i, offers.facilitator[o]]) for i, o in enumerate(choice) if o >= 0)
            best = max(best, (sum(o >= 0 for o in choice), points))
    return best


def test_small_groups_come_near_the_best_there_is():
    found, best = [], []
    for k in range(25):
        random = dice(51, k)
        group, sizes = a_group(random, mentees=6, facilitators=2), Sizes(least=2, most=3)
        found.append(circles(group, sizes, seed=k))
        best.append(_best_by_hand(group, sizes))
        assert (found[-1].size, found[-1].total) <= best[-1]
        assert best[-1][0] <= found[-1].most_people
        assert best[-1][1] <= found[-1].most_points
    assert sum(f.size for f in found) >= 0.85 * sum(size for size, _ in best), SEED


def test_swaps_help_where_greed_chose_badly():
    better = 0
    for k in range(10):
        group, sizes = a_group(dice(54, k), mentees=30, facilitators=4), Sizes(least=3, most=6)
        greedy, swapped = (circles(group, sizes, seed=k, tries=tries) for tries in (0, 25))
        assert (swapped.size, swapped.total) >= (greedy.size, greedy.total)
        better += (swapped.size, swapped.total) > (greedy.size, greedy.total)
    assert better > 0, SEED


def test_nobody_meets_where_nobody_can():
    group = a_group(dice(52), mentees=4, facilitators=1)
    found = circles(group, Sizes(least=5, most=9))
    assert (found.size, len(found.chosen), found.most_people) == (0, 0, 0)
