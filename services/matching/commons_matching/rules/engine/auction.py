"""Good prices fast: rows bid for places until nobody would rather have another, first roughly, then finely.

Where mentees compete, a place costs what the best one who goes without would bring to it. The auction finds such prices to
within `eps` of a scaled point; at eps = 1 and a scale above columns + 1 they are exact once rounded. Source: Bertsekas 1979,
Bertsekas and Castanon 1989 (places), scaling as in Bertsekas and Eckstein 1988.
"""

from __future__ import annotations

import numpy as np

from .graph import Ints, Longs
from .kernel import Small, kernel

COARSE, FINER = 10, 8
MOST_BIDS = 4000
"""Bids a row and phase beyond which something is wrong: the best pools need fewer than 50."""
SCALED = 2**58


class NoEndError(RuntimeError):
    """More rows must be seated than can be: the auction would go on for ever."""


def auction(indptr: Longs, cols: Ints, worth: Longs, places: Ints) -> tuple[Ints, Longs]:
    """(mate of each row, -1 for none; price of each column): every place taken, in the unit of `worth`.

    Shapes: CSR of `indptr`, `cols`, `worth` (>= 0); `places` of the columns, with sum(places) <= rows. Rows that go
    without are those for whom the column beside all others is best. Raises NoEndError where the places cannot all be filled.
    """
    rows, columns = len(indptr) - 1, len(places)
    outside = rows - int(places.sum())
    if outside < 0:
        raise NoEndError("more places than rows")
    seats = np.append(places, outside).astype(np.int64)
    first = np.zeros(columns + 2, np.int64)
    np.cumsum(seats, out=first[1:])
    most = max(int(worth.max(initial=0)), 1)
    scale = min(columns + 3, max(SCALED // (most * (columns + 3)), 1))
    scaled = worth * scale
    price, mate = np.zeros(columns + 1, np.int64), np.full(rows, -1, np.int32)
    eps = max(most * scale // COARSE, 1)
    while True:
        if not _phase(indptr, cols, scaled, seats, first, price, mate, eps, most * scale):
            raise NoEndError("some places can never be filled")
        if eps == 1:
            break
        eps = max(eps // FINER, 1)
    return np.where(mate == columns, -1, mate).astype(np.int32), _rounded(price, scale)


def _rounded(price: Longs, scale: int) -> Longs:
    """Whole points from scaled prices; the price of going without becomes 0.

    They are rounded where no column's remainder lies just below the next point: whoever is content to within 1 of the scale
    is then wholly content.
    """
    taken = np.zeros(scale, np.bool_)
    taken[price % scale] = True
    free = int(np.argmin(taken))
    whole = (price + (scale - 1 - free)) // scale
    return np.asarray(whole[:-1] - whole[-1], np.int64)


@kernel
def _phase(
    indptr: Longs, cols: Ints, worth: Longs, seats: Longs, first: Longs, price: Longs, mate: Ints, eps: int, most: int
) -> bool:
    """All rows stand up and bid until all sit; False where they never will."""
    n, outside = len(mate), len(seats) - 1
    held, bids = np.empty(first[-1], np.int32), np.empty(first[-1], np.int64)
    used, waiting = np.zeros(len(seats), np.int64), np.empty(n, np.int32)
    for i in range(n):
        waiting[i] = n - 1 - i
    left, budget, ceiling = n, np.int64(n) * MOST_BIDS, np.int64(2) ** 61
    while left > 0:
        i = waiting[left - 1]
        best, second, at = -ceiling, -ceiling, -1
        if seats[outside] > 0:
            best, at = -price[outside], outside
        for e in range(indptr[i], indptr[i + 1]):
            value = worth[e] - price[cols[e]]
            if value > best:
                best, second, at = value, best, cols[e]
            elif value > second:
                second = value
        budget -= 1
        if at < 0 or budget < 0 or price[at] > ceiling - 2 * most:
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
    indptr: Longs, cols: Ints, worth: Longs, in_rows: Small, in_cols: Small, part: int
) -> tuple[Ints, Ints, Longs, Ints, Longs]:
    """The rows and columns of one part of the split and the pairs between them: (rows, columns, then CSR in their numbers)."""
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
                its_cols[at], its_worth[at] = number[cols[e]], worth[e]
                at += 1
    return rows, columns, start, its_cols, its_worth
