"""Reading projects."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import Projects, ProjectsByIds, ProjectView

from ..tables import projects


@answers
async def projects_by_ids(query: ProjectsByIds, tx: Tx) -> Projects:
    wanted = projects.c.id.in_(query.ids) | projects.c.slug.in_(query.slugs)
    rows = await tx.rows(sa.select(projects).where(wanted).order_by(projects.c.slug))
    return Projects(items=tuple(ProjectView(**row) for row in rows))
