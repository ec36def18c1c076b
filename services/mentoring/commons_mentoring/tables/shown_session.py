"""Looking at sessions as the two see them: with their words, their zones and their month's hours."""

from __future__ import annotations

from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commons_chassis.tx import Tx
from commons_contracts.codes import SessionState

from .mentorship import mentorships
from .programme import projects
from .session import person_zones, session_tasks, session_texts, sessions

COUNTED = (SessionState.SCHEDULED, SessionState.HELD)
s, words, task, m, p = sessions.c, session_texts.c, session_tasks.c, mentorships.c, projects.c
also = sessions.alias("also")
zone_of_mentor, zone_of_mentee = person_zones.alias("zone_of_mentor"), person_zones.alias("zone_of_mentee")
PARTS = (task.id, task.owner, task.what, task.due_on, task.done_at)
NAMED: chain[Any] = chain.from_iterable((sa.literal_column(f"'{column.name}'"), column) for column in PARTS)
TASK = sa.func.jsonb_build_object(*NAMED)
TASKS = (
    sa.select(sa.func.coalesce(sa.func.jsonb_agg(aggregate_order_by(TASK, task.id)), sa.text("'[]'::jsonb")))
    .where(task.session == s.id)
    .scalar_subquery()
)


def month_of(starts_at: sa.ColumnElement[Any], zone: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The month of the project's calendar in which a session begins."""
    return sa.cast(sa.func.date_trunc("month", sa.func.timezone(zone, starts_at)), sa.Date)


def sessions_of(tx: Tx) -> sa.Select[Any]:
    """Those of who acts."""
    same_month = month_of(also.c.starts_at, p.zone) == month_of(s.starts_at, p.zone)
    other = (also.c.mentorship == s.mentorship) & also.c.state.in_(COUNTED) & (also.c.id != s.id)
    others = sa.select(sa.func.coalesce(sa.func.sum(also.c.minutes), 0)).where(other, same_month)
    return (
        sa.select(
            *sessions.c,
            sa.func.coalesce(words.agenda, "").label("agenda"),
            sa.func.coalesce(words.notes, "").label("notes"),
            sa.func.coalesce(zone_of_mentor.c.zone, p.zone).label("mentor_zone"),
            sa.func.coalesce(zone_of_mentee.c.zone, p.zone).label("mentee_zone"),
            TASKS.label("tasks"),
            others.scalar_subquery().label("other_minutes"),
            m.minutes_a_month,
            m.state.label("mentorship_state"),
        )
        .join(mentorships, m.id == s.mentorship)
        .join(projects, p.project == s.project)
        .outerjoin(session_texts, words.session == s.id)
        .outerjoin(zone_of_mentor, zone_of_mentor.c.person == s.mentor)
        .outerjoin(zone_of_mentee, zone_of_mentee.c.person == s.mentee)
        .where((s.mentor == tx.person) | (s.mentee == tx.person))
    )
