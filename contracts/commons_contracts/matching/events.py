"""What matching tells the others."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ..base import Event, Notice
from ..codes import DeclineReason, OfferState, Role, Style
from ..ids import ConnectionId, MatchId, OfferId, PersonId, ProgrammeId, RoundId, WaitingId


class RoundOpened(Event, of="round"):
    round: RoundId
    programme: ProgrammeId
    programme_version: int
    opens_at: datetime | None
    closes_at: datetime | None


class ParticipantRegistered(Event, of="participation", about=("person",)):
    participation: UUID
    round: RoundId
    person: PersonId
    role: Role


class PlacesSet(Event, of="mentor", about=("mentor",)):
    mentor: PersonId
    round: RoundId
    style: Style
    most: int


class ConnectionRequested(Event, of="connection", about=("mentor", "mentee")):
    connection: ConnectionId
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    style: Style
    expires_at: datetime | None


class ConnectionReminded(Event, of="connection", about=("mentor", "mentee")):
    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    nth: int


class ConnectionAccepted(Event, of="connection", about=("mentor", "mentee")):
    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    match: MatchId


class ConnectionDeclined(Event, of="connection", about=("mentor", "mentee")):
    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    reason: DeclineReason


class ConnectionWithdrawn(Event, of="connection", about=("mentor", "mentee")):
    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    matched_elsewhere: bool


class ConnectionExpired(Event, of="connection", about=("mentor", "mentee")):
    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId


class MatchConfirmed(Event, of="match", about=("mentor", "mentee")):
    match: MatchId
    round: RoundId
    programme: ProgrammeId
    programme_version: int
    connection: ConnectionId | None
    mentor: PersonId
    mentee: PersonId
    style: Style


class MentorFellSilent(Event, of="mentor", about=("mentor",)):
    """So many requests ran out unanswered that the programme pauses her."""

    mentor: PersonId
    expired: int


class WaitlistJoined(Event, of="waiting", about=("mentor", "mentee")):
    waiting: WaitingId
    round: RoundId
    mentor: PersonId
    mentee: PersonId


class WaitlistLeft(Event, of="waiting", about=("mentor", "mentee")):
    waiting: WaitingId
    mentor: PersonId
    mentee: PersonId


class PlaceOffered(Event, of="offer", about=("mentor", "mentee")):
    offer: OfferId
    waiting: WaitingId
    mentor: PersonId
    mentee: PersonId
    expires_at: datetime


class OfferEnded(Event, of="offer", about=("mentor", "mentee")):
    offer: OfferId
    mentor: PersonId
    mentee: PersonId
    state: OfferState


class NoticeWanted(Notice, of="person", about=("person",)):
    """To profiles: tell her."""
