"""Every table community owns."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, mapped, new_metadata, project, table, version

from .rules.channel import Channel
from .rules.code import CodeOfConduct

metadata = new_metadata()

codes_of_conduct = table(
    "codes_of_conduct",
    metadata,
    ident(),
    project(),
    sa.Column("kind", sa.Text, nullable=False, info=NONE),
    sa.Column("newest", sa.Integer, nullable=False, info=NONE),
    version(),
    sa.UniqueConstraint("project", "kind"),
    wall=Wall.PROJECT,
)

code_versions = table(
    "code_versions",
    metadata,
    sa.Column("code", sa.ForeignKey(codes_of_conduct.c.id), primary_key=True, info=NONE),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    project(),
    sa.Column("texts", pg.JSONB, nullable=False, info=NONE),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False, info=NONE),
    wall=Wall.PROJECT,
    lasting=True,  # what someone accepted must stay what she read
)

channels = table(
    "channels",
    metadata,
    ident(),
    project(),
    sa.Column("match", sa.Uuid, nullable=False, unique=True, info=NONE),
    sa.Column("mentor", sa.Uuid, nullable=False, index=True, info=personal("private channel")),
    sa.Column("mentee", sa.Uuid, nullable=False, index=True, info=personal("private channel")),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, info=NONE),
    wall=Wall.PROJECT,
)

waiting_matches = table(
    "waiting_matches",
    metadata,
    ident(),
    project(),
    sa.Column("mentor", sa.Uuid, nullable=False, index=True, info=personal("private channel, not yet safe to open")),
    sa.Column("mentee", sa.Uuid, nullable=False, index=True, info=personal("private channel, not yet safe to open")),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False, info=NONE),
    wall=Wall.PROJECT,
    copy_of="matching",
)

mapped(metadata, CodeOfConduct, codes_of_conduct)
mapped(metadata, Channel, channels)
