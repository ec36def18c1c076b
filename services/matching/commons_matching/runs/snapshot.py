"""What a run is about, read once: everyone of a round, its rules, what coordinators wish, and what a run before proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.codes import PairWish
from commons_contracts.ids import PersonId, RunId

from ..rules import two_way
from ..rules.circle import Terms, terms_of
from ..rules.engine.compile import compile_pool
from ..rules.engine.graph import Ints, Longs
from ..rules.engine.people import Apart, Bar
from ..rules.engine.pool import Pool
from ..rules.engine.round import rescaled, worth_of
from ..rules.engine.sides import Words
from ..rules.engine.weights import Rules
from ..rules.known import fellows_in
from ..rules.known import read as read_lists
from ..rules.run import Run, rules_for
from ..tables import pair_wishes, proposals, run_snapshots
from ..tables.people import Gathered as Everyone
from ..tables.people import gather, people_in
from ..tables.preference import find_lists
from ..tables.round import find_round
from .solving import Asked

Pair = tuple[PersonId, PersonId]
"""Mentor and mentee."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything that a run depends on, as it was at one moment."""

    everyone: Everyone
    forbidden: tuple[Pair, ...]
    rules: Rules
    method: str
    seed: int
    bands: tuple[int, ...]
    bonus: int
    pinned: tuple[Pair, ...]
    kept: tuple[Pair, ...]
    prices: bytes | None
    lists: Mapping[str, Any] | None
    """Whom people rank, where both sides do."""
    circles: Terms | None
    """What the programme says of its circles, where it forms some."""
    seen: int
    """The transaction from which on nothing was seen."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a run was computed from, and what it said of itself."""

    people: bytes
    identity: str
    seed: int


class ChangedError(Exception):
    """What was kept is not what the run was computed from."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many take part, and how many wishes for pairs could not be followed."""

    mentors: int
    mentees: int
    places: int
    pins_dropped: int
    identity: str
    seen: int


async def read(tx: Tx, run: RunId) -> Gathered | Kept:
    """What a run begins with: everyone as she is now, or what is kept of the run that it repeats."""
    it = await tx.load(Run, run)
    if it.repeats is None:
        return await _everyone(tx, it)
    people = await tx.value(sa.select(run_snapshots.c.people).where(run_snapshots.c.run == it.repeats))
    of = await tx.load(Run, it.repeats)
    return Kept(people=people or b"", identity=str(of.identity), seed=it.seed)


async def _everyone(tx: Tx, it: Run) -> Gathered:
    """Everyone as she is at this moment, in one transaction."""
    round = await find_round(tx, it.round)
    settings = it.rules
    seen = await tx.value(sa.text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    wishes = await _wishes(tx, it)
    return Gathered(
        everyone=await gather(tx, round, it.style),
        forbidden=tuple(wishes[PairWish.FORBID]),
        rules=rules_for(settings, round),
        method=round.rules.matching.method,
        seed=it.seed,
        bands=settings.bands,
        bonus=settings.keeping if it.based_on else 0,
        pinned=tuple(wishes[PairWish.PIN]),
        kept=await _proposed(tx, it.based_on),
        prices=await tx.value(sa.select(run_snapshots.c.prices).where(run_snapshots.c.run == it.based_on)),
        lists=await find_lists(tx, round),
        circles=terms_of(round.rules),
        seen=seen,
    )


def packed(given: Gathered | Kept) -> tuple[bytes, Sizes]:
    """The same as canonical bytes, from which the run is computed, and what they hold; pure, some seconds for 25,000 people.

    ChangedError where what was kept has another hash than the run had, or another seed.
    """
    if isinstance(given, Kept):
        return given.people, _sizes(_unchanged(given), 0, 0)
    asked, dropped = asked_of(given)
    return asked.packed(), _sizes(asked, dropped, given.seen)


def _unchanged(kept: Kept) -> Asked:
    if sha256(kept.people).hexdigest() != kept.identity:
        raise ChangedError
    asked = Asked.unpacked(kept.people)
    if asked.pool.seed != kept.seed:
        raise ChangedError
    return asked


def _sizes(asked: Asked, dropped: int, seen: int) -> Sizes:
    seats = 1 if asked.circles is None else asked.circles["most"]
    return Sizes(
        mentors=asked.pool.mentors,
        mentees=asked.pool.mentees,
        places=int(asked.free.sum()) * seats + int((asked.pinned >= 0).sum()),
        pins_dropped=dropped,
        identity=asked.hash,
        seen=seen,
    )


def asked_of(gathered: Gathered) -> tuple[Asked, int]:
    """What the engine is asked, and how many pins a hard rule or a lack of places stood against.

    In circles nobody's place is given away before they are formed: a pin says with whom she may be in one.
    """
    people = people_in(gathered.everyone)
    forbidden = (Apart(mentor=m, mentee=n, why=Bar.UNAVAILABLE) for m, n in gathered.forbidden)
    whole = replace(people, apart=(*people.apart, *forbidden))
    pool = compile_pool(whole, gathered.rules, gathered.seed)
    pinned, places = _pinned(pool, gathered.pinned if gathered.circles is None else ())
    terms = None if gathered.circles is None else _terms(pool, gathered, gathered.circles)
    keep = _rows(pool, gathered.kept)
    about = np.flatnonzero(pinned < 0).astype(np.int32)
    worth = worth_of(gathered.bands, min(pool.mentees, int(pool.places.sum())), gathered.bonus)
    asked = Asked(
        pool=pool,
        method=gathered.method,
        bands=gathered.bands,
        about=None if len(about) == pool.mentees else about,
        places=None if len(about) == pool.mentees else places,
        pinned=pinned,
        keep=keep if gathered.bonus else None,
        bonus=gathered.bonus,
        prices=None if gathered.prices is None else warm(gathered.prices, pool, worth),
        lists=None if gathered.lists is None else two_way.among(pool, gathered.lists),
        circles=None if terms is None else terms.told(),
    )
    followed = int((pinned >= 0).sum()) if terms is None else len(terms.pins)
    return asked, len(gathered.pinned) - followed


def _terms(pool: Pool, gathered: Gathered, terms: Terms) -> Terms:
    """With the people whom they are about, as far as those are there."""
    lists = read_lists(gathered.everyone.lists)
    pins = [pair for pair in gathered.pinned if _may(pool, pair)]
    apart = fellows_in(lists, {pool.mentee.person(i) for i in range(pool.mentees)})
    return replace(terms, apart=tuple(apart), pins=tuple(pins))


def _may(pool: Pool, pair: Pair) -> bool:
    j, i = pool.mentor.find(pair[0]), pool.mentee.find(pair[1])
    return i is not None and j is not None and int(pool.places[j]) > 0 and pool.allowed(i, j)


def _pinned(pool: Pool, pairs: Sequence[Pair]) -> tuple[Ints, Ints]:
    """(the mentor of each pinned mentee or -1, the places that are left): as far as rules and places allow, in order."""
    mate, places = np.full(pool.mentees, -1, np.int32), pool.places.copy()
    for mentor, mentee in sorted(pairs, key=lambda pair: pair[1].int):
        i, j = pool.mentee.find(mentee), pool.mentor.find(mentor)
        if i is not None and j is not None and places[j] > 0 and pool.allowed(i, j):
            mate[i] = j
            places[j] -= 1
    return mate, places


def _rows(pool: Pool, pairs: Sequence[Pair]) -> Ints:
    """int32[mentees]: the mentor in each one's pair, -1 where there is none or one of the two is not here any more."""
    mate = np.full(pool.mentees, -1, np.int32)
    for mentor, mentee in pairs:
        i, j = pool.mentee.find(mentee), pool.mentor.find(mentor)
        if i is not None and j is not None:
            mate[i] = j
    return mate


def kept_prices(ids: Words, prices: Longs, worth: Longs) -> bytes:
    """What a place of each mentor came to cost, for a run that begins where this one ended."""
    whole = BytesIO()
    np.savez(whole, ids=ids, prices=prices, person=worth[:1])
    return whole.getvalue()


def warm(kept: bytes, pool: Pool, worth: Longs) -> Longs:
    """Prices of a run before, in the order of this pool and in its unit; a mentor who is new costs nothing."""
    with np.load(BytesIO(kept), allow_pickle=False) as was:
        ids, prices, person = was["ids"].tolist(), was["prices"], was["person"]
    known = {UUID(int=high << 64 | low): n for n, (high, low) in enumerate(ids)}
    fresh = np.zeros(pool.mentors, np.int64)
    for j in range(pool.mentors):
        if (n := known.get(pool.mentor.person(j))) is not None:
            fresh[j] = prices[n]
    return rescaled(fresh, person, worth)


async def _wishes(tx: Tx, run: Run) -> Mapping[PairWish, list[Pair]]:
    w = pair_wishes.c
    stand = sa.select(w.mentor, w.mentee, w.wish).where(w.round == run.round, w.lifted_at.is_(None))
    found: dict[PairWish, list[Pair]] = {wish: [] for wish in PairWish}
    for row in await tx.rows(stand.where(w.style == run.style)):
        found[row["wish"]].append((row["mentor"], row["mentee"]))
    return found


async def _proposed(tx: Tx, run: RunId | None) -> tuple[Pair, ...]:
    p = proposals.c
    if run is None:
        return ()
    return tuple(
        (row["mentor"], row["mentee"]) for row in await tx.rows(sa.select(p.mentor, p.mentee).where(p.run == run))
    )
