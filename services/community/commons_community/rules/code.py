"""A code of conduct: what a project asks of everyone, of its mentors, of its mentees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commons_contracts.codes import Conduct
from commons_contracts.community import CodeOfConductPublished
from commons_contracts.ids import ProjectId, Tongue, derived

PLATFORM_LANGUAGE: Tongue = "en"


@dataclass(eq=False, kw_only=True)
class CodeOfConduct:
    """All versions of one kind in one project (WESTEM framework, community; mentor manual, both checklists).

    What someone accepted must stay what she read: a version is added, never changed.
    """

    id: UUID
    project: ProjectId
    kind: Conduct
    newest: int = 0

    def publish(self, *, at: datetime) -> CodeOfConductPublished:
        """The next version is in force from now on, counting from 1 (journey J1.2)."""
        self.newest += 1
        return CodeOfConductPublished(project=self.project, at=at, conduct=self.id, kind=self.kind, version=self.newest)


def code_of(project: ProjectId, kind: Conduct) -> UUID:
    """A project has one code of each kind, so its id needs no drawing."""
    return derived("code of conduct", project, kind)


def best_language(offered: Collection[Tongue], wanted: Tongue) -> Tongue:
    """The wanted language, else a regional form of it, else English, else the first by name: always one of `offered`."""
    family = wanted.split("-")[0]
    related = sorted(language for language in offered if language.split("-")[0] == family)
    for choice in (wanted, *related, PLATFORM_LANGUAGE):
        if choice in offered:
            return choice
    return min(offered)
