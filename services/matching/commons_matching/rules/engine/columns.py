"""One mentee beside all mentors, column by column in numpy: for single questions, in a process that loads no kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .criteria import Form, Scale, scales
from .explain import least_tongue
from .graph import Ints
from .ground import chord
from .layout import WOMAN, Flag, Kind
from .people import Bar
from .sides import Sides

Flags = NDArray[np.bool_]
PAIRWISE = "PAIRWISE"
"""The rules between two people, in one."""


def allowed_to(pool: Sides, i: int) -> Flags:
    """bool[mentors]: whom mentee i may have. O(mentors * words)."""
    if not has(pool, i, Flag.TAKES_PART):
        return np.zeros(pool.mentors, np.bool_)
    kept = np.logical_or.reduce(list(barriers(pool, i).values()))
    return np.asarray(flagged(pool, Flag.TAKES_PART) & ~kept)


def points_for(pool: Sides, i: int) -> Ints:
    """int32[mentors]: everyone's points for mentee i, the same as `explain` gives pair by pair. O(criteria * mentors * words)."""
    rules, known, total = pool.rules, scales(pool.rules), np.zeros(pool.mentors, np.int32)
    both = np.zeros(pool.mentors, np.int64)
    for bit, at in enumerate(pool.codes.run(Kind.OPTED)):
        both |= (column(pool, at) & bool(pool.mentee.bits(i) >> at & 1)).astype(np.int64) << bit
    most = [rules.most(n) for n in range(1 << len(rules.opted))]
    for criterion, _ in rules.weights:
        if criterion in known:
            table = _table(pool, i, known[criterion], [of.get(criterion, 0) for of in most])
            total += table[both, _levels(pool, i, known[criterion])]
    return total


def _table(pool: Sides, i: int, scale: Scale, most: list[int]) -> Ints:
    """int32[2**opt-ins, levels + 1]: points of each level."""
    hers = int(np.bitwise_count(_own(pool, i, scale.kinds[0])).sum())
    whole = scale.whole or max(hers, 1)
    shares = range(1, scale.cap + 1) if scale.form is Form.COUNTED else scale.shares
    return np.array([[0, *(points * share // whole for share in shares)] for points in most], np.int32)


def _levels(pool: Sides, i: int, scale: Scale) -> NDArray[np.int64]:
    if scale.form is Form.COUNTED:
        return np.asarray(np.minimum(how_many_shared(pool, i, scale.kinds[0]), scale.cap))
    if scale.form is Form.TIERED:
        return np.asarray(np.sum([any_shared(pool, i, kind) for kind in scale.kinds], axis=0, dtype=np.int64))
    if scale.form is Form.STAGED:
        hers = int(np.bitwise_count(_own(pool, i, Kind.STAGE)).sum())
        run = pool.codes.run(Kind.STAGE)
        ahead = [column(pool, run[n]) for n in range(hers - 1, min(hers + 1, len(run)))] if hers else []
        return np.asarray(np.sum([np.zeros(pool.mentors, np.bool_), *ahead], axis=0, dtype=np.int64))
    near = within(pool, i, np.full(pool.mentors, chord(pool.rules.near_km), np.int64))
    same = same_place(pool, i)
    return np.asarray(np.where(same, 3, np.where(near, 2, any_shared(pool, i, Kind.COUNTRY))), np.int64)


def barriers(pool: Sides, i: int) -> dict[str, Flags]:
    """For each rule bool[mentors]: whom it keeps from mentee i. Taking part is not among them. O(mentors * words)."""
    online = flagged(pool, Flag.ONLINE) & has(pool, i, Flag.ONLINE)
    meets = flagged(pool, Flag.MEETS) & has(pool, i, Flag.MEETS)
    to_meet, common = ~online & meets, how_many_shared(pool, i, Kind.BLOCK)
    others = ~any_shared(pool, i, Kind.PROJECT)
    if has(pool, i, Flag.MINOR):
        others |= ~flagged(pool, Flag.VETTED)
    if pool.rules.other_organisation and pool.mentee.organisation[i]:
        others |= pool.mentor.organisation == pool.mentee.organisation[i]
    others[pool.apart_from.get(i, [])] = True
    woman = column(pool, pool.codes.places[Kind.GENDER, WOMAN])
    return {
        Bar.LANGUAGE: ~_talk(pool, i),
        Bar.MODALITY: ~online & ~meets,
        Bar.REACH: to_meet & ~reached(pool, i) if to_meet.any() else to_meet,
        Bar.HOURS: common < pool.rules.hours_least,
        Bar.WOMAN: ~woman & has(pool, i, Flag.WANTS_WOMAN),
        PAIRWISE: others,
    }


def has(pool: Sides, i: int, flag: Flag) -> bool:
    return bool(pool.mentee.bits(i) >> (pool.codes.starts[Kind.FLAG] + flag) & 1)


def flagged(pool: Sides, flag: Flag) -> Flags:
    return column(pool, pool.codes.starts[Kind.FLAG] + flag)


def column(pool: Sides, bit: int) -> Flags:
    return np.asarray(pool.mentor.rows[:, bit >> 6] >> np.uint64(bit & 63) & np.uint64(1), np.bool_)


def shared(pool: Sides, i: int, kind: Kind) -> list[NDArray[np.uint64]]:
    """uint64[mentors] for each word of a row where mentee i has bits of a kind: those that each mentor shares."""
    own = _own(pool, i, kind)
    return [pool.mentor.rows[:, n] & own[n] for n in np.flatnonzero(own)]


def _talk(pool: Sides, i: int) -> Flags:
    untold = flagged(pool, Flag.ANY_TONGUE) | has(pool, i, Flag.ANY_TONGUE)
    return any_shared(pool, i, least_tongue(pool)) | untold


def how_many_shared(pool: Sides, i: int, kind: Kind) -> NDArray[np.int64]:
    """int64[mentors]: how many codes of a kind each shares with mentee i."""
    found = np.zeros(pool.mentors, np.int64)
    for word in shared(pool, i, kind):
        found += np.bitwise_count(word)
    return found


def named(pool: Sides, kind: Kind) -> NDArray[np.int64]:
    """int64[mentors]: how many codes of a kind each mentor has."""
    return np.asarray(np.bitwise_count(pool.mentor.rows & _mask(pool, kind)).sum(axis=1, dtype=np.int64))


def _own(pool: Sides, i: int, kind: Kind) -> NDArray[np.uint64]:
    return np.asarray(pool.mentee.rows[i] & _mask(pool, kind))


def _mask(pool: Sides, kind: Kind) -> NDArray[np.uint64]:
    run = pool.codes.run(kind)
    mask = ((1 << run.stop) - (1 << run.start)).to_bytes(pool.codes.words * 8, "little")
    return np.frombuffer(mask, "<u8").astype(np.uint64)


def any_shared(pool: Sides, i: int, kind: Kind) -> Flags:
    found = np.zeros(pool.mentors, np.bool_)
    for word in shared(pool, i, kind):
        found |= word != 0
    return found


def same_place(pool: Sides, i: int) -> Flags:
    here = pool.mentee.place[i]
    return np.asarray((pool.mentor.place == here) & (here >= 0))


def reached(pool: Sides, i: int) -> Flags:
    """Whom mentee i can meet: both travel so far, or live in one place, or one has not told where and need not."""
    least = np.minimum(pool.mentor.reach, pool.mentee.reach[i]).astype(np.int64)
    untold = flagged(pool, Flag.ANYWHERE) | has(pool, i, Flag.ANYWHERE)
    return same_place(pool, i) | within(pool, i, least) | untold


def within(pool: Sides, i: int, far: NDArray[np.int64]) -> Flags:
    """Who is known to live at most so far from mentee i, in 250 m; far int64[mentors]."""
    apart = pool.mentor.ground.astype(np.int64) - pool.mentee.ground[i].astype(np.int64)
    known = (pool.mentor.reach > 0) & (pool.mentee.reach[i] > 0)
    return np.asarray(known & ((apart**2).sum(axis=1) <= far**2))
