"""What matching tells the others."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ..base import Event, Notice
from ..codes import DeclineReason, Modality, OfferState, Role, Style
from ..ids import CircleId, ConnectionId, MatchId, OfferId, PersonId, ProgrammeId, RoundId, Tongue, WaitingId


class RoundOpened(Event, of="round"):
    """A recruitment was laid out, with the time it opens and the time it closes."""

    round: RoundId
    programme: ProgrammeId
    programme_version: int
    opens_at: datetime | None
    closes_at: datetime | None


class ParticipantRegistered(Event, of="participation", about=("person",)):
    """Someone takes part in a round, as a mentor or a mentee."""

    participation: UUID
    round: RoundId
    person: PersonId
    role: Role


class ParticipantLeft(Event, of="participation", about=("person",)):
    """Someone takes part in a round no longer: the table that had brought her was taken back."""

    participation: UUID
    round: RoundId
    person: PersonId
    role: Role


class PlacesSet(Event, of="mentor", about=("mentor",)):
    """A mentor said how many mentees she takes in a round, for one style of mentoring."""

    mentor: PersonId
    round: RoundId
    style: Style
    most: int


class MatchingNoticeAcknowledged(Event, of="acknowledgement", about=("person",)):
    """Someone confirmed that she has read how matching works, in the words of this version of the programme."""

    acknowledgement: UUID
    round: RoundId
    person: PersonId
    version: int


class PreferencesSubmitted(Event, of="participation", about=("person",)):
    """Someone ranked those she would be matched with. Whom is hers alone."""

    participation: UUID
    round: RoundId
    person: PersonId
    role: Role
    count: int


class PreferencesClosed(Event, of="round"):
    """The ranked lists of a round are as they are from now on."""

    round: RoundId
    mentors: int
    mentees: int


class ConnectionRequested(Event, of="connection", about=("mentor", "mentee")):
    """A mentee asked a mentor, or a mentor a mentee."""

    connection: ConnectionId
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    style: Style
    expires_at: datetime | None
    by: Role = Role.MENTEE


class ConnectionReminded(Event, of="connection", about=("mentor", "mentee")):
    """Who was asked was reminded of the request that waits for her."""

    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    nth: int


class ConnectionAccepted(Event, of="connection", about=("mentor", "mentee")):
    """Who was asked said yes."""

    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    match: MatchId


class ConnectionDeclined(Event, of="connection", about=("mentor", "mentee")):
    """Who was asked said no; what she wrote with it stays between the two."""

    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    reason: DeclineReason


class ConnectionWithdrawn(Event, of="connection", about=("mentor", "mentee")):
    """A request was taken back, by who sent it or because the mentee is matched elsewhere."""

    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId
    matched_elsewhere: bool


class ConnectionExpired(Event, of="connection", about=("mentor", "mentee")):
    """A request ran out without an answer."""

    connection: ConnectionId
    mentor: PersonId
    mentee: PersonId


class MatchConfirmed(Event, of="match", about=("mentor", "mentee")):
    """A mentor and a mentee have found each other. Mentoring opens their mentorship on it, and community their channel."""

    match: MatchId
    round: RoundId
    programme: ProgrammeId
    programme_version: int
    connection: ConnectionId | None
    mentor: PersonId
    mentee: PersonId
    style: Style
    slot_starts_at: datetime | None = None
    """In flash mentoring: when their one session begins."""
    slot_minutes: int | None = None
    circle: CircleId | None = None
    """The circle that the two belong to: its facilitator is the mentor of each member."""


class CircleFormed(Event, of="circle", about=("facilitator",)):
    """A circle was published; the matches of its members with the facilitator, told with it, carry its id."""

    circle: CircleId
    round: RoundId
    programme: ProgrammeId
    programme_version: int
    facilitator: PersonId
    language: Tongue
    block: int
    """The three hours of a week in which all have time: 0 begins on Monday at midnight."""
    modality: Modality
    members: int


class MentorFellSilent(Event, of="mentor", about=("mentor",)):
    """So many requests ran out unanswered that the programme pauses her."""

    mentor: PersonId
    expired: int


class WaitlistJoined(Event, of="waiting", about=("mentor", "mentee")):
    """A mentee waits for a place with a mentor."""

    waiting: WaitingId
    round: RoundId
    mentor: PersonId
    mentee: PersonId


class WaitlistLeft(Event, of="waiting", about=("mentor", "mentee")):
    """A mentee waits no longer."""

    waiting: WaitingId
    mentor: PersonId
    mentee: PersonId


class PlaceOffered(Event, of="offer", about=("mentor", "mentee")):
    """A place that became free is held for the next one in the queue, for a while."""

    offer: OfferId
    waiting: WaitingId
    mentor: PersonId
    mentee: PersonId
    expires_at: datetime


class OfferEnded(Event, of="offer", about=("mentor", "mentee")):
    """An offered place was taken, let go, or ran out."""

    offer: OfferId
    mentor: PersonId
    mentee: PersonId
    state: OfferState


class PlaceGivenBack(Event, of="match"):
    """A mentorship was paused or is over: the place it held is free for somebody else."""

    match: MatchId
    turn: int


class PlaceTakenAgain(Event, of="match"):
    """A paused mentorship has its place again, and may go on."""

    match: MatchId
    turn: int


class NoPlaceLeft(Event, of="match"):
    """A paused mentorship would go on, and all places of its mentor are taken."""

    match: MatchId
    turn: int


class NoticeWanted(Notice, of="person", about=("person",)):
    """To profiles: tell her."""
