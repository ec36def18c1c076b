"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.profiles import Digest


@dataclass(frozen=True)
class Caller:
    """What a verified token or a session says; nobody in particular where there was none. Roles are for the services to know."""

    person: PersonId | None = None
    project: str | None = None
    """The slug that she asks about where her request names none. A claim, no membership: the services verify that."""
    operator: bool = False
    expires: float | None = None
    """Seconds since 1970, leeway included."""
    grounds: frozenset[ProjectId] | None = None
    """The projects that her issuer may speak for; on others she is nobody. None: all."""
    session: Digest | None = field(default=None, repr=False)

    def known_on(self, project: ProjectId | None) -> bool:
        """Whether her issuer's word counts there. What belongs to no project (her account) is her own everywhere."""
        return project is None or self.grounds is None or project in self.grounds


NOBODY = Caller()
