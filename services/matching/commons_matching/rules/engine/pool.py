"""The compiled pool of a round: who may be matched with whom and how well, without listing the pairs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .explain import barred, points
from .graph import Graph, Ints, Longs, Priced
from .sides import Sides

if TYPE_CHECKING:
    from .sight import Eyes
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

    @cached_property
    def eyes(self) -> Eyes:
        """The pool as `verify` has it looked at."""
        from .sight import eyes_of

        return eyes_of(self)

    def most_left(
        self, rows: Ints, priced: Priced, open: NDArray[np.bool_], keep: tuple[Ints, int] | None
    ) -> tuple[Longs, Longs]:
        """`graph.Pairs.most_left`: pair by pair, from the rows of the two people alone."""
        from .eyes import Round, most_left

        wish, bonus = (np.full(self.mentees, -1, np.int32), 0) if keep is None else keep
        return most_left(self.eyes, rows, Round(priced.mate, wish, bonus, priced.prices, priced.worth, open))

    def points(self, i: int, j: int) -> int:
        """Fit of mentee i and mentor j, 0..10,000, whether they are allowed or not."""
        return points(self, i, j)

    def allowed(self, i: int, j: int) -> bool:
        return barred(self, i, j) is None
