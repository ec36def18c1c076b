"""A round for its coordinator: who was matched in each declared group, and why the others were not. Small groups stay hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .columns import allowed_to
from .graph import Ints
from .shortfall import shortage
from .sides import Sides

K = TypeVar("K")
SMALLEST = 5
"""Groups of fewer people are never shown (journey J6.8)."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A declared group of mentees. Without numbers where it is too small, or where it would follow from the others.

    no_mentor: nobody is allowed for them; no_place: fewer places than people within their reach; others_preferred: they
    had places in reach, and others fitted better.
    """

    name: str
    people: int | None = None
    matched: int | None = None
    no_mentor: int | None = None
    no_place: int | None = None
    others_preferred: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report(Generic[K]):
    parity: Mapping[K, tuple[Group, ...]]
    shortage: tuple[tuple[str, str, int], ...]
    """Language, ISCED-F field, places that are missing."""


def report(
    pool: Sides,
    mate: Ints,
    kinds: Mapping[K, Mapping[str, Sequence[int]]],
    short: NDArray[np.bool_] | None = None,
    *,
    alone: AbstractSet[int] | None = None,
) -> Report[K]:
    """Mate int32[mentees]: mentor or -1; kinds: the mentees of each declared group, by kind: in a kind everyone stands in one
    group, so that what is hidden stays hidden; short bool[mentees]: who stands where more people than places are (Dulmage
    and Mendelsohn, `cardinality.Split`), none: everyone; alone: those for whom nobody is allowed, where that is known.
    O(unmatched * mentors).
    """
    left, alone = np.flatnonzero(mate < 0), _alone(pool, mate) if alone is None else alone
    crowded = np.ones(len(mate), np.bool_) if short is None else short
    parity = {}
    for kind, groups in kinds.items():
        hidden = too_small({name: len(set(members)) for name, members in groups.items()})
        parity[kind] = tuple(
            Group(name=name) if name in hidden else _group(name, sorted(set(members)), mate, alone, crowded)
            for name, members in sorted(groups.items())
        )
    return Report(parity=parity, shortage=shortage(pool, [int(i) for i in left if int(i) not in alone]))


def _alone(pool: Sides, mate: Ints) -> set[int]:
    """Who is left and has no allowed mentor with a place at all."""
    left = np.flatnonzero(mate < 0).tolist()
    return {i for i in left if not (allowed_to(pool, i) & (pool.mentor.places > 0)).any()}


def too_small(sizes: Mapping[str, int]) -> set[str]:
    """Groups to hide: those under five, and the next ones until what is hidden cannot be told from what is shown."""
    hidden = {name for name, size in sizes.items() if size < SMALLEST}
    rest = sorted(((size, name) for name, size in sizes.items() if name not in hidden), reverse=True)
    while rest and 0 < sum(sizes[name] for name in hidden) < SMALLEST:
        hidden.add(rest.pop()[1])
    return hidden


def _group(name: str, members: Sequence[int], mate: Ints, alone: AbstractSet[int], short: NDArray[np.bool_]) -> Group:
    left = [i for i in members if mate[i] < 0]
    no_mentor = sum(i in alone for i in left)
    no_place = sum(bool(short[i]) for i in left if i not in alone)
    return Group(
        name=name,
        people=len(members),
        matched=len(members) - len(left),
        no_mentor=no_mentor,
        no_place=no_place,
        others_preferred=len(left) - no_mentor - no_place,
    )
