"""Agreements, a row a version: only the two who made one read it."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.codes import AgreementState, Role
from commons_contracts.mentoring import Terms

from ..rules.agreement import Agreement
from ..rules.mentorship import Mentorship
from .base import Written, code, metadata, moment
from .mentorship import mentorships

agreements = table(
    "agreements",
    metadata,
    ident(),
    project(),
    sa.Column("mentorship", sa.ForeignKey(mentorships.c.id), nullable=False, info=NONE),
    sa.Column("number", sa.Integer, nullable=False, info=NONE),
    sa.Column("mentor", sa.Uuid, nullable=False, info=personal("agreement", erase="anonymise")),
    sa.Column("mentee", sa.Uuid, nullable=False, info=personal("agreement", erase="anonymise")),
    code("state", AgreementState),
    sa.Column("terms", Written(Terms), nullable=False, info=personal("what the two agreed on")),
    sa.Column("clause", sa.Text, nullable=False, info=NONE),
    code("proposed_by", Role),
    moment("proposed_at", nullable=False),
    moment("mentor_signed_at"),
    moment("mentee_signed_at"),
    version(),
    sa.UniqueConstraint("mentorship", "number"),
    wall=Wall.PAIR,
)

mapped(metadata, Agreement, agreements)


async def find_agreement(tx: Tx, mentorship: Mentorship, number: int) -> Agreement | None:
    """One version, locked as its mentorship is; None where there is no such version."""
    a = agreements.c
    found = await tx.all_of(Agreement, a.mentorship == mentorship.id, a.number == number)
    return found[0] if found else None
