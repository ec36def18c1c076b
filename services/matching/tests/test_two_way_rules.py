"""From ranked lists to stable pairs, without a database: who is wanted, what completes a list, and the same as `matching`."""

from __future__ import annotations

from random import Random
from uuid import UUID

import numpy as np
import pytest

from commons_contracts.codes import Cefr, Criterion
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.people import Apart, Bar, People, Profile
from commons_matching.rules.engine.verify import Fault
from commons_matching.rules.engine.weights import Rules
from commons_matching.rules.two_way import Lists, faults, solve, wanted

PROJECT = UUID(int=7)
RULES = Rules(weights=((Criterion.FIELD, 10_000),))


def person(n, **more):
    usual = {"projects": (PROJECT,), "languages": (("sv", Cefr.C2),), "fields": ("0613",)}
    return Profile(person=UUID(int=n), **usual | more)


def mentor(n, **more):
    return person(1000 + n, **more)


def pool_of(mentors, mentees, apart=()):
    return compile_pool(People(mentors=tuple(mentors), mentees=tuple(mentees), apart=tuple(apart)), RULES)


def lists(mentees=None, mentors=None, *, completed=False):
    """Numbers of people to lists as a snapshot has them; a number alone has a place of its own."""

    def told(side, mine, others):
        return {
            str(UUID(int=n + mine)): [
                [str(UUID(int=one + others)) for one in (place if isinstance(place, tuple) else (place,))]
                for place in ranked
            ]
            for n, ranked in (side or {}).items()
        }

    return Lists(mentees=told(mentees, 0, 1000), mentors=told(mentors, 1000, 0), completed=completed)


def pairs(pool, found):
    rows = np.arange(pool.mentees, dtype=np.int32)
    round = solve(pool, found, rows, pool.places)
    assert faults(pool, found, rows, pool.places, round) == ()
    named = [(pool.mentee.person(i).int, int(j)) for i, j in enumerate(round.mate)]
    return {i: pool.mentor.person(j).int - 1000 for i, j in named if j >= 0}


def test_both_must_want_each_other():
    pool = pool_of([mentor(1), mentor(2)], [person(1), person(2)])

    assert pairs(pool, lists({1: [1], 2: [2]}, {1: [1], 2: [1]})) == {1: 1}


def test_mentees_ask_in_their_order_and_mentors_keep_whom_they_like_best():
    pool = pool_of([mentor(1), mentor(2)], [person(1), person(2)])
    found = lists({1: [1, 2], 2: [1, 2]}, {1: [2, 1], 2: [1, 2]})

    assert pairs(pool, found) == {1: 2, 2: 1}


def test_who_sent_no_list_is_matched_by_the_criteria_where_the_programme_says_so():
    pool = pool_of([mentor(1, fields=("0613",)), mentor(2, fields=("0711",))], [person(1), person(2)])
    sent = {"mentees": {2: [1, 2]}, "mentors": {}}

    assert pairs(pool, lists(**sent)) == {}
    assert pairs(pool, lists(**sent, completed=True)).keys() == {1, 2}


def test_a_mentor_who_ranks_is_had_by_a_mentee_without_a_list_however_badly_they_fit():
    others = [mentor(n) for n in range(2, 130)]
    pool = pool_of([mentor(1, fields=("0913",)), *others], [person(1)])

    assert pairs(pool, lists({}, {1: [1]} | {n: [9] for n in range(2, 130)}, completed=True)) == {1: 1}


def test_an_entry_that_a_rule_forbids_since_is_not_there():
    apart = [Apart(mentor=UUID(int=1001), mentee=UUID(int=1), why=Bar.SUPERVISION)]
    found = lists({1: [1, 2]}, {1: [1], 2: [1]})

    assert pairs(pool_of([mentor(1), mentor(2)], [person(1)], apart), found) == {1: 2}
    assert pairs(pool_of([mentor(1), mentor(2)], [person(1)]), found) == {1: 1}


def test_who_has_left_is_on_no_list():
    assert pairs(pool_of([mentor(2)], [person(1)]), lists({1: [1, 2]}, {1: [1], 2: [1]})) == {1: 2}


def test_equals_on_a_list_share_a_place():
    pool = pool_of([mentor(1), mentor(2)], [person(1)])
    graph, score = wanted(pool, lists({1: [(1, 2)]}, {1: [1], 2: [1]}), np.array([0], np.int32))

    assert graph.points.tolist() == [10_000, 10_000]
    assert score.tolist() == [10_000, 10_000]


def test_only_the_mentees_whom_the_run_is_about_ask():
    pool = pool_of([mentor(1)], [person(1), person(2)])
    found = lists({1: [1], 2: [1]}, {1: [1, 2]})
    round = solve(pool, found, np.array([1], np.int32), pool.places)

    assert round.mate.tolist() == [-1, 0]


def test_the_check_finds_a_pair_that_would_rather_have_each_other():
    pool = pool_of([mentor(1), mentor(2)], [person(1), person(2)])
    found = lists({1: [1, 2], 2: [2, 1]}, {1: [1, 2], 2: [2, 1]})
    rows = np.arange(2, dtype=np.int32)
    round = solve(pool, found, rows, pool.places)
    round.mate[:] = [1, 0]

    assert {one.fault for one in faults(pool, found, rows, pool.places, round)} == {Fault.BLOCKING_PAIR}


@pytest.mark.parametrize("seed", range(20))
def test_lists_in_any_order_give_the_same_stable_pairs(seed):
    draw = Random(seed)
    mentors = [mentor(n, places=draw.randint(0, 3)) for n in range(8)]
    mentees = [person(n) for n in range(1, 20)]
    ranked = {n: draw.sample(range(8), draw.randint(1, 5)) for n in range(1, 20) if draw.random() < 0.8}
    ranking = {n: draw.sample(range(1, 20), draw.randint(3, 12)) for n in range(8) if draw.random() < 0.8}
    found = lists(ranked, ranking, completed=draw.random() < 0.5)
    again = Lists.of(
        Lists(mentees=dict(reversed(found.mentees.items())), mentors=found.mentors, completed=found.completed).told()
    )
    draw.shuffle(mentors)

    assert pairs(pool_of(mentors, mentees), found) == pairs(pool_of(mentors[::-1], mentees[::-1]), again)
