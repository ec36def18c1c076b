"""A heap of columns by distance, each in it once: for the searches of the exact solver."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .kernel import Ints, Longs, kernel


class Heap(NamedTuple):
    """`dist[j]` orders the columns `item[:size[0]]`; `at[j]` is j's index in `item`, -1 where out of the heap."""

    dist: Longs
    item: Ints
    at: Ints
    size: Longs


def empty_heap(columns: int) -> Heap:
    return Heap(
        np.zeros(columns, np.int64), np.empty(columns, np.int32), np.full(columns, -1, np.int32), np.zeros(1, np.int64)
    )


@kernel
def push(heap: Heap, j: int, dist: int) -> None:
    """Put j in at `dist`, or bring it forward to it. O(log columns)."""
    k = heap.at[j]
    if k < 0:
        k = heap.size[0]
        heap.size[0] += 1
    heap.dist[j] = dist
    while k > 0:
        above = (k - 1) >> 1
        other = heap.item[above]
        if heap.dist[other] <= dist:
            break
        heap.item[k] = other
        heap.at[other] = k
        k = above
    heap.item[k] = j
    heap.at[j] = k


@kernel
def pop(heap: Heap) -> int:
    """Take the nearest column out. O(log columns)."""
    nearest = int(heap.item[0])
    heap.at[nearest] = -1
    heap.size[0] -= 1
    size = heap.size[0]
    if size == 0:
        return nearest
    j, k = heap.item[size], 0
    while True:
        below = 2 * k + 1
        if below >= size:
            break
        if below + 1 < size and heap.dist[heap.item[below + 1]] < heap.dist[heap.item[below]]:
            below += 1
        if heap.dist[heap.item[below]] >= heap.dist[j]:
            break
        heap.item[k] = heap.item[below]
        heap.at[heap.item[k]] = k
        k = below
    heap.item[k] = j
    heap.at[j] = k
    return nearest


@kernel
def clear(heap: Heap) -> None:
    for k in range(heap.size[0]):
        heap.at[heap.item[k]] = -1
    heap.size[0] = 0
