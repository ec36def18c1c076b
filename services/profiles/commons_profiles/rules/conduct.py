"""Codes of conduct: which version is in force, and who has accepted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import Conduct, RefusalCode
from commons_contracts.ids import ProjectId
from commons_contracts.profiles import ConductAccepted, ConductInForce

from .membership import Membership


@dataclass(eq=False, kw_only=True)
class Code:
    """A code of conduct in a project; its texts are community's (WESTEM framework, community rules)."""

    id: UUID
    project: ProjectId
    kind: Conduct
    newest: int = 0

    def put_in_force(self, version: int, *, at: datetime) -> list[ConductInForce]:
        """A newer version asks everyone again (journey J1.2); one heard of late changes nothing."""
        if version <= self.newest:
            return []
        self.newest = version
        return [ConductInForce(project=self.project, at=at, conduct=self.id, kind=self.kind, version=version)]


def accept(
    membership: Membership,
    kind: Conduct,
    version: int,
    *,
    in_force: Mapping[Conduct, int],
    accepted: Mapping[Conduct, int],
    at: datetime,
) -> list[ConductAccepted]:
    """She accepts what is in force and nothing else: not an older version, nor one to come (journey J1.2)."""
    if kind not in in_force:
        raise Refusal(RefusalCode.NOT_FOUND, "code of conduct", kind=kind)
    if version != in_force[kind]:
        raise Refusal(RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=kind, version=in_force[kind])
    if accepted.get(kind) == version:
        return []
    return [
        ConductAccepted(
            project=membership.project,
            at=at,
            membership=membership.id,
            person=membership.person,
            kind=kind,
            version=version,
        )
    ]


def in_good_standing(in_force: Mapping[Conduct, int], accepted: Mapping[Conduct, int]) -> None:
    """Nothing but joining before the community's code is accepted (journey J1.2); at the doors the chassis asks the same."""
    version = in_force.get(Conduct.COMMUNITY, 0)
    if accepted.get(Conduct.COMMUNITY, 0) < version:
        raise Refusal(RefusalCode.CODE_OF_CONDUCT_REQUIRED, kind=Conduct.COMMUNITY, version=version)
