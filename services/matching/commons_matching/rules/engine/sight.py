"""A pool laid out for the second pair of eyes: two sides of people, and the law by which a pair is judged."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .columns import flagged, named
from .criteria import MOST_NAMED, scales, worth
from .explain import least_tongue
from .graph import Ints, Longs
from .ground import chord
from .layout import WOMAN, Flag, Kind
from .sides import Side, Sides, Words

TIERS = 4
PROJECT, TONGUE, BLOCK, COUNTRY = range(4)
"""The rows of `Law.masks`."""


class People(NamedTuple):
    """One side: rows of bits, flags (and whether a woman), agreements, stages come to, and where they are."""

    rows: Words
    flags: Ints
    opted: Ints
    stage: Ints
    place: Ints
    organisation: Words
    ground: Longs
    reach: Longs


class Law(NamedTuple):
    """masks uint64[4, words]: project, tongue, block, country. For criterion c: forms[c], caps[c], how many tiers, their
    masks uint64[c, 4, words], and points int32[c, named, agreed, level]. numbers: hours, the chord of near, other organisation.
    """

    masks: Words
    forms: Ints
    caps: Ints
    tiers: Ints
    tier_masks: Words
    points: Ints
    numbers: Longs


class Eyes(NamedTuple):
    """A pool as it is looked at, a mentee beside all mentors; `columns` uint64[words, m] are the mentors' rows, word by word;
    `apart` by mentees: start int64[n + 1], mentors int32.
    """

    mentees: People
    mentors: People
    columns: Words
    law: Law
    start: Longs
    apart: Ints


def eyes_of(pool: Sides) -> Eyes:
    """O(n + m)."""
    pairs = np.array(sorted(pool.apart), np.int64).reshape(-1, 2)
    start = np.searchsorted(pairs[:, 0], np.arange(pool.mentees + 1)).astype(np.int64)
    sides = _people(pool, pool.mentee), _people(pool, pool.mentor)
    columns = np.ascontiguousarray(pool.mentor.rows.T)
    return Eyes(*sides, columns, _law(pool), start, pairs[:, 1].astype(np.int32))


def _people(pool: Sides, side: Side) -> People:
    """Read with the side in the mentors' place, for which columns are."""
    seen = Sides(rules=pool.rules, seed=pool.seed, codes=pool.codes, mentor=side, mentee=side, pairs_apart=())
    flags = np.zeros(len(side), np.int32)
    for flag in Flag:
        flags |= flagged(seen, flag).astype(np.int32) << int(flag)
    woman = pool.codes.places[Kind.GENDER, WOMAN]
    flags |= _bit(side, woman) << len(Flag)
    opted = np.zeros(len(side), np.int32)
    for n, bit in enumerate(pool.codes.run(Kind.OPTED)):
        opted |= _bit(side, bit) << n
    return People(
        np.ascontiguousarray(side.rows),
        flags,
        opted,
        named(seen, Kind.STAGE).astype(np.int32),
        side.place,
        side.organisation,
        side.ground.astype(np.int64),
        side.reach.astype(np.int64),
    )


def _bit(side: Side, bit: int) -> Ints:
    return np.asarray((side.rows[:, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1), np.int32)


def _law(pool: Sides) -> Law:
    rules = pool.rules
    known = scales(rules)
    counted = [criterion for criterion, _ in rules.weights if criterion in known]
    tier_masks = np.zeros((len(counted), TIERS, pool.codes.words), np.uint64)
    points = np.zeros((len(counted), MOST_NAMED + 1, len(rules.mosts), MOST_NAMED + 1), np.int32)
    for c, criterion in enumerate(counted):
        scale = known[criterion]
        for t, kind in enumerate(scale.kinds):
            tier_masks[c, t] = _mask(pool, kind)
        for both, most in enumerate(rules.mosts):
            for hers in range(1, MOST_NAMED + 1):
                told = [worth(scale, level, most.get(criterion, 0), hers) for level in range(scale.levels + 1)]
                points[c, hers, both, : len(told)] = told
    organisation = int(rules.other_organisation)
    return Law(
        np.array([_mask(pool, kind) for kind in (Kind.PROJECT, least_tongue(pool), Kind.BLOCK, Kind.COUNTRY)]),
        np.array([int(known[c].form) for c in counted], np.int32),
        np.array([known[c].cap for c in counted], np.int32),
        np.array([len(known[c].kinds) for c in counted], np.int32),
        tier_masks,
        points,
        np.array([rules.hours_least, chord(rules.near_km), organisation], np.int64),
    )


def _mask(pool: Sides, kind: Kind) -> Words:
    run = pool.codes.run(kind)
    mask = ((1 << run.stop) - (1 << run.start)).to_bytes(pool.codes.words * 8, "little")
    return np.frombuffer(mask, "<u8").astype(np.uint64)
