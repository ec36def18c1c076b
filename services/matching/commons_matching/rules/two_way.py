"""Two-way choice: ranked lists of both sides become the pairs that both want, and a stable matching of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from .engine.graph import WHOLE, Graph, Ints
from .engine.pool import Pool
from .engine.round import Round, unpriced
from .engine.sides import Side
from .engine.verify import Found, verify_stable

LENGTH = 100
"""As long as a list may be: so many of the best who fit her make the list of someone who has sent none."""

Places = Mapping[str, Sequence[Sequence[str]]]
"""Whom each person ranks, by their ids: places best first, in each those who are equal."""
Liked = Mapping[int, Mapping[int, int]]
"""What each row of one side thinks of rows of the other: more is better."""


@dataclass(frozen=True, kw_only=True)
class Lists:
    """All lists of a round. `completed`: who has sent none is ranked, and ranks, by the programme's criteria."""

    mentees: Places
    mentors: Places
    completed: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Lists:
        return cls(mentees=told["mentees"], mentors=told["mentors"], completed=told["completed"])

    def told(self) -> dict[str, Any]:
        """As JSON has it, in an order that is nobody's."""
        return {"mentees": _sorted(self.mentees), "mentors": _sorted(self.mentors), "completed": self.completed}


def wanted(pool: Pool, lists: Lists, rows: Ints) -> tuple[Graph, Ints]:
    """(graph, mentor_score): the pairs that the rules allow and both sides want, as `solve_stable` takes them.

    A list names all whom its author would have; whoever has sent none would have anyone, by how well they fit, or nobody. An
    entry whose pair the rules no longer allow is not there. O(entries + people without a list * LENGTH).
    """
    hers = _liked(lists.mentees, pool.mentee, pool.mentor)
    theirs = _liked(lists.mentors, pool.mentor, pool.mentee)
    without = [i for i in rows.tolist() if i not in hers] if lists.completed else []
    by_fit = _by_fit(pool, without, theirs)
    pairs = [
        (i, j, likes, back)
        for i in rows.tolist()
        for j, likes in sorted((hers[i] if i in hers else by_fit.get(i, {})).items())
        if (back := _back(pool, lists, theirs, i, j)) is not None and (i not in hers or pool.allowed(i, j))
    ]
    sizes = np.bincount([i for i, *_ in pairs], minlength=pool.mentees) if pairs else np.zeros(pool.mentees, np.int64)
    graph = Graph(
        indptr=np.cumsum([0, *sizes.tolist()], dtype=np.int64),
        cols=np.array([j for _, j, *_ in pairs], np.int32),
        points=np.array([likes for *_, likes, _ in pairs], np.int32),
        mentors=pool.mentors,
    )
    return graph, np.array([back for *_, back in pairs], np.int32)


def solve(pool: Pool, lists: Lists, rows: Ints, places: Ints) -> Round:
    """The stable matching of the pairs that both sides want, with what each pair is worth to the programme beside it."""
    from .engine.stable import solve_stable

    graph, score = wanted(pool, lists, rows)
    found = solve_stable(graph, places, score, seed=pool.seed)
    return unpriced(pool, found.mate)


def faults(pool: Pool, lists: Lists, rows: Ints, places: Ints, round: Round) -> tuple[Found, ...]:
    """What is wrong with it, by the plain check that shares nothing with the solver: a blocking pair above all."""
    graph, score = wanted(pool, lists, rows)
    return verify_stable(pool, graph, places, score, round)


def apart(pool: Pool, lists: Lists) -> list[list[str]]:
    """[mentor, mentee] of those who rank each other and are kept apart by a rule: their entries count for nothing."""
    hers, theirs = _liked(lists.mentees, pool.mentee, pool.mentor), _liked(lists.mentors, pool.mentor, pool.mentee)
    return [
        [str(pool.mentor.person(j)), str(pool.mentee.person(i))]
        for i, likes in hers.items()
        for j in likes
        if i in theirs.get(j, {}) and not pool.allowed(i, j)
    ]


def among(pool: Pool, told: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of those who take part, and in them those who do: whoever has left stands in nobody's."""
    sides = {"mentees": (pool.mentee, pool.mentor), "mentors": (pool.mentor, pool.mentee)}
    return {**told} | {name: dict(_here(told[name], *side)) for name, side in sides.items()}


def _here(lists: Places, authors: Side, others: Side) -> Iterator[tuple[str, list[list[str]]]]:
    for author, places in lists.items():
        if authors.find(UUID(author)) is not None:
            found = ([one for one in equals if others.find(UUID(one)) is not None] for equals in places)
            yield author, [equals for equals in found if equals]


def _liked(lists: Places, authors: Side, others: Side) -> dict[int, dict[int, int]]:
    """The lists of those who take part, each entry by its place; whoever is not there any more is left out."""
    found: dict[int, dict[int, int]] = {}
    for author, places in lists.items():
        if (row := authors.find(UUID(author))) is not None:
            found[row] = {
                at: WHOLE - nth
                for nth, equals in enumerate(places)
                for one in equals
                if (at := others.find(UUID(one))) is not None
            }
    return found


def _by_fit(pool: Pool, rows: Sequence[int], theirs: Liked) -> dict[int, dict[int, int]]:
    """For those who have sent no list: the best who fit, and every mentor who ranks them."""
    if not rows:
        return {}
    best = pool.best(np.array(rows, np.int32), min(LENGTH, pool.mentors))
    found = {i: dict(_row(best, n)) for n, i in enumerate(rows)}
    for j, likes in theirs.items():
        for i in likes.keys() & found.keys():
            if j not in found[i] and pool.allowed(i, j):
                found[i][j] = pool.points(i, j)
    return found


def _row(graph: Graph, n: int) -> Iterator[tuple[int, int]]:
    cols, points = graph.row(n)
    return zip(cols.tolist(), points.tolist(), strict=True)


def _back(pool: Pool, lists: Lists, theirs: Liked, i: int, j: int) -> int | None:
    """What mentor j thinks of mentee i; None: she would not have her."""
    if j in theirs:
        return theirs[j].get(i)
    return pool.points(i, j) if lists.completed else None


def _sorted(lists: Places) -> dict[str, list[list[str]]]:
    return {author: [sorted(equals) for equals in lists[author]] for author in sorted(lists)}
