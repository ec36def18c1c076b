"""All pairs once more for `verify`, with nothing of the lists, bitmaps and planes by which the solver is given its pairs.

A pair is judged by the rows of its two people, by the same rules as `explain` judges it in plain Python: rule by rule, a mentee
beside all mentors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .criteria import MOST_NAMED, Form
from .graph import Ints, Longs
from .kernel import Flags, kernel
from .layout import Flag
from .sides import Words
from .sight import BLOCK, COUNTRY, PROJECT, TONGUE, Eyes, People

TIERED, COUNTED, STAGED = int(Form.TIERED), int(Form.COUNTED), int(Form.STAGED)
TAKES_PART, ONLINE, MEETS, VETTED = (1 << f for f in (Flag.TAKES_PART, Flag.ONLINE, Flag.MEETS, Flag.VETTED))
MINOR, WANTS_WOMAN, ANY_TONGUE, ANYWHERE, IS_WOMAN = (
    1 << f for f in (Flag.MINOR, Flag.WANTS_WOMAN, Flag.ANY_TONGUE, Flag.ANYWHERE, len(Flag))
)


class Round(NamedTuple):
    """What is looked at: for each mentee the mentor she has and the one she would rather keep (-1: none), with his bonus."""

    mate: Ints
    keep: Ints
    bonus: int
    prices: Longs
    worth: Longs
    open: Flags


def most_left(eyes: Eyes, rows: Ints, round: Round) -> tuple[Longs, Longs]:
    """For each mentee of `rows`: the most that any allowed pair with an open place leaves her, or 0; what her own pair leaves
    her, or 0 where it is not allowed. O(rows * mentors).
    """
    best, own = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    _look(eyes, np.ascontiguousarray(rows, np.int32), round, best, own)
    return best, own


@kernel
def _look(eyes: Eyes, rows: Ints, round: Round, best: Longs, own: Longs) -> None:
    m = len(eyes.mentors.flags)
    ok, some = np.empty(m, np.bool_), np.empty(m, np.int32)
    common, points = np.empty(m, np.int64), np.empty(m, np.int64)
    for n in range(len(rows)):
        i = rows[n]
        _allow(eyes, i, common, ok)
        left, mine = 0, round.mate[i]
        for j in range(m):
            if ok[j] and (round.open[j] or j == mine):
                some[left] = j
                left += 1
        _fit(eyes, i, some[:left], common, points)
        best[n], own[n] = _most(some[:left], points, round, i)


@kernel
def _most(some: Ints, points: Longs, round: Round, i: int) -> tuple[int, int]:
    best, own, mine, wish = 0, 0, round.mate[i], round.keep[i]
    prices, worth, open_ = round.prices, round.worth, round.open
    for n in range(len(some)):
        j = some[n]
        left = worth[points[n]] - prices[j]
        if j == wish:
            left += round.bonus
        if j == mine:
            own = left
        if open_[j]:
            best = max(best, left)
    return best, own


@kernel
def _allow(eyes: Eyes, i: int, common: Longs, ok: Flags) -> None:
    """ok[j] = whether i and j may be a pair: every hard rule in turn, each for all mentors."""
    one, other, law = eyes.mentees, eyes.mentors, eyes.law
    _by_flags(one.flags[i], other.flags, ok)
    if law.numbers[2] and one.organisation[i] != 0:
        _elsewhere(one.organisation[i], other.organisation, ok)
    for e in range(eyes.start[i], eyes.start[i + 1]):
        ok[eyes.apart[e]] = False
    if not one.flags[i] & ANY_TONGUE:
        _count(eyes.columns, one.rows[i] & law.masks[TONGUE], common)
        _at_least(1, common, other.flags, ANY_TONGUE, ok)
    _count(eyes.columns, one.rows[i] & law.masks[PROJECT], common)
    _at_least(1, common, other.flags, 0, ok)
    if law.numbers[0] > 0:
        _count(eyes.columns, one.rows[i] & law.masks[BLOCK], common)
        _at_least(law.numbers[0], common, other.flags, 0, ok)
    if not one.flags[i] & ANYWHERE:
        _near_enough(one, other, i, ok)


@kernel
def _by_flags(hers: int, flags: Ints, ok: Flags) -> None:
    online, meets = hers & ONLINE, hers & MEETS
    needed = TAKES_PART | (VETTED if hers & MINOR else 0) | (IS_WOMAN if hers & WANTS_WOMAN else 0)
    takes_part = hers & TAKES_PART != 0
    for j in range(len(flags)):
        his = flags[j]
        ok[j] = takes_part and (his & needed) == needed and (his & (online | meets)) != 0


@kernel
def _elsewhere(hers: np.uint64, his: Words, ok: Flags) -> None:
    for j in range(len(his)):
        ok[j] &= his[j] != hers


@kernel
def _count(columns: Words, own: Words, common: Longs) -> None:
    """common[j] = how many of the bits `own` mentor j has too."""
    common[:] = 0
    for w in range(len(own)):
        mine = own[w]
        if mine:
            column = columns[w]
            for j in range(len(common)):
                x = column[j] & mine
                x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
                x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
                x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
                common[j] += np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def _at_least(least: int, common: Longs, flags: Ints, unless: int, ok: Flags) -> None:
    for j in range(len(ok)):
        ok[j] &= common[j] >= least or (flags[j] & unless) != 0


@kernel
def _near_enough(one: People, other: People, i: int, ok: Flags) -> None:
    """Who is not met online must be within both people's reach, or live in the same place."""
    hers, place, reach, ground = one.flags[i], one.place[i], one.reach[i], one.ground[i]
    flags, places, reaches, grounds = other.flags, other.place, other.reach, other.ground
    for j in range(len(ok)):
        if ok[j] and not (hers & flags[j] & ONLINE or flags[j] & ANYWHERE or (place >= 0 and place == places[j])):
            least = min(reach, reaches[j])
            ok[j] = least > 0 and _square(ground, grounds[j]) <= least * least


@kernel
def _fit(eyes: Eyes, i: int, some: Ints, level: Longs, points: Longs) -> None:
    """points[n] = how well i and some[n] fit: each criterion in turn."""
    one, other, law = eyes.mentees, eyes.mentors, eyes.law
    points[: len(some)] = 0
    for c in range(len(law.forms)):
        named = 1
        if law.forms[c] == TIERED:
            level[: len(some)] = 0
            for t in range(law.tiers[c]):
                _tier(eyes.columns, one.rows[i] & law.tier_masks[c, t], some, t + 1, level)
        elif law.forms[c] == COUNTED:
            own = one.rows[i] & law.tier_masks[c, 0]
            named = max(1, min(_ones(own), MOST_NAMED))
            _shared(eyes.columns, own, some, law.caps[c], level)
        elif law.forms[c] == STAGED:
            _ahead(one.stage[i], other.stage, some, level)
        else:
            _nearness(eyes, i, some, level)
        _add(law.points[c, named], one.opted[i], other.opted, some, level, points)


@kernel
def _add(table: Ints, hers: int, opted: Ints, some: Ints, level: Longs, points: Longs) -> None:
    for n in range(len(some)):
        points[n] += table[hers & opted[some[n]], level[n]]


@kernel
def _tier(columns: Words, own: Words, some: Ints, tier: int, level: Longs) -> None:
    for w in range(len(own)):
        if own[w]:
            for n in range(len(some)):
                if columns[w, some[n]] & own[w]:
                    level[n] = tier


@kernel
def _shared(columns: Words, own: Words, some: Ints, cap: int, level: Longs) -> None:
    level[: len(some)] = 0
    for w in range(len(own)):
        if own[w]:
            for n in range(len(some)):
                word = columns[w, some[n]] & own[w]
                while word:
                    word &= word - np.uint64(1)
                    level[n] += 1
    for n in range(len(some)):
        level[n] = min(level[n], cap)


@kernel
def _ones(own: Words) -> int:
    found = 0
    for w in range(len(own)):
        word = own[w]
        while word:
            word &= word - np.uint64(1)
            found += 1
    return found


@kernel
def _ahead(hers: int, stage: Ints, some: Ints, level: Longs) -> None:
    for n in range(len(some)):
        his = stage[some[n]]
        level[n] = 0 if hers == 0 or his < hers else (2 if his > hers else 1)


@kernel
def _nearness(eyes: Eyes, i: int, some: Ints, level: Longs) -> None:
    one, other, near = eyes.mentees, eyes.mentors, eyes.law.numbers[1]
    place, reach, ground = one.place[i], one.reach[i], one.ground[i]
    places, reaches, grounds = other.place, other.reach, other.ground
    level[: len(some)] = 0
    _tier(eyes.columns, one.rows[i] & eyes.law.masks[COUNTRY], some, 1, level)
    for n in range(len(some)):
        j = some[n]
        if place >= 0 and place == places[j]:
            level[n] = 3
        elif reach > 0 and reaches[j] > 0 and _square(ground, grounds[j]) <= near * near:
            level[n] = 2


@kernel
def _square(one: Longs, other: Longs) -> int:
    x, y, z = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return int(x * x + y * y + z * z)
