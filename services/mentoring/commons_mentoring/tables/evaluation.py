"""Evaluations: that they are there, for the two and the project; what stands in them, each behind a wall of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal, sealed
from commons_chassis.tables import Wall, ident, project, table
from commons_chassis.tx import Tx
from commons_contracts.codes import EvaluationKind, Readers, Role
from commons_contracts.mentoring import Answer

from .base import code, metadata, moment
from .mentorship import mentorships

evaluations = table(
    "evaluations",
    metadata,
    ident(),
    project(),
    sa.Column("mentorship", sa.ForeignKey(mentorships.c.id), nullable=False, index=True, info=NONE),
    code("kind", EvaluationKind),
    sa.Column("session", sa.Uuid, info=NONE),
    sa.Column("author", sa.Uuid, nullable=False, index=True, info=personal("evaluation", erase="anonymise")),
    code("side", Role),
    code("readers", Readers),
    moment("done_at", nullable=False),
    wall=Wall.PROJECT,
)
"""That it was written is a fact of the mentorship; its words are elsewhere."""

private_answers = table(
    "private_answers",
    metadata,
    sa.Column("evaluation", sa.ForeignKey(evaluations.c.id), primary_key=True, info=NONE),
    project(),
    sa.Column("person", sa.Uuid, nullable=False, index=True, info=personal("evaluation for oneself")),
    sa.Column("answers", sa.LargeBinary, nullable=False, info=sealed("what she wrote for herself alone")),
    wall=Wall.PERSON,
)

shared_notes = table(
    "shared_notes",
    metadata,
    ident(),
    project(),
    sa.Column("evaluation", sa.ForeignKey(evaluations.c.id), nullable=False, index=True, info=NONE),
    sa.Column("mentorship", sa.ForeignKey(mentorships.c.id), nullable=False, index=True, info=NONE),
    sa.Column("mentor", sa.Uuid, nullable=False, info=personal("evaluation", erase="anonymise")),
    sa.Column("mentee", sa.Uuid, nullable=False, info=personal("evaluation", erase="anonymise")),
    sa.Column("author", sa.Uuid, nullable=False, info=personal("evaluation shown to the other one")),
    sa.Column("question", sa.Text, nullable=False, info=NONE),
    sa.Column("words", sa.LargeBinary, nullable=False, info=sealed("what she has shown to the other one")),
    moment("shared_at", nullable=False),
    sa.UniqueConstraint("evaluation", "question"),
    wall=Wall.PAIR,
)
"""A copy, sealed with its author's key like the first: it goes when that goes."""

project_answers = table(
    "project_answers",
    metadata,
    sa.Column("evaluation", sa.ForeignKey(evaluations.c.id), primary_key=True, info=NONE),
    project(),
    sa.Column("answers", pg.JSONB, nullable=False, info=personal("evaluation for the project", erase="anonymise")),
    wall=Wall.PROJECT,
)
"""What she wrote knowing that the project's coordinators read it."""


async def find_evaluated(tx: Tx, mentorship: UUID, kind: EvaluationKind) -> frozenset[Role]:
    """The sides that have written one of that kind."""
    e = evaluations.c
    rows = await tx.rows(sa.select(e.side).where(e.mentorship == mentorship, e.kind == kind).distinct())
    return frozenset(row["side"] for row in rows)


def written(answers: Sequence[Answer]) -> list[dict[str, object]]:
    """Answers as they are stored."""
    return [answer.model_dump(mode="json", exclude_defaults=True) for answer in answers]


def read(stored: str | Sequence[object] | None) -> tuple[Answer, ...]:
    """The same again; nothing where it can be opened no more."""
    found = json.loads(stored) if isinstance(stored, str) else stored or ()
    return tuple(Answer.model_validate(answer) for answer in found)
