"""A second pair of eyes on circles: each counted and looked at again, person by person, with nothing of what formed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from commons_contracts.base import Refusal
from commons_contracts.codes import Modality, RefusalCode

from .circle import Circle, Terms
from .engine.explain import Pair, barred, least_tongue, pair_of
from .engine.graph import Ints
from .engine.layout import Flag, Kind
from .engine.sides import Sides
from .engine.verify import Fault, Found


def faults(pool: Sides, terms: Terms, places: Ints, circles: Sequence[Circle]) -> tuple[Found, ...]:
    """Every fault: too few or too many in one, someone in two, a facilitator without time for it, and whoever may not be in
    it or cannot follow it. places int32[mentors]: circles that each may lead.
    """
    return (*_twice(circles), *_led(places, circles), *members_astray(pool, terms, circles), *_sizes(terms, circles))


def members_astray(pool: Sides, terms: Terms, circles: Sequence[Circle]) -> Iterator[Found]:
    """Who may not be in her circle, with the facilitator or beside another member; both of two who are kept apart."""
    for circle in circles:
        for i in circle.members:
            if not _follows(pool, circle, i):
                yield Found(fault=Fault.FORBIDDEN_PAIR, mentee=i, mentor=circle.facilitator)
        for pair in combinations(circle.members, 2):
            if _kept_apart(pool, terms, *pair):
                yield from (Found(fault=Fault.FORBIDDEN_PAIR, mentee=i, mentor=circle.facilitator) for i in pair)


def way_in(pool: Sides, terms: Terms, circle: Circle, i: int) -> Refusal | None:
    """What keeps somebody from a circle that has room, if anything. What is between her and another member is told as a
    facilitator who is not there, and nobody overrides it.
    """
    if lacks := _lacks(pool, circle, i):
        return Refusal(lacks)
    if any(_kept_apart(pool, terms, i, k) for k in circle.members):
        return Refusal(RefusalCode.RULE_NOT_OVERRIDABLE, rule_=RefusalCode.MENTOR_UNAVAILABLE)
    return None


def _follows(pool: Sides, circle: Circle, i: int) -> bool:
    """No rule stands between her and the facilitator, and both speak its language, have its hours, and meet in its way."""
    return barred(pool, i, circle.facilitator) is None and _lacks(pool, circle, i) is None


def _lacks(pool: Sides, circle: Circle, i: int) -> RefusalCode | None:
    pair = pair_of(pool, i, circle.facilitator)
    if circle.language not in pair.shared(least_tongue(pool)):
        return RefusalCode.LANGUAGE_MISMATCH
    if f"{circle.block:02}" not in pair.shared(Kind.BLOCK):
        return RefusalCode.HOURS_MISMATCH
    return None if _meets(pair, circle.modality) else RefusalCode.MODALITY_MISMATCH


def _meets(pair: Pair, way: Modality) -> bool:
    flag = Flag.ONLINE if way is Modality.ONLINE else Flag.MEETS
    anywhere = pair.mentee_is(Flag.ANYWHERE) or pair.mentor_is(Flag.ANYWHERE)
    near = way is Modality.ONLINE or pair.in_reach or anywhere
    return near and pair.mentee_is(flag) and pair.mentor_is(flag)


def _kept_apart(pool: Sides, terms: Terms, i: int, k: int) -> bool:
    one, other = pool.mentee.person(i), pool.mentee.person(k)
    minor = [pair_of(pool, n, 0).mentee_is(Flag.MINOR) for n in (i, k)]
    where = [int(pool.mentee.organisation[n]) for n in (i, k)]
    colleagues = terms.other_organisation and where[0] != 0 and where[0] == where[1]
    return minor[0] != minor[1] or colleagues or (one, other) in terms.apart or (other, one) in terms.apart


def _sizes(terms: Terms, circles: Sequence[Circle]) -> Iterator[Found]:
    for circle in circles:
        if not terms.least <= len(circle.members) <= terms.most:
            yield Found(fault=Fault.OVER_CAPACITY, mentor=circle.facilitator)


def _twice(circles: Sequence[Circle]) -> Iterator[Found]:
    found = Counter(i for circle in circles for i in circle.members)
    return (Found(fault=Fault.WRONG_SHAPE, mentee=i) for i, times in sorted(found.items()) if times > 1)


def _led(places: Ints, circles: Sequence[Circle]) -> Iterator[Found]:
    """As many as she has time for, and each at a time of its own."""
    times = Counter((circle.facilitator, circle.block) for circle in circles)
    many = Counter(circle.facilitator for circle in circles)
    for j in sorted(many):
        if many[j] > places[j] or any(n > 1 for (f, _), n in times.items() if f == j):
            yield Found(fault=Fault.OVER_CAPACITY, mentor=j)
