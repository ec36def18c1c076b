"""How many people can be matched at all, and where places or people are short: Hopcroft and Karp, Dulmage and Mendelsohn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .kernel import Ints, Longs, Small, kernel


class Part(IntEnum):
    """Where someone stands in every largest matching (Dulmage and Mendelsohn 1958)."""

    SHORT = 0
    """More mentees than places: some of these mentees go without, every one of these places is taken."""
    EVEN = 1
    """All mentees are matched and all places taken."""
    SPARE = 2
    """All mentees are matched, some places stay free."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """`rows[i]` and `cols[j]` are a `Part`; no largest matching joins two people of different parts."""

    rows: Small
    cols: Small


@dataclass(frozen=True, kw_only=True)
class Cardinality:
    """A largest matching: `mate[i]` is the column of row i, or -1; `size` rows have one; `split` proves it."""

    mate: Ints
    size: int
    split: Split


def max_cardinality(indptr: Longs, cols: Ints, places: Ints) -> Cardinality:
    """The most rows that columns with `places` can take.

    Shapes: `indptr` (rows + 1), `cols` (edges), `places` (columns, >= 0). Time: O(edges * sqrt(rows)); memory: O(rows +
    places + edges). Source: Hopcroft and Karp 1973, with places for each column.
    """
    rows = len(indptr) - 1
    first = np.zeros(len(places) + 1, np.int64)
    np.cumsum(places, out=first[1:])
    mate, held = np.full(rows, -1, np.int32), np.full(first[-1], -1, np.int32)
    used = np.zeros(len(places), np.int32)
    _take_what_is_free(indptr, cols, places, first, mate, held, used)
    while _lengthen(indptr, cols, places, first, mate, held, used):
        pass
    split = _split(indptr, cols, places, first, mate, held, used)
    return Cardinality(mate=mate, size=int((mate >= 0).sum()), split=split)


@kernel
def _take_what_is_free(
    indptr: Longs, cols: Ints, places: Ints, first: Longs, mate: Ints, held: Ints, used: Ints
) -> None:
    for i in range(len(mate)):
        for e in range(indptr[i], indptr[i + 1]):
            j = cols[e]
            if used[j] < places[j]:
                held[first[j] + used[j]] = i
                used[j] += 1
                mate[i] = j
                break


@kernel
def _levels(
    indptr: Longs,
    cols: Ints,
    places: Ints,
    first: Longs,
    mate: Ints,
    held: Ints,
    used: Ints,
    of_row: Ints,
    of_col: Ints,
) -> bool:
    """Number rows and columns by their distance from the unmatched rows; whether a free place is in reach."""
    queue = np.empty(len(mate), np.int32)
    head, tail, found = 0, 0, False
    of_row[:] = -1
    of_col[:] = -1
    for i in range(len(mate)):
        if mate[i] < 0:
            of_row[i] = 0
            queue[tail] = i
            tail += 1
    last = len(mate) + 1
    while head < tail:
        i = queue[head]
        head += 1
        if of_row[i] >= last:
            break
        for e in range(indptr[i], indptr[i + 1]):
            j = cols[e]
            if of_col[j] >= 0:
                continue
            of_col[j] = of_row[i] + 1
            if used[j] < places[j]:
                found, last = True, of_col[j]
            for s in range(first[j], first[j] + used[j]):
                of_row[held[s]] = of_col[j]
                queue[tail] = held[s]
                tail += 1
    return found


@kernel
def _lengthen(indptr: Longs, cols: Ints, places: Ints, first: Longs, mate: Ints, held: Ints, used: Ints) -> bool:
    """One phase: as many shortest augmenting paths as do not touch; False where none is left."""
    n = len(mate)
    of_row, of_col = np.empty(n, np.int32), np.empty(len(places), np.int32)
    if not _levels(indptr, cols, places, first, mate, held, used, of_row, of_col):
        return False
    edge, slot = indptr[:-1].copy(), first[:-1].copy()
    rows, slots = np.empty(n + 1, np.int32), np.empty(n + 1, np.int64)
    for root in range(n):
        if mate[root] >= 0:
            continue
        depth = 0
        rows[0] = root
        while depth >= 0:
            i = rows[depth]
            if edge[i] == indptr[i + 1]:
                depth -= 1
                continue
            j = cols[edge[i]]
            if of_col[j] != of_row[i] + 1:
                edge[i] += 1
            elif used[j] < places[j]:
                _shift(rows, slots, depth, j, first, mate, held, used)
                break
            elif slot[j] == first[j] + places[j]:
                edge[i] += 1
            else:
                taken = held[slot[j]]
                slot[j] += 1
                if of_row[taken] == of_col[j]:
                    depth += 1
                    rows[depth], slots[depth] = taken, slot[j] - 1
    return True


@kernel
def _shift(rows: Ints, slots: Longs, depth: int, j: int, first: Longs, mate: Ints, held: Ints, used: Ints) -> None:
    """The last row of the path takes a free place of column j, each one before it the place that came free."""
    place, col = first[j] + used[j], j
    used[j] += 1
    while depth >= 0:
        i = rows[depth]
        left = mate[i]
        held[place], mate[i] = i, col
        place, col = slots[depth], left
        depth -= 1


@kernel
def _reversed(indptr: Longs, cols: Ints, columns: int) -> tuple[Longs, Ints]:
    """The rows of each column: (start of each column, rows)."""
    start = np.zeros(columns + 1, np.int64)
    for j in cols:
        start[j + 1] += 1
    for j in range(columns):
        start[j + 1] += start[j]
    at, rows = start[:-1].copy(), np.empty(len(cols), np.int32)
    for i in range(len(indptr) - 1):
        for e in range(indptr[i], indptr[i + 1]):
            rows[at[cols[e]]] = i
            at[cols[e]] += 1
    return start, rows


def _split(indptr: Longs, cols: Ints, places: Ints, first: Longs, mate: Ints, held: Ints, used: Ints) -> Split:
    of_row, of_col = np.empty(len(mate), np.int32), np.empty(len(places), np.int32)
    _levels(indptr, cols, places, first, mate, held, used, of_row, of_col)
    start, rows = _reversed(indptr, cols, len(places))
    spare = _reached_from_spare(start, rows, places, mate, used)
    in_cols = np.where(of_col >= 0, Part.SHORT, np.where(spare, Part.SPARE, Part.EVEN)).astype(np.int8)
    in_rows = np.where(of_row >= 0, Part.SHORT, in_cols[mate]) if len(places) else np.zeros(len(mate), np.int8)
    return Split(rows=in_rows.astype(np.int8), cols=in_cols)


@kernel
def _reached_from_spare(start: Longs, rows: Ints, places: Ints, mate: Ints, used: Ints) -> Small:
    """Which columns could have a place free in some largest matching."""
    reached, queue, tail = np.zeros(len(places), np.int8), np.empty(len(places), np.int32), 0
    for j in range(len(places)):
        if used[j] < places[j]:
            reached[j] = 1
            queue[tail] = j
            tail += 1
    head = 0
    while head < tail:
        j = queue[head]
        head += 1
        for e in range(start[j], start[j + 1]):
            k = mate[rows[e]]
            if k >= 0 and reached[k] == 0:
                reached[k] = 1
                queue[tail] = k
                tail += 1
    return reached
