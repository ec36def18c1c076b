"""Good prices fast: rows bid for places until nobody would rather have another, first roughly, then finely.

Where mentees compete, a place costs what the best one who goes without would bring to it. The auction finds such prices to
within `eps`; whoever is content to within `eps` of what is best for her sits, and `exact` seats the others. Source: Bertsekas 1979,
Bertsekas and Castanon 1989 (places), scaling as in Bertsekas and Eckstein 1988.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .graph import Ints, Longs
from .kernel import Flags, kernel
from .net import MASK, SHIFT, Net

SCALE = 8
"""Prices are found to an eighth of a point; `exact` does the rest faster than ever finer bids would."""
FINER = 8
COARSE, COARSE_WITH_SPARE = 10, 1000
"""The first bids are this part of the best pair. Where places are to spare rough bids do harm: they price places that nobody
takes in the end."""
TRIED = 6
"""Bids a row for which the finest are tried at once where places are to spare, for mostly nobody has to be outbid."""
DONE, NEVER, TOO_LONG = range(3)
FARTHEST = 2**62
CLOSED = FARTHEST + FARTHEST // 2


class NoEndError(RuntimeError):
    """More rows must be seated than can be: the auction would go on for ever."""


class Hall(NamedTuple):
    """Where rows bid. The last column is the place outside. For each column its seats, the first of them, how many are taken,
    and the price; for each seat, in a heap by bids, who holds it. `waiting` is who stands, the next one last.
    """

    seats: Longs
    first: Longs
    used: Longs
    price: Longs
    held: Ints
    bids: Longs
    waiting: Ints


def auction(of: Net, rows: Ints, among: Flags, person: int = 0) -> tuple[Ints, Longs]:
    """(mate of each row, -1 for none; price of each column, in the unit of worth): nearly the best for `rows`, to begin with.

    Only these `rows` bid, and for columns `among` only (bool[columns]); a `person` is the part of a pair's worth that is the
    same for all. Where there are no more places than rows, every place is taken, and the price of going without is 0;
    otherwise every row is seated, and a free place costs nothing. NoEndError where that cannot be: prices are bounded, for a
    row that is outbid can reach a free place in `columns` steps. Memory: O(rows + places), beside the net.
    """
    among = among & (of.places > 0)
    free = np.where(among, of.places, 0)
    outside, spare = max(len(rows) - int(free.sum()), 0), int(free.sum()) > len(rows)
    hall = _hall(np.append(free, outside).astype(np.int64), np.append(among, outside > 0), len(rows))
    value, here = (of.worth - person) * SCALE, np.flatnonzero(among)
    mate, most = np.full(of.rows, -1, np.int32), max(int(value.max(initial=0)), 1)
    eps, patience = (1, TRIED * len(rows)) if spare else (max(most // COARSE, 1), -1)
    while True:
        ceiling = min(int(hall.price[hall.seats > 0].max()) + (len(here) + 3) * (most + eps), FARTHEST)
        end = _phase(of, value, rows, hall, mate, eps, most, ceiling, patience)
        if end == NEVER:
            raise NoEndError("some must be seated who cannot be")
        if end == TOO_LONG:
            hall.price[here] = 0
            eps, patience = max(most // COARSE_WITH_SPARE, 1), -1
            continue
        if eps == 1:
            break
        if spare:
            hall.price[hall.used < hall.seats] = 0
        else:
            hall.price[here] -= eps
        eps = max(eps // FINER, 1)
    if spare:
        hall.price[hall.used < hall.seats] = 0
    points = hall.price // SCALE
    mate[mate == len(among)] = -1
    return mate, np.asarray(points[:-1] - (points[-1] if outside else 0))


def _hall(seats: Longs, among: Flags, rows: int) -> Hall:
    """Nobody sits. Columns that nobody may have here cost more than anyone can bid."""
    first = np.zeros(len(seats) + 1, np.int64)
    np.cumsum(seats, out=first[1:])
    price = np.where(among, np.int64(0), np.int64(CLOSED))
    held, bids = np.empty(first[-1], np.int32), np.empty(first[-1], np.int64)
    return Hall(seats, first, np.zeros(len(seats), np.int64), price, held, bids, np.empty(rows, np.int32))


@kernel
def _phase(
    of: Net, value: Longs, rows: Ints, hall: Hall, mate: Ints, eps: int, most: int, ceiling: int, patience: int
) -> int:
    """All rows stand up and bid until all sit, or `patience` bids were made. A bid takes O(pairs of the row + log seats)."""
    seats, first, used, price, waiting = hall.seats, hall.first, hall.used, hall.price, hall.waiting
    used[:] = 0
    left = len(rows)
    for k in range(left):
        waiting[k] = rows[left - 1 - k]
    while left > 0:
        i = waiting[left - 1]
        best, second, at = _choice(of, value, price, i, ceiling)
        if at < 0 or price[at] > ceiling:
            return NEVER
        patience -= 1
        if patience == 0:
            return TOO_LONG
        bid = price[at] + min(best - second, most) + eps
        mate[i] = at
        if used[at] < seats[at]:
            _raise_heap(hall.held, hall.bids, first[at], used[at], i, bid)
            used[at] += 1
            left -= 1
        else:
            waiting[left - 1] = hall.held[first[at]]
            _sink(hall.held, hall.bids, first[at], used[at], i, bid)
        if used[at] == seats[at]:
            price[at] = hall.bids[first[at]]
    return DONE


@kernel
def _choice(of: Net, value: Longs, price: Longs, i: int, ceiling: int) -> tuple[int, int, int]:
    """(what row i's best column leaves her, what her second best would, which the best is or -1). O(pairs of the row).

    Without branches: which of some thirty columns is the best yet, the processor cannot foresee.
    """
    outside = len(price) - 1
    best, second, at = max(-price[outside], -ceiling), -ceiling, np.uint64(outside) << SHIFT
    for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
        pair = np.uint64(of.pairs[e])
        left = value[pair & MASK] - price[pair >> SHIFT]
        second = max(second, min(best, left))
        at = pair if left > best else at
        best = max(best, left)
    return best, second, int(np.int64(at >> SHIFT)) if best > -ceiling else -1


@kernel
def _raise_heap(held: Ints, bids: Longs, base: int, size: int, i: int, bid: int) -> None:
    """Add a holder to a column's heap, whose top is the lowest bid. O(log size)."""
    k = size
    while k > 0 and bids[base + ((k - 1) >> 1)] > bid:
        above = (k - 1) >> 1
        held[base + k], bids[base + k] = held[base + above], bids[base + above]
        k = above
    held[base + k], bids[base + k] = i, bid


@kernel
def _sink(held: Ints, bids: Longs, base: int, size: int, i: int, bid: int) -> None:
    """The lowest bid's place goes to another holder. O(log size)."""
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
