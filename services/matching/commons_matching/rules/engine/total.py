"""The round of total fit: most people matched, then fewest below each band of fit, then most points; with its proof."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .auction import auction
from .cardinality import Part, max_cardinality
from .exact import Seats, settle
from .graph import Graph, Ints, Longs
from .lottery import by_lot
from .net import Net, net_of, pairs_of
from .round import Keys, Round, Start, exact_sum, keeping, worth_of


class SizeTooLargeError(ValueError):
    """More people than any matching has."""


def solve_total(
    graph: Graph,
    places: Ints,
    *,
    size: int | None = None,
    bands: Sequence[int] = (),
    keep: Ints | None = None,
    bonus: int = 0,
    seed: int = 0,
    prices: Longs | None = None,
    keys: Keys | None = None,
) -> Round:
    """The best matching of `graph` in which mentor j takes at most `places[j]` mentees, proven by prices.

    `size` is how many the caller expects to be matched: SizeTooLargeError where that cannot be. `bands` are points under
    which a pair is a poor one, each 1..10,000. `keep[i]` is a mentor whom mentee i would rather keep, or -1: that pair
    counts `bonus` points more. `prices` of an earlier round are a start: the result is as good without them. `seed` and
    `keys` decide between equals (without keys, the order of columns and of each row's pairs must be canonical). Time O(pairs * columns * log) at worst; see docs/matching.md for what it takes.
    """
    worth = worth_of(bands, min(graph.mentees, int(places.sum())), bonus if keep is not None else 0)
    extra = None if keep is None or bonus == 0 else keeping(graph, keep, bonus)
    start = None if prices is None else Start(mate=np.full(graph.mentees, -1, np.int32), prices=prices)
    found = best(graph, places, worth, extra, seed=seed, keys=keys, start=start)
    if size is not None and found.size < size:
        raise SizeTooLargeError(f"{size} people, where {found.size} is the most")
    return found


def best(
    graph: Graph,
    places: Ints,
    worth: Longs,
    extra: Longs | None,
    *,
    seed: int,
    keys: Keys | None = None,
    start: Start | None = None,
) -> Round:
    """As `solve_total`, with the worth of points and something extra for single pairs (int64 each, or none) given."""
    rows = by_lot(seed, np.arange(graph.mentees) if keys is None else keys.rows)
    cols = None if keys is None else by_lot(~seed, keys.cols)
    of = net_of(graph, places, worth, extra, rows, cols)
    cols = np.arange(graph.mentors, dtype=np.int32) if cols is None else cols
    if start is None:
        mate, price = _first(of, int(worth[0]))
    else:
        number = np.empty(len(cols) + 1, np.int32)
        number[cols], number[-1] = np.arange(len(cols)), -1
        mate, price = number[start.mate[rows]], np.maximum(start.prices[cols], 0)
    seats = settle(of, mate, np.where(of.places > 0, price, of.worth.max()))
    return _round(graph, places, worth, extra, (rows, cols), seats)


def _first(of: Net, person: int) -> tuple[Ints, Longs]:
    """Pairs and prices to begin with: an auction for each part of the split, since no best matching joins two of them."""
    split = max_cardinality(of).split
    mate, price = np.full(of.rows, -1, np.int32), np.zeros(len(of.places), np.int64)
    for part, base in (Part.SHORT, person), (Part.EVEN, person // 2), (Part.SPARE, 0):
        rows, among = np.flatnonzero(split.rows == part).astype(np.int32), (split.cols == part) & (of.places > 0)
        if len(rows) and among.any():
            its_mate, its_price = auction(of, rows, among, person)
            mate[rows] = its_mate[rows]
            price[among] = base + (its_price[among] - (its_price[among].min() if part == Part.EVEN else 0))
    return mate, price


def _round(
    graph: Graph, places: Ints, worth: Longs, extra: Longs | None, order: tuple[Ints, Ints], seats: Seats
) -> Round:
    """Back to the numbers of the graph, with the bound that the prices prove."""
    rows, cols = order
    mate, prices = np.full(graph.mentees, -1, np.int32), np.empty(graph.mentors, np.int64)
    mate[rows] = np.where(seats.mate < 0, -1, cols[seats.mate]) if len(cols) else -1
    prices[cols] = seats.price
    gains = np.empty(graph.mentees, np.int64)
    gains[rows] = seats.gain
    points, at = pairs_of(graph, mate)
    worths = worth[points][mate >= 0] + (0 if extra is None else extra[at[mate >= 0]])
    total, bound = exact_sum(worths), exact_sum(seats.gain) + exact_sum(places * prices)
    stats = {"pairs": graph.pairs, "bound_gap": bound - total}
    return Round(mate=mate, points=points, prices=prices, gains=gains, worth=worth, gap=bound - total, stats=stats)
