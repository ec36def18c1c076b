"""Circles: which facilitator meets which group, in which language and weekly block, so that most people have a circle.

An offer is a facilitator, a language, a weekly block and a kind of circle. Offers are chosen greedily by how many they take
in, people are then assigned exactly, with the least and the most that a circle holds, and offers are swapped while that takes
in more people or more points. Choosing is hard (it covers a set), so the result comes with the bound of a relaxation: circles
without a least size, in every language and block of their facilitator at once, whoever else is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .graph import WHOLE, Graph, Ints, Longs
from .kernel import Flags
from .lottery import lots
from .round import worth_of
from .total import best

Bits = NDArray[np.uint64]
BLOCKS, LANGUAGES = 56, 64


@dataclass(frozen=True, kw_only=True)
class Group:
    """Who takes part: languages as bits of uint64, hours as 56 bits of three hours a week.

    `points` int32[mentees, facilitators] says how well each mentee fits each facilitator, 0..10,000, -1: not allowed. `kinds`
    bool[kinds, mentees, facilitators]: who may be with whom in each kind of circle. `places` int32[facilitators]: circles
    that each may lead, in different blocks. `apart`: mentees (i, k) who may not be in one circle.
    """

    points: Ints
    kinds: Flags
    languages: Bits
    hours: Bits
    facilitator_languages: Bits
    facilitator_hours: Bits
    places: Ints
    apart: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """A circle has `least` to `most` mentees."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Facilitator, language, block and kind of each offer (int32), and whom it could take in (bool[offers, mentees])."""

    facilitator: Ints
    language: Ints
    block: Ints
    kind: Ints
    fits: Flags


@dataclass(frozen=True, kw_only=True)
class Circles:
    """`chosen` offers; `mate[i]` is the place of mentee i's circle in `chosen`, or -1. No choice of circles has more than
    `most_people` mentees, nor more than `most_points`.
    """

    offers: Offers
    chosen: Ints
    mate: Ints
    points: Ints
    most_people: int
    most_points: int

    @property
    def size(self) -> int:
        return int((self.mate >= 0).sum())

    @property
    def total(self) -> int:
        return int(self.points.sum())


def circles(group: Group, sizes: Sizes, *, seed: int = 0, tries: int = 150) -> Circles:
    """Choose circles and who is in them.

    `tries` bounds the swaps that are looked at, each an exact assignment of mentees * circles pairs. The same group, sizes and
    seed give the same circles.
    """
    offers = offers_of(group, sizes.least)
    bounds = _bounds(group, offers, sizes, seed)
    held = _filled(group, offers, _greedy(group, offers, sizes, seed), sizes, bounds, seed)
    while tries > 0 and (held.size, held.total) != bounds:
        for other in _neighbours(group, held, seed):
            tries -= 1
            tried = _filled(group, offers, other, sizes, bounds, seed)
            if (tried.size, tried.total) > (held.size, held.total):
                held = tried
                break
            if tries == 0:
                return held
        else:
            return held
    return held


def offers_of(group: Group, least: int) -> Offers:
    """Every kind x facilitator x language x block in which at least `least` mentees could meet."""
    found: list[tuple[int, int, int, int]] = []
    fits: list[Flags] = []
    for kind, f in product(range(len(group.kinds)), range(len(group.places))):
        allowed = group.kinds[kind, :, f] & (group.points[:, f] >= 0)
        if not group.places[f] or allowed.sum() < least:
            continue
        for language in _set_bits(group.facilitator_languages[f], LANGUAGES):
            speaks = allowed & _has(group.languages, language)
            for block in _set_bits(group.facilitator_hours[f], BLOCKS):
                meets = speaks & _has(group.hours, block)
                if meets.sum() >= least:
                    found.append((f, language, block, kind))
                    fits.append(meets)
    table = np.array(found, np.int32).reshape(-1, 4)
    mentees = len(group.hours)
    return Offers(
        facilitator=table[:, 0],
        language=table[:, 1],
        block=table[:, 2],
        kind=table[:, 3],
        fits=np.array(fits, np.bool_).reshape(-1, mentees),
    )


def _has(bits: Bits, bit: int) -> Flags:
    return np.asarray((bits >> np.uint64(bit)) & np.uint64(1), np.bool_)


def _set_bits(bits: np.uint64, most: int) -> list[int]:
    return [bit for bit in range(most) if int(bits) >> bit & 1]


def _order(offers: Offers, *promise: Longs, seed: int) -> Longs:
    """The offers, most promising first, equals by lot."""
    lot = lots(seed, np.arange(len(offers.block)))
    return np.lexsort((lot, *(-p for p in reversed(promise))))


def _greedy(group: Group, offers: Offers, sizes: Sizes, seed: int) -> list[int]:
    """Again and again the offer that takes in most of those who have none, and of these the one that fits best."""
    left, chosen = np.ones(len(group.hours), np.bool_), list[int]()
    choices = offers.fits.sum(axis=0)
    fit = np.where(offers.fits, group.points.T[offers.facilitator], 0)
    while True:
        gain = np.minimum((offers.fits & left).sum(axis=1), sizes.most)
        gain[[not _room(group, offers, chosen, o) for o in range(len(gain))]] = 0
        if not len(gain) or gain.max() < sizes.least:
            return chosen
        pick = int(_order(offers, gain, (fit * left).sum(axis=1), seed=seed)[0])
        chosen.append(pick)
        who = np.flatnonzero(offers.fits[pick] & left)
        left[who[np.argsort(choices[who], kind="stable")][: sizes.most]] = False


def _room(group: Group, offers: Offers, chosen: list[int], o: int) -> bool:
    """Whether the facilitator of offer o has time for it beside what is chosen."""
    own = [c for c in chosen if offers.facilitator[c] == offers.facilitator[o]]
    return len(own) < group.places[offers.facilitator[o]] and all(offers.block[c] != offers.block[o] for c in own)


def _neighbours(group: Group, held: Circles, seed: int) -> Iterator[list[int]]:
    """Other choices: an offer more, or one for another; first those that take in most people who have no circle."""
    offers, chosen = held.offers, held.chosen.tolist()
    waiting = (offers.fits & (held.mate < 0)).sum(axis=1)
    for o in _order(offers, waiting, offers.fits.sum(axis=1), seed=seed).tolist():
        if o in chosen:
            continue
        if _room(group, offers, chosen, o):
            yield [*chosen, o]
        for out in chosen:
            rest = [c for c in chosen if c != out]
            if _room(group, offers, rest, o) and (offers.facilitator[out] == offers.facilitator[o] or waiting[o] > 0):
                yield [*rest, o]


def _filled(
    group: Group, offers: Offers, chosen: list[int], sizes: Sizes, bounds: tuple[int, int], seed: int
) -> Circles:
    """The best assignment to the chosen offers; a circle that cannot have its least size is given up, the smallest first.

    Of two in one circle who are kept apart, the one with more other offers goes elsewhere, and all are assigned anew.
    """
    fits = offers.fits[chosen].copy()
    while True:
        mate, points = _assigned(group, fits, offers.facilitator[chosen], sizes, seed)
        members = np.bincount(mate[mate >= 0], minlength=len(chosen))
        if clash := _clash(group, mate):
            choices = fits[:, clash].sum(axis=0)
            goes = clash[int(np.lexsort((clash, -choices))[0])]
            fits[mate[goes], goes] = False
        elif chosen and members.min() < sizes.least:
            chosen = [c for k, c in enumerate(chosen) if k != int(np.argmin(members))]
            fits = offers.fits[chosen].copy()
        else:
            break
    return Circles(
        offers=offers,
        chosen=np.array(chosen, np.int32),
        mate=mate,
        points=points,
        most_people=bounds[0],
        most_points=bounds[1],
    )


def _clash(group: Group, mate: Ints) -> list[int]:
    """The first two in one circle who are kept apart, or nobody."""
    return next(([i, k] for i, k in group.apart if mate[i] >= 0 and mate[i] == mate[k]), [])


def _assigned(group: Group, fits: Flags, leads: Ints, sizes: Sizes, seed: int) -> tuple[Ints, Ints]:
    """Each circle as two columns, the places that must be taken and the others: first most people, then most of the must.

    What most people need never stands against a must that can be met: any places that can be filled together are filled in
    some largest matching too (places that can be filled form a matroid).
    """
    chosen, (who, circle) = len(fits), np.nonzero(fits.T)
    points = group.points[who, leads[circle]]
    both = np.column_stack([2 * circle, 2 * circle + 1]).ravel()
    graph = _graph(np.repeat(who, 2), both, np.repeat(points, 2), len(group.hours), 2 * chosen)
    places = np.tile(np.array([sizes.least, sizes.most - sizes.least], np.int32), chosen)
    people = min(len(group.hours), int(places.sum()))
    must = people * WHOLE + 1
    extra = np.where(graph.cols % 2 == 0, np.int64(must), np.int64(0))
    found = best(graph, places, worth_of((), people, must), extra, seed=seed)
    return np.where(found.mate < 0, -1, found.mate // 2).astype(np.int32), found.points


def _graph(rows: Longs, cols: Longs, points: Ints, mentees: int, mentors: int) -> Graph:
    sizes = np.bincount(rows, minlength=mentees)
    return Graph(
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        cols=cols.astype(np.int32),
        points=points.astype(np.int32),
        mentors=mentors,
    )


def _bounds(group: Group, offers: Offers, sizes: Sizes, seed: int) -> tuple[int, int]:
    """(people, points) that no choice passes: facilitators take in whoever fits any of their offers, up to all their places."""
    facilitators = group.points.shape[1]
    fits = np.zeros((facilitators, len(group.hours)), np.bool_)
    np.logical_or.at(fits, offers.facilitator, offers.fits)
    who, whom = np.nonzero(fits.T)
    graph = _graph(who, whom, group.points[who, whom], len(group.hours), facilitators)
    places = (group.places * sizes.most).astype(np.int32)
    people = best(graph, places, worth_of((), min(len(group.hours), int(places.sum()))), None, seed=seed).size
    return people, best(graph, places, np.arange(WHOLE + 1, dtype=np.int64), None, seed=seed).total
