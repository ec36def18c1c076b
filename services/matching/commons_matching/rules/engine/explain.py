"""Why two people fit, in the same integers as the kernels count, and the one reason why they may not be a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from commons_contracts.codes import Criterion

from .criteria import Form, Scale, scales, worth
from .ground import chord
from .layout import LEVELS, TONGUES, WOMAN, Flag, Kind
from .people import Bar
from .sides import Sides


@dataclass(frozen=True, kw_only=True)
class Part:
    """A criterion's share of a pair's points: `points` of at most `most`, because of `shared`, what both told.

    skipped: it counts only for those who have opted in, or only people can compare it; it takes no share of the 10,000.
    """

    criterion: Criterion
    points: int
    most: int
    skipped: bool
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two rows of a pool side by side."""

    pool: Sides
    i: int
    j: int
    mentee: int
    mentor: int

    def shared(self, kind: Kind) -> tuple[str, ...]:
        return self.pool.codes.shared(kind, self.mentee, self.mentor)

    def mentee_is(self, flag: Flag) -> bool:
        return bool(self.mentee >> (self.pool.codes.starts[Kind.FLAG] + flag) & 1)

    def mentor_is(self, flag: Flag) -> bool:
        return bool(self.mentor >> (self.pool.codes.starts[Kind.FLAG] + flag) & 1)

    @property
    def same_place(self) -> bool:
        here = int(self.pool.mentee.place[self.i])
        return here >= 0 and here == int(self.pool.mentor.place[self.j])

    @property
    def square(self) -> int | None:
        """The square of the straight distance in 250 m, where it is known."""
        mentee, mentor = self.pool.mentee, self.pool.mentor
        if not mentee.reach[self.i] or not mentor.reach[self.j]:
            return None
        both = zip(mentee.ground[self.i].tolist(), mentor.ground[self.j].tolist(), strict=True)
        return sum(int(one - other) ** 2 for one, other in both)

    @property
    def in_reach(self) -> bool:
        least = min(int(self.pool.mentee.reach[self.i]), int(self.pool.mentor.reach[self.j]))
        return self.same_place or (self.square is not None and self.square <= least**2)


def pair_of(pool: Sides, i: int, j: int) -> Pair:
    return Pair(pool=pool, i=i, j=j, mentee=pool.mentee.bits(i), mentor=pool.mentor.bits(j))


def explain(pool: Sides, i: int, j: int) -> tuple[tuple[Part, ...], tuple[Bar, ...]]:
    """The parts of the fit of mentee i and mentor j, which sum to `points`, and every hard rule between them. O(codes)."""
    pair = pair_of(pool, i, j)
    return _parts(pair), tuple(bars(pair))


def points(pool: Sides, i: int, j: int) -> int:
    """Fit of mentee i and mentor j, 0..10,000. O(codes)."""
    return sum(part.points for part in _parts(pair_of(pool, i, j)))


def barred(pool: Sides, i: int, j: int) -> Bar | None:
    """The first hard rule that keeps the two apart, if any. O(codes)."""
    return next(bars(pair_of(pool, i, j)), None)


def _parts(pair: Pair) -> tuple[Part, ...]:
    rules, known = pair.pool.rules, scales(pair.pool.rules)
    agreed = set(pair.shared(Kind.OPTED))
    most = rules.mosts[sum(1 << bit for bit, criterion in enumerate(rules.opted) if criterion in agreed)]
    found = []
    for criterion, _ in rules.weights:
        if criterion not in most:
            found.append(Part(criterion=criterion, points=0, most=0, skipped=True))
            continue
        level, shared = _level(pair, known[criterion])
        scale = known[criterion]
        told = worth(scale, level, most[criterion], _named(pair, scale))
        found.append(Part(criterion=criterion, points=told, most=most[criterion], skipped=False, shared=shared))
    return tuple(found)


def _level(pair: Pair, scale: Scale) -> tuple[int, tuple[str, ...]]:
    """How many of a scale's levels two people reach, and what they have in common on the highest."""
    if scale.form is Form.STAGED:
        ahead = [len(pair.pool.codes.shared(Kind.STAGE, row, row)) for row in (pair.mentor, pair.mentee)]
        return (0 if not ahead[1] or ahead[0] < ahead[1] else 2 if ahead[0] > ahead[1] else 1), ()
    if scale.form is Form.PLACED:
        square, near = pair.square, chord(pair.pool.rules.near_km)
        close = square is not None and square <= near**2
        return (3 if pair.same_place else 2 if close else 1 if pair.shared(Kind.COUNTRY) else 0), ()
    if scale.form is Form.COUNTED:
        shared = pair.shared(scale.kinds[0])
        return min(len(shared), scale.cap), shared
    for level, kind in zip(range(len(scale.kinds), 0, -1), reversed(scale.kinds), strict=True):
        if shared := pair.shared(kind):
            return level, shared
    return 0, ()


def _named(pair: Pair, scale: Scale) -> int:
    """How many things the mentee named of those that a scale counts."""
    return len(pair.pool.codes.shared(scale.kinds[0], pair.mentee, pair.mentee)) if scale.form is Form.COUNTED else 0


def bars(pair: Pair) -> Iterator[Bar]:
    """The hard rules that keep two people apart, in the order in which one is chosen to be told."""
    why = pair.pool.apart.get((pair.i, pair.j))
    for bar in Bar:
        if bar is why or (bar in BARRED_BY and BARRED_BY[bar](pair)):
            yield bar


def _meet_somewhere(pair: Pair) -> bool:
    return pair.mentee_is(Flag.MEETS) and pair.mentor_is(Flag.MEETS)


def _online(pair: Pair) -> bool:
    return pair.mentee_is(Flag.ONLINE) and pair.mentor_is(Flag.ONLINE)


def _too_far(pair: Pair) -> bool:
    untold = pair.mentee_is(Flag.ANYWHERE) or pair.mentor_is(Flag.ANYWHERE)
    return not _online(pair) and _meet_somewhere(pair) and not untold and not pair.in_reach


def _no_tongue(pair: Pair) -> bool:
    untold = pair.mentee_is(Flag.ANY_TONGUE) or pair.mentor_is(Flag.ANY_TONGUE)
    return not untold and not pair.shared(least_tongue(pair.pool))


def least_tongue(pool: Sides) -> Kind:
    """The kind of bits that a language in common must be among."""
    return TONGUES[LEVELS.index(min(pool.rules.language_least, LEVELS[-1]))]


def _same_organisation(pair: Pair) -> bool:
    one, other = (int(side.organisation[n]) for side, n in ((pair.pool.mentee, pair.i), (pair.pool.mentor, pair.j)))
    return pair.pool.rules.other_organisation and one != 0 and one == other


def _no_woman(pair: Pair) -> bool:
    woman = pair.pool.codes.places[Kind.GENDER, WOMAN]
    return pair.mentee_is(Flag.WANTS_WOMAN) and not pair.mentor >> woman & 1


BARRED_BY: dict[Bar, Callable[[Pair], bool]] = {
    Bar.NOT_TAKING_PART: lambda pair: not (pair.mentee_is(Flag.TAKES_PART) and pair.mentor_is(Flag.TAKES_PART)),
    Bar.PROJECT: lambda pair: not pair.shared(Kind.PROJECT),
    Bar.LANGUAGE: _no_tongue,
    Bar.MODALITY: lambda pair: not _online(pair) and not _meet_somewhere(pair),
    Bar.REACH: _too_far,
    Bar.HOURS: lambda pair: len(pair.shared(Kind.BLOCK)) < pair.pool.rules.hours_least,
    Bar.VETTING: lambda pair: pair.mentee_is(Flag.MINOR) and not pair.mentor_is(Flag.VETTED),
    Bar.WOMAN: _no_woman,
    Bar.ORGANISATION: _same_organisation,
}
