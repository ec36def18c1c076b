"""Projects and their programmes."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.classify import NONE
from commons_chassis.tables import Wall, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import ProgrammeId
from commons_contracts.mentoring import ProgrammeRules, ProgrammeTexts

from ..rules.design import Design
from ..rules.programme import Programme
from .base import Written, metadata

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

mapped(metadata, Programme, programmes)


async def find_zone(tx: Tx) -> str:
    """The project's time zone; its row stays locked, so that a project's versions are numbered one after the other."""
    return _known(await tx.value(sa.select(projects.c.zone).where(projects.c.project == tx.project).with_for_update()))


async def zone_of(tx: Tx) -> str:
    """The project's time zone, for reckoning days."""
    return _known(await tx.value(sa.select(projects.c.zone).where(projects.c.project == tx.project)))


def _known(zone: str | None) -> str:
    if zone is None:
        # The project is opened elsewhere, a moment ago or never: asking again is right in both cases.
        raise Refusal(RefusalCode.BUSY, retry_after=1)
    return zone


async def find_design(tx: Tx, programme: ProgrammeId) -> Design:
    """Both halves of a published programme, which nobody changes any more."""
    row = await tx.row(sa.select(programmes.c.rules, programmes.c.texts).where(programmes.c.id == programme))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return Design(**row)


async def find_rules(tx: Tx, programme: ProgrammeId) -> ProgrammeRules:
    rules: ProgrammeRules | None = await tx.value(sa.select(programmes.c.rules).where(programmes.c.id == programme))
    if rules is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return rules
