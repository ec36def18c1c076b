"""A match: one mentor and one mentee brought together in a round, for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.codes import Style
from commons_contracts.ids import CircleId, ConnectionId, MatchId, PersonId, ProjectId, RoundId, derived
from commons_contracts.matching import MatchConfirmed, NoPlaceLeft, PlaceGivenBack, PlaceTakenAgain

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
    place_held: bool = True
    """Whether one of the mentor's places is taken for it."""
    turn: int = 0
    """The last thing that mentoring told of its place."""
    over_at: datetime | None = None
    circle: CircleId | None = None
    """The circle that both belong to: its members share one place of the mentor's."""

    def is_new(self, turn: int) -> bool:
        """Mentoring counts what it tells of a place: what was heard before, or is older, is not done again."""
        new, self.turn = turn > self.turn, max(turn, self.turn)
        return new

    def let_place_go(self, at: datetime) -> tuple[PlaceGivenBack, ...]:
        """A pause or an end: the place is free for somebody else, once (journeys J2.8 and J2.10)."""
        if not self.place_held:
            return ()
        self.place_held = False
        return (PlaceGivenBack(project=self.project, at=at, match=self.id, turn=self.turn),)

    def answer(self, at: datetime, *, taken: bool) -> PlaceTakenAgain | NoPlaceLeft:
        """Whether there was a place for it to go on."""
        self.place_held = taken
        kind = PlaceTakenAgain if taken else NoPlaceLeft
        return kind(project=self.project, at=at, match=self.id, turn=self.turn)

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
            circle=self.circle,
        )


def match_of(connection: ConnectionId) -> MatchId:
    return MatchId(derived("match", connection))
