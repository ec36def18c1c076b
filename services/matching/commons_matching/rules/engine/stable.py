"""The round of two-way preferences: nobody and no free place would rather have each other than what they have.

Mentees ask in the order of their lists, a mentor keeps the best who asked (Gale and Shapley 1962, with places). Where mentors
hold several for equal, whoever was turned down by all asks a second time and is then preferred among equals (Kiraly 2011):
with strict lists of mentees at least two thirds of the largest stable number are matched. Equals are drawn by lottery; of
several lotteries the one that matches most, then with most points, is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .graph import WHOLE, Graph, Ints, Longs
from .kernel import kernel
from .lottery import lots
from .net import pairs_of
from .round import Keys

LOTS = np.uint64(2**20 - 1)


@dataclass(frozen=True, kw_only=True)
class Stable:
    """`mate[i]` is the mentor of mentee i, or -1; `points[i]` what the pair is to her. `lottery`: which one was taken;
    `second` mentees asked a second time.
    """

    mate: Ints
    points: Ints
    lottery: int
    second: int

    @property
    def size(self) -> int:
        return int((self.mate >= 0).sum())

    @property
    def total(self) -> int:
        return int(self.points.sum())


def solve_stable(
    graph: Graph,
    places: Ints,
    mentor_score: Ints,
    *,
    seed: int = 0,
    second_chance: bool = True,
    lotteries: int = 20,
    keys: Keys | None = None,
) -> Stable:
    """A stable matching of `graph`: its points are what mentees think of mentors, `mentor_score[e]` (int32, >= 0) what the
    mentor of pair e thinks of the mentee; more is better, equal is equal. Pairs that are not there are not wanted.

    Time: O(pairs * log places) for each lottery; one is enough where no list has equals.
    """
    rows = np.repeat(np.arange(graph.mentees), np.diff(graph.indptr))
    pairs = (rows if keys is None else keys.rows[rows]) * np.int64(0x5851F42D4C957F2D)
    pairs = pairs + (graph.cols.astype(np.int64) if keys is None else keys.cols[graph.cols])
    best = None
    for lottery in range(1 if _strict(graph, rows, mentor_score) else lotteries):
        lot = (lots(seed + lottery, pairs) & LOTS).astype(np.int64)
        order = np.lexsort((lot, -graph.points, rows))
        mate, second = _ask(
            graph.indptr, graph.cols[order], (mentor_score.astype(np.int64) << 21 | lot)[order], places, second_chance
        )
        points, _ = pairs_of(graph, mate)
        found = Stable(mate=mate, points=points, lottery=lottery, second=second)
        if best is None or (found.size, found.total) > (best.size, best.total):
            best = found
    if best is None:
        raise ValueError("at least one lottery")
    return best


def of_lists(mentees: Sequence[Sequence[int]], mentors: Sequence[Sequence[int]]) -> tuple[Graph, Ints]:
    """(graph, mentor_score) of ranked lists, best first: only who is on each other's list can be a pair.

    `mentees[i]` are numbers of mentors, `mentors[j]` of mentees, none twice; lists are at most 10,000 long.
    """
    rank = [{i: at for at, i in enumerate(ranked)} for ranked in mentors]
    rows = [[(j, at) for at, j in enumerate(ranked) if i in rank[j]] for i, ranked in enumerate(mentees)]
    pairs = [(i, j, at) for i, row in enumerate(rows) for j, at in row]
    graph = Graph(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        cols=np.array([j for _, j, _ in pairs], np.int32),
        points=np.array([WHOLE - at for _, _, at in pairs], np.int32),
        mentors=len(mentors),
    )
    return graph, np.array([WHOLE - rank[j][i] for i, j, _ in pairs], np.int32)


def _strict(graph: Graph, rows: Longs, mentor_score: Ints) -> bool:
    mine = rows * np.int64(WHOLE + 1) + graph.points
    theirs = graph.cols * np.int64(2**32) + mentor_score
    return len(np.unique(mine)) == len(mine) and len(np.unique(theirs)) == len(theirs)


@kernel
def _ask(indptr: Longs, cols: Ints, liking: Longs, places: Ints, second_chance: bool) -> tuple[Ints, int]:
    """Everyone asks down her list until she is kept or has no one left to ask: (mate, how many asked a second time).

    `liking` is a mentor's score << 21 and a lot of 20 bits; bit 20 is for a second chance.
    """
    n, first = len(indptr) - 1, np.zeros(len(places) + 1, np.int64)
    first[1:] = np.cumsum(places)
    held, keys = np.empty(first[-1], np.int32), np.empty(first[-1], np.int64)
    used, mate, at = np.zeros(len(places), np.int32), np.full(n, -1, np.int32), indptr[:-1].copy()
    again, waiting, left, second = np.zeros(n, np.int64), np.arange(n), n, 0
    while left > 0:
        i = waiting[left - 1]
        if at[i] == indptr[i + 1]:
            if second_chance and again[i] == 0 and indptr[i] < indptr[i + 1]:
                again[i], at[i], second = 1, indptr[i], second + 1
            else:
                left -= 1
            continue
        j, key = cols[at[i]], liking[at[i]] | again[i] << 20
        at[i] += 1
        if used[j] < places[j]:
            _keep(held, keys, first[j], used[j], i, key)
            used[j] += 1
            mate[i] = j
            left -= 1
        elif places[j] > 0 and key > keys[first[j] + used[j] - 1]:
            out = held[first[j] + used[j] - 1]
            _keep(held, keys, first[j], used[j] - 1, i, key)
            mate[i], mate[out] = j, -1
            waiting[left - 1] = out
    return mate, second


@kernel
def _keep(held: Ints, keys: Longs, base: int, size: int, i: int, key: int) -> None:
    """Set a mentee among those whom a mentor keeps, the best first."""
    k = size
    while k > 0 and keys[base + k - 1] < key:
        held[base + k], keys[base + k] = held[base + k - 1], keys[base + k - 1]
        k -= 1
    held[base + k], keys[base + k] = i, key
