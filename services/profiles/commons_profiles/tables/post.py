"""Letters that wait, how everyone wants them, the links that stop them, and when the sessions are that they tell of."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal, secret
from commons_chassis.tables import Wall, ident, mapped, project, table

from ..rules.letter import Letter
from .people import Moment, metadata, person_column

letters = table(
    "letters",
    metadata,
    ident(),
    sa.Column("kind", sa.Text, nullable=False, info=NONE),
    sa.Column("person", sa.Uuid, info=personal("letters", retention="until sent")),
    sa.Column("project", sa.Uuid, info=NONE),
    sa.Column("address", sa.Text, info=personal("sign-in", retention="until sent")),
    sa.Column("language", sa.Text, info=personal("sign-in", retention="until sent")),
    sa.Column("leaves_at", Moment, nullable=False, index=True, info=NONE),
    sa.Column("ends_at", Moment, info=NONE),
    sa.Column("try_at", Moment, nullable=False, info=NONE),
    sa.Column("tries", sa.Integer, nullable=False, info=NONE),
    sa.Index(None, "person", "project"),
    wall=Wall.PERSON,
)

preferences = table(
    "preferences",
    metadata,
    project(primary_key=True),
    person_column("letters", primary_key=True),
    sa.Column("ways", pg.JSONB, nullable=False, info=personal("letters")),
    sa.Column("rhythm", sa.Text, nullable=False, info=personal("letters")),
    sa.Column("digest_hour", sa.Integer, nullable=False, info=personal("letters")),
    sa.Column("digest_weekday", sa.Integer, nullable=False, info=personal("letters")),
    sa.Column("quiet_from", sa.Integer, nullable=False, info=personal("letters")),
    sa.Column("quiet_until", sa.Integer, nullable=False, info=personal("letters")),
    wall=Wall.PERSON,
)

stop_links = table(
    "stop_links",
    metadata,
    sa.Column("token", sa.Text, primary_key=True, info=secret("letters", retention="membership")),
    project(),
    person_column("letters", index=True),
    sa.Column("category", sa.Text, info=personal("letters")),
    wall=Wall.PERSON,
)

meetings = table(
    "meetings",
    metadata,
    sa.Column("session", sa.Uuid, primary_key=True, info=NONE),
    project(),
    sa.Column("mentorship", sa.Uuid, nullable=False, index=True, info=NONE),
    sa.Column("state", sa.Text, nullable=False, info=NONE),
    sa.Column("starts_at", Moment, nullable=False, info=NONE),
    sa.Column("minutes", sa.Integer, nullable=False, info=NONE),
    sa.Column("mode", sa.Text, nullable=False, info=NONE),
    sa.Column("sequence", sa.Integer, nullable=False, info=NONE),
    sa.Column("at", Moment, nullable=False, info=NONE),
    wall=Wall.PROJECT,
    copy_of="mentoring",
)

mapped(metadata, Letter, letters)
