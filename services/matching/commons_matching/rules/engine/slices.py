"""Bit-sliced scoring of one mentee against all mentors: 64 mentors in a word, a criterion in a few words' work.

A plane is a bitmap of all mentors, uint64[W] with W = ceil(mentors / 64), mentor j in bit j % 64 of word j // 64. Points
stand in 14 planes, plane b holding bit b of everyone's points. Kernels change what they are given to write in and nothing
else. Source of the method: O'Neil and Quass 1997 (bit-sliced indexes); the arrangement is our own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .criteria import MOST_NAMED
from .kernel import Ints, Longs, kernel

Words = NDArray[np.uint64]
Halves = NDArray[np.uint16]
Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]

PLANES = 14
ONE, NONE = np.uint64(1), np.uint64(0)
EACH, GATHER = np.uint64(0x0101010101010101), np.uint64(0x0102040810204080)
"""The lowest bit of each byte, and what brings eight of them into the highest byte."""


class Book(NamedTuple):
    """A pool as the kernels read it; n mentees, m mentors, `bits` bits a row, C criteria, 2**q combinations of opt-ins.

    maps uint64[bits, W]; rows uint64[n, words]; keys and mentor_keys uint64: what the lottery is drawn from; ground
    int16[n, 3] and mentor_ground int16[3, W * 64] in 250 m from the middle of the Earth, reach and mentor_reach uint16 in
    250 m, 0: nobody knows where. near_runs and
    own_runs int32[n, 2]: her slice of by_place and by_organisation, the mentors of her place and her organisation.
    apart: mentors each mentee cannot have, in compressed rows. forms, shares (numerators) and wholes (denominators, 0:
    by how many she named), firsts and lasts (runs of bits by tier), caps: the criteria. most int32[2**q, C].
    """

    maps: Words
    rows: Words
    keys: Words
    mentor_keys: Words
    ground: Shorts
    reach: Halves
    mentor_ground: Shorts
    mentor_reach: Halves
    near_runs: Ints
    by_place: Ints
    own_runs: Ints
    by_organisation: Ints
    apart_ptr: Longs
    apart_cols: Ints
    forms: Ints
    firsts: Ints
    lasts: Ints
    shares: Ints
    wholes: Ints
    caps: Ints
    most: Ints
    starts: Ints
    limits: Ints
    """tongue kind that is the least, hours_least, near in 250 m, 1 where only other organisations, opt-ins"""
    seed: np.uint64


class Sheet(NamedTuple):
    """Scratch of one thread: planes of W words."""

    levels: Words
    points: Words
    valid: Words
    allowed: Words
    reachable: Words
    near: Words
    same: Words
    some: Words
    carry: Words
    taken: Words
    worth: Longs
    yes: Bytes


def sheet(words: int, opt_ins: int) -> Sheet:
    """Room for one thread; memory: (46 + 2**opt_ins) * words * 8 bytes."""
    levels, points, valid = (np.empty((n, words), np.uint64) for n in (MOST_NAMED + 1, PLANES, 1 << opt_ins))
    allowed, reachable, near, same, some, carry, taken = np.empty((7, words), np.uint64)
    worth, yes = np.empty(MOST_NAMED + 1, np.int64), np.empty(words * 64, np.uint8)
    return Sheet(levels, points, valid, allowed, reachable, near, same, some, carry, taken, worth, yes)


@kernel
def join(maps: Words, row: Words, first: int, last: int, out: Words) -> None:
    """Out = mentors who have any of her bits first..last. O(codes * W)."""
    out[:] = NONE
    for bit in range(first, last):
        if (row[bit >> 6] >> np.uint64(bit & 63)) & ONE:
            one = maps[bit]
            for w in range(len(out)):
                out[w] |= one[w]


@kernel
def count(maps: Words, row: Words, first: int, last: int, cap: int, levels: Words) -> int:
    """levels[t - 1] = mentors who share at least t of her bits first..last, t up to cap. How many she has. O(codes * cap * W)."""
    levels[:cap] = NONE
    hers = 0
    for bit in range(first, last):
        if (row[bit >> 6] >> np.uint64(bit & 63)) & ONE:
            one = maps[bit]
            for t in range(min(hers, cap - 1), 0, -1):
                to, by = levels[t], levels[t - 1]
                for w in range(len(one)):
                    to[w] |= by[w] & one[w]
            lowest = levels[0]
            for w in range(len(one)):
                lowest[w] |= one[w]
            hers += 1
    return hers


@kernel
def add(
    points: Words, planes: int, levels: Words, worth: Longs, tiers: int, valid: Words, some: Words, carry: Words
) -> None:
    """Add worth[t] points to whom levels[t] is the highest that holds, nested, within `valid`. O(planes * tiers * W).

    planes: as many as the sums need. Each bit of what is added is the exclusive or of the levels at which it flips.
    """
    carry[:] = NONE
    carried = False
    for b in range(planes):
        flips, below = 0, 0
        for t in range(tiers):
            if ((worth[t] ^ below) >> b) & 1:
                level = levels[t]
                if flips == 0:
                    for w in range(len(some)):
                        some[w] = level[w] & valid[w]
                else:
                    for w in range(len(some)):
                        some[w] ^= level[w] & valid[w]
                flips += 1
            below = worth[t]
        if flips > 0:
            add_plane(points[b], some, carry)
            carried = True
        elif carried:
            carry_on(points[b], carry)


@kernel
def add_plane(plane: Words, term: Words, carry: Words) -> None:
    """A full adder. O(W)."""
    for w in range(len(term)):
        either = plane[w] ^ term[w]
        both = plane[w] & term[w]
        plane[w] = either ^ carry[w]
        carry[w] = both | (carry[w] & either)


@kernel
def carry_on(plane: Words, carry: Words) -> None:
    """A half adder. O(W)."""
    for w in range(len(plane)):
        both = plane[w] & carry[w]
        plane[w] ^= carry[w]
        carry[w] = both


@kernel
def within(
    ground: Shorts, far: Halves, at: Shorts, reach: int, near: int, yes: Bytes, out: Words, out_near: Words
) -> None:
    """Who lives within both people's reach of `at` int16[3], and who within `near`; straight lines in 250 m. O(m)."""
    xs, ys, zs = ground[0], ground[1], ground[2]
    x, y, z, limit = np.int32(at[0]), np.int32(at[1]), np.int32(at[2]), near * near
    for j in range(len(xs)):
        dx, dy, dz = np.int32(xs[j]) - x, np.int32(ys[j]) - y, np.int32(zs[j]) - z
        square = dx * dx + dy * dy + dz * dz
        least = min(np.int64(far[j]), np.int64(reach))
        yes[j] = (square <= least * least) | ((square <= limit) << 1)
    for w in range(len(out)):
        bits, close = NONE, NONE
        for q in range(8):
            eight = NONE
            for b in range(8):
                eight |= np.uint64(yes[(w << 6) + (q << 3) + b]) << np.uint64(8 * b)
            bits |= (((eight & EACH) * GATHER) >> np.uint64(56)) << np.uint64(8 * q)
            close |= ((((eight >> ONE) & EACH) * GATHER) >> np.uint64(56)) << np.uint64(8 * q)
        out[w] = bits
        out_near[w] = close


@kernel
def ones(plane: Words) -> int:
    """How many bits are set. O(W)."""
    found = NONE
    for w in range(len(plane)):
        x = plane[w]
        x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
        x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
        x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        found += (x * np.uint64(0x0101010101010101)) >> np.uint64(56)
    return int(np.int64(found))


@kernel
def ones_below(word: np.uint64) -> int:
    """The number of the lowest set bit. O(1)."""
    x = (word & (~word + ONE)) - ONE
    x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56)))


@kernel
def clear(plane: Words, j: int) -> None:
    """Take mentor j out. O(1)."""
    plane[j >> 6] &= ~(ONE << np.uint64(j & 63))


@kernel
def keep_best(points: Words, some: Words, taken: Words, carry: Words, k: int, enough: int) -> None:
    """Taken = at least the k best of `some` with all their equals; stops early once no more than `enough` are left.

    The k-th largest by its bits, highest plane first (O'Neil and Quass 1997). Spends `some`. O(14 * W).
    """
    taken[:] = NONE
    sure, open_ = 0, ones(some)
    for b in range(PLANES - 1, -1, -1):
        if sure + open_ <= enough:
            break
        plane = points[b]
        for w in range(len(some)):
            carry[w] = some[w] & plane[w]
        high = ones(carry)
        if sure + high >= k:
            some[:] = carry
            open_ = high
        else:
            for w in range(len(some)):
                taken[w] |= carry[w]
                some[w] &= ~plane[w]
            sure += high
            open_ -= high
    for w in range(len(some)):
        taken[w] |= some[w]


@kernel
def keep_from(points: Words, some: Words, taken: Words, least: int) -> None:
    """Taken = those of `some` with at least so many points. Spends `some`. O(14 * W)."""
    taken[:] = NONE
    for b in range(PLANES - 1, -1, -1):
        plane = points[b]
        if (least >> b) & 1:
            for w in range(len(some)):
                some[w] &= plane[w]
        else:
            for w in range(len(some)):
                taken[w] |= some[w] & plane[w]
                some[w] &= ~plane[w]
    for w in range(len(some)):
        taken[w] |= some[w]


@kernel
def points_of(points: Words, j: int) -> int:
    """One mentor's points out of the planes. O(14)."""
    word, bit, found = j >> 6, np.uint64(j & 63), 0
    for b in range(PLANES):
        found |= int(np.int64((points[b, word] >> bit) & ONE)) << b
    return found


@kernel
def lot(seed: np.uint64, mentee: np.uint64, mentor: np.uint64) -> int:
    """A pair's 20 bits of lottery, from the seed and the two people alone (splitmix64's finaliser, Steele et al. 2014)."""
    x = (seed ^ mentee) * np.uint64(0x9E3779B97F4A7C15) + mentor
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int(np.int64((x ^ (x >> np.uint64(31))) >> np.uint64(44)))
