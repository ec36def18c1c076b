"""The best matching from any start: shortest paths of regret, which repair whatever prices and pairs they are given.

A pair (i, j) has a worth W >= 0, a column a price P >= 0, a row the gain u = max(0, best W - P). Optimal means: every pair of
the matching is worth u + P, an unmatched row has u = 0, a column with a free place has P = 0. Sum of u + sum of places * P is
then the total, and no other matching has more (duality of linear programmes). Source: successive shortest paths with
potentials (Edmonds and Karp 1972, Tomizawa 1971; Jonker and Volgenant 1987), here for many places and from any start.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .heap import Heap, clear, empty_heap, pop, push
from .kernel import Flags, Ints, Longs, kernel
from .net import MASK, SHIFT, Back, Net, turned

FAR = 2**62


class Seats(NamedTuple):
    """`mate[i]` is i's column or -1; column j holds rows `held[first[j] : first[j] + used[j]]`; prices and gains."""

    mate: Ints
    held: Ints
    used: Ints
    price: Longs
    gain: Longs


class Search(NamedTuple):
    """What a search remembers: `via[j]` the row that would come to j (or leave it), `to[j]` where it would go."""

    heap: Heap
    via: Ints
    to: Ints
    seen: Flags
    done: Ints


def settle(of: Net, mate: Ints, price: Longs) -> Seats:
    """The best matching of all, from the start `mate` (rows int32, -1 for none) and `price` (columns int64, >= 0).

    Exact whatever the start; the nearer the start is to the best, the less there is to do. A search takes
    O(edges * log columns) at worst and there are at most rows + places of them; from good prices both are few and short.
    """
    seats = Seats(
        mate.copy(),
        np.full(of.first[-1], -1, np.int32),
        np.zeros(len(of.places), np.int32),
        price.copy(),
        np.zeros(len(mate), np.int64),
    )
    m = len(of.places)
    search = Search(
        empty_heap(m),
        np.empty(m, np.int32),
        np.empty(m, np.int32),
        np.zeros(m, np.bool_),
        np.empty(m, np.int32),
    )
    _seat_rows(of, seats, search)
    if ((seats.used < of.places) & (seats.price > 0)).any():
        _fill_places(of, turned(of, np.arange(of.rows, dtype=np.int32)), seats, search)
    return seats


@kernel
def _seat_rows(of: Net, seats: Seats, search: Search) -> None:
    for i in range(len(seats.mate)):
        _sit_where_content(of, seats, i)
    for i in range(len(seats.mate)):
        if seats.mate[i] < 0 and seats.gain[i] > 0:
            _find_a_place(of, seats, search, i)


@kernel
def _fill_places(of: Net, back: Back, seats: Seats, search: Search) -> None:
    for j in range(len(of.places)):
        while seats.used[j] < of.places[j] and seats.price[j] > 0:
            _fill_or_lower(of, back, seats, search, j)


@kernel
def _sit_where_content(of: Net, seats: Seats, i: int) -> None:
    """Row i keeps the place it was given if none is better at these prices; its gain is what the best would bring."""
    best, here, j = np.int64(0), np.int64(-1), seats.mate[i]
    for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
        pair = np.uint64(of.pairs[e])
        left = of.worth[pair & MASK] - seats.price[pair >> SHIFT]
        best = max(best, left)
        here = left if int(np.int64(pair >> SHIFT)) == j else here
    seats.gain[i] = best
    seats.mate[i] = -1
    if j >= 0 and here == best and seats.used[j] < of.places[j]:
        seats.held[of.first[j] + seats.used[j]] = i
        seats.used[j] += 1
        seats.mate[i] = j


@kernel
def _look_round(of: Net, seats: Seats, search: Search, i: int, far: int, nearest: int) -> tuple[int, int]:
    """Row i, `far` from the root, looks at its columns: (how near an end is now, the column that is that end or -1)."""
    base, end = far + seats.gain[i], -1
    for e in range(np.uint64(of.indptr[i]), np.uint64(of.indptr[i + 1])):
        pair = np.uint64(of.pairs[e])
        j = int(np.int64(pair >> SHIFT))
        dist = base + seats.price[j] - of.worth[pair & MASK]
        if dist >= nearest or (search.seen[j] and dist >= search.heap.dist[j]):
            continue
        search.via[j] = i
        if seats.used[j] < of.places[j]:
            nearest, end = dist, j
        else:
            search.seen[j] = True
            push(search.heap, j, dist)
    return nearest, end


@kernel
def _find_a_place(of: Net, seats: Seats, search: Search, root: int) -> None:
    """The cheapest chain of moves that seats the row: to a free place, or until someone goes without."""
    heap, count = search.heap, 0
    nearest, leaves = seats.gain[root], root
    nearest, end = _look_round(of, seats, search, root, 0, nearest)
    while heap.size[0] > 0 and heap.dist[heap.item[0]] < nearest:
        j = pop(heap)
        search.done[count] = j
        count += 1
        for s in range(of.first[j], of.first[j] + seats.used[j]):
            i = seats.held[s]
            if heap.dist[j] + seats.gain[i] < nearest:
                nearest, leaves, end = heap.dist[j] + seats.gain[i], i, -1
            nearer, found = _look_round(of, seats, search, i, heap.dist[j], nearest)
            if found >= 0:
                nearest, end = nearer, found
    for k in range(count):
        j = search.done[k]
        rise = nearest - heap.dist[j]
        seats.price[j] += rise
        for s in range(of.first[j], of.first[j] + seats.used[j]):
            seats.gain[seats.held[s]] -= rise
        search.seen[j] = False
    seats.gain[root] -= nearest
    _forget(search)
    _move_up(of, seats, search, root, leaves, end)


@kernel
def _forget(search: Search) -> None:
    for k in range(search.heap.size[0]):
        search.seen[search.heap.item[k]] = False
    clear(search.heap)


@kernel
def _slot(of: Net, seats: Seats, i: int) -> int:
    s = int(of.first[seats.mate[i]])
    while seats.held[s] != i:
        s += 1
    return s


@kernel
def _move_up(of: Net, seats: Seats, search: Search, root: int, leaves: int, end: int) -> None:
    """Along the chain found: everyone moves one place on, the root sits down."""
    if end >= 0:
        slot, j = of.first[end] + seats.used[end], end
        seats.used[end] += 1
    elif leaves == root:
        return
    else:
        slot, j = _slot(of, seats, leaves), seats.mate[leaves]
        seats.mate[leaves] = -1
    while True:
        i, before = search.via[j], seats.mate[search.via[j]]
        freed = -1 if i == root else _slot(of, seats, i)
        seats.held[slot], seats.mate[i] = i, j
        if i == root:
            return
        slot, j = freed, before


@kernel
def _look_back(of: Net, back: Back, seats: Seats, search: Search, j: int, nearest: int) -> tuple[int, int]:
    """Who would come to column j at the least loss: (how near an end is now, the unmatched row that is that end or -1)."""
    far, end = search.heap.dist[j], -1
    for s in range(back.start[j], back.start[j + 1]):
        i = back.rows[s]
        k = seats.mate[i]
        dist = far + seats.gain[i] + seats.price[j] - of.worth[back.codes[s]]
        if k == j or dist >= nearest:
            continue
        if k < 0:
            nearest, end = dist, i
        elif not search.seen[k] or dist < search.heap.dist[k]:
            search.via[k], search.to[k], search.seen[k] = i, j, True
            push(search.heap, k, dist)
    return nearest, end


@kernel
def _fill_or_lower(of: Net, back: Back, seats: Seats, search: Search, root: int) -> None:
    """A place that is free though it has a price: the cheapest chain of moves that fills it, or lower prices to 0."""
    heap, count = search.heap, 0
    nearest, comes, at = FAR, -1, root
    search.seen[root] = True
    push(heap, root, 0)
    while heap.size[0] > 0 and heap.dist[heap.item[0]] < nearest:
        j = pop(heap)
        search.done[count] = j
        count += 1
        if heap.dist[j] + seats.price[j] < nearest:
            nearest, comes, at = heap.dist[j] + seats.price[j], -1, j
        nearer, found = _look_back(of, back, seats, search, j, nearest)
        if found >= 0:
            nearest, comes, at = nearer, found, j
    for k in range(count):
        j = search.done[k]
        fall = nearest - heap.dist[j]
        seats.price[j] -= fall
        for s in range(of.first[j], of.first[j] + seats.used[j]):
            seats.gain[seats.held[s]] += fall
        search.seen[j] = False
    _forget(search)
    _move_back(of, seats, search, root, comes, at)


@kernel
def _move_back(of: Net, seats: Seats, search: Search, root: int, comes: int, at: int) -> None:
    """Along the chain found: the place of column `at` goes to `comes` or stays free, everyone else moves one place on."""
    if comes < 0:
        if at == root:
            return
        i = search.via[at]
        last, slot = of.first[at] + seats.used[at] - 1, _slot(of, seats, i)
        seats.held[slot] = seats.held[last]
        seats.held[last] = -1
        seats.used[at] -= 1
    else:
        i = comes
    j = search.to[at] if comes < 0 else at
    while j != root:
        out = search.via[j]
        slot = _slot(of, seats, out)
        seats.held[slot], seats.mate[i] = i, j
        i, j = out, search.to[j]
    seats.held[of.first[root] + seats.used[root]], seats.mate[i] = i, root
    seats.used[root] += 1
