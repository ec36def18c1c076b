"""Supervision: who supervises somebody's studies or work is not her mentor as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.ids import PersonId, ProjectId, derived
from commons_contracts.matching import SupervisionDeclared, SupervisionWithdrawn


@dataclass(eq=False, kw_only=True)
class Supervision:
    """As one person declared it. Several may declare the same, and each takes back only her own word."""

    id: UUID
    project: ProjectId
    supervisor: PersonId
    supervised: PersonId
    by: PersonId
    at: datetime

    def declared(self) -> SupervisionDeclared:
        return SupervisionDeclared(project=self.project, at=self.at, **self._pair())

    def withdrawn(self, at: datetime) -> SupervisionWithdrawn:
        return SupervisionWithdrawn(project=self.project, at=at, **self._pair())

    def _pair(self) -> dict[str, Any]:
        return {"supervision": self.id, "supervisor": self.supervisor, "supervised": self.supervised}


def declare(
    supervisor: PersonId,
    supervised: PersonId,
    *,
    by: PersonId,
    roles: frozenset[Role],
    project: ProjectId,
    members: frozenset[PersonId],
    at: datetime,
) -> Supervision:
    """By either of the two, or by a coordinator, of two members (Women STEM Up guide: mentoring is not supervision, and
    interference with the academic supervisor is a known conflict; journey J5.7).
    """
    if by not in (supervisor, supervised) and Role.COORDINATOR not in roles:
        raise Refusal(RefusalCode.ROLE_NOT_ALLOWED, roles=[Role.COORDINATOR])
    if not {supervisor, supervised} <= members:
        raise Refusal(RefusalCode.NOT_FOUND)
    if supervisor == supervised:
        raise Refusal(RefusalCode.SELF_REQUEST)
    id = supervision_of(project, supervisor, supervised, by)
    return Supervision(id=id, project=project, supervisor=supervisor, supervised=supervised, by=by, at=at)


def supervision_of(project: ProjectId, supervisor: PersonId, supervised: PersonId, by: PersonId) -> UUID:
    """Each says a thing once."""
    return derived("supervision", project, supervisor, supervised, by)
