"""The compiled pool of a round: who may be matched with whom and how well, without listing the pairs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .explain import barred, points
from .graph import Graph, Ints, Longs
from .sides import Sides

if TYPE_CHECKING:
    from .slices import Book


class Pool(Sides):
    """`graph.Pairs` of compiled people. The kernels are loaded at the first list that is asked for."""

    @cached_property
    def book(self) -> Book:
        """The pool as the kernels read it, with the index of mentors."""
        from .index import book_of

        return book_of(self)

    def best(
        self,
        rows: Ints,
        k: int,
        prices: Longs | None = None,
        *,
        worth: Longs | None = None,
        floor: Longs | None = None,
    ) -> Graph:
        """`graph.Pairs.best`: the exact best k of all allowed pairs of each mentee in `rows`."""
        from .candidates import best

        return best(self, self.book, rows, k, prices, worth=worth, floor=floor)

    def points(self, i: int, j: int) -> int:
        """Fit of mentee i and mentor j, 0..10,000, whether they are allowed or not."""
        return points(self, i, j)

    def allowed(self, i: int, j: int) -> bool:
        return barred(self, i, j) is None
