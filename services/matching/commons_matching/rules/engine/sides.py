"""Everyone of a round as rows of bits: the mentors, the mentees, and which pairs are kept apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from .graph import Ints, digest
from .layout import Codes
from .people import Apart, Bar
from .weights import Rules

Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Side:
    """The mentors or the mentees, in the order of their ids; n people, 64 bytes each beside the id where a row has 5 words.

    ids uint64[n, 2]; rows uint64[n, words], bits as `layout.Codes` has them; place int32, GeoNames, -1 unknown;
    organisation uint64, folded id, 0 unknown; ground int16[n, 3] in 250 m from the middle of the Earth; reach uint16 in
    250 m, 0: nobody knows where she is; places int32.
    """

    ids: Words
    rows: Words
    place: Ints
    organisation: Words
    ground: NDArray[np.int16]
    reach: NDArray[np.uint16]
    places: Ints

    def __post_init__(self) -> None:
        for array in self.arrays():
            array.setflags(write=False)

    @classmethod
    def of(cls, arrays: Iterable[NDArray[Any]]) -> Side:
        """A side of arrays in the order of its fields."""
        return cls(**{field.name: array for field, array in zip(fields(cls), arrays, strict=True)})

    def __len__(self) -> int:
        return len(self.ids)

    def arrays(self) -> tuple[NDArray[Any], ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    @cached_property
    def keys(self) -> Words:
        """What the lottery is drawn from."""
        return folded(self.ids)

    def person(self, i: int) -> UUID:
        high, low = self.ids[i].tolist()
        return UUID(int=high << 64 | low)

    def find(self, person: UUID) -> int | None:
        """Where someone stands, if she is here. O(log n)."""
        i = self.would_stand(person)
        return i if i < len(self) and self.person(i) == person else None

    def would_stand(self, person: UUID) -> int:
        high, low = person.int >> 64, person.int & LOW
        first = int(np.searchsorted(self.ids[:, 0], np.uint64(high)))
        last = int(np.searchsorted(self.ids[:, 0], np.uint64(high), side="right"))
        return first + int(np.searchsorted(self.ids[first:last, 1], np.uint64(low)))

    def bits(self, i: int) -> int:
        """A row as one number."""
        return int.from_bytes(self.rows[i].astype("<u8").tobytes(), "little")


LOW = (1 << 64) - 1


def folded(ids: Words) -> Words:
    """Ids in 64 bits each."""
    high, low = ids[:, 0], ids[:, 1]
    keys: Words = high ^ (low << np.uint64(1)) ^ (low >> np.uint64(63))
    return keys


@dataclass(frozen=True, eq=False, kw_only=True)
class Sides:
    """Who takes part, under which rules. Nothing in it changes; the same people, rules and seed have the same hash, in
    whatever order they came.
    """

    rules: Rules
    seed: int
    codes: Codes
    mentor: Side
    mentee: Side
    pairs_apart: tuple[Apart, ...]

    @property
    def mentees(self) -> int:
        return len(self.mentee)

    @property
    def mentors(self) -> int:
        return len(self.mentor)

    @property
    def places(self) -> Ints:
        return self.mentor.places

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that a result depends on."""
        words = json.dumps([str(self.rules), self.seed, self.codes.kinds], sort_keys=True)
        pairs = sorted(f"{i} {j} {why}" for (i, j), why in self.apart.items())
        sides = digest(*self.mentor.arrays(), *self.mentee.arrays())
        return sha256("\n".join([words, sides, *pairs]).encode()).hexdigest()

    @cached_property
    def apart(self) -> dict[tuple[int, int], Bar]:
        """(mentee, mentor) who must not be a pair, beside the rules that hold for everyone."""
        return dict(self._apart())

    @cached_property
    def apart_from(self) -> dict[int, list[int]]:
        """The mentors of `apart`, by mentee."""
        found: dict[int, list[int]] = {}
        for i, j in self.apart:
            found.setdefault(i, []).append(j)
        return found

    def _apart(self) -> Iterator[tuple[tuple[int, int], Bar]]:
        for pair in sorted(self.pairs_apart, key=lambda pair: SAID_FIRST.index(pair.why), reverse=True):
            i, j = self.mentee.find(pair.mentee), self.mentor.find(pair.mentor)
            if i is not None and j is not None:
                yield (i, j), pair.why
        for i in both_sides(self.mentee, self.mentor):
            j = self.mentor.find(self.mentee.person(i))
            if j is not None:
                yield (i, j), Bar.SELF


SAID_FIRST = tuple(Bar)


def both_sides(one: Side, other: Side) -> list[int]:
    """Who of one side stands on the other too."""
    return [int(i) for i in np.flatnonzero(np.isin(one.keys, other.keys)) if other.find(one.person(int(i))) is not None]
