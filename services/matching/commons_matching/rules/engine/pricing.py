"""The proof over all allowed pairs: ask for every pair that would beat what its mentee has, add it, solve again, until none is.

Candidate lists lose people silently. But a pair outside the lists can improve the round only if it is worth more than its
mentee's gain and its mentor's price together, and that is quick to ask of the pool. Once no pair is, the prices bound every
matching of all allowed pairs, and the round has reached the bound (column generation, Ford and Fulkerson 1958).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .graph import BARRED, Graph, Ints, Longs, Pairs
from .kernel import Flags, kernel
from .round import Keys, Round, Start
from .total import best

Across = Callable[[Callable[[Ints], Graph], Sequence[Ints]], Iterable[Graph]]
BLOCK = 2048
"""Mentees whose pairs are asked for at a time."""
AT_ONCE = 12
"""Pairs added for a mentee at a time: the dearest first; most mentees need none."""
ANEW = 20
"""Where more than one mentee in so many has a better pair, the solver begins anew rather than repair."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """`size` people and `total` points, of at most `bound`; `missing_edges` allowed pairs might still improve them.

    With none missing and bound = total, no matching of all allowed pairs is better.
    """

    size: int
    total: int
    bound: int
    missing_edges: int

    @property
    def proven(self) -> bool:
        return self.missing_edges == 0 and self.bound == self.total


@dataclass(frozen=True, kw_only=True)
class Seen:
    """When all pairs were last looked at: the prices and gains then, and whose lists were too long to be taken whole."""

    prices: Longs
    gains: Longs
    cut: Flags


def missing(pool: Pairs, rows: Ints, round: Round, seen: Seen | None = None, k: int = AT_ONCE) -> Graph:
    """For the mentees `rows`, the k allowed pairs each that most exceed gain and price; a block of this is one job.

    Given what was `seen` before, only what can have changed is asked for: everything for a mentee whose gain fell, and for
    the others the mentors whose prices fell.
    """
    floor = round.gains[rows]
    if seen is None:
        return pool.best(rows, k, round.prices, worth=round.worth, floor=floor)
    anew = seen.cut[rows] | (floor < seen.gains[rows])
    cheaper = np.where(round.prices < seen.prices, round.prices, BARRED)
    everything = pool.best(rows[anew], k, round.prices, worth=round.worth, floor=floor[anew])
    if (cheaper == BARRED).all():
        return spread(everything, np.flatnonzero(anew), len(rows))
    few = pool.best(rows[~anew], k, cheaper, worth=round.worth, floor=floor[~anew])
    return joined(spread(everything, np.flatnonzero(anew), len(rows)), spread(few, np.flatnonzero(~anew), len(rows)))


def price_and_add(
    pool: Pairs,
    graph: Graph,
    round: Round,
    *,
    rows: Ints | None = None,
    seen: Seen | None = None,
    k: int = AT_ONCE,
    across: Across = map,
) -> tuple[Graph, Certificate, Seen]:
    """The graph with what it lacked added, what is proven of `round` so far, and what was seen.

    `rows` are the mentees whom the round is about, if not all. Time: one look at all allowed pairs (see `Pairs.best`), less
    with `seen`.
    """
    about = np.arange(graph.mentees, dtype=np.int32) if rows is None else rows
    found_in = across(lambda part: missing(pool, part, round, seen, k), blocks(about, BLOCK))
    more = spread(stacked(list(found_in), graph.mentors), about.astype(np.int64), graph.mentees)
    return joined(graph, more), proof(round, more), looked(round, more, k)


def proof(round: Round, more: Graph) -> Certificate:
    """What is proven of a round by what it still misses."""
    return Certificate(size=round.size, total=round.total, bound=round.total + round.gap, missing_edges=more.pairs)


def looked(round: Round, more: Graph, k: int = AT_ONCE) -> Seen:
    """What to remember of a look at all pairs that found `more`."""
    return Seen(prices=round.prices, gains=round.gains, cut=np.diff(more.indptr) >= k)


def improved(
    graph: Graph, wider: Graph, round: Round, places: Ints, extra: Longs | None, *, seed: int, keys: Keys | None = None
) -> Round:
    """The best of the `wider` graph, from the best of `graph`: repaired where few have better pairs, else begun anew."""
    changed = int(np.count_nonzero(np.diff(wider.indptr) - np.diff(graph.indptr)))
    start = Start(mate=round.mate, prices=round.prices) if changed * ANEW < graph.mentees else None
    return best(wider, places, round.worth, extra, seed=seed, keys=keys, start=start)


def certify(
    pool: Pairs,
    graph: Graph,
    round: Round,
    *,
    seed: int = 0,
    keys: Keys | None = None,
    extra: Longs | None = None,
    rows: Ints | None = None,
    places: Ints | None = None,
    across: Across = map,
) -> tuple[Graph, Round, Certificate]:
    """Price and add until nothing is missing: the best round of all allowed pairs, with its proof.

    `extra` is what single pairs of the graph count more (int64 each); `rows` and `places` where the round is about some
    mentees and places only; `across` asks for blocks of pairs one after another or at the same time, as `map` does. Ends, because pairs are added only and there are finitely many.
    """
    seen, free = None, pool.places if places is None else places
    while True:
        wider, found, seen = price_and_add(pool, graph, round, rows=rows, seen=seen, across=across)
        if found.missing_edges == 0:
            return graph, round, found
        extra = None if extra is None else _along(graph, wider, extra)
        graph, round = wider, improved(graph, wider, round, free, extra, seed=seed, keys=keys)


def blocks(rows: Ints, size: int) -> Sequence[Ints]:
    """The rows in blocks of `size`, for workers."""
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def stacked(parts: Sequence[Graph], mentors: int) -> Graph:
    """The rows of all parts, one below the other: what workers found in `blocks`, in their order."""
    sizes = [np.zeros(1, np.int64), *(np.diff(part.indptr) for part in parts)]
    none = np.zeros(0, np.int32)
    return Graph(
        indptr=np.cumsum(np.concatenate(sizes)),
        cols=np.concatenate([none, *(part.cols for part in parts)]),
        points=np.concatenate([none, *(part.points for part in parts)]),
        mentors=mentors,
    )


def joined(graph: Graph, more: Graph) -> Graph:
    """The pairs of both, each row's own first. They must have none in common."""
    indptr, cols, points = _joined(graph.indptr, graph.cols, graph.points, more.indptr, more.cols, more.points)
    return Graph(indptr=indptr, cols=cols, points=points, mentors=graph.mentors)


def spread(few: Graph, at: Longs, rows: int) -> Graph:
    """The rows of `few` at the places `at` among `rows`."""
    sizes = np.zeros(rows, np.int64)
    sizes[at] = np.diff(few.indptr)
    return Graph(
        indptr=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        cols=few.cols,
        points=few.points,
        mentors=few.mentors,
    )


def _along(graph: Graph, wider: Graph, extra: Longs) -> Longs:
    """`extra` for the pairs that were added too: nothing."""
    along = np.zeros(wider.pairs, np.int64)
    shift = np.repeat(wider.indptr[:-1] - graph.indptr[:-1], np.diff(graph.indptr))
    along[np.arange(graph.pairs) + shift] = extra
    return along


@kernel
def _joined(
    indptr: Longs, cols: Ints, points: Ints, more_indptr: Longs, more_cols: Ints, more_points: Ints
) -> tuple[Longs, Ints, Ints]:
    both = indptr + more_indptr
    all_cols, all_points = np.empty(both[-1], np.int32), np.empty(both[-1], np.int32)
    for i in range(len(both) - 1):
        at = both[i]
        for e in range(indptr[i], indptr[i + 1]):
            all_cols[at], all_points[at] = cols[e], points[e]
            at += 1
        for e in range(more_indptr[i], more_indptr[i + 1]):
            all_cols[at], all_points[at] = more_cols[e], more_points[e]
            at += 1
    return both, all_cols, all_points
