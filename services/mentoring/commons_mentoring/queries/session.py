"""Reading sessions and hours: each pair its own."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.codes import SessionState
from commons_contracts.mentoring import (
    AllHours,
    HoursByMentorships,
    HoursView,
    MonthHours,
    Sessions,
    SessionsByIds,
    SessionsPage,
    SessionView,
)

from ..tables import mentorships, projects, sessions
from ..tables.mentorship import mine
from ..tables.shown_session import COUNTED, month_of, sessions_of
from ..views import session_view

s, m = sessions.c, mentorships.c


@answers
async def sessions_page(query: SessionsPage, tx: Tx) -> Page[SessionView]:
    wanted = sessions_of(tx)
    if query.mentorship is not None:
        wanted = wanted.where(s.mentorship == query.mentorship)
    return await page(
        tx,
        wanted,
        keys=(s.starts_at.desc(), s.id.desc()),
        first=query.first,
        after=query.after,
        show=lambda row: session_view(row, tx.person, tx.now),
    )


@answers
async def sessions_by_ids(query: SessionsByIds, tx: Tx) -> Sessions:
    rows = await tx.rows(sessions_of(tx).where(s.id.in_(query.ids)))
    return Sessions(items=tuple(session_view(row, tx.person, tx.now) for row in rows))


@answers
async def hours_by_mentorships(query: HoursByMentorships, tx: Tx) -> AllHours:
    month = month_of(s.starts_at, projects.c.zone).label("month")
    held = sa.func.coalesce(sa.func.sum(s.minutes).filter(s.state == SessionState.HELD), 0)
    counted = (
        sa.select(
            s.mentorship,
            month,
            m.minutes_a_month.label("agreed_minutes"),
            sa.func.count().label("sessions"),
            sa.func.sum(s.minutes).label("minutes"),
            held.label("held_minutes"),
        )
        .join(mentorships, m.id == s.mentorship)
        .join(projects, projects.c.project == s.project)
        .where(mine(tx), s.mentorship.in_(query.mentorships), s.state.in_(COUNTED))
        .group_by(s.mentorship, month, m.minutes_a_month)
        .order_by(month)
    )
    rows = await tx.rows(counted)
    owned = await tx.rows(sa.select(m.id).where(mine(tx), m.id.in_(query.mentorships)))
    return AllHours(
        items=tuple(
            HoursView(
                mentorship=of["id"],
                months=tuple(MonthHours.model_validate(dict(row)) for row in rows if row["mentorship"] == of["id"]),
            )
            for of in owned
        )
    )
