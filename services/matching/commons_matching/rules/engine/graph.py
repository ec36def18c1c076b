"""The candidate graph that the pool hands to the solver, and what the solver may ask the pool for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

WHOLE = 10_000
"""Points of a perfect fit."""
BARRED = np.int64(1) << 61
"""A price at or above this keeps a mentor out of every list."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Graph:
    """Allowed pairs in compressed rows: row i is a mentee, `cols[indptr[i]:indptr[i + 1]]` are mentors, best first.

    indptr int64[n + 1], cols int32[m] with values below `mentors`, points int32[m] with values 0..10,000. No mentor is
    twice in a row. Arrays are read-only.
    """

    indptr: Longs
    cols: Ints
    points: Ints
    mentors: int

    def __post_init__(self) -> None:
        if self.indptr[0] != 0 or self.indptr[-1] != len(self.cols) or len(self.cols) != len(self.points):
            raise ValueError("the rows do not cover the pairs")
        for array in (self.indptr, self.cols, self.points):
            array.setflags(write=False)

    @property
    def mentees(self) -> int:
        return len(self.indptr) - 1

    @property
    def pairs(self) -> int:
        return len(self.cols)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the pairs of each row in their order; the same on every machine."""
        return digest(self.indptr, self.cols, self.points, np.array([self.mentors], np.int64))

    def row(self, i: int) -> tuple[Ints, Ints]:
        """Mentors of mentee i and the points of each pair, best first."""
        at = slice(int(self.indptr[i]), int(self.indptr[i + 1]))
        return self.cols[at], self.points[at]


class Paired(Protocol):
    """What every round has."""

    @property
    def mate(self) -> Ints: ...
    @property
    def points(self) -> Ints: ...


class Priced(Paired, Protocol):
    """What a round of total fit has: prices of places, and what points count for, in one unit."""

    @property
    def prices(self) -> Longs: ...
    @property
    def worth(self) -> Longs: ...


class Pairs(Protocol):
    """All allowed pairs of a pool, without listing them: what price-and-add and `verify` ask."""

    @property
    def mentees(self) -> int: ...
    @property
    def mentors(self) -> int: ...
    @property
    def places(self) -> Ints: ...

    def best(
        self,
        rows: Ints,
        k: int,
        prices: Longs | None = None,
        *,
        worth: Longs | None = None,
        floor: Longs | None = None,
    ) -> Graph:
        """For each mentee of `rows` the k allowed mentors with the most `worth[points] - prices[mentor]`, exactly.

        prices int64[mentors], none: free; BARRED: never. worth int64[10,001], not decreasing, none: the points
        themselves; it carries any scale and any bands. floor int64[len(rows)]: only pairs worth strictly more than it.
        The graph has len(rows) rows, in the order of `rows`; equals are ordered by the seeded lottery, then the mentor.
        """
        ...

    def most_left(
        self, rows: Ints, priced: Priced, open: NDArray[np.bool_], keep: tuple[Ints, int] | None
    ) -> tuple[Longs, Longs]:
        """For each mentee of `rows`: (the most that an allowed pair leaves her at these prices, what her own pair leaves her),
        0 where there is none. Counted without what `best` is counted with.

        `open` bool[mentors]: who has a place at all; `keep`: whom each would rather keep (int32[mentees], -1), and the bonus.
        """
        ...

    def points(self, i: int, j: int) -> int:
        """Fit of a pair, 0..10,000, whether it is allowed or not."""
        ...

    def allowed(self, i: int, j: int) -> bool: ...


def graph_of(rows: Sequence[Sequence[tuple[int, int]]], mentors: int) -> Graph:
    """A graph from lists of (mentor, points), for tests and small circles."""
    pairs = [pair for row in rows for pair in row]
    return Graph(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        cols=np.array([j for j, _ in pairs], np.int32),
        points=np.array([points for _, points in pairs], np.int32),
        mentors=mentors,
    )


def digest(*arrays: NDArray[Any]) -> str:
    """SHA-256 of arrays with their kinds and shapes, little-endian."""
    whole = sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
        whole.update(f"{plain.dtype.str}{plain.shape}".encode())
        whole.update(plain.tobytes())
    return whole.hexdigest()
