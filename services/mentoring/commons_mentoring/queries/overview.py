"""Reading all mentorships of a project from outside: for coordinators, and nothing of what was said in them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.codes import EvaluationKind, MentorshipState, SessionState
from commons_contracts.ids import ProgrammeId
from commons_contracts.mentoring import Grades, Overview, OverviewView, Record, RecordsPage, Standing

from ..rules import report as rule
from ..tables import evaluations, mentorships, project_answers
from ..tables.session import sessions

m, s, e = mentorships.c, sessions.c, evaluations.c
STATE = MentorshipState
STUCK = m.listed_at.is_not(None) | (m.state == STATE.PAUSED_INACTIVE)
"""On the coordinators' list, or paused because nothing happened."""
HELD = (
    sa.select(sa.func.count().label("sessions"), sa.func.coalesce(sa.func.sum(s.minutes), 0).label("minutes"))
    .where(s.mentorship == m.id, s.state == SessionState.HELD)
    .lateral("held")
)
EVALUATED = (
    sa.select(sa.func.array_agg(e.side, type_=pg.ARRAY(sa.Text)))
    .where(e.mentorship == m.id, e.kind == EvaluationKind.FINAL)
    .scalar_subquery()
)


def records(programme: ProgrammeId | None) -> sa.Select[Any]:
    """A row for each mentorship of the project."""
    found = sa.select(
        m.id, m.programme, m.programme_version, m.mentor, m.mentee, m.style, m.state, m.phase, m.opened_at, m.over_at,
        m.active_at, STUCK.label("stuck"), HELD.c.sessions, HELD.c.minutes, EVALUATED.label("evaluated_by"),
    ).join(HELD, sa.true())  # fmt: skip
    return found if programme is None else found.where(m.programme == programme)


def record(row: Row, tx: Tx) -> Record:
    still = rule.still_days(row["state"], row["active_at"], tx.now)
    return Record.model_validate({**row, "still_days": still, "evaluated_by": row["evaluated_by"] or ()})


@answers
async def records_page(query: RecordsPage, tx: Tx) -> Page[Record]:
    wanted = records(query.programme)
    if query.state is not None:
        wanted = wanted.where(m.state == query.state)
    if query.phase is not None:
        wanted = wanted.where(m.phase == query.phase)
    if query.stuck:
        wanted = wanted.where(STUCK)
    return await page(
        tx, wanted, keys=(m.id.desc(),), first=query.first, after=query.after, show=lambda row: record(row, tx)
    )


@answers
async def overview(query: Overview, tx: Tx) -> OverviewView:
    own = sa.true() if query.programme is None else m.programme == query.programme
    rows = await tx.rows(
        sa.select(
            m.style, m.phase, m.state, sa.func.count().label("count"), sa.func.count().filter(STUCK).label("stuck")
        )
        .where(own)
        .group_by(m.style, m.phase, m.state)
        .order_by(m.style, m.phase, m.state)
    )
    held = await tx.row(
        sa.select(sa.func.count().label("sessions"), sa.func.coalesce(sa.func.sum(s.minutes), 0).label("minutes"))
        .join(mentorships, m.id == s.mentorship)
        .where(own, s.state == SessionState.HELD)
    )
    final = sa.select(sa.func.count()).select_from(evaluations).join(mentorships, m.id == e.mentorship)

    def those(state: MentorshipState) -> int:
        return sum(row["count"] for row in rows if row["state"] == state)

    return OverviewView(
        programme=query.programme,
        mentorships=sum(row["count"] for row in rows),
        standings=tuple(Standing.model_validate(row) for row in rows),
        stuck=sum(row["stuck"] for row in rows),
        completed=those(STATE.COMPLETED),
        ended=those(STATE.ENDED_NO_FAULT),
        **(held or {}),
        final_evaluations=await tx.value(final.where(own, e.kind == EvaluationKind.FINAL)),
        grades=await _grades(query.programme, tx) if query.programme else (),
    )


async def _grades(programme: ProgrammeId, tx: Tx) -> tuple[Grades, ...]:
    said = sa.func.jsonb_to_recordset(project_answers.c.answers).table_valued(
        sa.column("question", sa.Text), sa.column("grade", sa.Integer)
    ).render_derived(name="said", with_types=True)  # fmt: skip
    given = (
        sa.select(said.c.question, e.side, said.c.grade, sa.func.count().label("count"))
        .select_from(project_answers)
        .join(evaluations, e.id == project_answers.c.evaluation)
        .join(mentorships, m.id == e.mentorship)
        .join(said, sa.true())
        .where(m.programme == programme, e.kind == EvaluationKind.FINAL, said.c.grade.is_not(None))
        .group_by(said.c.question, e.side, said.c.grade)
    )
    spreads: dict[tuple[str, Any], list[int]] = defaultdict(lambda: [0] * 5)
    for row in await tx.rows(given):
        spreads[row["question"], row["side"]][row["grade"] - 1] = row["count"]
    return tuple(rule.graded(question, side, spread) for (question, side), spread in sorted(spreads.items()))
