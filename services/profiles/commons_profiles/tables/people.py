"""Projects, people, and what they are and tell in a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, mapped, new_metadata, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.profiles import Description

from ..rules.conduct import Code
from ..rules.introduction import Introduction
from ..rules.membership import Membership
from ..rules.organisation import Organisation
from ..rules.person import Person
from ..rules.profile import Profile
from ..rules.project import Project

metadata = new_metadata()

Strings = pg.ARRAY(sa.Text, as_tuple=True)
Moment = sa.DateTime(timezone=True)


class Described(sa.types.TypeDecorator[Description]):
    """A description as JSON: read and written whole, and never searched here."""

    impl = pg.JSONB
    cache_ok = True

    def process_bind_param(self, value: Description | None, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - its form
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Description | None:  # noqa: ARG002
        return None if value is None else Description.model_validate(value)


def person_column(purpose: str, *, primary_key: bool = False, index: bool = False) -> sa.Column[Any]:
    return sa.Column("person", sa.Uuid, nullable=False, primary_key=primary_key, index=index, info=personal(purpose))


def _membership(purpose: str, *, primary_key: bool = False) -> sa.Column[Any]:
    return sa.Column("membership", sa.Uuid, nullable=False, primary_key=primary_key, info=personal(purpose))


projects = table(
    "projects",
    metadata,
    ident(),
    sa.Column("slug", sa.Text, nullable=False, unique=True, info=NONE),
    sa.Column("name", sa.Text, nullable=False, info=NONE),
    sa.Column("zone", sa.Text, nullable=False, info=NONE),
    sa.Column("languages", Strings, nullable=False, info=NONE),
    wall=Wall.PLATFORM,
)

people = table(
    "people",
    metadata,
    person_column("account", primary_key=True),
    sa.Column("display_name", sa.Text, nullable=False, info=personal("account", retention="account")),
    sa.Column("birth_year", sa.Integer, nullable=False, info=personal("safeguarding", retention="account")),
    sa.Column("birth_month", sa.Integer, nullable=False, info=personal("safeguarding", retention="account")),
    sa.Column("country", sa.Text, nullable=False, info=personal("account", retention="account")),
    sa.Column("language", sa.Text, nullable=False, info=personal("account", retention="account")),
    sa.Column("zone", sa.Text, nullable=False, info=personal("account", retention="account")),
    sa.Column("state", sa.Text, nullable=False, info=personal("safeguarding", retention="account")),
    version(),
    wall=Wall.PERSON,
)

memberships = table(
    "memberships",
    metadata,
    ident(info=personal("membership")),
    project(),
    person_column("membership", index=True),
    sa.Column("roles", Strings, nullable=False, info=personal("membership")),
    sa.Column("audience", sa.Text, info=personal("membership")),
    sa.Column("active_on", sa.Date, nullable=False, info=personal("show others whether she is there")),
    sa.Column("paused", sa.Text, info=personal("availability")),
    sa.Column("resumed_at", Moment, info=personal("availability")),
    sa.Column("invited_at", Moment, info=personal("membership")),
    version(),
    sa.UniqueConstraint("project", "person"),
    wall=Wall.PERSON_OR_PROJECT,
)

codes = table(
    "codes",
    metadata,
    ident(),
    project(),
    sa.Column("kind", sa.Text, nullable=False, info=NONE),
    sa.Column("newest", sa.Integer, nullable=False, info=NONE),
    version(),
    sa.UniqueConstraint("project", "kind"),
    wall=Wall.PLATFORM,
)

acceptances = table(
    "acceptances",
    metadata,
    _membership("proof of acceptance", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True, info=personal("proof of acceptance")),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, info=personal("proof of acceptance")),
    project(),
    person_column("proof of acceptance", index=True),
    sa.Column("language", sa.Text, nullable=False, info=personal("proof of acceptance")),
    sa.Column("accepted_at", Moment, nullable=False, info=personal("proof of acceptance")),
    wall=Wall.PERSON_OR_PROJECT,
)

profiles = table(
    "profiles",
    metadata,
    ident(info=personal("profile")),
    project(),
    person_column("profile"),
    sa.Column("display_name", sa.Text, nullable=False, info=personal("profile")),
    sa.Column("description", Described, nullable=False, info=personal("matching")),
    sa.Column("motivation", sa.Text, nullable=False, info=personal("matching")),
    version(),
    wall=Wall.PROJECT,
)

introductions = table(
    "introductions",
    metadata,
    ident(info=personal("introduction to mentees")),
    project(),
    person_column("introduction to mentees"),
    sa.Column("title", sa.Text, nullable=False, info=personal("introduction to mentees")),
    sa.Column("text", sa.Text, nullable=False, info=personal("introduction to mentees")),
    sa.Column("language", sa.Text, nullable=False, info=personal("introduction to mentees")),
    sa.Column("published", sa.Boolean, nullable=False, info=personal("introduction to mentees")),
    version(),
    wall=Wall.PROJECT,
)

ticks = table(
    "ticks",
    metadata,
    _membership("readiness", primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, info=personal("readiness")),
    project(),
    person_column("readiness"),
    sa.Column("ticked_at", Moment, nullable=False, info=personal("readiness")),
    wall=Wall.PROJECT,
)

trainings = table(
    "trainings",
    metadata,
    _membership("proof of training", primary_key=True),
    sa.Column("module", sa.Text, primary_key=True, info=personal("proof of training")),
    sa.Column("held_on", sa.Date, primary_key=True, info=personal("proof of training")),
    project(),
    person_column("proof of training"),
    sa.Column("recorded_by", sa.Uuid, nullable=False, info=personal("proof of training", erase="anonymise")),
    wall=Wall.PROJECT,
)

media_consents = table(
    "media_consents",
    metadata,
    ident(),
    project(),
    person_column("proof of consent"),
    sa.Column("language", sa.Text, nullable=False, info=personal("proof of consent")),
    sa.Column("given_at", Moment, nullable=False, info=personal("proof of consent")),
    sa.Column("withdrawn_at", Moment, info=personal("proof of consent")),
    sa.Index(
        "one_standing_consent", "project", "person", unique=True, postgresql_where=sa.text("withdrawn_at is null")
    ),
    wall=Wall.PROJECT,
)

blocks = table(
    "blocks",
    metadata,
    ident(),
    person_column("safety"),
    sa.Column("blocked", sa.Uuid, nullable=False, info=personal("safety", erase="anonymise")),
    sa.Column("since", Moment, nullable=False, info=personal("safety")),
    wall=Wall.PERSON,
)

notices = table(
    "notices",
    metadata,
    ident(),
    project(),
    person_column("notices"),
    sa.Column("code", sa.Text, nullable=False, info=personal("notices")),
    sa.Column("subject_id", sa.Uuid, info=personal("notices")),
    sa.Column("number", sa.Integer, info=personal("notices")),
    sa.Column("at", Moment, nullable=False, info=personal("notices")),
    sa.Column("read_at", Moment, info=personal("notices")),
    sa.Column("own", sa.Boolean, nullable=False, server_default=sa.false(), info=personal("notices")),
    sa.Column("sorted", sa.Boolean, nullable=False, server_default=sa.false(), info=NONE),
    sa.Column("letter", sa.Uuid, info=personal("letters")),
    sa.Column("place", sa.BigInteger, sa.Identity(always=True), nullable=False, info=NONE),
    sa.Index(None, "person", "at", "id"),
    sa.Index(None, "person", "place", unique=True),
    sa.Index("notices_to_sort", "place", postgresql_where=sa.text("not sorted")),
    sa.Index(None, "letter"),
    wall=Wall.PERSON,
)
"""`own`: of what she did herself. Only a letter tells her, for what stands in it."""


NOTICES = 4_242_004
"""Whoever keeps a notice shares this lock; whoever keeps many has it alone."""


async def put_notice(tx: Tx, id: UUID, row: Mapping[str, Any]) -> None:
    """Those of one person are kept one after the other, whoever wants them told, so that none takes its place in her list
    after a later one was read there. One that is kept already stays as it is.
    """
    hers = sa.func.hashtextextended(f"notices {row['person']}", 0)
    await tx.row(sa.select(sa.func.pg_advisory_xact_lock_shared(NOTICES), sa.func.pg_advisory_xact_lock(hers)))
    put = pg.insert(notices).values(id=id, **row)
    await tx.run(put.on_conflict_do_nothing(index_elements=[notices.c.id]))


async def put_notices(tx: Tx, told: Mapping[UUID, UUID], row: Mapping[str, Any]) -> None:
    """The same to many, in one statement; `told`: whom, by the notice's id. A lock for each would be too many: until this
    transaction ends nobody else keeps any, so it comes last in it.
    """
    await tx.value(sa.select(sa.func.pg_advisory_xact_lock(NOTICES)))
    arrays = (sa.cast(list(ids), pg.ARRAY(sa.Uuid)) for ids in (told.keys(), told.values()))
    each = sa.func.unnest(*arrays).table_valued("id", "person").render_derived()
    fixed = (sa.literal(value, notices.c[name].type) for name, value in row.items())
    put = pg.insert(notices).from_select(["id", "person", *row], sa.select(each.c.id, each.c.person, *fixed))
    await tx.run(put.on_conflict_do_nothing(index_elements=[notices.c.id]))


organisations = table(
    "organisations",
    metadata,
    ident(),
    sa.Column("kind", sa.Text, nullable=False, info=NONE),
    sa.Column("name", sa.Text, nullable=False, info=NONE),
    sa.Column("country", sa.Text, nullable=False, info=NONE),
    sa.Column("city", sa.Text, nullable=False, info=NONE),
    sa.Column("website", sa.Text, nullable=False, info=NONE),
    sa.Column("place", sa.Integer, info=NONE),
    sa.Column("latitude", sa.Float, info=NONE),
    sa.Column("longitude", sa.Float, info=NONE),
    sa.Column("identifiers", pg.JSONB, nullable=False, info=NONE),
    wall=Wall.PLATFORM,
)

checklists = table(
    "checklists",
    metadata,
    project(primary_key=True),
    sa.Column("published_at", Moment, nullable=False, info=NONE),
    sa.Column("readiness", pg.JSONB, nullable=False, info=NONE),
    wall=Wall.PROJECT,
    copy_of="mentoring",
)

registrations = table(
    "registrations",
    metadata,
    project(primary_key=True),
    person_column("readiness", primary_key=True),
    sa.Column("role", sa.Text, primary_key=True, info=personal("readiness")),
    wall=Wall.PROJECT,
    copy_of="matching",
)

mapped(metadata, Project, projects)
mapped(metadata, Person, people)
mapped(metadata, Membership, memberships)
mapped(metadata, Code, codes)
mapped(metadata, Profile, profiles)
mapped(metadata, Introduction, introductions)
mapped(metadata, Organisation, organisations)
