"""Lists are exact: the same mentors, points and order as a plain look at every pair, over hundreds of small pools."""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random, SystemRandom
from uuid import UUID

import numpy as np
import pytest

from commons_contracts.codes import Cefr, Criterion
from commons_matching.rules.engine.candidates import candidates
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.explain import explain
from commons_matching.rules.engine.graph import BARRED
from commons_matching.rules.engine.people import People
from commons_matching.rules.engine.weights import Rules

from . import brute, pools

SEED = int(os.environ.get("ENGINE_SEED", SystemRandom().randrange(1 << 31)))
POOLS = int(os.environ.get("ENGINE_POOLS", "60"))
COMPARED = [c for c in Criterion if c is not Criterion.MOTIVATION]


@pytest.fixture(autouse=True)
def told():
    """Shown where a test fails."""
    print(f"ENGINE_SEED={SEED} ENGINE_POOLS={POOLS}")


def some_rules(draw):
    return Rules(
        weights=tuple((c, draw.randrange(0, 5000)) for c in draw.sample(list(Criterion), draw.randrange(1, 9))),
        opt_in=tuple(draw.sample(COMPARED, draw.randrange(0, 4))),
        needed=tuple(draw.sample(COMPARED, draw.randrange(0, 3))),
        language_least=draw.choice([Cefr.A1, Cefr.B1, Cefr.C1]),
        hours_least=draw.randrange(0, 3),
        hours_enough=draw.randrange(2, 7),
        near_km=draw.choice([5, 50, 200]),
        other_organisation=draw.random() < 0.5,
        woman_mentors=draw.random() < 0.1,
        untold_language=draw.random() < 0.3,
        untold_place=draw.random() < 0.3,
    )


def some_people(draw, mentors, mentees):
    """A few hundred people with gaps, shared places and organisations, and some on both sides."""
    made = pools.people(mentors, mentees, draw.randrange(1 << 31), towns=draw.choice([3, 30]), apart=0.8)

    def gappy(p):
        gone = {name: () for name in ("fields", "goals", "languages", "background") if draw.random() < 0.05}
        gone |= {name: None for name in ("country", "place", "at", "radius_km", "stage") if draw.random() < 0.08}
        gone |= {"fields": tuple(code[: draw.choice([2, 3, 4])] for code in p.fields)} if draw.random() < 0.3 else {}
        return replace(p, **gone, opted_in=tuple(draw.sample(COMPARED, draw.randrange(0, 8))))

    both = [replace(gappy(p), places=1) for p in made.mentors[: draw.randrange(0, 4)]]
    return People(
        mentors=tuple(map(gappy, made.mentors)),
        mentees=(*map(gappy, made.mentees), *both),
        apart=made.apart,
    )


def pool_of(draw, mentors=None, mentees=12):
    people, rules = some_people(draw, mentors or draw.randrange(1, 150), mentees), some_rules(draw)
    return people, compile_pool(people, rules, draw.randrange(1 << 40))


def ordered(side):
    return sorted(side, key=lambda p: p.person.int)


@pytest.mark.parametrize("n", range(POOLS))
def test_every_pair_is_allowed_and_scored_as_plainly_reckoned(n):
    people, pool = pool_of(Random(f"{SEED} pairs {n}"), mentors=30)
    apart = {(pair.mentor, pair.mentee) for pair in people.apart}

    for i, mentee in enumerate(ordered(people.mentees)):
        for j, mentor in enumerate(ordered(people.mentors)):
            assert pool.allowed(i, j) == brute.allowed(mentee, mentor, pool.rules, apart), (i, j)
            parts, bars = explain(pool, i, j)
            counted = {part.criterion: part.points for part in parts if not part.skipped}
            assert counted == brute.parts(mentee, mentor, pool.rules), (i, j)
            assert pool.points(i, j) == sum(part.points for part in parts)
            assert (bars == ()) == pool.allowed(i, j)


@pytest.mark.parametrize("n", range(POOLS))
def test_a_list_holds_the_best_of_all_pairs(n):
    draw = Random(f"{SEED} lists {n}")
    people, pool = pool_of(draw)
    apart = {(pair.mentor, pair.mentee) for pair in people.apart}
    k, rows = draw.choice([1, 3, 8, 40, 200]), draw.sample(range(pool.mentees), draw.randrange(1, pool.mentees))
    prices = np.array([draw.choice([0, 5, draw.randrange(9000), int(BARRED)]) for _ in range(pool.mentors)], np.int64)
    worth = np.sort(np.array([draw.randrange(1 << 40) for _ in range(10_001)], np.int64))
    floor = np.array([draw.choice([-(1 << 50), draw.randrange(1 << 39)]) for _ in rows], np.int64)
    mentees, mentors = ordered(people.mentees), ordered(people.mentors)
    fits = {
        (i, j): brute.points(mentees[i], mentor, pool.rules)
        for i in rows
        for j, mentor in enumerate(mentors)
        if brute.allowed(mentees[i], mentor, pool.rules, apart)
    }

    for how in ({}, {"prices": prices}, {"prices": prices, "worth": worth, "floor": floor}, {"floor": floor % 9000}):
        graph = pool.best(np.array(rows, np.int32), k, **how)
        for r, i in enumerate(rows):
            wanted = sorted(_valued(pool, fits, i, r, how), reverse=True)[:k]
            cols, points = graph.row(r)
            assert [(int(j), int(p)) for j, p in zip(cols, points, strict=True)] == [(j, p) for *_, j, p in wanted]


def _valued(pool, fits, i, r, how):
    prices, worth, floor = (how.get(name) for name in ("prices", "worth", "floor"))
    for (row, j), points in fits.items():
        if row != i or (prices is not None and prices[j] >= BARRED):
            continue
        value = int(points if worth is None else worth[points]) - (0 if prices is None else int(prices[j]))
        if floor is None or value > floor[r]:
            yield value, lottery(pool, i, j), -j, j, points


def lottery(pool, i, j):
    """Splitmix64's finaliser of the seed and the two ids."""
    whole = (1 << 64) - 1

    def key(person):
        high, low = person.int >> 64, person.int & whole
        return high ^ (low << 1 & whole) ^ low >> 63

    x = ((pool.seed ^ key(pool.mentee.person(i))) * 0x9E3779B97F4A7C15 + key(pool.mentor.person(j))) & whole
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & whole
    x = (x ^ x >> 27) * 0x94D049BB133111EB & whole
    return (x ^ x >> 31) >> 44


def test_the_order_of_people_and_the_company_of_rows_change_nothing():
    draw = Random(f"{SEED} order")
    people, rules = some_people(draw, 90, 40), pools.RULES
    pool, rows = compile_pool(people, rules, 3), np.arange(40, dtype=np.int32)
    mentors, mentees, apart = (
        tuple(draw.sample(part, len(part))) for part in (people.mentors, people.mentees, people.apart)
    )
    other = compile_pool(People(mentors=mentors, mentees=mentees, apart=apart), rules, 3)
    whole = candidates(pool, rows, 8)

    assert other.hash == pool.hash
    assert candidates(other, rows, 8).hash == whole.hash
    assert compile_pool(people, rules, 4).hash != pool.hash
    for i in (0, 7, 39):
        assert [list(a) for a in candidates(pool, rows[i : i + 1], 8).row(0)] == [list(a) for a in whole.row(i)]


def test_equals_are_drawn_by_lot_and_another_seed_draws_anew():
    same = replace(pools.people(1, 1, 1).mentors[0], languages=(("en", Cefr.C1),), hours=1 << 20, ready=True)
    mentors = tuple(replace(same, person=UUID(int=n + 1)) for n in range(200))
    mentee = replace(same, person=UUID(int=900), organisation=None, wants_woman=False)
    people = People(mentors=mentors, mentees=(mentee,))
    drawn = [candidates(compile_pool(people, pools.RULES, seed), [0], 5).row(0)[0].tolist() for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] != [0, 1, 2, 3, 4]


def test_prices_finer_than_a_point_tell_equals_apart():
    _, pool = pool_of(Random(f"{SEED} prices"), mentors=60)
    rows = np.arange(pool.mentees, dtype=np.int32)
    prices = np.arange(60, dtype=np.int64) * 30
    whole, finer = candidates(pool, rows, 5), candidates(pool, rows, 5, prices, scale=2000)

    for i in rows:
        cols, points = finer.row(i)
        assert points.tolist() == whole.row(i)[1].tolist()
        assert sorted(zip(-points, cols, strict=True)) == list(zip(-points, cols, strict=True))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"k": 0}, "at least one"),
        ({"rows": [99]}, "outside the pool"),
        ({"prices": np.zeros(2, np.int64)}, "one for each mentor"),
        ({"worth": np.arange(10_001)[::-1]}, "not decreasing"),
        ({"floor": np.zeros(5, np.int64)}, "one for each row"),
    ],
)
def test_what_does_not_fit_is_refused(how, message):
    pool = compile_pool(pools.people(3, 3, 1), pools.RULES)

    with pytest.raises(ValueError, match=message):
        pool.best(**({"rows": [0], "k": 1} | how))


def test_nobody_to_choose_from_is_an_empty_list():
    pool = compile_pool(People(mentors=(), mentees=pools.people(1, 3, 1).mentees), pools.RULES)

    assert pool.best(np.arange(3, dtype=np.int32), 4).indptr.tolist() == [0, 0, 0, 0]
    assert pool.places.tolist() == []
