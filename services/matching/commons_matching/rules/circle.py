"""Circles by design: who of a round could meet in which circles, the circles formed of them, and why others have none."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from commons_contracts.codes import Method, Modality, Unit, Unmet
from commons_contracts.ids import CircleId, PersonId, RunId, derived
from commons_contracts.mentoring import ProgrammeRules

from .engine.columns import allowed_to, flagged, has, points_for, reached
from .engine.explain import least_tongue
from .engine.graph import WHOLE, Ints
from .engine.layout import BLOCKS, ONLINE, TO_MEET, Flag, Kind
from .engine.pool import Pool
from .engine.round import Round, unpriced
from .engine.sides import Side, Sides

if TYPE_CHECKING:
    from .engine.circles import Group

TRIES: Final = 60
"""Swaps of circles that a run looks at, each an exact assignment of everyone."""
TONGUES: Final = 64
"""Languages that circles are formed in, those of most mentees."""
WAYS: Final = {Modality.FACE_TO_FACE: TO_MEET, Modality.ONLINE: ONLINE}
"""How a circle meets, and what a design or a person says of it."""

Pairs = tuple[tuple[UUID, UUID], ...]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a programme says of its circles. apart: mentees who may not be in one. pins: facilitators and mentees whom a
    coordinator wants in one.
    """

    least: int
    most: int
    ways: tuple[Modality, ...]
    other_organisation: bool = False
    apart: Pairs = ()
    pins: Pairs = ()

    def told(self) -> dict[str, Any]:
        """As JSON has it, in an order that is nobody's."""
        pairs = {name: sorted([str(a), str(b)] for a, b in getattr(self, name)) for name in ("apart", "pins")}
        sizes = {"least": self.least, "most": self.most, "other_organisation": self.other_organisation}
        return {**sizes, "ways": sorted(self.ways), **pairs}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Terms:
        pairs = {name: tuple((UUID(a), UUID(b)) for a, b in told[name]) for name in ("apart", "pins")}
        return cls(**{**told, **pairs, "ways": tuple(map(Modality, told["ways"]))})


def terms_of(rules: ProgrammeRules) -> Terms | None:
    """None where the programme forms no circles. Where it does, its design says how large they are."""
    group = rules.places.group
    if rules.matching.method is not Method.CIRCLES or group.least is None or group.most is None:
        return None
    modalities = rules.unit_modalities.get(Unit.CIRCLE, rules.modalities) or tuple(Modality)
    return Terms(
        least=max(group.least, 1),
        most=group.most,
        ways=tuple(way for way, those in WAYS.items() if set(those) & set(modalities)),
        other_organisation=rules.matching.circles.other_organisation,
    )


def circle_of(run: RunId, facilitator: PersonId, block: int) -> CircleId:
    """Nobody leads two circles at one time."""
    return CircleId(derived("circle", run, facilitator, block))


@dataclass(frozen=True, kw_only=True)
class Circle:
    """One circle of a pool, its people by their rows."""

    facilitator: int
    language: str
    block: int
    modality: Modality
    members: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Formed:
    """The circles of a run in the order of the week; no choice of circles has more than `most_people` in them.

    unmet: why nobody else has one, of those for whom the rules allow a facilitator.
    """

    circles: tuple[Circle, ...]
    most_people: int
    unmet: Mapping[int, Unmet]

    def packed(self) -> bytes:
        circles = [vars(circle) for circle in self.circles]
        unmet = [[i, why] for i, why in sorted(self.unmet.items())]
        return json.dumps({"circles": circles, "most_people": self.most_people, "unmet": unmet}).encode()

    @classmethod
    def unpacked(cls, content: bytes) -> Formed:
        told = json.loads(content)
        circles = [
            Circle(**it | {"modality": Modality(it["modality"]), "members": tuple(it["members"])})
            for it in told["circles"]
        ]
        unmet = {i: Unmet(why) for i, why in told["unmet"]}
        return cls(circles=tuple(circles), most_people=told["most_people"], unmet=unmet)

    def round(self, pool: Pool) -> Round:
        """Each member with her facilitator."""
        mate = np.full(pool.mentees, -1, np.int32)
        for circle in self.circles:
            mate[list(circle.members)] = circle.facilitator
        return unpriced(pool, mate)


def solve(pool: Pool, terms: Terms, *, keep: Ints | None = None, bonus: int = 0) -> Formed:
    """Circles of these people; whom a run before had with a facilitator she keeps where that costs no more than `bonus`."""
    from .engine.circles import Sizes, circles

    tongues = _tongues(pool)
    group = _group(pool, terms, tongues)
    kept = group if keep is None else replace(group, points=_keeping(group.points, keep, bonus))
    found = circles(kept, Sizes(least=terms.least, most=terms.most), seed=pool.seed, tries=TRIES)
    offers, kinds = found.offers, list(_kinds(terms))
    formed = [
        Circle(
            facilitator=int(offers.facilitator[o]),
            language=tongues[int(offers.language[o])],
            block=int(offers.block[o]),
            modality=kinds[int(offers.kind[o])][0],
            members=tuple(np.flatnonzero(found.mate == nth).tolist()),
        )
        for nth, o in enumerate(found.chosen.tolist())
    ]
    left = np.flatnonzero(found.mate < 0).tolist()
    return Formed(
        circles=tuple(sorted(formed, key=lambda circle: (circle.block, circle.facilitator))),
        most_people=found.most_people,
        unmet={i: _unmet(group, offers.fits, i) for i in left},
    )


def _unmet(group: Group, fits: Flags, i: int) -> Unmet:
    """Of someone for whom the rules allow a facilitator: circles meet in no way of hers, are full, or would be too small."""
    hers = (group.kinds[:, i, :] & (group.points[i] >= 0)).any(axis=0)
    if not hers.any():
        return Unmet.NO_MODALITY_OVERLAP
    lack = (hers & (group.places > 0)).any() and not fits[:, i].any()
    return Unmet.TOO_FEW if lack else Unmet.CAPACITY_EXHAUSTED


def _kinds(terms: Terms) -> Iterator[tuple[Modality, bool]]:
    """(how they meet, whether they are minors): those of age and those who are not are in no circle together."""
    return product(terms.ways, (False, True))


def _group(pool: Pool, terms: Terms, tongues: Sequence[str]) -> Group:
    from .engine.circles import Group

    points = np.full((pool.mentees, pool.mentors), -1, np.int32)
    open_ = np.zeros((len(terms.ways) * 2, *points.shape), np.bool_)
    for i in range(pool.mentees):
        points[i] = np.where(allowed_to(pool, i), points_for(pool, i), -1)
        for kind, (way, young) in enumerate(_kinds(terms)):
            if young == has(pool, i, Flag.MINOR):
                open_[kind, i] = _meets(pool, i, way)
    for i, j in pinned(pool, terms):
        points[i, np.arange(pool.mentors) != j] = -1
    return Group(
        points=points,
        kinds=open_,
        languages=_spoken(pool, pool.mentee, tongues),
        hours=_hours(pool, pool.mentee),
        facilitator_languages=_spoken(pool, pool.mentor, tongues),
        facilitator_hours=_hours(pool, pool.mentor),
        places=pool.places,
        apart=tuple(_apart(pool, terms)),
    )


def pinned(pool: Sides, terms: Terms) -> Iterator[tuple[int, int]]:
    """(mentee, facilitator) whom a coordinator wants in one circle, as far as they are there."""
    for mentor, mentee in terms.pins:
        i, j = pool.mentee.find(mentee), pool.mentor.find(mentor)
        if i is not None and j is not None:
            yield i, j


def _meets(pool: Pool, i: int, way: Modality) -> Flags:
    if way is Modality.ONLINE:
        return flagged(pool, Flag.ONLINE) & has(pool, i, Flag.ONLINE)
    return flagged(pool, Flag.MEETS) & has(pool, i, Flag.MEETS) & reached(pool, i)


def _apart(pool: Pool, terms: Terms) -> Iterator[tuple[int, int]]:
    for one, other in terms.apart:
        both = pool.mentee.find(one), pool.mentee.find(other)
        if both[0] is not None and both[1] is not None:
            yield both[0], both[1]
    if terms.other_organisation:
        for where in np.unique(pool.mentee.organisation[pool.mentee.organisation > 0]):
            here = np.flatnonzero(pool.mentee.organisation == where).tolist()
            yield from ((i, k) for i in here for k in here if i < k)


def _tongues(pool: Pool) -> tuple[str, ...]:
    """What mentors speak well enough, the languages of most mentees first."""
    run, names = pool.codes.run(least_tongue(pool)), pool.codes.kinds[least_tongue(pool)]
    led, spoken = _how_many(pool.mentor, run), _how_many(pool.mentee, run)
    some = sorted((-n, name) for name, mentors, n in zip(names, led, spoken, strict=True) if mentors)
    return tuple(name for _, name in some[:TONGUES])


def _how_many(side: Side, bits: Collection[int]) -> list[int]:
    return [int((side.rows[:, bit >> 6] >> np.uint64(bit & 63) & np.uint64(1)).sum()) for bit in bits]


def _spoken(pool: Pool, side: Side, tongues: Sequence[str]) -> NDArray[np.uint64]:
    kind = least_tongue(pool)
    bits = [pool.codes.places[kind, tongue] for tongue in tongues]
    rows = (side.bits(n) for n in range(len(side)))
    return np.array([sum((row >> bit & 1) << at for at, bit in enumerate(bits)) for row in rows], np.uint64)


def _hours(pool: Pool, side: Side) -> NDArray[np.uint64]:
    start, week = pool.codes.starts[Kind.BLOCK], (1 << BLOCKS) - 1
    return np.array([side.bits(n) >> start & week for n in range(len(side))], np.uint64)


def _keeping(points: Ints, keep: Ints, bonus: int) -> Ints:
    rows = np.flatnonzero(keep >= 0)
    more = points.copy()
    hers = more[rows, keep[rows]]
    more[rows, keep[rows]] = np.where(hers >= 0, np.minimum(hers + bonus, WHOLE), -1)
    return more
