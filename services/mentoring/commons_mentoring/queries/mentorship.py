"""Reading mentorships: only the two people themselves see theirs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commons_chassis.pages import news, page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.mentoring import (
    MentorshipNews,
    Mentorships,
    MentorshipsByIds,
    MentorshipsByMatch,
    MentorshipsPage,
    MentorshipsSince,
    MentorshipView,
)

from ..tables import checklist_lines, mentorships
from ..tables.mentorship import mine
from ..views import shown_mentorship

m, line = mentorships.c, checklist_lines.c
SHOWN = (line.phase, line.position, line.item, line.asked_of, line.mentor_at, line.mentee_at)
LINES = aggregate_order_by(
    sa.func.jsonb_build_object(*(part for column in SHOWN for part in (str(column.key), column))), line.position
)
CHECKLIST = (
    sa.select(sa.func.coalesce(sa.func.jsonb_agg(LINES), sa.text("'[]'::jsonb")))
    .where(line.mentorship == m.id, line.phase.in_([m.phase, m.merged]))
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


@answers
async def mentorships_since(query: MentorshipsSince, tx: Tx) -> MentorshipNews:
    rows, cursor = await news(tx, _own(tx), m.changed, query.cursor)
    return MentorshipNews(items=tuple(_shown(row) for row in rows), cursor=cursor)


async def _listed(statement: sa.Select[Any], tx: Tx) -> Mentorships:
    return Mentorships(items=tuple(_shown(row) for row in await tx.rows(statement.order_by(m.id.desc()))))


def _own(tx: Tx) -> sa.Select[Any]:
    return sa.select(*mentorships.c, CHECKLIST).where(mine(tx))


def _shown(row: Row) -> MentorshipView:
    return shown_mentorship(row)
