"""How people come in: addresses, links, sessions. Seen by the service itself, and by whoever they belong to."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.classify import NONE, personal, secret
from commons_chassis.tables import Wall, ident, mapped, table

from ..rules.link import Link
from ..rules.session import Session
from .people import Moment, metadata, person_column

addresses = table(
    "addresses",
    metadata,
    person_column("sign-in", primary_key=True),
    sa.Column("address", sa.Text, nullable=False, unique=True, info=personal("sign-in", retention="account")),
    sa.Column("since", Moment, nullable=False, info=personal("sign-in", retention="account")),
    wall=Wall.PERSON,
)

links = table(
    "links",
    metadata,
    ident(),
    sa.Column("person", sa.Uuid, info=personal("sign-in", retention="1 day")),
    sa.Column("address", sa.Text, nullable=False, info=personal("sign-in", retention="1 day")),
    sa.Column("token", sa.Text, unique=True, info=secret("sign-in", retention="1 day")),
    sa.Column("browser", sa.Text, nullable=False, info=secret("sign-in", retention="1 day")),
    sa.Column("back", sa.Text, nullable=False, info=personal("sign-in", retention="1 day")),
    sa.Column("asked_at", Moment, nullable=False, info=personal("sign-in", retention="1 day")),
    sa.Column("used_at", Moment, info=personal("sign-in", retention="1 day")),
    sa.Index(None, "address", "asked_at"),
    wall=Wall.PERSON,
)

sessions = table(
    "sessions",
    metadata,
    ident(info=personal("sessions", retention="30 days")),
    sa.Column("person", sa.Uuid, nullable=False, index=True, info=personal("sessions", retention="30 days")),
    sa.Column("issuer", sa.Text, nullable=False, info=personal("sessions", retention="30 days")),
    sa.Column("token", sa.Text, nullable=False, unique=True, info=secret("sessions", retention="30 days")),
    sa.Column("before", sa.Text, unique=True, info=secret("sessions", retention="30 days")),
    sa.Column("before_ends_at", Moment, info=NONE),
    sa.Column("began_at", Moment, nullable=False, info=personal("sessions", retention="30 days")),
    sa.Column("renewed_at", Moment, nullable=False, info=NONE),
    sa.Column("seen_at", Moment, nullable=False, info=personal("sessions", retention="30 days")),
    wall=Wall.PERSON,
)

affiliations = table(
    "affiliations",
    metadata,
    person_column("affiliation", primary_key=True),
    sa.Column("issuer", sa.Text, primary_key=True, info=personal("affiliation", retention="account")),
    sa.Column("kind", sa.Text, primary_key=True, info=personal("affiliation", retention="account")),
    sa.Column("domain", sa.Text, primary_key=True, info=personal("affiliation", retention="account")),
    sa.Column("organisation", sa.Uuid, info=personal("affiliation", retention="account")),
    sa.Column("noted_at", Moment, nullable=False, info=personal("affiliation", retention="account")),
    wall=Wall.PERSON,
)

mapped(metadata, Link, links)
mapped(metadata, Session, sessions)
