"""What a coordinator wants of a pair in the runs to come: that it be, or that it not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import PairWish, RefusalCode, Style
from commons_contracts.ids import PersonId, ProjectId, RoundId
from commons_contracts.matching import PairWished, PairWishLifted

from .refusing import invalid_transition


def require_reason(reason: str) -> str:
    """Whoever decides over what was computed says why (journey J6.6)."""
    said = reason.strip()
    if not said:
        raise Refusal(RefusalCode.REASON_REQUIRED)
    return said


@dataclass(eq=False, kw_only=True)
class Wish:
    id: UUID
    project: ProjectId
    round: RoundId
    style: Style
    mentor: PersonId
    mentee: PersonId
    wish: PairWish
    reason: str
    """For coordinators alone."""
    by: PersonId
    at: datetime
    lifted_at: datetime | None = None

    def wished(self) -> PairWished:
        return PairWished(
            project=self.project,
            at=self.at,
            wish=self.id,
            round=self.round,
            mentor=self.mentor,
            mentee=self.mentee,
            kind=self.wish,
        )

    def lift(self, *, at: datetime) -> PairWishLifted:
        """It holds no longer for the runs to come."""
        if self.lifted_at is not None:
            raise invalid_transition("LIFTED", "LIFTED")
        self.lifted_at = at
        return PairWishLifted(project=self.project, at=at, wish=self.id)
