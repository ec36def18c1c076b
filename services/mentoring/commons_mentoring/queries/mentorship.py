"""Reading mentorships: only the two people themselves see theirs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.mentoring import (
    Mentorships,
    MentorshipsByIds,
    MentorshipsByMatch,
    MentorshipsPage,
    MentorshipView,
)

from ..tables import checklist_lines, mentorships

m, line = mentorships.c, checklist_lines.c
LINES = aggregate_order_by(sa.func.jsonb_build_object("item", line.item, "done_by", line.done_by), line.position)
CHECKLIST = (
    sa.select(sa.func.coalesce(sa.func.jsonb_agg(LINES), sa.text("'[]'::jsonb")))
    .where(line.mentorship == m.id, line.phase == m.phase)
    .scalar_subquery()
    .label("checklist")
)


@answers
async def mentorships_page(query: MentorshipsPage, tx: Tx) -> Page[MentorshipView]:
    return await page(tx, _own(tx), keys=(m.id.desc(),), first=query.first, after=query.after, show=_shown)


@answers
async def mentorships_by_ids(query: MentorshipsByIds, tx: Tx) -> Mentorships:
    return await _listed(_own(tx).where(m.id.in_(query.ids)), tx)


@answers
async def mentorships_by_match(query: MentorshipsByMatch, tx: Tx) -> Mentorships:
    return await _listed(_own(tx).where(m.match.in_(query.matches)), tx)


async def _listed(statement: sa.Select[Any], tx: Tx) -> Mentorships:
    return Mentorships(items=tuple(_shown(row) for row in await tx.rows(statement.order_by(m.id.desc()))))


def _own(tx: Tx) -> sa.Select[Any]:
    mine = (m.mentor == tx.person) | (m.mentee == tx.person)
    return sa.select(*mentorships.c, CHECKLIST).where(mine)


def _shown(row: Row) -> MentorshipView:
    return MentorshipView.model_validate(dict(row))
