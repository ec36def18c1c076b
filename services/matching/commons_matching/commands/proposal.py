"""A coordinator decides about pairs herself: in what a run proposes, and for the runs to come."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import PairWish, ProposalOrigin, RefusalCode, Role
from commons_contracts.ids import PersonId
from commons_contracts.matching import (
    LiftPairWish,
    OverrideProposal,
    OverrideView,
    PairWishView,
    ProposalOverridden,
    ProposalView,
    RunSettings,
    WishPair,
)

from ..rules.barring import require_allowed
from ..rules.circle import terms_of
from ..rules.places import Spot
from ..rules.refusing import invalid_transition, mentor_unavailable
from ..rules.round import Round
from ..rules.run import Run
from ..rules.wish import Wish, require_reason
from ..runs.circling import circle_for, require_enough
from ..runs.freshness import pool_of
from ..runs.telling import parts_of, reason_of
from ..runs.views import proposal_view, run_view, wish_view
from ..runs.wishing import keep_wish
from ..tables import pair_wishes, participations, proposals, unmatched
from ..tables.place import find_places
from ..tables.round import find_round

p = proposals.c


@answers
async def override_proposal(command: OverrideProposal, tx: Tx) -> OverrideView:
    run = await tx.load(Run, command.run)
    run.require_open()
    reason, round = require_reason(command.reason), await find_round(tx, run.round)
    before = await tx.row(sa.select(proposals).where(p.run == run.id, p.mentee == command.mentee))
    if before is None and not await tx.value(_is_left(run, command.mentee)):
        raise Refusal(RefusalCode.NOT_FOUND)
    if (terms := terms_of(round.rules)) is not None and before is not None:
        await require_enough(tx, run, before["circle"], terms, command.mentee)
    if command.mentor is None:
        wish = await _without(tx, run, round, before, reason)
        proposal = None
    else:
        proposal = await _with(tx, run, round, command.mentee, command.mentor)
        wish = await keep_wish(tx, round, (command.mentor, command.mentee), PairWish.PIN, reason)
    run.count(await _points(tx, run))
    told = ProposalOverridden(
        project=run.project, at=tx.now, run=run.id, by=tx.person, mentee=command.mentee, mentor=command.mentor
    )
    await tx.emit(told, wish.wished())
    return OverrideView(run=run_view(asdict(run)), proposal=proposal, wish=wish_view(asdict(wish)))


@answers
async def wish_pair(command: WishPair, tx: Tx) -> PairWishView:
    round, reason = await find_round(tx, command.round), require_reason(command.reason)
    await _require_here(tx, round, command.mentor, command.mentee)
    if command.wish is PairWish.PIN:
        pool = await pool_of(tx, round, RunSettings(), [command.mentor], [command.mentee])
        require_allowed(pool, 0, 0)
    wish = await keep_wish(tx, round, (command.mentor, command.mentee), command.wish, reason)
    await tx.emit(wish.wished())
    return wish_view(asdict(wish))


@answers
async def lift_pair_wish(command: LiftPairWish, tx: Tx) -> PairWishView:
    w = pair_wishes.c
    about = (w.round == command.round, w.mentor == command.mentor, w.mentee == command.mentee, w.lifted_at.is_(None))
    standing = await tx.all_of(Wish, *about)
    if not standing:
        raise Refusal(RefusalCode.NOT_FOUND)
    await tx.emit(standing[0].lift(at=tx.now))
    return wish_view(asdict(standing[0]))


async def _without(tx: Tx, run: Run, round: Round, before: Row | None, reason: str) -> Wish:
    """She is proposed to nobody any more."""
    if before is None:
        raise invalid_transition("UNMATCHED", "UNMATCHED")
    mentor, mentee = before["mentor"], before["mentee"]
    await tx.run(sa.delete(proposals).where(p.id == before["id"]))
    pool = await pool_of(tx, round, run.rules, [mentor], [mentee])
    left = {"id": new_id(), "project": run.project, "run": run.id} | reason_of(pool)
    await tx.run(insert(unmatched).values(left))
    return await keep_wish(tx, round, (mentor, mentee), PairWish.FORBID, reason)


async def _with(tx: Tx, run: Run, round: Round, mentee: PersonId, mentor: PersonId) -> ProposalView:
    """She is proposed to this mentor, who has a place left in this run, or to one of her circles."""
    await _require_here(tx, round, mentor, mentee)
    pool = await pool_of(tx, round, run.rules, [mentor], [mentee])
    require_allowed(pool, 0, 0)
    terms = terms_of(round.rules)
    if terms is None:
        await _require_place(tx, run, mentee, mentor)
    parts = parts_of(pool, 0, 0)
    circle = None if terms is None else await circle_for(tx, run, round, terms, (mentor, mentee))
    decided = {"circle": circle, "mentor": mentor, "points": sum(part["points"] for part in parts), "parts": parts}
    decided |= {"origin": ProposalOrigin.OVERRIDDEN, "moved": False}
    row = {"id": new_id(), "project": run.project, "run": run.id, "mentee": mentee} | decided
    put = insert(proposals).values(row).on_conflict_do_update(index_elements=[p.run, p.mentee], set_=decided)
    await tx.run(sa.delete(unmatched).where(unmatched.c.run == run.id, unmatched.c.mentee == mentee))
    kept = await tx.row(put.returning(p.id))
    return proposal_view(row | dict(kept or {}))


async def _require_place(tx: Tx, run: Run, mentee: PersonId, mentor: PersonId) -> None:
    places = await find_places(tx, Spot(round=run.round, mentor=mentor, style=run.style), lock=True)
    others = sa.select(sa.func.count()).where(p.run == run.id, p.mentor == mentor, p.mentee != mentee)
    if places is None:
        raise mentor_unavailable()
    if await tx.value(others) >= places.free:
        raise Refusal(RefusalCode.MENTOR_AT_CAPACITY)


async def _require_here(tx: Tx, round: Round, mentor: PersonId, mentee: PersonId) -> None:
    t, here = participations.c, [(mentor, Role.MENTOR), (mentee, Role.MENTEE)]
    wanted = sa.tuple_(t.person, t.role).in_(here)
    if await tx.value(sa.select(sa.func.count()).where(t.round == round.id, wanted)) != len(here):
        raise Refusal(RefusalCode.NOT_FOUND)


def _is_left(run: Run, mentee: PersonId) -> sa.Select[tuple[bool]]:
    return sa.select(sa.exists().where(unmatched.c.run == run.id, unmatched.c.mentee == mentee))


async def _points(tx: Tx, run: Run) -> list[int]:
    return [row["points"] for row in await tx.rows(sa.select(p.points).where(p.run == run.id))]
