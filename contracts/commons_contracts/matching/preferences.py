"""How people take part in the choice: what they know of it, whom they rank, and mentors who ask."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Message, Page, Query
from ..codes import Role, Style
from ..ids import PersonId, RoundId
from ..profiles import Description
from .views import ConnectionView, First, FitView

Ranked = Annotated[tuple[PersonId, ...], Field(max_length=100)]


class AcknowledgementView(Message):
    """Which version of the programme someone has acknowledged the matching notice of."""

    round: RoundId
    person: PersonId
    version: int
    at: datetime


class PreferencesView(Message):
    """A ranked list, best first; whoever stands in `equal` is as good as the one before her. Its author alone sees it."""

    round: RoundId
    role: Role
    ranked: tuple[PersonId, ...]
    equal: tuple[PersonId, ...]
    sent_at: datetime


class ListSent(Message):
    """A list was taken. Answers to commands are kept for a while, and whom it names is kept in one place alone."""

    round: RoundId
    role: Role
    count: int
    sent_at: datetime


class OwnLists(Message):
    items: tuple[PreferencesView, ...]


class ListCounts(Message):
    """How many of a round have sent a list, and of how many; whom they name is nobody's to count."""

    round: RoundId
    mentors: int
    mentors_sent: int
    mentees: int
    mentees_sent: int


class MenteeCardView(Message):
    """A mentee as a mentor may see her, where mentors choose."""

    person: PersonId
    round: RoundId
    description: Description
    fit: FitView


class AcknowledgeMatchingNotice(Command[AcknowledgementView], roles=(Role.MENTOR, Role.MENTEE)):
    """She has read how matching works: the words of this version of the programme."""

    round: RoundId
    version: Annotated[int, Field(ge=1)]


class SubmitPreferences(Command[ListSent], roles=(Role.MENTOR, Role.MENTEE)):
    """Replaces the list she sent before, whole."""

    round: RoundId
    role: Role
    ranked: Ranked
    equal: Ranked = ()
    """Of `ranked`: those who stand in the same place as the one before."""


class OfferMentoring(Command[ConnectionView], roles=(Role.MENTOR, Role.MENTEE)):
    """By the mentor, where the programme has mentors choose; the mentee answers."""

    round: RoundId
    mentee: PersonId
    message: Annotated[str, Field(max_length=2000)] = ""
    style: Style


class OwnPreferences(Query[OwnLists]):
    round: RoundId


class PreferenceCounts(Query[ListCounts], roles=(Role.COORDINATOR,)):
    round: RoundId


class MenteesPage(Query[Page[MenteeCardView]], roles=(Role.MENTOR,)):
    """Mentees who are not matched, in an order that is nobody's rank; for mentors of a round in which mentors choose."""

    round: RoundId
    first: First = 20
    after: str | None = None
