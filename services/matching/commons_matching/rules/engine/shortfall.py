"""Why someone stays without a mentor, the smallest change that would have helped, and what the round is short of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from commons_contracts.codes import MatchChange, Unmet

from .columns import PAIRWISE, Flags, allowed_to, barriers, column, flagged, has, named, reached, within
from .explain import least_tongue
from .graph import Ints
from .layout import FIELDS, Flag, Kind
from .people import Bar
from .sides import Side, Sides


@dataclass(frozen=True, kw_only=True)
class Unmatched:
    """Mentee i, why, and the change that would open most with least: `mentors` with a place free would then be allowed.

    language: the tongue that LANGUAGE means. alone: nobody with a place to give is allowed for her at all.
    """

    mentee: int
    why: Unmet
    alone: bool
    change: MatchChange | None = None
    mentors: int = 0
    language: str | None = None


MODALITY = (Bar.MODALITY, Bar.REACH)


def unmatched(pool: Sides, rows: Sequence[int], free: Ints) -> tuple[Unmatched, ...]:
    """A reason and a change for each mentee of `rows`; free int32[mentors]: places that are left. O(rows * mentors * words)."""
    open_ = _only(pool, free > 0)
    return tuple(_unmatched(pool, open_, i) for i in rows)


def _unmatched(pool: Sides, open_: Sides, i: int) -> Unmatched:
    """`open_`: the pool with those mentors alone who have a place left; only they can be opened by a change."""
    kept, here = barriers(pool, i), flagged(pool, Flag.TAKES_PART)
    takes_part = has(pool, i, Flag.TAKES_PART)
    allowed = here & (pool.mentor.places > 0) & ~np.logical_or.reduce(list(kept.values()))
    left = partial(Unmatched, mentee=i, why=_why(pool, i, kept, here), alone=not (takes_part and allowed.any()))
    if open_.mentors == 0:
        return left()
    kept, shut = barriers(open_, i), flagged(open_, Flag.TAKES_PART) & ~allowed_to(open_, i)
    for change, lifted, more in _changes(open_, i):
        others = [rule for name, rule in kept.items() if name not in lifted]
        opened = shut & more & ~np.logical_or.reduce(others)
        if opened.any():
            return left(change=change, mentors=int(opened.sum()))
    tongue, opened_by = _tongue(open_, i, kept, shut)
    if tongue is not None and takes_part:
        return left(change=MatchChange.LANGUAGE, mentors=opened_by, language=tongue)
    return left()


def _only(pool: Sides, mentors: Flags) -> Sides:
    """The pool with some of its mentors."""
    some = Side.of(array[mentors] for array in pool.mentor.arrays())
    return Sides(
        rules=pool.rules,
        seed=pool.seed,
        codes=pool.codes,
        mentor=some,
        mentee=pool.mentee,
        pairs_apart=pool.pairs_apart,
    )


def _why(pool: Sides, i: int, kept: dict[str, Flags], here: Flags) -> Unmet:
    if not has(pool, i, Flag.ACKNOWLEDGED):
        return Unmet.NOT_ACKNOWLEDGED
    if not (has(pool, i, Flag.COMPLETE) and has(pool, i, Flag.READY)):
        return Unmet.PROFILE_INCOMPLETE
    left = here & ~kept[Bar.LANGUAGE]
    if not left.any():
        return Unmet.NO_COMMON_LANGUAGE
    left &= ~kept[Bar.MODALITY] & ~kept[Bar.REACH] & ~kept[Bar.HOURS]
    if not left.any():
        return Unmet.NO_MODALITY_OVERLAP
    left &= ~kept[Bar.WOMAN] & ~kept[PAIRWISE]
    return Unmet.CAPACITY_EXHAUSTED if left.any() else Unmet.ALL_BLOCKED


def _changes(pool: Sides, i: int) -> Iterator[tuple[MatchChange, tuple[str, ...], Flags]]:
    """Each change, the rules it lifts, and for which mentors it lifts them."""
    everyone = np.ones(pool.mentors, np.bool_)
    if not has(pool, i, Flag.TAKES_PART):
        complete = has(pool, i, Flag.COMPLETE) and has(pool, i, Flag.READY)
        yield MatchChange.ACKNOWLEDGE if complete else MatchChange.COMPLETE_PROFILE, (), everyone
        return
    if not has(pool, i, Flag.ONLINE):
        yield MatchChange.ONLINE_TOO, MODALITY, flagged(pool, Flag.ONLINE)
    yield MatchChange.MORE_HOURS, (Bar.HOURS,), named(pool, Kind.BLOCK) >= pool.rules.hours_least
    if has(pool, i, Flag.MEETS):
        yield MatchChange.FARTHER, (Bar.REACH,), within(pool, i, pool.mentor.reach.astype(np.int64))
    else:
        yield MatchChange.MEET_TOO, MODALITY, flagged(pool, Flag.MEETS) & reached(pool, i)
    if has(pool, i, Flag.WANTS_WOMAN) and not pool.rules.woman_mentors:
        yield MatchChange.ANY_GENDER, (Bar.WOMAN,), everyone


def _tongue(pool: Sides, i: int, kept: dict[str, Flags], open_: Flags) -> tuple[str | None, int]:
    """The one more language that most of the mentors speak whom nothing else keeps from her."""
    kind = least_tongue(pool)
    left = open_ & ~np.logical_or.reduce([rule for name, rule in kept.items() if name != Bar.LANGUAGE])
    best: tuple[int, str] | None = None
    for bit, tongue in zip(pool.codes.run(kind), pool.codes.kinds[kind], strict=True):
        speakers = int((left & (column(pool, bit))).sum())
        if speakers and not pool.mentee.bits(i) >> bit & 1:
            best = max(best or (0, ""), (speakers, tongue), key=lambda found: (found[0], [-ord(c) for c in found[1]]))
    return (None, 0) if best is None else (best[1], best[0])


def shortage(pool: Sides, rows: Sequence[int]) -> tuple[tuple[str, str, int], ...]:
    """What places are missing: (language, ISCED-F field, places), most first, each mentee of `rows` counted once.

    She is counted where the fewest places are to be had of all her languages and fields. O(rows * mentors).
    """
    found: Counter[tuple[str, str]] = Counter()
    for i in rows:
        hers = [
            (_places_of(pool, tongue, field), tongue[1], field[1])
            for tongue in _named(pool, i, least_tongue(pool))
            for field in _narrowest(pool, i)
        ]
        if hers:
            found[min(hers)[1:]] += 1
    return tuple((tongue, field, n) for (tongue, field), n in sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _named(pool: Sides, i: int, kind: Kind) -> list[tuple[int, str]]:
    row = pool.mentee.bits(i)
    return [
        (bit, code) for bit, code in zip(pool.codes.run(kind), pool.codes.kinds[kind], strict=True) if row >> bit & 1
    ]


def _narrowest(pool: Sides, i: int) -> list[tuple[int, str]]:
    return next((named for kind in reversed(FIELDS) if (named := _named(pool, i, kind))), [])


def _places_of(pool: Sides, tongue: tuple[int, str], field: tuple[int, str]) -> int:
    both = column(pool, tongue[0]) & column(pool, field[0]) & flagged(pool, Flag.TAKES_PART)
    return int(pool.mentor.places[both].sum())
