"""Mentorships: where they stand, and what their two people can do about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Done, Message, News, Page, Query
from ..codes import MentorshipState, Phase, Role, Style, Ticker
from ..ids import MatchId, MentorshipId, PersonId, ProgrammeId, Tongue
from .asks import First


class ChecklistLine(Message):
    item: str
    phase: Phase
    asked_of: Ticker = Ticker.EITHER
    done: bool = False
    done_by: PersonId | None = None
    """Who ticked it; where each does so for herself, whoever came first."""
    ticked_by: tuple[PersonId, ...] = ()


class MentorshipView(Message):
    id: MentorshipId
    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    state: MentorshipState
    phase: Phase
    merged: Phase | None
    """The phase that is held in one meeting with this one; its items are still to be ticked."""
    opened_at: datetime
    starts_on: date | None
    """The agreed period; None before an agreement is in force."""
    ends_on: date | None
    minutes_a_month: int | None
    cadence_days: int | None
    session_minutes: int | None
    agreement_language: Tongue | None
    agreement: int
    """The number of the version in force; 0: none."""
    extension_to: date | None
    """The day to which one of the two would extend it."""
    extension_by: Role | None
    halfway_at: datetime | None
    """When the half-way reflection opened."""
    resuming: bool
    """Whether it waits for a free place to go on."""
    over_at: datetime | None
    checklist: tuple[ChecklistLine, ...]


class Mentorships(Message):
    items: tuple[MentorshipView, ...]


class MentorshipNews(News[MentorshipView]):
    """A change may be told twice, never missed."""


class TickItem(Command[MentorshipView]):
    """Tick a line of the checklist for oneself, or take one's tick back."""

    mentorship: MentorshipId
    item: Annotated[str, Field(max_length=60)]
    done: bool = True


class AdvancePhase(Command[MentorshipView]):
    """Go on to the next phase. `merge`: hold this phase and the next in one meeting; both checklists stay open."""

    mentorship: MentorshipId
    to: Phase
    merge: bool = False


class ProposeExtension(Command[MentorshipView]):
    """Say yes to a later end; nothing changes before the other one says so too."""

    mentorship: MentorshipId
    ends_on: date


class ExtendMentorship(Command[MentorshipView]):
    """Extend the agreed period to a day that the other one has said yes to."""

    mentorship: MentorshipId
    ends_on: date


class ResumeMentorship(Command[MentorshipView]):
    """Go on after a pause; it is open again as soon as the mentor has a place free."""

    mentorship: MentorshipId


class CompleteMentorship(Command[MentorshipView]):
    """Close it: everything is ticked and evaluated."""

    mentorship: MentorshipId


class EndMentorship(Command[MentorshipView]):
    """End it at once, in any phase. There is no reason to give, and no words reach the other one."""

    mentorship: MentorshipId


class FreezeMentorship(Command[Done], roles=(Role.SAFEGUARDING_LEAD, Role.COORDINATOR)):
    """Stop every change while something is looked into, by someone who is not one of the two."""

    mentorship: MentorshipId


class ThawMentorship(Command[Done], roles=(Role.SAFEGUARDING_LEAD, Role.COORDINATOR)):
    """Let a frozen mentorship go on where it was."""

    mentorship: MentorshipId


class MentorshipsPage(Query[Page[MentorshipView]]):
    """The viewer's own."""

    first: First = 20
    after: str | None = None


class MentorshipsByIds(Query[Mentorships]):
    ids: tuple[MentorshipId, ...]


class MentorshipsByMatch(Query[Mentorships]):
    matches: tuple[MatchId, ...]


class MentorshipsSince(Query[MentorshipNews]):
    """The viewer's own that have changed."""

    cursor: Annotated[str, Field(max_length=100)] | None = None
