"""A mentee's list: whom she may have, what each is worth to her, and the exact best k of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .criteria import Form
from .graph import WHOLE
from .kernel import Ints, Longs, kernel
from .layout import Flag, Kind
from .slices import (
    NONE,
    ONE,
    PLANES,
    Book,
    Sheet,
    Words,
    add,
    clear,
    count,
    join,
    keep_best,
    keep_from,
    lot,
    ones,
    ones_below,
    points_of,
    within,
)

ALL = ~np.uint64(0)
SPARE = 32
"""How many more than k are looked at one by one rather than told apart by planes."""
FLAGS, OPTED, PROJECTS, GENDER, BLOCKS = (
    int(k) for k in (Kind.FLAG, Kind.OPTED, Kind.PROJECT, Kind.GENDER, Kind.BLOCK)
)
TAKES_PART, ONLINE, MEETS = int(Flag.TAKES_PART), int(Flag.ONLINE), int(Flag.MEETS)
ANY_TONGUE, ANYWHERE = int(Flag.ANY_TONGUE), int(Flag.ANYWHERE)
VETTED, MINOR, WANTS_WOMAN = int(Flag.VETTED), int(Flag.MINOR), int(Flag.WANTS_WOMAN)
TIERED, COUNTED, STAGED = int(Form.TIERED), int(Form.COUNTED), int(Form.STAGED)
EMPTY = np.iinfo(np.int64).min


class Asked(NamedTuple):
    """What a list is asked for; as in `graph.Pairs.best`.

    open_ uint64[W]: mentors whose price is below BARRED; prices int64[m]; worth int64[10,001]; cheapest: the lowest price
    of an open mentor; plain: no prices, the points themselves, no floor.
    """

    plain: bool
    open_: Words
    prices: Longs
    worth: Longs
    cheapest: int


@kernel
def lists(
    rows: Ints, k: int, book: Book, sheet: Sheet, asked: Asked, floor: Longs, cols: Ints, points: Ints, found: Longs
) -> None:
    """The best k mentors of each mentee in `rows`, into cols and points [len(rows), k]; found[r] says how many there are.

    floor int64[len(rows)]. O(rows * W * bits a mentee has), W = mentors / 64.
    """
    best, low = np.empty(k, np.int64), np.empty(k, np.int64)
    x, y, z, reach = 0, 0, 0, -1
    for r in range(len(rows)):
        i = rows[r]
        at = book.ground[i]
        if at[0] != x or at[1] != y or at[2] != z or book.reach[i] != reach:
            x, y, z, reach = at[0], at[1], at[2], book.reach[i]
            look_around(book, sheet, i)
        found[r] = 0
        if not allow(book, sheet, i, asked.open_):
            continue
        score(book, sheet, i)
        if asked.plain:
            sheet.some[:] = sheet.allowed
            keep_best(sheet.points, sheet.some, sheet.taken, sheet.carry, k, k + SPARE)
        else:
            least = cheap_enough(book, sheet, i, k, asked, int(floor[r]), best, low, cols[r], points[r])
            if least > WHOLE:
                continue
            sheet.some[:] = sheet.allowed
            keep_from(sheet.points, sheet.some, sheet.taken, least)
        found[r] = choose(book, sheet, i, k, asked, int(floor[r]), best, low, cols[r], points[r])


@kernel
def look_around(book: Book, sheet: Sheet, i: int) -> None:
    """The planes of who is within reach of a mentee and who is near; nobody, where nobody knows where she is. O(m)."""
    if book.reach[i] == 0:
        sheet.reachable[:] = NONE
        sheet.near[:] = NONE
        return
    reach, near = int(book.reach[i]), int(book.limits[2])
    within(book.mentor_ground, book.mentor_reach, book.ground[i], reach, near, sheet.yes, sheet.reachable, sheet.near)


@kernel
def live_here(book: Book, sheet: Sheet, i: int) -> None:
    """The plane of who lives in the mentee's own place. O(W + those)."""
    sheet.same[:] = NONE
    for n in range(book.near_runs[i, 0], book.near_runs[i, 1]):
        j = book.by_place[n]
        sheet.same[j >> 6] |= ONE << np.uint64(j & 63)


@kernel
def has(book: Book, i: int, flag: int) -> bool:
    """Whether the mentee has a flag. O(1)."""
    bit = book.starts[FLAGS] + flag
    return bool((book.rows[i, bit >> 6] >> np.uint64(bit & 63)) & ONE)


@kernel
def allow(book: Book, sheet: Sheet, i: int, open_: Words) -> bool:
    """Set `allowed` to the mentors that no hard rule keeps from her; False where there is none. O(codes * W)."""
    row, starts, maps, allowed, some = book.rows[i], book.starts, book.maps, sheet.allowed, sheet.some
    live_here(book, sheet, i)
    if not has(book, i, TAKES_PART):
        allowed[:] = NONE
        return False
    first = starts[FLAGS]
    online = ALL if has(book, i, ONLINE) else NONE
    meets = ALL if has(book, i, MEETS) else NONE
    anywhere = ALL if has(book, i, ANYWHERE) else NONE
    for w in range(len(allowed)):
        near = sheet.reachable[w] | sheet.same[w] | anywhere | maps[first + ANYWHERE, w]
        there = meets & maps[first + MEETS, w] & near
        allowed[w] = open_[w] & maps[first + TAKES_PART, w] & ((online & maps[first + ONLINE, w]) | there)
    join(maps, row, starts[PROJECTS], starts[PROJECTS + 1], some)
    allowed &= some
    tongue = book.limits[0]
    if not has(book, i, ANY_TONGUE):
        join(maps, row, starts[tongue], starts[tongue + 1], some)
        some |= maps[first + ANY_TONGUE]
        allowed &= some
    if book.limits[1] > 0:
        count(maps, row, starts[BLOCKS], starts[BLOCKS + 1], book.limits[1], sheet.levels)
        allowed &= sheet.levels[book.limits[1] - 1]
    if has(book, i, MINOR):
        allowed &= maps[first + VETTED]
    if has(book, i, WANTS_WOMAN):
        allowed &= maps[starts[GENDER] + 1]
    if book.limits[3]:
        for n in range(book.own_runs[i, 0], book.own_runs[i, 1]):
            clear(allowed, book.by_organisation[n])
    for n in range(book.apart_ptr[i], book.apart_ptr[i + 1]):
        clear(allowed, book.apart_cols[n])
    return ones(allowed) > 0


@kernel
def score(book: Book, sheet: Sheet, i: int) -> None:
    """Everyone's points for her, 0..10,000, into the planes of points. O(codes * levels * W)."""
    sheet.points[:] = NONE
    mine, reached = agree(book, sheet, i), 0
    for c in range(len(book.forms)):
        tiers, whole = compare(book, sheet, i, c)
        if tiers == 0:
            continue
        reached += int(book.most[:, c].max())
        planes = 0
        while reached >> planes:
            planes += 1
        for both in range(mine + 1):
            most = int(book.most[both, c])
            if both & ~mine == 0 and most > 0:
                for t in range(tiers):
                    share = t + 1 if book.forms[c] == COUNTED else book.shares[c, t]
                    sheet.worth[t] = most * share // whole
                valid = sheet.valid[both]
                add(sheet.points, min(planes, PLANES), sheet.levels, sheet.worth, tiers, valid, sheet.some, sheet.carry)


@kernel
def agree(book: Book, sheet: Sheet, i: int) -> int:
    """valid[both] = mentors who share just the opt-ins `both` of hers, for every part of hers; the bits of hers. O(2**q * q * W)."""
    mine, first = 0, book.starts[OPTED]
    for bit in range(book.limits[4]):
        at = first + bit
        mine |= int(np.int64((book.rows[i, at >> 6] >> np.uint64(at & 63)) & ONE)) << bit
    for both in range(mine + 1):
        if both & ~mine == 0:
            sheet.valid[both] = ALL
            for bit in range(book.limits[4]):
                if (mine >> bit) & 1:
                    sheet.valid[both] &= book.maps[first + bit] if (both >> bit) & 1 else ~book.maps[first + bit]
    return mine


@kernel
def compare(book: Book, sheet: Sheet, i: int, c: int) -> tuple[int, int]:
    """One criterion: nested levels of mentors; how many levels, and the whole that their shares are parts of. O(codes * W)."""
    row, form, whole = book.rows[i], book.forms[c], int(book.wholes[c])
    if form == TIERED:
        for t in range(book.caps[c]):
            join(book.maps, row, book.firsts[c, t], book.lasts[c, t], sheet.levels[t])
        return int(book.caps[c]), whole
    if form == COUNTED:
        hers = count(book.maps, row, book.firsts[c, 0], book.lasts[c, 0], book.caps[c], sheet.levels)
        return min(hers, int(book.caps[c])), whole if whole > 0 else hers
    if form == STAGED:
        mine = -1
        for bit in range(book.firsts[c, 0], book.lasts[c, 0]):
            if (row[bit >> 6] >> np.uint64(bit & 63)) & ONE:
                mine = bit
        if mine < 0:
            return 0, whole
        sheet.levels[0] = book.maps[mine]
        if mine + 1 == book.lasts[c, 0]:
            return 1, whole
        sheet.levels[1] = book.maps[mine + 1]
        return 2, whole
    join(book.maps, row, book.firsts[c, 0], book.lasts[c, 0], sheet.levels[0])
    for w in range(len(sheet.same)):
        close = sheet.near[w] | sheet.same[w]
        sheet.levels[0, w] |= close
        sheet.levels[1, w] = close
        sheet.levels[2, w] = sheet.same[w]
    return 3, whole


@kernel
def cheap_enough(
    book: Book,
    sheet: Sheet,
    i: int,
    k: int,
    asked: Asked,
    floor: int,
    best: Longs,
    low: Longs,
    cols: Ints,
    points: Ints,
) -> int:
    """Points below which no mentor can be among her best k at these prices; above 10,000 where none can. O(14 * W)."""
    least = int(np.searchsorted(asked.worth, floor + asked.cheapest, side="right")) if floor > EMPTY else 0
    if least > WHOLE:
        return WHOLE + 1
    sheet.some[:] = sheet.allowed
    keep_best(sheet.points, sheet.some, sheet.taken, sheet.carry, k, k + SPARE)
    if choose(book, sheet, i, k, asked, floor, best, low, cols, points) < k:
        return least
    return max(least, int(np.searchsorted(asked.worth, best[k - 1] + asked.cheapest)))


@kernel
def choose(
    book: Book,
    sheet: Sheet,
    i: int,
    k: int,
    asked: Asked,
    floor: int,
    best: Longs,
    low: Longs,
    cols: Ints,
    points: Ints,
) -> int:
    """The best k of `taken` by value, lottery and number, best first; how many there are. O(taken * k)."""
    found = 0
    for w in range(len(sheet.taken)):
        left = sheet.taken[w]
        while left != NONE:
            j = (w << 6) + ones_below(left)
            left &= left - ONE
            fit = points_of(sheet.points, j)
            value = asked.worth[fit] - asked.prices[j]
            if value <= floor or (found == k and value < best[k - 1]):
                continue
            draw = (lot(book.seed, book.keys[i], book.mentor_keys[j]) << 32) | (0xFFFFFFFF - j)
            at = min(found, k - 1)
            if found == k and (value < best[at] or (value == best[at] and draw < low[at])):
                continue
            while at > 0 and (best[at - 1] < value or (best[at - 1] == value and low[at - 1] < draw)):
                best[at], low[at], cols[at], points[at] = best[at - 1], low[at - 1], cols[at - 1], points[at - 1]
                at -= 1
            best[at], low[at], cols[at], points[at] = value, draw, j, fit
            found = min(found + 1, k)
    return found
