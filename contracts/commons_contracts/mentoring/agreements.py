"""Agreements, version by version: what a mentor and a mentee promise each other, and how they sign it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Message, Query
from ..codes import AgreementState, GoalState, Modality
from ..ids import AgreementId, GoalId, MentorshipId, PersonId, Tongue

Line = Annotated[str, Field(max_length=500)]
Passage = Annotated[str, Field(max_length=2000)]
Minutes = Annotated[int, Field(ge=0, le=100_000)]
VersionNumber = Annotated[int, Field(ge=0, le=100_000)]


class GoalTerms(Message):
    """One goal; `goal` names the goal of an earlier version that goes on here."""

    goal: GoalId | None = None
    text: Line
    steps: Passage = ""
    state: GoalState = GoalState.ACTIVE


class Terms(Message):
    """What the two agree on. Only they read it; it never leaves mentoring."""

    language: Tongue | None = None
    """The language they meet and write in."""
    starts_on: date | None = None
    ends_on: date | None = None
    minutes_a_month: Minutes | None = None
    cadence_days: Annotated[int, Field(ge=1, le=366)] | None = None
    """A meeting every so many days."""
    session_minutes: Minutes | None = None
    modality: Modality | None = None
    goals: Annotated[tuple[GoalTerms, ...], Field(max_length=50)] = ()
    expectations: Passage = ""
    availability: Passage = ""
    working_method: Passage = ""
    mentor_boundaries: Passage = ""
    """What the mentor will not do."""
    mentee_boundaries: Passage = ""
    confidentiality: Passage = ""
    forbidden_topics: Passage = ""
    mentor_success: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """By what the mentor will notice that it worked."""
    mentee_success: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    clause: Passage | None = None
    """The clause about ending without fault. It is fixed: leave it out, or send it as it is."""


class AgreementView(Message):
    """One version, for the two alone."""

    id: AgreementId
    mentorship: MentorshipId
    version: int
    state: AgreementState
    terms: Terms
    clause: str
    proposed_by: PersonId
    proposed_at: datetime
    mentor_signed_at: datetime | None
    mentee_signed_at: datetime | None


class Agreements(Message):
    items: tuple[AgreementView, ...]


class AgreementHistory(Message):
    """A mentorship's versions, newest first."""

    mentorship: MentorshipId
    versions: tuple[AgreementView, ...]


class AgreementHistories(Message):
    items: tuple[AgreementHistory, ...]


class ProposeAgreement(Command[AgreementView]):
    """The next version. In ENABLING it revises the one in force, which stays in force until both have signed."""

    mentorship: MentorshipId
    terms: Terms


class SignAgreement(Command[AgreementView]):
    """Sign the version one has read; an older one is refused."""

    mentorship: MentorshipId
    version: VersionNumber


class ReviseGoal(Command[AgreementView]):
    """Change one goal, or add one (`goal.goal` None): proposes a version that is otherwise the one in force."""

    mentorship: MentorshipId
    goal: GoalTerms


class AgreementsOf(Query[AgreementHistories]):
    """All versions, for those of the mentorships that are the viewer's own."""

    mentorships: tuple[MentorshipId, ...]


class AgreementsByIds(Query[Agreements]):
    ids: tuple[AgreementId, ...]
