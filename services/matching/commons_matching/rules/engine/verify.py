"""A second pair of eyes before anything is published: counts again, over all allowed pairs, with nothing of the solver's.

Whatever made the round, this believes only its pairs and its prices, and prices cannot lie: for any prices >= 0 no matching is
worth more than what all mentees could have left at them plus what all places cost (weak duality). A round that is worth as
much is the best; one that is not is reported, with those who would rather have another at these prices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from .graph import Graph, Ints, Longs, Paired, Pairs, Priced

if TYPE_CHECKING:
    from .circles import Circles, Group, Offers, Sizes

NAMED = 20
"""Faults of a kind that are named; the first says enough."""


class Fault(StrEnum):
    WRONG_SHAPE = "WRONG_SHAPE"
    OVER_CAPACITY = "OVER_CAPACITY"
    FORBIDDEN_PAIR = "FORBIDDEN_PAIR"
    WRONG_POINTS = "WRONG_POINTS"
    BETTER_TOTAL = "BETTER_TOTAL"
    BLOCKING_PAIR = "BLOCKING_PAIR"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A fault, with the people it is about (-1: nobody in particular)."""

    fault: Fault
    mentee: int = -1
    mentor: int = -1


@dataclass(frozen=True, kw_only=True)
class Part:
    """What some mentees' pairs say of a round of total fit: the most that they could have left at its prices, what they have,
    and what is wrong. Parts of all mentees together are the proof (`concluded`).
    """

    bound: int
    reached: int
    misled: tuple[int, ...]
    wrong: tuple[Found, ...]


def verify(
    pool: Pairs,
    round: Priced,
    *,
    keep: Ints | None = None,
    bonus: int = 0,
    about: Ints | None = None,
    places: Ints | None = None,
) -> tuple[Found, ...]:
    """Every fault of a round of total fit; none: it is allowed, counted rightly, and no allowed round is better.

    `keep` and `bonus` as the round was solved with; the mentees it is `about` and its `places` where they are not all of the
    pool's. Time: O(mentees * mentors).
    """
    whom = np.arange(pool.mentees, dtype=np.int32) if about is None else about
    free = pool.places if places is None else places
    wanted = None if keep is None else (keep, bonus)
    return concluded(pool, round, [examined(pool, round, whom, free, wanted)], whom, free)


def examined(pool: Pairs, round: Priced, rows: Ints, places: Ints, keep: tuple[Ints, int] | None = None) -> Part:
    """The part of the mentees `rows` ; `keep`: the mentor whom each would rather keep, and the bonus of that."""
    if _misshapen(pool, round):
        return Part(bound=0, reached=0, misled=(), wrong=())
    best, own = pool.most_left(rows, round, places > 0, keep)
    paid = np.where(round.mate[rows] >= 0, round.prices[round.mate[rows]], 0)
    misled = rows[own < best][:NAMED].tolist()
    wrong = tuple(islice(_pairs(pool, round, rows), NAMED))
    return Part(bound=_sum(best), reached=_sum(own) + _sum(paid), misled=tuple(misled), wrong=wrong)


def concluded(pool: Pairs, round: Priced, parts: Iterable[Part], about: Ints, places: Ints) -> tuple[Found, ...]:
    """Every fault, from the parts of all mentees whom the round is `about`; nobody else may have a pair in it."""
    if wrong := _misshapen(pool, round):
        return wrong
    known = list(parts)
    bound = sum(part.bound for part in known) + sum(
        int(p) * int(q) for p, q in zip(places.tolist(), round.prices.tolist(), strict=True)
    )
    others = np.ones(pool.mentees, np.bool_)
    others[about] = False
    found = [*_over(places, round.mate), *(fault for part in known for fault in part.wrong)]
    found += [Found(fault=Fault.FORBIDDEN_PAIR, mentee=i) for i in np.flatnonzero(others & (round.mate >= 0)).tolist()]
    if bound != sum(part.reached for part in known):
        people = [i for part in known for i in part.misled] or [-1]
        found += [Found(fault=Fault.BETTER_TOTAL, mentee=i) for i in people[:NAMED]]
    return tuple(found)


def _misshapen(pool: Pairs, round: Priced) -> tuple[Found, ...]:
    wrong = tuple(_shape(pool.mentees, pool.mentors, round.mate))
    if wrong or len(round.prices) != pool.mentors or (round.prices < 0).any():
        return (*wrong, Found(fault=Fault.WRONG_SHAPE))[:NAMED]
    return ()


def verify_stable(
    pool: Pairs | None, graph: Graph, places: Ints, mentor_score: Ints, round: Paired
) -> tuple[Found, ...]:
    """Every fault of a two-way round over the wanted pairs of `graph`; `pool` says which of them the rules allow, if given."""
    wrong = [*_shape(graph.mentees, graph.mentors, round.mate)]
    if wrong:
        return tuple(wrong)
    found = [*_over(places, round.mate), *_unwanted(graph, round.mate)]
    everyone = np.arange(graph.mentees, dtype=np.int32)
    found += [] if pool is None else [f for f in _pairs(pool, round, everyone) if f.fault is Fault.FORBIDDEN_PAIR]
    return (*found, *islice(_blocking(graph, places, mentor_score, round.mate), NAMED))


def verify_circles(group: Group, sizes: Sizes, found: Circles) -> tuple[Found, ...]:
    """Every fault of circles: too many or too few in one, someone who cannot meet there, a facilitator in two at once."""
    offers, chosen = found.offers, found.chosen
    faults = [*_shape(len(group.hours), len(chosen), found.mate)]
    if faults:
        return tuple(faults)
    leads = offers.facilitator[chosen]
    members = np.bincount(found.mate[found.mate >= 0], minlength=len(chosen))
    wrong = leads[(members > sizes.most) | (members < sizes.least)].tolist()
    for f in set(leads.tolist()):
        blocks = offers.block[chosen[leads == f]].tolist()
        wrong += [f] if len(blocks) > group.places[f] or len(set(blocks)) < len(blocks) else []
    faults += [Found(fault=Fault.OVER_CAPACITY, mentor=f) for f in wrong]
    for i, c in enumerate(found.mate.tolist()):
        if c >= 0 and not _meets(group, offers, int(chosen[c]), i):
            faults.append(Found(fault=Fault.FORBIDDEN_PAIR, mentee=i, mentor=int(leads[c])))
        elif int(found.points[i]) != (int(group.points[i, leads[c]]) if c >= 0 else 0):
            faults.append(Found(fault=Fault.WRONG_POINTS, mentee=i))
    both = ((i, k) for i, k in group.apart if found.mate[i] == found.mate[k] >= 0)
    faults += [Found(fault=Fault.FORBIDDEN_PAIR, mentee=i) for pair in both for i in pair]
    return tuple(faults)


def _meets(group: Group, offers: Offers, o: int, i: int) -> bool:
    f, language, block = int(offers.facilitator[o]), int(offers.language[o]), int(offers.block[o])
    spoken = int(group.languages[i]) & int(group.facilitator_languages[f])
    hours = int(group.hours[i]) & int(group.facilitator_hours[f])
    allowed = group.kinds[int(offers.kind[o]), i, f] and group.points[i, f] >= 0
    return bool(spoken >> language & 1 and hours >> block & 1 and allowed)


def _shape(mentees: int, mentors: int, mate: Ints) -> Iterator[Found]:
    if len(mate) != mentees or (mate < -1).any() or (mate >= mentors).any():
        yield Found(fault=Fault.WRONG_SHAPE)


def _over(places: Ints, mate: Ints) -> Iterator[Found]:
    used = np.bincount(mate[mate >= 0], minlength=len(places))
    for j in np.flatnonzero(used > places)[:NAMED].tolist():
        yield Found(fault=Fault.OVER_CAPACITY, mentor=j)


def _pairs(pool: Pairs, round: Paired, rows: Ints) -> Iterator[Found]:
    """Each pair of these mentees by itself, by the plain rules that also explain it to people."""
    for i, j, points in zip(rows.tolist(), round.mate[rows].tolist(), round.points[rows].tolist(), strict=True):
        if j >= 0 and not pool.allowed(i, j):
            yield Found(fault=Fault.FORBIDDEN_PAIR, mentee=i, mentor=j)
        elif points != (pool.points(i, j) if j >= 0 else 0):
            yield Found(fault=Fault.WRONG_POINTS, mentee=i, mentor=j)


def _sum(of: Longs) -> int:
    return sum(of.tolist())


def _unwanted(graph: Graph, mate: Ints) -> Iterator[Found]:
    for i, j in enumerate(mate.tolist()):
        if j >= 0 and j not in graph.row(i)[0]:
            yield Found(fault=Fault.FORBIDDEN_PAIR, mentee=i, mentor=j)


def _blocking(graph: Graph, places: Ints, mentor_score: Ints, mate: Ints) -> Iterator[Found]:
    """Pairs that would both rather have each other: she than her mentor or nobody, he than one of his or a free place."""
    used, worst = np.zeros(graph.mentors, np.int64), np.full(graph.mentors, np.iinfo(np.int64).max)
    hers = np.full(graph.mentees, -1, np.int64)
    rows = np.repeat(np.arange(graph.mentees), np.diff(graph.indptr))
    for e in np.flatnonzero(mate[rows] == graph.cols).tolist():
        i, j = int(rows[e]), int(graph.cols[e])
        used[j], worst[j], hers[i] = used[j] + 1, min(worst[j], int(mentor_score[e])), graph.points[e]
    wants = graph.points > hers[rows]
    free = used[graph.cols] < places[graph.cols]
    liked = (mentor_score > worst[graph.cols]) & (places[graph.cols] > 0)
    for e in np.flatnonzero(wants & (free | liked)).tolist():
        yield Found(fault=Fault.BLOCKING_PAIR, mentee=int(rows[e]), mentor=int(graph.cols[e]))
