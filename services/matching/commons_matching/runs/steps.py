"""What a hand does: each job of a run as a function of pieces, with the same bytes whenever and wherever it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..rules import circle, circle_faults, two_way
from ..rules.engine.graph import Graph, Ints, Longs
from ..rules.engine.pool import Pool
from ..rules.engine.pricing import AT_ONCE, Seen, blocks, improved, joined, looked, missing, spread, stacked
from ..rules.engine.round import Round, Start, keeping, worth_of
from ..rules.engine.total import best
from ..rules.engine.verify import Found, Part, concluded, examined
from .solving import Asked, Kind, Named, Stage

LENGTH: Final = 32
"""Mentors on everyone's list to begin with; lists are where a run begins, never where it ends."""
SHARD, WIDE_SHARD = 2048, 8192
"""Mentees of a job; more of them where only what changed is asked for."""

Fetch = Callable[[Sequence[str]], Sequence[bytes]]
Tell = Callable[[Asked, Round, circle.Formed | None], bytes]


class NotVerifiedError(Exception):
    """The independent check found a fault: a bug of ours, and nothing is proposed."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """Pieces by name, and the stage that begins when all jobs of this one are done. None: nothing is left but to settle."""

    pieces: Mapping[str, bytes]
    then: Stage | None
    told: Mapping[str, Any] = field(default_factory=dict)


class Desk:
    """The pieces of one run, fetched when they are first looked at; `tell` says of a round what is proposed, and of whom."""

    def __init__(self, run: str, asked: Asked, fetch: Fetch, tell: Tell) -> None:
        self.run, self.asked, self.fetch, self.tell = run, asked, fetch, tell
        self._solution: tuple[int, tuple[Round, Seen | None]] | None = None

    def solution(self, turn: int) -> tuple[Round, Seen | None]:
        if self._solution is None or self._solution[0] != turn:
            self._solution = turn, _round_of(*self.fetch([Named(self.run, Kind.SOLVE, turn, 0).content]))
        return self._solution[1]

    def graph(self, turn: int) -> Graph:
        return _graph_of(*self.fetch([Named(self.run, Kind.SOLVE, turn, 0).graph]))

    def found(self, kind: Kind, turn: int, jobs: int) -> Sequence[bytes]:
        """The results of all jobs of a stage, in their order."""
        return self.fetch([Named(self.run, kind, turn, n).content for n in range(jobs)])


def do(job: Named, desk: Desk) -> Done:
    """Any job but the snapshot. Pure: what it is given decides what it gives."""
    return STEPS[job.kind](job, desk)


def first(asked: Asked) -> Stage:
    """What comes after the snapshot; people's own lists are there already, and circles need none."""
    if asked.lists is None and asked.circles is None:
        return Stage(Kind.LISTS, 0, len(shards(asked, 0)))
    return Stage(Kind.SOLVE, 0, 1)


def shards(asked: Asked, turn: int) -> Sequence[Ints]:
    """The mentees whom each job is about; at least one job, so that a stage ends."""
    return blocks(asked.rows, WIDE_SHARD if turn else SHARD) or [asked.rows]


def _lists(job: Named, desk: Desk) -> Done:
    asked = desk.asked
    rows = shards(asked, 0)[job.n]
    graph = _with_kept(asked, rows, asked.pool.best(rows, LENGTH))
    return Done(pieces={job.content: _of_graph(graph)}, then=Stage(Kind.SOLVE, 0, 1))


def _with_kept(asked: Asked, rows: Ints, graph: Graph) -> Graph:
    """Whom someone would rather keep is on her list, however far down he would be: only there the bonus counts."""
    if asked.keep is None:
        return graph
    more: list[list[tuple[int, int]]] = [[] for _ in rows]
    for at, (i, j) in enumerate(zip(rows.tolist(), asked.keep[rows].tolist(), strict=True)):
        if j >= 0 and j not in graph.row(at)[0] and asked.pool.allowed(i, j):
            more[at].append((j, asked.pool.points(i, j)))
    added = [pair for row in more for pair in row]
    kept = Graph(
        indptr=np.cumsum([0, *map(len, more)], dtype=np.int64),
        cols=np.array([j for j, _ in added], np.int32),
        points=np.array([points for _, points in added], np.int32),
        mentors=graph.mentors,
    )
    return joined(graph, kept)


def _solve(job: Named, desk: Desk) -> Done:
    asked, before = desk.asked, job.turn - 1
    if asked.circles is not None:
        formed = circle.solve(asked.pool, circle.Terms.of(asked.circles), keep=asked.keep, bonus=asked.bonus)
        return Done(pieces={job.content: formed.packed()}, then=Stage(Kind.OUTCOME, 0, 1))
    if asked.lists is not None:
        round = two_way.solve(asked.pool, two_way.Lists.of(asked.lists), asked.rows, asked.free)
        return Done(pieces={job.content: _of_round(round, None)}, then=Stage(Kind.OUTCOME, 0, 1))
    if job.turn == 0:
        graph = _all_rows(asked, desk.found(Kind.LISTS, 0, len(shards(asked, 0))))
        return _solved(job, graph, _first(asked, graph), None, asked)
    graph, (round, _) = desk.graph(before), desk.solution(before)
    more = _all_rows(asked, desk.found(Kind.PRICE, before, len(shards(asked, before))))
    if more.pairs == 0:
        proven = {job.content: _of_round(round, None), job.graph: _of_graph(graph)}
        return Done(pieces=proven, then=Stage(Kind.VERIFY, job.turn, len(shards(asked, 0))))
    wider = joined(graph, more)
    better = improved(graph, wider, round, asked.free, _extra(asked, wider), seed=asked.pool.seed)
    return _solved(job, wider, better, looked(round, more, AT_ONCE), asked)


def _solved(job: Named, graph: Graph, round: Round, seen: Seen | None, asked: Asked) -> Done:
    pieces = {job.content: _of_round(round, seen), job.graph: _of_graph(graph)}
    return Done(pieces=pieces, then=Stage(Kind.PRICE, job.turn, len(shards(asked, job.turn))))


def _first(asked: Asked, graph: Graph) -> Round:
    people = min(asked.pool.mentees, int(asked.pool.places.sum()))
    worth = worth_of(asked.bands, people, asked.bonus)
    start = None
    if asked.prices is not None:
        nobody = np.full(asked.pool.mentees, -1, np.int32)
        start = Start(mate=nobody if asked.keep is None else asked.keep, prices=asked.prices)
    return best(graph, asked.free, worth, _extra(asked, graph), seed=asked.pool.seed, start=start)


def _extra(asked: Asked, graph: Graph) -> Longs | None:
    return None if asked.keep is None else keeping(graph, asked.keep, asked.bonus)


def _all_rows(asked: Asked, parts: Sequence[bytes]) -> Graph:
    """A row for every mentee of the pool, empty for those whom the run does not decide."""
    found = stacked([_graph_of(part) for part in parts], asked.pool.mentors)
    return spread(found, asked.rows.astype(np.int64), asked.pool.mentees)


def _price(job: Named, desk: Desk) -> Done:
    asked, (round, seen) = desk.asked, desk.solution(job.turn)
    found = missing(asked.pool, shards(asked, job.turn)[job.n], round, seen, AT_ONCE)
    return Done(pieces={job.content: _of_graph(found)}, then=Stage(Kind.SOLVE, job.turn + 1, 1))


def _verify(job: Named, desk: Desk) -> Done:
    asked, (round, _) = desk.asked, desk.solution(job.turn)
    keep = None if asked.keep is None else (asked.keep, asked.bonus)
    part = examined(asked.pool, round, shards(asked, 0)[job.n], asked.free, keep)
    return Done(pieces={job.content: json.dumps(asdict(part)).encode()}, then=Stage(Kind.OUTCOME, job.turn, 1))


def _outcome(job: Named, desk: Desk) -> Done:
    asked = desk.asked
    if asked.circles is not None:
        return _formed(job, desk, circle.Terms.of(asked.circles))
    round, _ = desk.solution(job.turn)
    _require_none(_faults(job, desk, round))
    told = desk.tell(asked, round, None)
    return Done(pieces={job.content: told}, then=None, told={"hash": result_hash(asked, round.mate)})


def _formed(job: Named, desk: Desk, terms: circle.Terms) -> Done:
    pool = desk.asked.pool
    formed = circle.Formed.unpacked(*desk.found(Kind.SOLVE, job.turn, 1))
    _require_none(circle_faults.faults(pool, terms, pool.places, formed.circles))
    round = formed.round(pool)
    pairs = result_hash(desk.asked, round.mate)
    whole = sha256("\n".join([pairs, *(formed_word(pool, it) for it in formed.circles)]).encode())
    told = desk.tell(desk.asked, round, formed)
    return Done(pieces={job.content: told}, then=None, told={"hash": whole.hexdigest()})


def formed_word(pool: Pool, it: circle.Circle) -> str:
    """Who leads a circle, when and how it meets, and who is in it: a line of what a result is known by."""
    members = " ".join(str(pool.mentee.person(i)) for i in it.members)
    return f"{pool.mentor.person(it.facilitator)} {it.language} {it.block} {it.modality} {members}"


def _require_none(faults: Sequence[Found]) -> None:
    if faults:
        raise NotVerifiedError(", ".join(sorted({fault.fault for fault in faults})))


def _faults(job: Named, desk: Desk, round: Round) -> tuple[Found, ...]:
    asked = desk.asked
    if asked.lists is not None:
        return two_way.faults(asked.pool, two_way.Lists.of(asked.lists), asked.rows, asked.free, round)
    parts = map(_part_of, desk.found(Kind.VERIFY, job.turn, len(shards(asked, 0))))
    return concluded(asked.pool, round, parts, asked.rows, asked.free)


def result_hash(asked: Asked, mate: Ints) -> str:
    """SHA-256 of who goes with whom and how well they fit, by their ids: the same pairs have the same hash."""
    pool, whole = asked.pool, sha256()
    for i, j in enumerate(np.where(asked.pinned >= 0, asked.pinned, mate).tolist()):
        if j >= 0:
            whole.update(f"{pool.mentee.person(i)} {pool.mentor.person(j)} {pool.points(i, j)}\n".encode())
    return whole.hexdigest()


def _part_of(content: bytes) -> Part:
    told = json.loads(content)
    wrong = tuple(Found(**each) for each in told.pop("wrong"))
    return Part(**told | {"misled": tuple(told["misled"])}, wrong=wrong)


def _kept(**arrays: NDArray[Any]) -> bytes:
    whole = BytesIO()
    np.savez(whole, allow_pickle=False, **arrays)
    return whole.getvalue()


def _of_graph(graph: Graph) -> bytes:
    mentors = np.array([graph.mentors])
    return _kept(indptr=graph.indptr, cols=graph.cols, points=graph.points, mentors=mentors)


def _graph_of(content: bytes) -> Graph:
    with np.load(BytesIO(content), allow_pickle=False) as kept:
        pairs = {name: kept[name] for name in ("indptr", "cols", "points")}
        return Graph(**pairs, mentors=int(kept["mentors"][0]))


def _of_round(round: Round, seen: Seen | None) -> bytes:
    before = {} if seen is None else {"was_prices": seen.prices, "was_gains": seen.gains, "was_cut": seen.cut}
    arrays = {name: getattr(round, name) for name in ROUND}
    return _kept(**arrays, gap=np.array([round.gap]), **before)


def _round_of(content: bytes) -> tuple[Round, Seen | None]:
    with np.load(BytesIO(content), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in ROUND}
        round = Round(**arrays, gap=int(kept["gap"][0]), stats={})
        if "was_cut" not in kept:
            return round, None
        return round, Seen(prices=kept["was_prices"], gains=kept["was_gains"], cut=kept["was_cut"])


ROUND: Final = ("mate", "points", "prices", "gains", "worth")
STEPS: Final[Mapping[Kind, Callable[[Named, Desk], Done]]] = {
    Kind.LISTS: _lists,
    Kind.SOLVE: _solve,
    Kind.PRICE: _price,
    Kind.VERIFY: _verify,
    Kind.OUTCOME: _outcome,
}
