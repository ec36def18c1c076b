"""What a run asks of the engine, as bytes that are the same for the same question, and the jobs into which it is cut.

Nothing here computes: processes that only answer read this too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import Any, Final, NamedTuple

import numpy as np

from ..rules.engine import parcel
from ..rules.engine.graph import Ints, Longs
from ..rules.engine.pool import Pool

ARRAYS: Final = ("about", "places", "keep", "prices")
"""What may be absent."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """Everyone of a round, compiled, and how they are to be brought together; all by the pool's order.

    about int32: the mentees whom the run decides, none: everyone. places int32[mentors]: what is left to give away, none: the
    pool's. pinned, keep int32[mentees]: a mentor or -1; pinned pairs stand already, and `about` and `places` are without
    them. prices int64[mentors], in the unit of `worth_of(bands, ...)`: where the solver begins. lists, circles: what the
    method asks for beside that, as JSON has it.
    """

    pool: Pool
    method: str
    bands: tuple[int, ...] = ()
    about: Ints | None = None
    places: Ints | None = None
    pinned: Ints
    keep: Ints | None = None
    bonus: int = 0
    prices: Longs | None = None
    lists: Mapping[str, Any] | None = None
    circles: Mapping[str, Any] | None = None

    def packed(self) -> bytes:
        """NumPy's npz, the same bytes for the same question. O(n + m)."""
        told = {
            "method": str(self.method),
            "bands": sorted(self.bands),
            "bonus": self.bonus,
            "lists": self.lists,
            "circles": self.circles,
        }
        head = np.frombuffer(json.dumps(told, sort_keys=True, default=str).encode(), np.uint8)
        given = {name: array for name in ARRAYS if (array := getattr(self, name)) is not None}
        whole = BytesIO()
        pool = np.frombuffer(parcel.packed(self.pool), np.uint8)
        np.savez(whole, head=head, pool=pool, pinned=self.pinned, **given)
        return whole.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> Asked:
        """ValueError where these bytes are of another form."""
        with np.load(BytesIO(content), allow_pickle=False) as kept:
            told = json.loads(kept["head"].tobytes())
            given = {name: kept[name] for name in ARRAYS if name in kept}
            pool, pinned = parcel.unpacked(kept["pool"].tobytes()), kept["pinned"]
        return cls(
            pool=pool,
            method=told["method"],
            bands=tuple(told["bands"]),
            bonus=told["bonus"],
            lists=told["lists"],
            circles=told.get("circles"),
            pinned=pinned,
            **given,
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything that the result depends on."""
        return sha256(self.packed()).hexdigest()

    @property
    def rows(self) -> Ints:
        """The mentees whom the run decides."""
        return np.arange(self.pool.mentees, dtype=np.int32) if self.about is None else self.about

    @property
    def free(self) -> Ints:
        return self.pool.places if self.places is None else self.places


class Kind(StrEnum):
    """Jobs of a run, in their order; PRICE and SOLVE take turns until nothing is missing."""

    SNAPSHOT = "snapshot"
    LISTS = "lists"
    SOLVE = "solve"
    PRICE = "price"
    VERIFY = "verify"
    OUTCOME = "outcome"
    TARIFF = "tariff"
    """Of no run: what places cost in a round, from its people alone."""


class Stage(NamedTuple):
    """Jobs that may be done at the same time: all of a kind and turn. The next stage begins when all of them are done."""

    kind: Kind
    turn: int
    jobs: int


class Named(NamedTuple):
    """One job of a run. `content` is where its result is kept, `graph` where a solution's pairs are, beside its prices."""

    run: str
    kind: Kind
    turn: int
    n: int

    @property
    def content(self) -> str:
        return f"{self.run}/{self.kind}/{self.turn}/{self.n}"

    @property
    def graph(self) -> str:
        return f"{self.run}/graph/{self.turn}/{self.n}"

    @property
    def pieces(self) -> tuple[str, ...]:
        return (self.content, self.graph) if self.kind is Kind.SOLVE else (self.content,)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.run, self.kind, str(self.turn), str(self.n))

    @classmethod
    def of(cls, run: str, kind: str, turn: str, n: str) -> Named:
        return cls(run, Kind(kind), int(turn), int(n))
