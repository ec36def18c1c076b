"""Looking at runs: where they stand, what they propose and why, whom they leave, how fair they are, and how two compare."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page, Refusal
from commons_contracts.codes import NotPaired, PairWish, RefusalCode, Role
from commons_contracts.ids import RunId
from commons_contracts.matching import (
    CirclesPage,
    CircleView,
    CompareRuns,
    ComparisonView,
    Fairness,
    FairnessView,
    MatchRuns,
    MatchRunsByIds,
    PairWishes,
    PairWishList,
    ProposalsPage,
    ProposalView,
    Runs,
    UnmatchedPage,
    UnmatchedView,
    WhyNot,
    WhyNotView,
)

from ..rules.barring import rule_between
from ..runs.solving import Asked
from ..runs.views import circle_view, fairness_rows, proposal_view, run_view, unmatched_view, wish_view
from ..tables import circles, pair_wishes, proposals, run_snapshots, runs, unmatched

r, p, u, w, o = runs.c, proposals.c, unmatched.c, pair_wishes.c, circles.c


@answers
async def match_runs(query: MatchRuns, tx: Tx) -> Runs:
    wanted = sa.select(runs).where(r.round == query.round).order_by(r.started_at.desc(), r.id.desc())
    return Runs(items=tuple(run_view(row) for row in await tx.rows(wanted)))


@answers
async def match_runs_by_ids(query: MatchRunsByIds, tx: Tx) -> Runs:
    if Role.COORDINATOR not in tx.actor.roles:
        return Runs(items=())
    rows = await tx.rows(sa.select(runs).where(r.id.in_(query.ids)).order_by(r.id))
    return Runs(items=tuple(run_view(row) for row in rows))


@answers
async def proposals_page(query: ProposalsPage, tx: Tx) -> Page[ProposalView]:
    await _run(tx, query.run)
    wanted = sa.select(proposals).where(p.run == query.run)
    keys = (p.points.desc(), p.id)
    return await page(tx, wanted, keys=keys, first=query.first, after=query.after, show=proposal_view)


@answers
async def circles_page(query: CirclesPage, tx: Tx) -> Page[CircleView]:
    await _run(tx, query.run)
    best_first: aggregate_order_by[Any] = aggregate_order_by(sa.literal_column("proposals"), p.points.desc(), p.id)
    members = sa.select(sa.func.jsonb_agg(best_first, type_=JSONB)).select_from(proposals).where(p.circle == o.id)
    wanted = sa.select(circles, members.scalar_subquery().label("members")).where(o.run == query.run)
    return await page(tx, wanted, keys=(o.block, o.id), first=query.first, after=query.after, show=circle_view)


@answers
async def unmatched_page(query: UnmatchedPage, tx: Tx) -> Page[UnmatchedView]:
    await _run(tx, query.run)
    wanted = sa.select(unmatched).where(u.run == query.run)
    if query.why is not None:
        wanted = wanted.where(u.why == query.why)
    return await page(tx, wanted, keys=(u.id,), first=query.first, after=query.after, show=unmatched_view)


@answers
async def why_not(query: WhyNot, tx: Tx) -> WhyNotView:
    """As it was when the run was computed: its own people and rules, and what it proposes now."""
    run = await _run(tx, query.run)
    told = partial(WhyNotView, run=query.run, mentor=query.mentor, mentee=query.mentee)
    hers = sa.select(proposals).where(p.run == query.run, p.mentee == query.mentee)
    own = tuple(proposal_view(row) for row in await tx.rows(hers))
    if own and own[0].mentor == query.mentor:
        return told(why=NotPaired.PAIRED, instead=own)
    if await tx.value(_forbidden(run, query)):
        return told(why=NotPaired.FORBIDDEN)
    kept = await tx.value(sa.select(run_snapshots.c.people).where(run_snapshots.c.run == query.run))
    if kept is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    pool = Asked.unpacked(kept).pool
    i, j = pool.mentee.find(query.mentee), pool.mentor.find(query.mentor)
    if i is None or j is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if (rule := rule_between(pool, i, j)) is not None:
        return told(why=NotPaired.RULE, rule=rule)
    theirs = sa.select(proposals).where(p.run == query.run, p.mentor == query.mentor).order_by(p.points.desc(), p.id)
    taken = tuple(proposal_view(row) for row in await tx.rows(theirs))
    if len(taken) >= int(pool.places[j]):
        return told(why=NotPaired.CAPACITY, instead=taken)
    return told(why=NotPaired.ELSEWHERE, instead=own)


@answers
async def pair_wishes_of(query: PairWishes, tx: Tx) -> PairWishList:
    stand = sa.select(pair_wishes).where(w.round == query.round, w.lifted_at.is_(None))
    rows = await tx.rows(stand.order_by(w.at.desc(), w.id.desc()))
    return PairWishList(items=tuple(wish_view(row) for row in rows))


@answers
async def compare_runs(query: CompareRuns, tx: Tx) -> ComparisonView:
    one, other = await _run(tx, query.one), await _run(tx, query.other)
    if one["round"] != other["round"]:
        raise Refusal(RefusalCode.NOT_FOUND)
    mine = sa.select(p.mentee, p.mentor).where(p.run == query.one).subquery()
    theirs = sa.select(p.mentee, p.mentor).where(p.run == query.other).subquery()
    count = sa.func.count()
    both = mine.c.mentor.is_not(None) & theirs.c.mentor.is_not(None)
    told = await tx.row(
        sa.select(
            count.filter(mine.c.mentor == theirs.c.mentor).label("same"),
            count.filter(both, mine.c.mentor != theirs.c.mentor).label("different"),
            count.filter(theirs.c.mentor.is_(None)).label("only_one"),
            count.filter(mine.c.mentor.is_(None)).label("only_other"),
        ).select_from(mine.join(theirs, mine.c.mentee == theirs.c.mentee, full=True))
    )
    return ComparisonView(
        **dict(told or {}),
        one=run_view(one),
        other=run_view(other),
        fairness_one=fairness_rows(one["report"]),
        fairness_other=fairness_rows(other["report"]),
    )


@answers
async def fairness(query: Fairness, tx: Tx) -> FairnessView:
    """A group by itself is refused where it is hidden; among the others it stands without numbers."""
    run = await _run(tx, query.run)
    rows = [row for row in fairness_rows(run["report"]) if query.by in (None, row.by)]
    if query.group is not None:
        rows = [row for row in rows if row.group == query.group]
        if any(row.people is None for row in rows):
            raise Refusal(RefusalCode.COHORT_TOO_SMALL)
    return FairnessView(run=query.run, rows=tuple(rows))


async def _run(tx: Tx, id: RunId) -> Row:
    found = await tx.row(sa.select(runs).where(r.id == id))
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return found


def _forbidden(run: Row, query: WhyNot) -> sa.Select[tuple[bool]]:
    stands = (w.wish == PairWish.FORBID) & w.lifted_at.is_(None) & (w.round == run["round"])
    return sa.select(sa.exists().where(stands, w.mentor == query.mentor, w.mentee == query.mentee))
