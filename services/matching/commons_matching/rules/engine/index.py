"""The index of a pool: the mentors' rows transposed to a bitmap for each code, and what else the kernels read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .criteria import Scale, scales
from .explain import least_tongue
from .graph import Ints, Longs
from .ground import chord
from .sides import Side, Sides
from .slices import Book

Words = NDArray[np.uint64]
TIERS = 4


def maps_of(side: Side, bits: int) -> Words:
    """Transpose of the rows: uint64[bits, ceil(n / 64)], person j in bit j % 64 of word j // 64. O(n * bits)."""
    n = len(side)
    words = -(-n // 64) or 1
    found = np.zeros((side.rows.shape[1] * 64, words * 8), np.uint8)
    for word in range(side.rows.shape[1]):
        plain = np.ascontiguousarray(side.rows[:, word]).astype("<u8").view(np.uint8).reshape(n, 8)
        columns = np.unpackbits(plain, axis=1, bitorder="little").T
        found[word * 64 : word * 64 + 64, : -(-n // 8)] = np.packbits(columns, axis=1, bitorder="little")
    return np.ascontiguousarray(found[:bits]).view("<u8").astype(np.uint64)


def runs_of(sought: NDArray[np.generic], held: NDArray[np.generic], nobody: int) -> tuple[Ints, Ints]:
    """For each sought value its slice of the returned order of `held`, empty where it is `nobody`. O((n + m) log m)."""
    order = np.argsort(held, kind="stable").astype(np.int32)
    sorted_ = held[order]
    first = np.searchsorted(sorted_, sought)
    last = np.where(sought == nobody, first, np.searchsorted(sorted_, sought, side="right"))
    return np.stack([first, last], axis=1).astype(np.int32), order


def book_of(pool: Sides) -> Book:
    """Everything that the kernels read of a pool. O((n + m) * bits / 64) and a sort."""
    near_runs, by_place = runs_of(pool.mentee.place, pool.mentor.place, -1)
    own_runs, by_organisation = runs_of(pool.mentee.organisation, pool.mentor.organisation, 0)
    apart_ptr, apart_cols = _apart(pool)
    rules = pool.rules
    return Book(
        maps=maps_of(pool.mentor, pool.codes.starts[-1]),
        rows=pool.mentee.rows,
        keys=pool.mentee.keys,
        mentor_keys=pool.mentor.keys,
        ground=pool.mentee.ground,
        reach=pool.mentee.reach,
        mentor_ground=_filled(pool.mentor.ground.T),
        mentor_reach=_filled(pool.mentor.reach),
        near_runs=near_runs,
        by_place=by_place,
        own_runs=own_runs,
        by_organisation=by_organisation,
        apart_ptr=apart_ptr,
        apart_cols=apart_cols,
        starts=np.array(pool.codes.starts, np.int32),
        limits=np.array(
            [
                least_tongue(pool),
                rules.hours_least,
                chord(rules.near_km),
                rules.other_organisation,
                len(rules.opted),
            ],
            np.int32,
        ),
        seed=np.uint64(pool.seed % (1 << 64)),
        **_criteria(pool),
    )


def _filled(of_mentors: NDArray[Any]) -> NDArray[Any]:
    """Zeros up to whole words of mentors."""
    n = of_mentors.shape[-1]
    spare = [(0, 0)] * (of_mentors.ndim - 1) + [(0, (-(-n // 64) or 1) * 64 - n)]
    return np.ascontiguousarray(np.pad(of_mentors, spare))


def _apart(pool: Sides) -> tuple[Longs, Ints]:
    pairs = np.array(sorted(pool.apart), np.int64).reshape(-1, 2)
    ptr = np.searchsorted(pairs[:, 0], np.arange(pool.mentees + 1)).astype(np.int64)
    return ptr, pairs[:, 1].astype(np.int32)


def _criteria(pool: Sides) -> dict[str, Ints]:
    """The criteria that can count, as the kernels read them."""
    known = scales(pool.rules)
    named = [criterion for criterion, _ in pool.rules.weights if criterion in known]
    used = [known[criterion] for criterion in named]
    most = [pool.rules.most(both) for both in range(1 << len(pool.rules.opted))]
    return {
        "forms": np.array([scale.form for scale in used], np.int32),
        "firsts": _bounds(pool, used, 0),
        "lasts": _bounds(pool, used, 1),
        "shares": np.array([_padded(scale.shares) for scale in used], np.int32).reshape(-1, TIERS),
        "wholes": np.array([scale.whole for scale in used], np.int32),
        "caps": np.array([scale.levels for scale in used], np.int32),
        "most": np.array([[of.get(c, 0) for c in named] for of in most], np.int32).reshape(len(most), -1),
    }


def _bounds(pool: Sides, used: list[Scale], end: int) -> Ints:
    rows = [_padded([pool.codes.starts[kind + end] for kind in scale.kinds]) for scale in used]
    return np.array(rows, np.int32).reshape(-1, TIERS)


def _padded(values: tuple[int, ...] | list[int]) -> list[int]:
    return [*values, *[0] * (TIERS - len(values))]
