"""Every table mentoring owns, and the rules' objects that they carry."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Dialect

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, mapped, new_metadata, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.base import Message, Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.mentoring import ProgrammeRules, ProgrammeTexts

from .rules.mentorship import Mentorship
from .rules.programme import Programme


class Written(sa.types.TypeDecorator[Message]):
    """A frozen message of the contracts, written down as JSON."""

    impl = pg.JSONB
    cache_ok = True

    def __init__(self, kind: type[Message]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Message | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Message | None:  # noqa: ARG002 - the same
        return None if value is None else self.kind.model_validate(value)


metadata = new_metadata()

projects = table(
    "projects",
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
    sa.Column("number", sa.Integer, nullable=False, info=NONE),
    sa.Column("state", sa.Text, nullable=False, info=NONE),
    sa.Column("starts_on", sa.Date, info=NONE),
    sa.Column("ends_on", sa.Date, info=NONE),
    sa.Column("rules", Written(ProgrammeRules), nullable=False, info=NONE),
    sa.Column("texts", Written(ProgrammeTexts), nullable=False, info=NONE),
    version(),
    sa.UniqueConstraint("project", "number"),
    wall=Wall.PROJECT,
)

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
    version(),
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
    sa.Column("done_by", sa.Uuid, info=personal("mentorship", erase="anonymise")),
    wall=Wall.PROJECT,
)

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
    sa.Column("contact", sa.Text, nullable=False, info=personal("safety", export=False)),
    wall=Wall.PROJECT,
)

mapped(metadata, Programme, programmes)
mapped(metadata, Mentorship, mentorships)


async def find_zone(tx: Tx) -> str:
    """The project's time zone; its row stays locked, so that a project's versions are numbered one after the other."""
    zone: str | None = await tx.value(
        sa.select(projects.c.zone).where(projects.c.project == tx.project).with_for_update()
    )
    if zone is None:
        # The project is opened elsewhere, a moment ago or never: asking again is right in both cases.
        raise Refusal(RefusalCode.BUSY, retry_after=1)
    return zone
