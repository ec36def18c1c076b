"""What a round of the engine is: who goes with whom, what it counts for, and the prices that prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .graph import WHOLE, Graph, Ints, Longs, Pairs

MOST = 2**61
"""What one more person and her points may count for at most: above it, sums of three would not fit into 64 bits."""


class BandsTooManyError(ValueError):
    """So many bands for so many people do not fit into 64 bits."""


class Keys(NamedTuple):
    """Who the rows and columns are (int64 each), where their order is not canonical: chance goes by them alone."""

    rows: Longs
    cols: Longs


@dataclass(frozen=True, kw_only=True)
class Round:
    """A matching with its proof. `mate[i]` is the mentor of mentee i, or -1; `points[i]` the fit of the pair, or 0.

    `worth[p]` is what a pair of p points counts for (a person, then bands, then points). In that unit `prices[j]` is what a
    place of mentor j costs, `gains[i]` what mentee i has left of her best pair once its place is paid, or 0. `gap` is the distance to the bound that the prices prove: 0, the best there is.
    """

    mate: Ints
    points: Ints
    prices: Longs
    gains: Longs
    worth: Longs
    gap: int
    stats: Mapping[str, int]

    @property
    def size(self) -> int:
        return int((self.mate >= 0).sum())

    @property
    def total(self) -> int:
        return int(self.points.sum())

    @property
    def tariff(self) -> Longs:
        """Prices in points, 0 to 10,000: how sought a place is, to spread the load in recommendations.

        What is left of a price above a whole person (places run short), half of one (just enough), or none.
        """
        half = max(int(self.worth[0]) // 2, 1)
        return np.asarray(np.clip(self.prices - (self.prices + half // 2) // half * half, 0, WHOLE))


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where the solver begins: pairs and prices of an earlier solution, in the numbers of the graph."""

    mate: Ints
    prices: Longs


def rescaled(prices: Longs, old: Longs, new: Longs) -> Longs:
    """Prices found where pairs counted `old`, as a start where they count `new`: whole and half persons are kept as such."""
    was, now = max(int(old[0]) // 2, 1), max(int(new[0]) // 2, 1)
    halves = (prices + was // 2) // was
    return np.asarray(np.maximum(prices - halves * was + halves * now, 0))


FEW = 8
"""Of fewer people one would outweigh points by so little that the two could not be told apart in a price."""


def worth_of(bands: Sequence[int], people: int, bonus: int = 0) -> Longs:
    """What a pair of 0..10,000 points counts for, where at most `people` pairs are made: int64[10,001].

    One person more outweighs all else; then one person lifted over the lowest of the `bands`, then over the next; then
    points and the `bonus` that some pairs may have.
    """
    worth, top = np.arange(WHOLE + 1, dtype=np.int64), WHOLE + bonus
    for band in (*sorted(set(bands), reverse=True), 0):
        step = max(people, FEW) * top + 1
        top += step
        if top > MOST:
            raise BandsTooManyError(f"{len(bands)} bands for {people} people")
        worth[band:] += step
    return worth


def unpriced(pool: Pairs, mate: Ints) -> Round:
    """A matching that was not found by prices: there are none, and they prove nothing. `mate` int32[mentees]: her mentor, or -1."""
    return Round(
        mate=mate,
        points=np.array([pool.points(i, j) if j >= 0 else 0 for i, j in enumerate(mate.tolist())], np.int32),
        prices=np.zeros(pool.mentors, np.int64),
        gains=np.zeros(pool.mentees, np.int64),
        worth=worth_of((), pool.mentees),
        gap=0,
        stats={},
    )


def keeping(graph: Graph, keep: Ints, bonus: int) -> Longs:
    """What single pairs count extra, int64 for each: `bonus` for the mentor whom a mentee would rather keep (or -1)."""
    wanted = np.repeat(keep, np.diff(graph.indptr))
    return np.where(graph.cols == wanted, np.int64(bonus), np.int64(0))


def exact_sum(of: Longs) -> int:
    """The sum of integers that would not fit into 64 bits together."""
    return (int((of >> 31).sum()) << 31) + int((of & (2**31 - 1)).sum())
