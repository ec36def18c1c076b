"""Late joiners: who is confirmed stays, who is only proposed stays if that costs little, and whoever moves is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .graph import Graph, Ints
from .round import Keys, Round, Start, keeping, rescaled, worth_of
from .total import best


@dataclass(frozen=True, kw_only=True)
class Late:
    """`round` is of those who are not confirmed (others have no mentor there); `moved` mentees lost what was proposed."""

    graph: Graph
    round: Round
    moved: Ints
    free: Ints


def late(
    graph: Graph,
    places: Ints,
    confirmed: Ints,
    proposed: Ints,
    *,
    bonus: int,
    bands: Sequence[int] = (),
    seed: int = 0,
    keys: Keys | None = None,
    before: Round | None = None,
) -> Late:
    """The best matching beside the confirmed pairs, which no one can move.

    `confirmed[i]` and `proposed[i]` are mentors (int32) or -1. A proposed pair counts `bonus` points more, so that only a
    gain above it moves anyone; a person more in the round is worth moving whom it takes. `before` gives warm prices.
    """
    fixed = confirmed >= 0
    free = np.maximum(places - np.bincount(confirmed[fixed], minlength=len(places)), 0).astype(np.int32)
    rest = without(graph, fixed)
    wish = np.where(fixed, -1, proposed).astype(np.int32)
    worth = worth_of(bands, min(graph.mentees, int(places.sum())), bonus)
    start = None if before is None else Start(mate=wish, prices=rescaled(before.prices, before.worth, worth))
    found = best(rest, free, worth, keeping(rest, wish, bonus), seed=seed, keys=keys, start=start)
    return Late(graph=rest, round=found, moved=_moved(wish, found.mate), free=free)


def without(graph: Graph, fixed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Graph:
    """The graph without the pairs of some mentees, whose rows stay, empty."""
    sizes = np.where(fixed, 0, np.diff(graph.indptr))
    stays = ~np.repeat(fixed, np.diff(graph.indptr))
    return Graph(
        indptr=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        cols=graph.cols[stays],
        points=graph.points[stays],
        mentors=graph.mentors,
    )


def _moved(wish: Ints, mate: Ints) -> Ints:
    return np.flatnonzero((wish >= 0) & (wish != mate)).astype(np.int32)
