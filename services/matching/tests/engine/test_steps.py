"""The jobs of a run, one by one: the same bytes whenever and wherever one is done, and the best of all pairs in the end."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commons_matching.rules.engine.kernel import PLAIN
from commons_matching.rules.engine.pricing import certify
from commons_matching.rules.engine.round import worth_of
from commons_matching.rules.engine.total import solve_total
from commons_matching.runs import steps
from commons_matching.runs.solving import Asked, Kind, Named

from .instances import SEED
from .stepping import asked_of, stepped


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    """So that a few hundred people are several jobs."""
    monkeypatch.setattr(steps, "SHARD", 90)
    monkeypatch.setattr(steps, "WIDE_SHARD", 150)
    monkeypatch.setattr(steps, "LENGTH", 3)


@pytest.mark.parametrize("k", range(4))
def test_order_and_repetition_change_nothing(k):
    asked = asked_of(40, 300, SEED + k, bands=(4000,) if k % 2 else ())
    first, pieces = stepped(asked)
    for order in (1, 2):
        told, others = stepped(asked, order=order, again=1)
        assert (told, others.keys()) == (first, pieces.keys())
        assert others == pieces
    assert sum(name.startswith("run/lists") for name in pieces) == 4
    assert any(name.startswith("run/price/1") for name in pieces), "lists of three lack something"


def test_it_comes_to_the_best_of_all_pairs():
    asked = asked_of(40, 300, SEED)
    _, pieces = stepped(asked)
    pool, everyone = asked.pool, np.arange(300, dtype=np.int32)
    last = max(int(name.split("/")[2]) for name in pieces if name.startswith("run/solve"))
    round, _ = steps._round_of(pieces[Named("run", Kind.SOLVE, last, 0).content])
    graph = pool.best(everyone, pool.mentors)
    whole = certify(pool, graph, solve_total(graph, pool.places))[1]
    assert (round.size, round.total) == (whole.size, whole.total)


def test_who_stands_already_is_left_alone_and_who_is_proposed_is_kept_for_a_bonus():
    asked = asked_of(40, 300, SEED + 9)
    pool, (_, pieces) = asked.pool, stepped(asked)
    before, _ = steps._round_of(pieces[Named("run", Kind.SOLVE, 0, 0).content])
    i = int(np.flatnonzero(before.mate >= 0)[0])
    pinned, places = asked.pinned.copy(), pool.places.copy()
    pinned[i] = before.mate[i]
    places[before.mate[i]] -= 1
    rest = np.flatnonzero(pinned < 0).astype(np.int32)
    worst = np.array([row[-1] if len(row := pool.best(rest[n : n + 1], 40).cols) else -1 for n in range(len(rest))])
    keep = np.full(300, -1, np.int32)
    keep[rest] = worst
    changed = replace(asked, about=rest, places=places, pinned=pinned, keep=keep, bonus=20_000)
    told, pieces = stepped(changed)
    last = max(int(name.split("/")[2]) for name in pieces if name.startswith("run/solve"))
    found, _ = steps._round_of(pieces[Named("run", Kind.SOLVE, last, 0).content])
    assert found.mate[i] == -1
    assert (found.mate[rest] == keep[rest]).sum() > (before.mate[rest] == keep[rest]).sum()
    assert len(told["hash"]) == 64


def test_a_round_with_a_fault_is_not_told():
    asked = asked_of(40, 300, SEED + 3)
    _, pieces = stepped(asked)
    last = max(int(name.split("/")[2]) for name in pieces if name.startswith("run/verify"))
    name = Named("run", Kind.VERIFY, last, 1).content
    part = steps._part_of(pieces[name])
    pieces[name] = pieces[name].replace(str(part.reached).encode(), str(part.reached - 1).encode())
    desk = steps.Desk("run", asked, lambda names: [pieces[each] for each in names], lambda *_: b"")
    with pytest.raises(steps.NotVerifiedError, match="BETTER_TOTAL"):
        steps.do(Named("run", Kind.OUTCOME, last, 0), desk)


def test_small_pools_come_out_the_same_without_compiling(monkeypatch):
    monkeypatch.undo()
    seeds = [str(SEED + k) for k in range(5)]
    folder = Path(__file__).parents[1]
    environment = {**os.environ, PLAIN: "1", "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "engine.stepping", *seeds]
    plain = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert plain.stdout.split() == [stepped(asked_of(20, 60, int(seed)))[0]["hash"] for seed in seeds]


def test_what_is_asked_travels_whole():
    asked = asked_of(10, 30, SEED, bands=(3000, 5000), bonus=7, prices=np.arange(10), lists={"mentees": {"a": [["b"]]}})
    back = Asked.unpacked(asked.packed())
    assert (back.hash, back.packed()) == (asked.hash, asked.packed())
    assert (back.bands, back.bonus, back.lists, back.about) == ((3000, 5000), 7, {"mentees": {"a": [["b"]]}}, None)
    assert replace(asked, prices=None).hash != asked.hash
    assert (worth_of(asked.bands, 30, 7) == worth_of(back.bands, 30, back.bonus)).all()
