"""Opening a project."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.ids import project_of
from commons_contracts.profiles import OpenProject, ProjectView

from ..rules import project as rule


@answers
async def open_project(cmd: OpenProject, tx: Tx) -> ProjectView:
    """Opened twice, it is the one that was opened first."""
    project = await tx.find(rule.Project, project_of(cmd.slug))
    if project is None:
        project, opened = rule.open_project(cmd, at=tx.now)
        tx.add(project)
        await tx.emit(opened)
    return ProjectView.model_validate(project, from_attributes=True)
