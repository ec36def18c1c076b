"""What matching shows of its things."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from ..base import Message, News
from ..codes import (
    ConnectionState,
    Criterion,
    DeclineReason,
    Method,
    OfferState,
    RefusalCode,
    Role,
    Style,
    WaitingState,
)
from ..ids import ConnectionId, MatchId, OfferId, PersonId, PlaceId, ProgrammeId, RoundId, WaitingId
from ..mentoring import ListRules
from ..profiles import Description

First = Annotated[int, Field(ge=1, le=100)]


class RoundCan(Message):
    """What the viewer can do in a round now: why not, or None where she can. What she then does is decided anew."""

    ask_mentor: RefusalCode | None = RefusalCode.ENROLMENT_REQUIRED
    offer_mentoring: RefusalCode | None = RefusalCode.ENROLMENT_REQUIRED
    rank: RefusalCode | None = RefusalCode.ENROLMENT_REQUIRED


class RoundView(Message):
    """One recruitment and matching of a programme. Times are UTC; the window is reckoned in the project's zone.

    None stands for no bound: a rolling programme is always open.
    """

    id: RoundId
    programme: ProgrammeId
    programme_version: int
    starts_on: date | None
    opens_at: datetime | None
    closes_at: datetime | None
    open: bool
    styles: tuple[Style, ...]
    registered_as: tuple[Role, ...]
    method: Method = Method.MENTEE_PICKS
    lists_close_at: datetime | None = None
    """Until when both sides rank each other, where they do."""
    lists: ListRules | None = None
    """What holds for the lists, where there are any."""
    notice_acknowledged: bool | None = None
    """Whether the viewer has confirmed how matching works; None where the programme does not ask."""
    can: RoundCan = RoundCan()


class MentorCardView(Message):
    """A mentor as this mentee may see her: ready and unpaused, and in lists with a place free for her."""

    person: PersonId
    round: RoundId
    description: Description
    free_places: int
    fit: FitView
    seen_from: PlaceId | None = None
    """Where the viewer lives, as she has told: what distances are measured from."""


class FitPart(Message):
    """A criterion's share of a score, in points; `skipped` where someone has not opted into it."""

    criterion: Criterion
    points: int
    most: int
    skipped: bool = False


class FitView(Message):
    """0 to 10,000 points; the parts always sum to the total."""

    points: int
    parts: tuple[FitPart, ...]


class ConnectionView(Message):
    """A request between a mentee and a mentor. `message` is for these two alone, `decline_note` for the one who asked."""

    id: ConnectionId
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    style: Style
    state: ConnectionState
    message: str
    asked_at: datetime
    expires_at: datetime | None
    decline_reason: DeclineReason | None
    decline_note: str = ""
    match: MatchId | None
    may_answer: bool
    may_withdraw: bool
    asked_by: Role = Role.MENTEE
    """Who sent it; the other one answers."""
    continues: MatchId | None = None
    """The flash match that she wants to go on from."""


class MatchView(Message):
    id: MatchId
    round: RoundId
    connection: ConnectionId | None
    mentor: PersonId
    mentee: PersonId
    style: Style
    confirmed_at: datetime


class PlacesView(Message):
    """A mentor's places in a round, by style. free = most - used - held, never below zero."""

    round: RoundId
    mentor: PersonId
    style: Style
    most: int
    used: int
    held: int
    free: int


class ParticipationView(Message):
    round: RoundId
    person: PersonId
    role: Role


class WaitingView(Message):
    """A place in the queue for a mentor; position 1 is next."""

    id: WaitingId
    round: RoundId
    mentor: PersonId
    state: WaitingState
    position: int | None
    style: Style | None = None


class OfferView(Message):
    """A freed place, held for one mentee until it expires."""

    id: OfferId
    round: RoundId
    mentor: PersonId
    state: OfferState
    expires_at: datetime
    style: Style | None = None


class Connections(Message):
    items: tuple[ConnectionView, ...]


class ConnectionNews(News[ConnectionView]):
    """A change may be told twice, never missed."""


class MentorCards(Message):
    items: tuple[MentorCardView, ...]


class Rounds(Message):
    items: tuple[RoundView, ...]


class Matches(Message):
    items: tuple[MatchView, ...]


class Waitings(Message):
    items: tuple[WaitingView, ...]


class Offers(Message):
    items: tuple[OfferView, ...]


class AllPlaces(Message):
    items: tuple[PlacesView, ...]


MentorCardView.model_rebuild()
