"""What matching can be asked: commands first, then queries."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..base import Command, Done, Entry, Message, Page, Query
from ..codes import ConnectionState, DeclineReason, Role, Style
from ..ids import (
    ConnectionId,
    Country,
    FieldCode,
    MatchId,
    OfferId,
    PersonId,
    PlaceId,
    ProgrammeId,
    RoundId,
    Tongue,
    WaitingId,
)
from ..profiles import BatchView
from .views import (
    AllPlaces,
    ConnectionNews,
    Connections,
    ConnectionView,
    First,
    Matches,
    MentorCards,
    MentorCardView,
    Offers,
    OfferView,
    ParticipationView,
    PlacesView,
    Rounds,
    Waitings,
    WaitingView,
)


class RegisterForRound(Command[ParticipationView], roles=(Role.MENTOR, Role.MENTEE)):
    round: RoundId
    role: Role


class SetPlaces(Command[PlacesView], roles=(Role.MENTOR,)):
    round: RoundId
    style: Style
    most: Annotated[int, Field(ge=0, le=50)]


class RequestConnection(Command[ConnectionView], roles=(Role.MENTOR, Role.MENTEE)):
    """By the mentee where the programme says so: who may begin is the programme's data, and part of the rule."""

    round: RoundId
    mentor: PersonId
    message: Annotated[str, Field(max_length=2000)] = ""
    style: Style


class AcceptConnection(Command[ConnectionView]):
    connection: ConnectionId


class DeclineConnection(Command[ConnectionView]):
    connection: ConnectionId
    reason: DeclineReason
    note: Annotated[str, Field(max_length=1000)] = ""
    """For the mentee alone, never public."""


class WithdrawConnection(Command[ConnectionView]):
    connection: ConnectionId


class JoinWaitlist(Command[WaitingView], roles=(Role.MENTEE,)):
    """For a mentor whose places are all taken; without a style, for the first one of the programme."""

    round: RoundId
    mentor: PersonId
    style: Style | None = None


class LeaveWaitlist(Command[WaitingView], roles=(Role.MENTEE,)):
    waiting: WaitingId


class TakeOffer(Command[ConnectionView], roles=(Role.MENTEE,)):
    """Turns a held place into a request that no limit of open requests stops; the mentor still decides."""

    offer: OfferId
    message: Annotated[str, Field(max_length=2000)] = ""


class LetOfferGo(Command[OfferView], roles=(Role.MENTEE,)):
    offer: OfferId


class ParticipantEntry(Message):
    person: PersonId
    role: Role
    places: Annotated[int, Field(ge=0, le=50)] | None = None


class RegisterParticipants(Command[BatchView], entry=Entry.OPERATOR):
    """An import's registrations, by the same rule as RegisterForRound."""

    round: RoundId
    items: Annotated[tuple[ParticipantEntry, ...], Field(max_length=500)]
    """`places` holds for every style of the round; without it, what the programme suggests."""


class RecruitingRound(Query[Done], roles=(Role.COORDINATOR,)):
    """Whether people may come into a round now: NOT_FOUND or RECRUITMENT_CLOSED where not."""

    round: RoundId


class RoundsOf(Query[Rounds]):
    """Rounds of a programme, or all of the project's; newest first."""

    programme: ProgrammeId | None = None
    ids: tuple[RoundId, ...] = ()


class MentorFilter(Message):
    fields: tuple[FieldCode, ...] = ()
    languages: tuple[Tongue, ...] = ()
    countries: tuple[Country, ...] = ()
    places: tuple[PlaceId, ...] = ()
    """Places near enough, as geo found them."""
    style: Style | None = None


class MentorsPage(Query[Page[MentorCardView]]):
    round: RoundId
    filter: MentorFilter = MentorFilter()
    first: First = 20
    after: str | None = None


class MentorCardsByIds(Query[MentorCards]):
    """Also of mentors who are full, so that one can wait for them."""

    round: RoundId
    ids: tuple[PersonId, ...]


class Suggestions(Query[MentorCards], roles=(Role.MENTEE,)):
    """The best mentors for the viewer, best first, with the reasons."""

    round: RoundId
    first: Annotated[int, Field(ge=1, le=20)] = 5


class ConnectionsPage(Query[Page[ConnectionView]]):
    """The viewer's own: those she sent and those she received."""

    states: tuple[ConnectionState, ...] = ()
    first: First = 20
    after: str | None = None


class ConnectionsByIds(Query[Connections]):
    ids: tuple[ConnectionId, ...]


class ConnectionsSince(Query[ConnectionNews]):
    """Without a cursor: nothing, and the cursor of now."""

    cursor: str | None = None


class MatchesByIds(Query[Matches]):
    ids: tuple[MatchId, ...]


class OwnPlaces(Query[AllPlaces], roles=(Role.MENTOR,)):
    round: RoundId


class OwnWaitings(Query[Waitings]):
    pass


class OwnOffers(Query[Offers]):
    pass
