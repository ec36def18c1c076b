"""Good prices fast: rows bid for places until nobody would rather have another, first roughly, then finely.

Where mentees compete, a place costs what the best one who goes without would bring to it. The auction finds such prices to
within `eps`; whoever is content to within `eps` of what is best for her sits, and `exact` seats the others. Source: Bertsekas 1979,
Bertsekas and Castanon 1989 (places), scaling as in Bertsekas and Eckstein 1988.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .graph import Ints, Longs
from .kernel import Small, kernel

SCALE = 8
"""Prices are found to an eighth of a point; `exact` does the rest faster than ever finer bids would."""
FINER = 8
COARSE, COARSE_WITH_SPARE = 10, 1000
"""The first bids are this part of the best pair. Where places are to spare rough bids do harm: they price places that nobody
takes in the end."""
FARTHEST = 2**62


class NoEndError(RuntimeError):
    """More rows must be seated than can be: the auction would go on for ever."""


def auction(indptr: Longs, cols: Ints, worth: Longs, places: Ints) -> tuple[Ints, Longs]:
    """(mate of each row, -1 for none; price of each column, in the unit of `worth`): nearly the best, to begin with.

    Shapes: CSR of `indptr`, `cols`, `worth` (>= 0); `places` (> 0) of the columns. Where there are no more places than rows,
    every place is taken, and the price of going without is 0; otherwise every row is seated, and a free place costs nothing.
    NoEndError where that cannot be: prices are bounded, for a row that is outbid can reach a free place in `columns` steps.
    """
    rows, columns = len(indptr) - 1, len(places)
    outside = max(rows - int(places.sum()), 0)
    spare = int(places.sum()) > rows
    seats = np.append(places, outside).astype(np.int64)
    first = np.zeros(columns + 2, np.int64)
    np.cumsum(seats, out=first[1:])
    most = max(int(worth.max(initial=0)), 1) * SCALE
    whole = np.int32 if (columns + 3) * most * 2 < 2**31 else np.int64
    scaled: NDArray[Any] = np.multiply(worth, SCALE, dtype=whole, casting="unsafe")
    price: NDArray[Any] = np.zeros(columns + 1, whole)
    mate = np.full(rows, -1, np.int32)
    eps = max(most // (COARSE_WITH_SPARE if spare else COARSE), 1)
    while True:
        ceiling = min(int(price.max()) + (columns + 3) * (most + eps), FARTHEST)
        if not _phase(indptr, cols, scaled, seats, first, price, mate, eps, most, ceiling):
            raise NoEndError("some must be seated who cannot be")
        if spare:
            price[np.bincount(mate, minlength=columns + 1) < seats] = 0
        if eps == 1:
            break
        eps = max(eps // FINER, 1)
    points = price.astype(np.int64) // SCALE
    return np.where(mate == columns, -1, mate).astype(np.int32), np.asarray(points[:-1] - points[-1])


@kernel
def _phase(
    indptr: Longs,
    cols: Ints,
    worth: Longs,
    seats: Longs,
    first: Longs,
    price: Longs,
    mate: Ints,
    eps: int,
    most: int,
    ceiling: int,
) -> bool:
    """All rows stand up and bid until all sit; False where they never will."""
    n, outside = len(mate), len(seats) - 1
    held, bids = np.empty(first[-1], np.int32), np.empty(first[-1], price.dtype)
    used, waiting = np.zeros(len(seats), np.int64), np.arange(n)[::-1].copy()
    left = n
    while left > 0:
        i = waiting[left - 1]
        best, second, at = _choice(indptr, cols, worth, price, i, ceiling, seats[outside] > 0)
        if at < 0 or price[at] > ceiling:
            return False
        bid = price[at] + min(best - second, most) + eps
        mate[i] = at
        if used[at] < seats[at]:
            _raise_heap(held, bids, first[at], used[at], i, bid)
            used[at] += 1
            left -= 1
        else:
            waiting[left - 1] = held[first[at]]
            _sink(held, bids, first[at], used[at], i, bid)
        if used[at] == seats[at]:
            price[at] = bids[first[at]]
    return True


@kernel
def _choice(
    indptr: Longs, cols: Ints, worth: Longs, price: Longs, i: int, ceiling: int, may_stay_out: bool
) -> tuple[int, int, int]:
    """(what row i's best column leaves her, what her second best would, which the best is or -1)."""
    best, second, at = -ceiling, -ceiling, -1
    if may_stay_out:
        best, at = -price[-1], len(price) - 1
    for e in range(indptr[i], indptr[i + 1]):
        value = worth[e] - price[cols[e]]
        if value > best:
            best, second, at = value, best, cols[e]
        elif value > second:
            second = value
    return best, second, at


@kernel
def _raise_heap(held: Ints, bids: Longs, base: int, size: int, i: int, bid: int) -> None:
    """Add a holder to a column's heap, whose top is the lowest bid."""
    k = size
    while k > 0 and bids[base + ((k - 1) >> 1)] > bid:
        above = (k - 1) >> 1
        held[base + k], bids[base + k] = held[base + above], bids[base + above]
        k = above
    held[base + k], bids[base + k] = i, bid


@kernel
def _sink(held: Ints, bids: Longs, base: int, size: int, i: int, bid: int) -> None:
    """The lowest bid's place goes to another holder."""
    k = 0
    while True:
        below = 2 * k + 1
        if below >= size:
            break
        if below + 1 < size and bids[base + below + 1] < bids[base + below]:
            below += 1
        if bids[base + below] >= bid:
            break
        held[base + k], bids[base + k] = held[base + below], bids[base + below]
        k = below
    held[base + k], bids[base + k] = i, bid


@kernel
def part_of(
    indptr: Longs, cols: Ints, worth: Longs, person: int, in_rows: Small, in_cols: Small, part: int
) -> tuple[Ints, Ints, Longs, Ints, Longs]:
    """The rows and columns of one part of the split and the pairs between them: (rows, columns, then CSR in their numbers).

    Worth without what a `person` counts for: everyone here is one.
    """
    rows, columns = np.flatnonzero(in_rows == part).astype(np.int32), np.flatnonzero(in_cols == part).astype(np.int32)
    number = np.full(len(in_cols), -1, np.int32)
    for k in range(len(columns)):
        number[columns[k]] = k
    start, size = np.zeros(len(rows) + 1, np.int64), 0
    for r in range(len(rows)):
        for e in range(indptr[rows[r]], indptr[rows[r] + 1]):
            if number[cols[e]] >= 0:
                size += 1
        start[r + 1] = size
    its_cols, its_worth, at = np.empty(size, np.int32), np.empty(size, np.int64), 0
    for r in range(len(rows)):
        for e in range(indptr[rows[r]], indptr[rows[r] + 1]):
            if number[cols[e]] >= 0:
                its_cols[at], its_worth[at] = number[cols[e]], worth[e] - person
                at += 1
    return rows, columns, start, its_cols, its_worth
