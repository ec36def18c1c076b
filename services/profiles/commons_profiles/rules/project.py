"""A project: the ground on which people are members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.ids import ProjectId, Slug, Tongue, Zone, project_of
from commons_contracts.profiles import OpenProject, ProjectOpened

from .calendar import known_zone


@dataclass(eq=False, kw_only=True)
class Project:
    """One of the programmes that share the platform; its zone decides what "days before" means (journeys, conventions)."""

    id: ProjectId
    slug: Slug
    name: str
    zone: Zone
    languages: tuple[Tongue, ...]


def open_project(cmd: OpenProject, *, at: datetime) -> tuple[Project, ProjectOpened]:
    project = Project(
        id=project_of(cmd.slug), slug=cmd.slug, name=cmd.name, zone=known_zone(cmd.zone), languages=cmd.languages
    )
    return project, ProjectOpened(project=project.id, at=at, zone=project.zone)
