"""How many people can be matched at all, and where places or people are short: Hopcroft and Karp, Dulmage and Mendelsohn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from .kernel import Ints, Longs, Small, kernel
from .net import SHIFT, Net, turned

FAR = 2**62


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


class Taken(NamedTuple):
    """`mate[i]` is the column of row i, or -1; column j holds rows `held[first[j]:first[j] + used[j]]`. int32 all three."""

    mate: Ints
    held: Ints
    used: Ints


class Levels(NamedTuple):
    """Steps from the nearest unmatched row: int32 of each row and column, -1 where there is no way."""

    rows: Ints
    cols: Ints


def max_cardinality(of: Net) -> Cardinality:
    """The most rows that the places of columns can take.

    Time: O(pairs * sqrt(rows)); memory: O(rows + places + columns) beside the net, and what cannot be told apart at sight of
    the split. Source: Hopcroft and Karp 1973, with places for each column.
    """
    columns = len(of.places)
    taken = Taken(np.full(of.rows, -1, np.int32), np.full(of.first[-1], -1, np.int32), np.zeros(columns, np.int32))
    levels = Levels(np.empty(of.rows, np.int32), np.empty(columns, np.int32))
    _take_what_is_free(of, taken, _sought(of))
    while _number(of, taken, levels):
        _lengthen(of, taken, levels)
    return Cardinality(mate=taken.mate, size=int((taken.mate >= 0).sum()), split=_split(of, taken, levels))


@kernel
def _sought(of: Net) -> Longs:
    """How many rows could have each column, in sixteenths of a place. O(pairs)."""
    rows = np.zeros(len(of.places), np.int64)
    for pair in of.pairs:
        rows[np.uint64(pair) >> SHIFT] += 1
    return rows * 16 // np.maximum(of.places, 1)


@kernel
def _take_what_is_free(of: Net, taken: Taken, sought: Longs) -> None:
    """Each row in turn the least sought of its columns with a free place. O(pairs)."""
    for i in range(len(taken.mate)):
        at, least = -1, np.int64(FAR)
        for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
            j = np.uint64(of.pairs[e]) >> SHIFT
            if sought[j] < least and taken.used[j] < of.places[j]:
                at, least = int(np.int64(j)), sought[j]
        if at >= 0:
            taken.held[of.first[at] + taken.used[at]] = i
            taken.used[at] += 1
            taken.mate[i] = at


@kernel
def _number(of: Net, taken: Taken, levels: Levels) -> bool:
    """Set the levels, up to the nearest free place; whether one is in reach at all. O(pairs)."""
    mate, held, used, of_row, of_col = taken.mate, taken.held, taken.used, levels.rows, levels.cols
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
        for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
            j = np.uint64(of.pairs[e]) >> SHIFT
            if of_col[j] >= 0:
                continue
            of_col[j] = of_row[i] + 1
            if used[j] < of.places[j]:
                found, last = True, of_col[j]
            for s in range(of.first[j], of.first[j] + np.int64(used[j])):
                of_row[held[s]] = of_col[j]
                queue[tail] = held[s]
                tail += 1
    return found


@kernel
def _lengthen(of: Net, taken: Taken, levels: Levels) -> None:
    """One phase: as many shortest augmenting paths as do not touch. O(pairs)."""
    mate, held, used, of_row, of_col = taken.mate, taken.held, taken.used, levels.rows, levels.cols
    n, first = len(mate), of.first
    edge, slot = of.indptr[:-1].copy(), first[:-1].copy()
    rows, slots = np.empty(n + 1, np.int32), np.empty(n + 1, np.int64)
    for root in range(n):
        if mate[root] >= 0:
            continue
        depth = 0
        rows[0] = root
        while depth >= 0:
            i = rows[depth]
            if edge[i] == of.indptr[i + 1]:
                depth -= 1
                continue
            j = np.uint64(of.pairs[np.uint64(edge[i])]) >> SHIFT
            if of_col[j] != of_row[i] + 1:
                edge[i] += 1
            elif used[j] < of.places[j]:
                _shift(rows, slots, depth, int(np.int64(j)), first, taken)
                break
            elif slot[j] == first[j] + of.places[j]:
                edge[i] += 1
            else:
                next_one = held[slot[j]]
                slot[j] += 1
                if of_row[next_one] == of_col[j]:
                    depth += 1
                    rows[depth], slots[depth] = next_one, slot[j] - 1


@kernel
def _shift(rows: Ints, slots: Longs, depth: int, j: int, first: Longs, taken: Taken) -> None:
    """The last row of the path takes a free place of column j, each one before it the place that came free. O(depth)."""
    place, col = first[j] + taken.used[j], j
    taken.used[j] += 1
    while depth >= 0:
        i = rows[depth]
        left = taken.mate[i]
        taken.held[place], taken.mate[i] = i, col
        place, col = slots[depth], left
        depth -= 1


def _split(of: Net, taken: Taken, levels: Levels) -> Split:
    """From the levels of a search that reached no free place: what it reached is short."""
    if not len(of.places):
        return Split(rows=np.zeros(of.rows, np.int8), cols=np.zeros(0, np.int8))
    spare = (taken.used < of.places).astype(np.int8)
    unsure = _beside_spare(of, taken.mate, levels.rows, spare)
    _reach(*turned(of, unsure)[:2], taken.mate, spare)
    in_cols = np.where(levels.cols >= 0, Part.SHORT, np.where(spare, Part.SPARE, Part.EVEN)).astype(np.int8)
    in_rows = np.where(levels.rows >= 0, Part.SHORT, in_cols[taken.mate]).astype(np.int8)
    return Split(rows=in_rows, cols=in_cols)


@kernel
def _beside_spare(of: Net, mate: Ints, short: Ints, spare: Small) -> Ints:
    """Mark the columns whose rows could go to one that is spare; the rows of which one look does not tell. O(pairs)."""
    unsure, count = np.empty(len(mate), np.int32), 0
    for i in range(len(mate)):
        if short[i] >= 0 or spare[mate[i]]:
            continue
        for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
            if spare[np.uint64(of.pairs[e]) >> SHIFT]:
                spare[mate[i]] = 1
                break
        else:
            unsure[count] = i
            count += 1
    return unsure[:count]


@kernel
def _reach(start: Longs, rows: Ints, mate: Ints, spare: Small) -> None:
    """Mark all columns that could have a place free in some largest matching, from those known. O(pairs given)."""
    queue, tail, head = np.empty(len(spare), np.int32), 0, 0
    for j in range(len(spare)):
        if spare[j]:
            queue[tail] = j
            tail += 1
    while head < tail:
        j = queue[head]
        head += 1
        for e in range(start[j], start[j + 1]):
            k = mate[rows[e]]
            if spare[k] == 0:
                spare[k] = 1
                queue[tail] = k
                tail += 1
