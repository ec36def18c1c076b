"""Flash mentoring: the first open slot in the order of time. The database books it; here is only which one it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .graph import Ints, Longs
from .kernel import Flags


@dataclass(frozen=True, kw_only=True)
class Slots:
    """Offered times: `starts` (int64, any unit of time), `mentors` (int32) and `open` (bool) of each slot."""

    starts: Longs
    mentors: Ints
    open: Flags

    def in_time(self) -> Longs:
        """Slots from the first to the last; at the same time by mentor."""
        return np.lexsort((self.mentors, self.starts))


def first_open(slots: Slots, allowed: Flags, *, after: int) -> int:
    """The earliest open slot that begins later than `after`, of a mentor who is `allowed` (bool for each mentor); -1: none.

    Time: O(slots * log slots).
    """
    order = slots.in_time()
    fits = slots.open[order] & allowed[slots.mentors[order]] & (slots.starts[order] > after)
    return int(order[np.argmax(fits)]) if fits.any() else -1


def flash(slots: Slots, allowed: Flags, *, after: Longs) -> Ints:
    """A slot for each request in the order in which they came, or -1; no slot twice.

    `allowed` bool[requests, mentors]; `after` int64[requests]. Time: O(requests * slots).
    """
    order = slots.in_time()
    mentors, starts, free = slots.mentors[order], slots.starts[order], slots.open[order].copy()
    booked = np.full(len(after), -1, np.int32)
    for r in range(len(after)):
        fits = free & allowed[r][mentors] & (starts > after[r])
        at = int(np.argmax(fits)) if fits.any() else -1
        if at >= 0:
            free[at] = False
            booked[r] = order[at]
    return booked
