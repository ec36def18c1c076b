"""A pool as bytes and back: what a round keeps of who took part, and what its workers are given."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np

from commons_contracts.codes import Cefr, Criterion

from .layout import Codes
from .people import Apart, Bar
from .pool import Pool
from .sides import Side
from .weights import Rules

FORM = 1
"""Raised when what is kept changes; bytes of another form are refused."""
NAMES = tuple(field.name for field in fields(Side))


def packed(pool: Pool) -> bytes:
    """The whole pool in NumPy's npz, the same bytes for the same pool; only pairs apart of whom are both here. O(n + m)."""
    pairs = [
        [str(pool.mentor.person(j)), str(pool.mentee.person(i)), why] for (i, j), why in sorted(pool.apart.items())
    ]
    told = {
        "form": FORM,
        "seed": str(pool.seed),
        "rules": asdict(pool.rules),
        "kinds": pool.codes.kinds,
        "apart": [pair for pair in pairs if pair[2] != Bar.SELF],
    }
    head = np.frombuffer(json.dumps(told, sort_keys=True).encode(), np.uint8)
    sides = {"mentor": pool.mentor, "mentee": pool.mentee}
    arrays = {f"{side}_{name}": getattr(of, name) for side, of in sides.items() for name in NAMES}
    whole = BytesIO()
    np.savez(whole, head=head, **arrays)
    return whole.getvalue()


def unpacked(parcel: bytes) -> Pool:
    """The pool of these bytes; ValueError where they are of another form."""
    with np.load(BytesIO(parcel), allow_pickle=False) as kept:
        told = json.loads(kept["head"].tobytes())
        if told["form"] != FORM:
            raise ValueError(f"a pool of form {told['form']}, not {FORM}")
        mentor, mentee = (Side.of(kept[f"{side}_{name}"] for name in NAMES) for side in ("mentor", "mentee"))
    pairs = (Apart(mentor=UUID(one), mentee=UUID(other), why=Bar(why)) for one, other, why in told["apart"])
    return Pool(
        rules=_rules(told["rules"]),
        seed=int(told["seed"]),
        codes=Codes(kinds=tuple(tuple(codes) for codes in told["kinds"])),
        mentor=mentor,
        mentee=mentee,
        pairs_apart=tuple(pairs),
    )


def _rules(told: dict[str, Any]) -> Rules:
    read = {
        "weights": tuple((Criterion(criterion), points) for criterion, points in told["weights"]),
        "opt_in": tuple(map(Criterion, told["opt_in"])),
        "needed": tuple(map(Criterion, told["needed"])),
        "language_least": Cefr(told["language_least"]),
    }
    return Rules(**told | read)
