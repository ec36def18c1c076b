"""A match: one mentor and one mentee brought together in a round, for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.codes import Style
from commons_contracts.ids import ConnectionId, MatchId, PersonId, ProjectId, RoundId, derived
from commons_contracts.matching import MatchConfirmed

from .round import Round


@dataclass(eq=False, kw_only=True)
class Match:
    id: MatchId
    project: ProjectId
    round: RoundId
    connection: ConnectionId | None
    mentor: PersonId
    mentee: PersonId
    style: Style
    confirmed_at: datetime

    def confirmed(self, round: Round) -> MatchConfirmed:
        """What mentoring and community begin with, under the version of the rules that the round has."""
        return MatchConfirmed(
            project=self.project,
            at=self.confirmed_at,
            match=self.id,
            round=self.round,
            programme=round.programme,
            programme_version=round.programme_version,
            connection=self.connection,
            mentor=self.mentor,
            mentee=self.mentee,
            style=self.style,
        )


def match_of(connection: ConnectionId) -> MatchId:
    return MatchId(derived("match", connection))
