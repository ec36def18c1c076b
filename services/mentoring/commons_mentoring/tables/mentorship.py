"""Mentorships, their checklists, and the matches that none was opened for."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, changed, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import MentorshipState, RefusalCode, Role, Ticker

from ..rules.mentorship import Mentorship
from ..rules.phase import Line
from .base import code, metadata, moment
from .programme import programmes

mentorships = table(
    "mentorships",
    metadata,
    ident(),
    project(),
    sa.Column("match", sa.Uuid, nullable=False, unique=True, info=NONE),
    sa.Column("programme", sa.ForeignKey(programmes.c.id), nullable=False, info=NONE),
    sa.Column("programme_version", sa.Integer, nullable=False, info=NONE),
    sa.Column("mentor", sa.Uuid, nullable=False, index=True, info=personal("mentorship", erase="anonymise")),
    sa.Column("mentee", sa.Uuid, nullable=False, index=True, info=personal("mentorship", erase="anonymise")),
    sa.Column("style", sa.Text, nullable=False, info=NONE),
    sa.Column("phase", sa.Text, nullable=False, info=NONE),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, info=NONE),
    code("state", MentorshipState, server_default=MentorshipState.OPEN),
    sa.Column("merged", sa.Text, info=NONE),
    moment("active_at", nullable=False),
    sa.Column("starts_on", sa.Date, info=NONE),
    sa.Column("ends_on", sa.Date, info=NONE),
    sa.Column("minutes_a_month", sa.Integer, info=NONE),
    sa.Column("cadence_days", sa.Integer, info=NONE),
    sa.Column("session_minutes", sa.Integer, info=NONE),
    sa.Column("agreement_language", sa.Text, info=NONE),
    sa.Column("agreement", sa.Integer, nullable=False, server_default="0", info=NONE),
    sa.Column("newest", sa.Integer, nullable=False, server_default="0", info=NONE),
    sa.Column("extension_to", sa.Date, info=NONE),
    code("extension_by", Role, nullable=True),
    moment("halfway_at"),
    moment("listed_at"),
    code("frozen_from", MentorshipState, nullable=True),
    sa.Column("resuming", sa.Boolean, nullable=False, server_default=sa.false(), info=NONE),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0", info=NONE),
    moment("over_at"),
    version(),
    changed(),
    sa.Index(None, "project", "changed"),
    wall=Wall.PROJECT,
)

checklist_lines = table(
    "checklist_lines",
    metadata,
    project(),
    sa.Column("mentorship", sa.ForeignKey(mentorships.c.id), primary_key=True, info=NONE),
    sa.Column("phase", sa.Text, primary_key=True, info=NONE),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    sa.Column("item", sa.Text, nullable=False, info=NONE),
    code("asked_of", Ticker, server_default=Ticker.EITHER),
    moment("mentor_at", info=personal("mentorship", erase="keep")),
    moment("mentee_at", info=personal("mentorship", erase="keep")),
    wall=Wall.PROJECT,
)
"""A line for each item of a phase, and when each side ticked it; whose the sides are stands in the mentorship."""

unopened_matches = table(
    "unopened_matches",
    metadata,
    sa.Column("match", sa.Uuid, primary_key=True, info=NONE),
    project(),
    sa.Column("programme", sa.ForeignKey(programmes.c.id), nullable=False, info=NONE),
    sa.Column("programme_version", sa.Integer, nullable=False, info=NONE),
    sa.Column("mentor", sa.Uuid, nullable=False, index=True, info=personal("mentorship not opened")),
    sa.Column("mentee", sa.Uuid, nullable=False, index=True, info=personal("mentorship not opened")),
    sa.Column("style", sa.Text, nullable=False, info=NONE),
    moment("slot_starts_at"),
    sa.Column("slot_minutes", sa.Integer, info=NONE),
    sa.Column("contact", sa.Text, nullable=False, info=personal("safety", export=False)),
    wall=Wall.PROJECT,
)

mapped(metadata, Mentorship, mentorships)
mapped(metadata, Line, checklist_lines)


def mine(tx: Tx) -> sa.ColumnElement[bool]:
    """The mentorships of who acts."""
    return (mentorships.c.mentor == tx.person) | (mentorships.c.mentee == tx.person)


async def find_mentorship(tx: Tx, id: UUID) -> Mentorship:
    """One of who acts, locked; another's is not there."""
    mentorship = await tx.load(Mentorship, id)
    if not mentorship.is_of(tx.person):
        raise Refusal(RefusalCode.NOT_FOUND)
    return mentorship


async def find_lines(tx: Tx, mentorship: Mentorship) -> tuple[Line, ...]:
    """Its checklists as far as it has come, in the order of the manual."""
    lines = await tx.all_of(Line, checklist_lines.c.mentorship == mentorship.id)
    return tuple(sorted(lines, key=lambda line: line.position))
