"""Candidate lists: the exact best mentors of each mentee, a graph for the solver or a page of suggestions for one person."""

from __future__ import annotations

import numpy as np

from .graph import BARRED, WHOLE, Graph, Ints, Longs, Pairs
from .lists import ALL, EMPTY, Asked, lists
from .sides import Sides
from .slices import Book, sheet

POINTS = np.arange(WHOLE + 1, dtype=np.int64)


def candidates(pool: Pairs, rows: Ints, k: int, prices: Longs | None = None, *, scale: int = 1) -> Graph:
    """The exact best k of `points * scale - price` for each mentee of `rows` ; prices may be finer than a point."""
    return pool.best(rows, k, prices, worth=None if scale == 1 else POINTS * scale)


def best(
    pool: Sides,
    book: Book,
    rows: Ints,
    k: int,
    prices: Longs | None = None,
    *,
    worth: Longs | None = None,
    floor: Longs | None = None,
) -> Graph:
    """`graph.Pairs.best`. Time: O(rows * mentors / 64 * bits a mentee has); memory: O(rows * k + mentors).

    rows int32 in 0..mentees - 1; k >= 1. Without the interpreter's lock, in the thread that calls it: give blocks of rows
    to threads or workers and join the graphs. Raises ValueError where a shape or an order is wrong.
    """
    rows = np.ascontiguousarray(rows, np.int32)
    _check(pool, rows, k, prices, worth, floor)
    if pool.mentors == 0 or len(rows) == 0:
        nobody = np.empty((len(rows), k), np.int32)
        return _packed(nobody, nobody, np.zeros(len(rows), np.int64), pool)
    order = np.lexsort((book.reach[rows], *book.ground[rows].T))
    cols, points = (np.empty((len(rows), k), np.int32) for _ in range(2))
    found = np.zeros(len(rows), np.int64)
    floors = np.full(len(rows), EMPTY) if floor is None else np.ascontiguousarray(floor, np.int64)[order]
    scratch = sheet(book.maps.shape[1], len(pool.rules.opted))
    asked = _asked(pool, book, prices, worth, plain=prices is None and worth is None and floor is None)
    lists(rows[order], min(k, pool.mentors), book, scratch, asked, floors, cols, points, found)
    back = np.argsort(order)
    return _packed(cols[back], points[back], found[back], pool)


def _asked(pool: Sides, book: Book, prices: Longs | None, worth: Longs | None, *, plain: bool) -> Asked:
    worth = POINTS if worth is None else np.ascontiguousarray(worth, np.int64)
    words = book.maps.shape[1]
    if prices is None:
        return Asked(plain, np.full(words, ALL), np.zeros(pool.mentors, np.int64), worth, 0)
    cost = np.ascontiguousarray(prices, np.int64)
    open_ = cost < BARRED
    return Asked(plain, _plane(open_, words), cost, worth, int(cost[open_].min(initial=BARRED)))


def _check(pool: Sides, rows: Ints, k: int, prices: Longs | None, worth: Longs | None, floor: Longs | None) -> None:
    if k < 1:
        raise ValueError("a list has at least one mentor")
    if len(rows) and (rows.min() < 0 or rows.max() >= pool.mentees):
        raise ValueError("a row lies outside the pool")
    if prices is not None and len(prices) != pool.mentors:
        raise ValueError("prices: one for each mentor")
    if worth is not None and (len(worth) != WHOLE + 1 or (np.diff(worth) < 0).any()):
        raise ValueError("worth: one for each number of points, not decreasing")
    if floor is not None and len(floor) != len(rows):
        raise ValueError("floor: one for each row")


def _plane(
    flags: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], words: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    packed = np.zeros(words * 8, np.uint8)
    bits = np.packbits(flags, bitorder="little")
    packed[: len(bits)] = bits
    return packed.view("<u8").astype(np.uint64)


def _packed(cols: Ints, points: Ints, found: np.ndarray[tuple[int, ...], np.dtype[np.int64]], pool: Sides) -> Graph:
    kept = np.arange(cols.shape[1]) < found[:, None]
    return Graph(
        indptr=np.concatenate([[0], np.cumsum(found)]).astype(np.int64),
        cols=cols[kept],
        points=points[kept],
        mentors=pool.mentors,
    )
