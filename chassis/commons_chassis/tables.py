"""Tables as the house wants them: walled, classified; and the ones that every service has."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import registry

from .classify import NONE, personal


class Wall(StrEnum):
    """Whose rows the app role sees; the policies follow from it (`walls.py`)."""

    PROJECT = "project"
    PERSON = "person"
    PERSON_OR_PROJECT = "person_or_project"
    PAIR = "pair"
    """Only the row's `mentor` and `mentee`, on their project's ground."""
    PLATFORM = "platform"
    LOG = "log"
    """The chassis' own: the app role appends for any project and reads its own project's."""


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

this_transaction = sa.cast(sa.cast(sa.func.pg_current_xact_id(), sa.Text), sa.BigInteger)


def table(
    name: str,
    metadata: sa.MetaData,
    *parts: sa.Column[Any] | sa.Constraint | sa.Index | None,
    wall: Wall,
    copy_of: str | None = None,
    lasting: bool = False,
) -> sa.Table:
    """A table behind its wall. `copy_of` names the owner whose events fill it: replay empties and refills it.

    `lasting`: the service may add rows, and neither change nor take away what stands there.
    """
    kept = {"wall": wall, "copy_of": copy_of, "lasting": lasting}
    return sa.Table(name, metadata, *(p for p in parts if p is not None), info=kept)


def ident(*, info: dict[str, Any] = NONE) -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True, info=info)


def project(*, primary_key: bool = False) -> sa.Column[Any]:
    return sa.Column("project", sa.Uuid, nullable=False, primary_key=primary_key, info=NONE)


def version() -> sa.Column[Any]:
    """The lock version: a write on stale rows fails and is run again."""
    return sa.Column("version", sa.Integer, nullable=False, info=NONE)


def changed() -> sa.Column[Any]:
    """The transaction that last wrote the row, for `pages.news`."""
    return sa.Column(
        "changed", sa.BigInteger, nullable=False, default=this_transaction, onupdate=this_transaction, info=NONE
    )


def mapped(metadata: sa.MetaData, kind: type, of: sa.Table, **properties: Any) -> None:
    """Map a rule's dataclass onto a table; the column `version`, if there, is its lock version."""
    extra = {"version_id_col": of.c.version} if "version" in of.c else {}
    registry(metadata=metadata).map_imperatively(kind, of, properties=properties, **extra)


def _log(metadata: sa.MetaData) -> None:
    table(
        "event_log",
        metadata,
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True, info=NONE),
        sa.Column("id", sa.Uuid, nullable=False, unique=True, info=NONE),
        sa.Column("aggregate", sa.Uuid, nullable=False, info=personal("facts", retention="project", erase="anonymise")),
        sa.Column("seq", sa.Integer, nullable=False, info=NONE),
        sa.Column("subject", sa.Text, nullable=False, info=NONE),
        project(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, info=NONE),
        sa.Column("cause", sa.Uuid, info=NONE),
        sa.Column("about", pg.ARRAY(sa.Uuid), nullable=False, info=personal("facts", erase="anonymise")),
        sa.Column("body", pg.JSONB, nullable=False, info=personal("facts", erase="anonymise")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now(), info=NONE),
        sa.UniqueConstraint("aggregate", "seq"),
        sa.Index(None, "about", postgresql_using="gin"),
        wall=Wall.LOG,
    )


def _queues(metadata: sa.MetaData) -> None:
    table(
        "outbox",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True, info=NONE),
        project(),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now(), info=NONE),
        sa.Column("trace", sa.Text, info=NONE),
        wall=Wall.LOG,
    )
    table(
        "sequences",
        metadata,
        sa.Column("aggregate", sa.Uuid, primary_key=True, info=personal("numbering of facts", erase="keep")),
        sa.Column("seq", sa.Integer, nullable=False, info=NONE),
        wall=Wall.PLATFORM,
    )
    table(
        "due",
        metadata,
        project(primary_key=True),
        sa.Column("key", sa.Text, primary_key=True, info=personal("deadlines", retention="until due")),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, index=True, info=NONE),
        sa.Column("subject", sa.Text, nullable=False, info=NONE),
        sa.Column("body", pg.JSONB, nullable=False, info=personal("deadlines", retention="until due")),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0", info=NONE),
        sa.Column("not_before", sa.DateTime(timezone=True), info=NONE),
        wall=Wall.LOG,
    )


def _ears(metadata: sa.MetaData) -> None:
    table(
        "heard",
        metadata,
        sa.Column("owner", sa.Text, primary_key=True, info=NONE),
        sa.Column("aggregate", sa.Uuid, primary_key=True, info=personal("order of facts", erase="keep")),
        sa.Column("seq", sa.Integer, nullable=False, info=NONE),
        wall=Wall.PLATFORM,
    )
    for name, more in {
        "parked": (),
        "dead_letters": (
            sa.Column("error", sa.Text, nullable=False, info=NONE),
            sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now(), info=NONE),
        ),
    }.items():
        table(
            name,
            metadata,
            sa.Column("owner", sa.Text, primary_key=True, info=NONE),
            sa.Column("aggregate", sa.Uuid, primary_key=True, info=personal("undelivered facts", erase="delete")),
            sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
            sa.Column("subject", sa.Text, nullable=False, info=NONE),
            sa.Column("headers", pg.JSONB, nullable=False, info=personal("undelivered facts")),
            sa.Column("body", pg.JSONB, nullable=False, info=personal("undelivered facts")),
            *more,
            wall=Wall.PLATFORM,
        )
    table(
        "owners_heard",
        metadata,
        sa.Column("owner", sa.Text, primary_key=True, info=NONE),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, info=NONE),
        wall=Wall.PLATFORM,
    )


def _answers(metadata: sa.MetaData) -> None:
    table(
        "answered",
        metadata,
        project(primary_key=True),
        sa.Column("person", sa.Uuid, primary_key=True, info=personal("repeated requests", retention="7 days")),
        sa.Column("operation", sa.Text, primary_key=True, info=NONE),
        sa.Column("key", sa.Text, primary_key=True, info=NONE),
        sa.Column("body_hash", sa.LargeBinary, nullable=False, info=NONE),
        sa.Column("reply", pg.JSONB, info=personal("repeated requests", retention="7 days")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now(), info=NONE),
        wall=Wall.LOG,
    )
    table(
        "audit",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True, info=NONE),
        project(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now(), info=NONE),
        sa.Column("person", sa.Uuid, info=personal("audit", retention="2 years", export=False, erase="anonymise")),
        sa.Column("operation", sa.Text, nullable=False, info=NONE),
        sa.Column("number", sa.BigInteger, unique=True, info=NONE),
        sa.Column("hash", sa.LargeBinary, info=NONE),
        wall=Wall.LOG,
    )


def _standing(metadata: sa.MetaData) -> None:
    """The copies that the room `standing` keeps in every service."""
    table(
        "standings",
        metadata,
        project(primary_key=True),
        sa.Column("person", sa.Uuid, primary_key=True, info=personal("standing")),
        sa.Column("roles", pg.ARRAY(sa.Text), nullable=False, info=personal("standing")),
        sa.Column("adult", sa.Boolean, nullable=False, info=personal("safeguarding")),
        sa.Column("conduct", pg.JSONB, nullable=False, info=personal("standing")),
        wall=Wall.PROJECT,
        copy_of="profiles",
    )
    table(
        "conduct_in_force",
        metadata,
        project(primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True, info=NONE),
        sa.Column("version", sa.Integer, nullable=False, info=NONE),
        wall=Wall.PROJECT,
        copy_of="profiles",
    )
    table(
        "blocked",
        metadata,
        sa.Column("by", sa.Uuid, primary_key=True, info=personal("safety", export=False)),
        sa.Column("person", sa.Uuid, primary_key=True, index=True, info=personal("safety", export=False)),
        wall=Wall.PLATFORM,
        copy_of="profiles",
    )
    table(
        "pending_guardian",
        metadata,
        sa.Column("person", sa.Uuid, primary_key=True, info=personal("safeguarding")),
        wall=Wall.PLATFORM,
        copy_of="profiles",
    )


CHASSIS: Sequence[str] = (
    "event_log", "outbox", "sequences", "due", "heard", "parked", "dead_letters", "owners_heard", "answered", "audit",
)  # fmt: skip
"""The tables that the engine role may touch."""


def new_metadata() -> sa.MetaData:
    """A service's own tables begin here; each service has a metadata of its own."""
    metadata = sa.MetaData(naming_convention=NAMES)
    _standing(metadata)
    _log(metadata)
    _queues(metadata)
    _ears(metadata)
    _answers(metadata)
    return metadata
