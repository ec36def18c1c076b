"""The tables: copies of what others own, and what matching itself decides on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, changed, ident, mapped, new_metadata, project, table, version
from commons_contracts.codes import ConnectionState, DeclineReason, OfferState, Role, Style, WaitingState

from ..rules.connection import Connection
from ..rules.match import Match
from ..rules.waiting import Offer, Waiting
from .columns import code, of_round, person, time

metadata = new_metadata()


# ---------------------------------------------------------------- copies

zones = table(
    "zones",
    metadata,
    project(primary_key=True),
    sa.Column("zone", sa.Text, nullable=False, info=NONE),
    wall=Wall.PROJECT,
    copy_of="profiles",
)

programmes = table(
    "programmes",
    metadata,
    ident(),
    project(),
    sa.Column("published", pg.JSONB, nullable=False, info=NONE),
    wall=Wall.PROJECT,
    copy_of="mentoring",
)

cards = table(
    "cards",
    metadata,
    ident(info=personal("matching")),
    project(),
    person("person", "matching"),
    sa.Column("description", pg.JSONB, nullable=False, info=personal("matching")),
    sa.Column("fields", pg.ARRAY(sa.Text), nullable=False, info=personal("search")),
    sa.Column("languages", pg.ARRAY(sa.Text), nullable=False, info=personal("search")),
    sa.Column("country", sa.Text, info=personal("search")),
    sa.Column("place", sa.Integer, info=personal("search")),
    sa.Column("introduced", sa.Boolean, nullable=False, info=personal("search")),
    sa.Column("paused", sa.Boolean, nullable=False, info=personal("search")),
    changed(),
    sa.UniqueConstraint("project", "person"),
    sa.Index(None, "project", "changed"),
    wall=Wall.PROJECT,
    copy_of="profiles",
)
"""What members tell of themselves for matching. `fields` also holds the wider codes, so that a search by a narrow field
finds its detailed ones; `description` is the whole, for the score. The id is the membership's.
"""

# ---------------------------------------------------------------- rounds and who takes part

rounds = table(
    "rounds",
    metadata,
    ident(),
    project(),
    sa.Column("programme", sa.Uuid, nullable=False, unique=True, info=NONE),
    sa.Column("programme_version", sa.Integer, nullable=False, info=NONE),
    sa.Column("zone", sa.Text, nullable=False, info=NONE),
    sa.Column("starts_on", sa.Date, info=NONE),
    sa.Column("begins", sa.Date, nullable=False, info=NONE),
    time("opens_at", nullable=True),
    time("closes_at", nullable=True),
    sa.Column("rules", pg.JSONB, nullable=False, info=NONE),
    sa.Index(None, "project", "begins"),
    wall=Wall.PROJECT,
)

participations = table(
    "participations",
    metadata,
    ident(info=personal("taking part")),
    project(),
    of_round(),
    person("person", "taking part", index=True),
    code("role", Role, personal("taking part")),
    time("at"),
    sa.Column("listed_at", sa.DateTime(timezone=True), info=personal("taking part")),
    sa.Column("brought", sa.Uuid, info=NONE),
    changed(),
    sa.UniqueConstraint("round", "person", "role"),
    sa.Index(None, "round", "changed"),
    wall=Wall.PROJECT,
)
"""A mentee's row is also the seat that is locked before anything about her place in the round is decided. `listed_at`: when
she last sent a ranked list, which is hers alone; that there is one is not. `brought`: by which coordinator's table.
"""

places = table(
    "places",
    metadata,
    ident(info=personal("capacity")),
    project(),
    of_round(),
    person("mentor", "capacity"),
    code("style", Style),
    sa.Column("most", sa.Integer, nullable=False, info=personal("capacity")),
    sa.Column("used", sa.Integer, nullable=False, server_default="0", info=personal("capacity")),
    sa.Column("held", sa.Integer, nullable=False, server_default="0", info=personal("capacity")),
    sa.UniqueConstraint("round", "mentor", "style"),
    sa.CheckConstraint("used >= 0 and held >= 0 and used + held <= most", name="within"),
    sa.Index(None, "mentor"),
    wall=Wall.PROJECT,
)

silences = table(
    "silences",
    metadata,
    project(primary_key=True),
    person("mentor", "auto-pause", primary_key=True),
    sa.Column("expired", sa.Integer, nullable=False, info=personal("auto-pause")),
    time("back_at", nullable=True),
    wall=Wall.PROJECT,
)
"""How many requests in a row a mentor let run out; `back_at`: when she last came back from a pause."""

# ---------------------------------------------------------------- connections, matches, waiting lists

connections = table(
    "connections",
    metadata,
    ident(),
    project(),
    of_round(),
    person("mentor", "connection", erase="anonymise", index=True),
    person("mentee", "connection", erase="anonymise", index=True),
    code("style", Style),
    sa.Column("message", sa.Text, nullable=False, info=personal("the mentee's words to the mentor")),
    time("asked_at"),
    time("expires_at", nullable=True),
    sa.Column("holds_place", sa.Boolean, nullable=False, info=NONE),
    code("state", ConnectionState),
    code("decline_reason", DeclineReason, personal("connection"), nullable=True),
    sa.Column("decline_note", sa.Text, nullable=False, info=personal("the mentor's words to the mentee")),
    sa.Column("match", sa.Uuid, info=NONE),
    sa.Column("continues", sa.Uuid, info=NONE),
    code("asked_by", Role, server_default=Role.MENTEE),
    version(),
    changed(),
    sa.Index(
        "uq_connections_open_pair",
        "round",
        "mentor",
        "mentee",
        unique=True,
        postgresql_where=sa.text("state = 'ASKED'"),
    ),
    sa.Index(None, "project", "changed"),
    wall=Wall.PROJECT,
)

matches = table(
    "matches",
    metadata,
    ident(),
    project(),
    of_round(),
    sa.Column("connection", sa.Uuid, sa.ForeignKey("connections.id"), info=NONE),
    sa.Column("circle", sa.Uuid, index=True, info=NONE),
    person("mentor", "match", erase="anonymise", index=True),
    person("mentee", "match", erase="anonymise", index=True),
    code("style", Style),
    time("confirmed_at"),
    sa.Column("place_held", sa.Boolean, nullable=False, server_default=sa.true(), info=NONE),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0", info=NONE),
    time("over_at", nullable=True),
    sa.Index(
        "uq_matches_mentor_of",
        "round",
        "mentee",
        unique=True,
        postgresql_where=sa.text("style <> 'FLASH' and over_at is null"),
    ),
    wall=Wall.PROJECT,
)

waitings = table(
    "waitings",
    metadata,
    ident(),
    project(),
    of_round(),
    person("mentor", "waiting list"),
    person("mentee", "waiting list", index=True),
    code("style", Style),
    time("joined_at"),
    sa.Column("first_call", sa.Boolean, nullable=False, info=personal("waiting list")),
    code("state", WaitingState),
    version(),
    sa.Index(None, "round", "mentor", "style"),
    sa.Index(
        "uq_waitings_open",
        "round",
        "mentor",
        "mentee",
        "style",
        unique=True,
        postgresql_where=sa.text("state in ('WAITING', 'OFFERED')"),
    ),
    wall=Wall.PROJECT,
)

offers = table(
    "offers",
    metadata,
    ident(),
    project(),
    of_round(),
    sa.Column("waiting", sa.Uuid, sa.ForeignKey("waitings.id"), nullable=False, info=NONE),
    person("mentor", "waiting list"),
    person("mentee", "waiting list", index=True),
    code("style", Style),
    time("expires_at"),
    code("state", OfferState),
    version(),
    sa.Index("uq_offers_open", "waiting", unique=True, postgresql_where=sa.text("state = 'OPEN'")),
    wall=Wall.PROJECT,
)

mapped(metadata, Connection, connections)
mapped(metadata, Match, matches)
mapped(metadata, Waiting, waitings)
mapped(metadata, Offer, offers)
