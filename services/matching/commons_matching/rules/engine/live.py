"""A pool that follows its people: one card changed, one mentee who asks, without compiling everyone again."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import numpy as np

from .columns import allowed_to, points_for
from .compile import ordered, side_of
from .graph import BARRED, Ints, Longs
from .layout import coded
from .people import Profile
from .pool import Pool
from .sides import Side, Words


def amended(pool: Pool, changed: Iterable[Profile], gone: Iterable[UUID] = ()) -> Pool | None:
    """The pool with these mentors as they are now, the new ones added, and without those who left. O(mentors).

    None where someone tells what nobody told before: such a pool is compiled anew. The codes of what nobody tells any more
    stay, so the hash may differ from that of a pool compiled now; who fits whom does not.
    """
    profiles = ordered(changed)
    told = [coded(profile, pool.rules) for profile in profiles]
    if not all(code in pool.codes.places for row in told for code in row):
        return None
    fresh = side_of(profiles, told, pool.codes, pool.rules)
    away = {*(profile.person for profile in profiles), *gone}
    at = [i for i in map(pool.mentor.find, away) if i is not None]
    kept = np.ones(pool.mentors, np.bool_)
    kept[at] = False
    order = np.lexsort(np.concatenate([pool.mentor.ids[kept], fresh.ids]).T[::-1])
    old_and_new = zip(pool.mentor.arrays(), fresh.arrays(), strict=True)
    return _with(pool, mentor=Side.of(np.concatenate([old[kept], new])[order] for old, new in old_and_new))


def beside(pool: Pool, mentee: Profile) -> Pool:
    """The same mentors with this one mentee, who is row 0. What she tells and no mentor tells cannot count. O(1)."""
    known = [code for code in coded(mentee, pool.rules) if code in pool.codes.places]
    return _with(pool, mentee=side_of([mentee], [known], pool.codes, pool.rules))


def ranked(pool: Pool, i: int, prices: Longs | None = None, *, scale: int = 1) -> tuple[Ints, Ints]:
    """All mentors whom mentee i may have, best first by `points * scale - price`, and their points; then by number.

    prices int64[mentors]. In numpy alone, for a process that loads no kernels. O(mentors * (words + log mentors)).
    """
    cost = np.zeros(pool.mentors, np.int64) if prices is None else prices
    points = points_for(pool, i)
    found = np.flatnonzero(allowed_to(pool, i) & (cost < BARRED)).astype(np.int32)
    order = np.argsort(cost[found] - points[found].astype(np.int64) * scale, kind="stable")
    return found[order], points[found[order]]


def carried(values: Longs, ids: Words, to: Words) -> Longs:
    """Values of people as another list of people has them: both by ids uint64[n, 2]; 0 for who had none. O(n log n)."""
    both = np.concatenate([ids, to])
    order = np.lexsort(both.T[::-1])
    same = (both[order[1:]] == both[order[:-1]]).all(axis=1)
    found = np.zeros(len(to), np.int64)
    found[order[1:][same] - len(ids)] = values[order[:-1][same]]
    return found


def mentor_ids(pool: Pool, mentors: Ints) -> list[UUID]:
    return [pool.mentor.person(int(j)) for j in mentors]


def _with(pool: Pool, *, mentor: Side | None = None, mentee: Side | None = None) -> Pool:
    return Pool(
        rules=pool.rules,
        seed=pool.seed,
        codes=pool.codes,
        mentor=mentor or pool.mentor,
        mentee=mentee or pool.mentee,
        pairs_apart=pool.pairs_apart,
    )
