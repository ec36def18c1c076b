"""Chance that anyone can draw again: a seeded order of people, the same on every machine and for every order of the input."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .graph import Ints, Longs
from .kernel import kernel

STEP, FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def lots(seed: int, keys: Longs) -> NDArray[np.uint64]:
    """A lot for each key (int64). Source: SplitMix64, Steele, Lea and Flood 2014."""
    with np.errstate(over="ignore"):
        return _mixed(keys.astype(np.uint64) * STEP + _mixed(np.array([seed % 2**64], np.uint64) + STEP))


def _mixed(lot: NDArray[np.uint64]) -> NDArray[np.uint64]:
    lot = (lot ^ (lot >> np.uint64(30))) * FIRST
    lot = (lot ^ (lot >> np.uint64(27))) * SECOND
    return np.asarray(lot ^ (lot >> np.uint64(31)))


def by_lot(seed: int, keys: Longs) -> Ints:
    """The positions of `keys` in the order of their lots; equal lots in the order of keys."""
    return np.lexsort((keys, lots(seed, keys))).astype(np.int32)


@kernel
def arranged(indptr: Longs, cols: Ints, row_order: Ints, col_order: Ints) -> tuple[Longs, Ints, Longs]:
    """The same pairs with rows and columns in a new order, each row's columns ascending: (indptr, cols, pair each was)."""
    columns, number = len(col_order), np.empty(len(col_order), np.int32)
    for k in range(columns):
        number[col_order[k]] = k
    at, start = np.zeros(columns + 1, np.int64), np.zeros(len(row_order) + 1, np.int64)
    for j in cols:
        at[number[j] + 1] += 1
    for k in range(columns):
        at[k + 1] += at[k]
    rows, pairs = np.empty(len(cols), np.int32), np.empty(len(cols), np.int64)
    for r in range(len(row_order)):
        i = row_order[r]
        start[r + 1] = start[r] + indptr[i + 1] - indptr[i]
        for e in range(indptr[i], indptr[i + 1]):
            s = at[number[cols[e]]]
            rows[s], pairs[s] = r, e
            at[number[cols[e]]] += 1
    new_cols, was, next_in = np.empty(len(cols), np.int32), np.empty(len(cols), np.int64), start[:-1].copy()
    s = 0
    for k in range(columns):
        while s < at[k]:
            r = rows[s]
            new_cols[next_in[r]], was[next_in[r]] = k, pairs[s]
            next_in[r] += 1
            s += 1
    return start, new_cols, was
