"""The pairs as the solvers read them: column and points of a pair in one word, rows in the order of their lots.

A solver reads every pair a dozen times, so what counts is how much memory that is: four bytes a pair, eight above 131,071 columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .graph import WHOLE, Graph, Ints, Longs
from .kernel import kernel
from .lottery import arranged

Words = NDArray[Any]
"""uint32 or uint64."""
CODES = 15
"""Bits of a word for what a pair counts by: its points, or WHOLE + 1 more where it has a bonus."""
SHIFT, MASK = np.uint64(CODES), np.uint64((1 << CODES) - 1)
WIDEST = 1 << (32 - CODES)


class Net(NamedTuple):
    """Row r's pairs are `pairs[indptr[r]:indptr[r + 1]]`: the column above CODES bits, below it p with the worth `worth[p]`.

    indptr int64[rows + 1]; pairs uint32 or uint64; worth int64[codes], >= 0; places int32[columns], >= 0; column j has the
    slots `first[j]:first[j + 1]` (int64).
    """

    indptr: Longs
    pairs: Words
    worth: Longs
    places: Ints
    first: Longs

    @property
    def rows(self) -> int:
        return len(self.indptr) - 1


def net_of(graph: Graph, places: Ints, worth: Longs, extra: Longs | None, rows: Ints, cols: Ints | None) -> Net:
    """The graph with rows in the order `rows`, and columns too where `cols` is given: each row's are ascending then.

    `extra` int64[pairs] is 0 or one number, for what single pairs count more. O(pairs).
    """
    codes, bonus = graph.points, 0 if extra is None else int(extra.max(initial=0))
    if extra is not None and bonus:
        codes = graph.points + np.where(extra == bonus, WHOLE + 1, 0).astype(np.int32)
        worth = np.concatenate([worth, worth + bonus])
    whole: type[Any] = np.uint32 if graph.mentors < WIDEST else np.uint64
    if cols is None:
        indptr, pairs = np.zeros(len(rows) + 1, np.int64), np.empty(graph.pairs, whole)
        _packed(graph.indptr, graph.cols, codes, rows, indptr, pairs)
    else:
        indptr, new_cols, was = arranged(graph.indptr, graph.cols, rows, cols)
        places = places[cols]
        pairs = (new_cols.astype(whole) << whole(CODES)) | codes[was].astype(whole)
    first = np.zeros(len(places) + 1, np.int64)
    np.cumsum(places, out=first[1:])
    return Net(indptr, pairs, worth, places.astype(np.int32, copy=False), first)


@kernel
def _packed(indptr: Longs, cols: Ints, codes: Ints, order: Ints, start: Longs, pairs: Words) -> None:
    """Row by row. Numbers that cannot be negative are unsigned in loops over pairs: no index is looked at twice. O(pairs)."""
    for r in range(len(order)):
        was, at = np.uint64(indptr[order[r]]), np.uint64(start[r])
        size = np.uint64(indptr[order[r] + 1]) - was
        for n in range(size):
            pairs[at + n] = (np.uint64(cols[was + n]) << SHIFT) | np.uint64(codes[was + n])
        start[r + 1] = np.int64(at + size)


class Back(NamedTuple):
    """Pairs by columns: where each column's begin (int64[columns + 1]), their rows (int32), and their codes (uint16)."""

    start: Longs
    rows: Ints
    codes: NDArray[np.uint16]


def turned(of: Net, rows: Ints) -> Back:
    """The pairs of these rows by columns, rows of each in the order given. O(pairs + columns)."""
    return Back(*_turned(of, rows, len(of.places)))


@kernel
def _turned(of: Net, some: Ints, columns: int) -> tuple[Longs, Ints, NDArray[np.uint16]]:
    start = np.zeros(columns + 1, np.int64)
    for i in some:
        for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
            start[(np.uint64(of.pairs[e]) >> SHIFT) + np.uint64(1)] += 1
    for j in range(columns):
        start[j + 1] += start[j]
    at, size = start[:-1].copy(), start[columns]
    rows, codes = np.empty(size, np.int32), np.empty(size, np.uint16)
    for i in some:
        for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
            pair = np.uint64(of.pairs[e])
            col = pair >> SHIFT
            rows[at[col]], codes[at[col]] = i, pair & MASK
            at[col] += 1
    return start, rows, codes


def pairs_of(graph: Graph, mate: Ints) -> tuple[Ints, Longs]:
    """(points of each mentee's pair, 0 for none; where the pair stands in the graph, -1 for none). O(pairs)."""
    at = np.full(graph.mentees, -1, np.int64)
    _places_of(graph.indptr, graph.cols, mate, at)
    points = np.zeros(graph.mentees, np.int32)
    points[at >= 0] = graph.points[at[at >= 0]]
    return points, at


@kernel
def _places_of(indptr: Longs, cols: Ints, mate: Ints, at: Longs) -> None:
    """Where each row's own column stands among its pairs. O(pairs)."""
    for i in range(len(mate)):
        for e in range(indptr[i], indptr[i + 1]):
            if cols[e] == mate[i]:
                at[i] = e
                break
