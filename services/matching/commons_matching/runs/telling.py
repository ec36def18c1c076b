"""What is told of a computed round: each pair with its reasons, everyone who is left, fairness and shortage. Pure, and slow."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from commons_contracts.codes import Criterion, FairnessGroup, ProposalOrigin, Unmet

from ..rules import two_way
from ..rules.circle import Formed, Terms, pinned
from ..rules.engine.explain import explain
from ..rules.engine.graph import Ints
from ..rules.engine.layout import STAGES, WOMAN, Kind
from ..rules.engine.pool import Pool
from ..rules.engine.report import report
from ..rules.engine.round import Round
from ..rules.engine.shortfall import Unmatched, unmatched
from .snapshot import kept_prices
from .solving import Asked

UNDECLARED = "UNDECLARED"
"""The group of those who have told nothing: without it the others could be told from the whole."""
UNSAID = frozenset({Criterion.GENDER, Criterion.BACKGROUND})
"""Where two have this in common it counts, and what it is stays between them."""


def rows(asked: Asked, round: Round, formed: Formed | None = None) -> bytes:
    """Four lines of JSON: what the run keeps of itself, its circles, its proposals, and whom it leaves.

    The last three go to PostgreSQL as they stand. Some ten seconds for 13,000 pairs and 7,000 people without.
    """
    pool = asked.pool
    mate = np.where(asked.pinned >= 0, asked.pinned, round.mate).astype(np.int32)
    pairs = list(_proposals(asked, mate, formed))
    left = np.flatnonzero(mate < 0).astype(np.int32)
    taken = mate[mate >= 0] if formed is None else np.array([it.facilitator for it in formed.circles], np.int32)
    free = (pool.places - np.bincount(taken, minlength=pool.mentors)).astype(np.int32)
    points, told = [pair["points"] for pair in pairs], unmatched(pool, left.tolist(), free)
    head = {
        "matched": len(pairs),
        "total": sum(points),
        "below": [sum(each < band for each in points) for band in sorted(asked.bands)],
        "moved": 0 if asked.keep is None else int(((asked.keep >= 0) & (asked.keep != mate)).sum()),
        "report": _report(asked, mate, {one.mentee for one in told if one.alone}) | _bound(formed),
        "apart": None if asked.lists is None else two_way.apart(pool, two_way.Lists.of(asked.lists)),
        "tariff": tariff_of(pool, round),
        "prices": base64.b64encode(kept_prices(pool.mentor.ids, round.prices, round.worth)).decode(),
    }
    parts = (head, _circles(pool, formed), pairs, _left(asked, told, formed))
    return b"\n".join(json.dumps(part, separators=(",", ":")).encode() for part in parts)


def parts_of(pool: Pool, i: int, j: int) -> list[dict[str, Any]]:
    """Why mentee i and mentor j fit: what sums to their points, and the codes that both have told."""
    return [
        {"criterion": part.criterion, "points": part.points, "most": part.most, "skipped": part.skipped}
        | {"evidence": [] if part.criterion in UNSAID else list(part.shared)}
        for part in explain(pool, i, j)[0]
    ]


def reason_of(pool: Pool) -> dict[str, Any]:
    """Why the only mentee of a pool is left, where no place is free."""
    return _reason(pool, *unmatched(pool, [0], np.zeros(pool.mentors, np.int32)))


def tariff_of(pool: Pool, round: Round) -> dict[str, int]:
    """What a place with each mentor costs in points, for suggestions; only of whom it costs anything."""
    tariff = round.tariff
    return {str(pool.mentor.person(int(j))): int(tariff[j]) for j in np.flatnonzero(tariff)}


def _bound(formed: Formed | None) -> dict[str, int]:
    return {} if formed is None else {"most_people": formed.most_people}


def _circles(pool: Pool, formed: Formed | None) -> list[dict[str, Any]]:
    """Proposals name them by their place in this list."""
    return [
        {"facilitator": str(pool.mentor.person(it.facilitator))}
        | {"language": it.language, "block": it.block, "modality": it.modality}
        for it in (() if formed is None else formed.circles)
    ]


def _proposals(asked: Asked, mate: Ints, formed: Formed | None) -> Iterator[dict[str, Any]]:
    pool, keep = asked.pool, asked.keep
    circle = {i: n for n, it in enumerate(() if formed is None else formed.circles) for i in it.members}
    wanted = _pinned(asked)
    for i in np.flatnonzero(mate >= 0).tolist():
        j = int(mate[i])
        parts = parts_of(pool, i, j)
        yield {
            "mentor": str(pool.mentor.person(j)),
            "mentee": str(pool.mentee.person(i)),
            "points": sum(part["points"] for part in parts),
            "parts": parts,
            "origin": ProposalOrigin.PINNED if wanted[i] == j else ProposalOrigin.SOLVED,
            "circle": circle.get(i),
            "moved": keep is not None and bool(keep[i] >= 0) and bool(keep[i] != j),
        }


def _pinned(asked: Asked) -> Ints:
    """int32[mentees]: the mentor whom a coordinator wants for each, or -1."""
    if asked.circles is None:
        return asked.pinned
    found = np.full(asked.pool.mentees, -1, np.int32)
    for i, j in pinned(asked.pool, Terms.of(asked.circles)):
        found[i] = j
    return found


def _left(asked: Asked, left: Sequence[Unmatched], formed: Formed | None) -> list[dict[str, Any]]:
    """By ranked lists a place with someone who is allowed is not yet a place with someone who wants her; and in circles it is
    one only where enough others can meet there too.
    """
    other = {} if asked.lists is None else {Unmet.CAPACITY_EXHAUSTED: Unmet.NOT_PREFERRED}

    def why(one: Unmatched) -> Unmet:
        if formed is not None and one.why is Unmet.CAPACITY_EXHAUSTED:
            return formed.unmet[one.mentee]
        return other.get(one.why, one.why)

    return [_reason(asked.pool, replace(one, why=why(one))) for one in left]


def _reason(pool: Pool, one: Unmatched) -> dict[str, Any]:
    told = {"mentee": str(pool.mentee.person(one.mentee)), "why": one.why, "change": one.change}
    return told | {"mentors": one.mentors, "language": one.language}


def _report(asked: Asked, mate: Ints, alone: set[int]) -> dict[str, Any]:
    """Where as many as can be are matched, whoever is left with mentors allowed stands where places are short (Dulmage and
    Mendelsohn); where people choose, others were preferred.
    """
    pool, chosen = asked.pool, asked.lists is not None
    short = np.zeros(pool.mentees, np.bool_) if chosen else None
    told = report(pool, mate, declared(pool), short, alone=alone)
    fairness = [
        {"by": by, "group": row.name, "people": row.people, "matched": row.matched}
        | {"no_mentor": row.no_mentor, "no_place": row.no_place, "others_preferred": row.others_preferred}
        for by, found in told.parity.items()
        for row in found
    ]
    missing = [{"language": tongue, "field": field, "places": n} for tongue, field, n in told.shortage]
    return {"fairness": fairness, "shortage": missing}


def declared(pool: Pool) -> dict[FairnessGroup, dict[str, list[int]]]:
    """Mentees by what they have declared: everyone in one group of each kind, by her first field where she has several."""
    found: dict[FairnessGroup, dict[str, list[int]]] = {by: {} for by in FairnessGroup}
    for i in range(pool.mentees):
        for by, group in _groups(pool, i).items():
            found[by].setdefault(group, []).append(i)
    return found


def _groups(pool: Pool, i: int) -> dict[FairnessGroup, str]:
    stage, gender = _own(pool, i, Kind.STAGE), _own(pool, i, Kind.GENDER)
    return {
        FairnessGroup.GENDER: next(("WOMAN" if code == WOMAN else "MAN" for code in gender), UNDECLARED),
        FairnessGroup.STAGE: STAGES[int(stage[-1])] if stage else UNDECLARED,
        FairnessGroup.COUNTRY: next(iter(_own(pool, i, Kind.COUNTRY)), UNDECLARED),
        FairnessGroup.FIELD: next(iter(_own(pool, i, Kind.BROAD)), UNDECLARED),
    }


def _own(pool: Pool, i: int, kind: Kind) -> Sequence[str]:
    row = pool.mentee.bits(i)
    return pool.codes.shared(kind, row, row)
