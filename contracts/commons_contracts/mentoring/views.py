"""What mentoring shows of its things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from ..base import Message
from ..codes import Phase, ProgrammeState, ReadinessItem, Style
from ..ids import MatchId, MentorshipId, PersonId, ProgrammeId, Tongue
from .design import ProgrammeRules

Text = Annotated[str, Field(max_length=8000)]


class Question(Message):
    """One question of a set; `key` is stable, the wording is per language."""

    key: str
    wording: Mapping[Tongue, str]


class ProgrammeTexts(Message):
    """The half of a design that people read, per language: all of it belongs to mentoring and stays there."""

    name: Mapping[Tongue, str] = {}
    goals: Mapping[Tongue, Text] = {}
    mentor_brief: Mapping[Tongue, Text] = {}
    mentee_brief: Mapping[Tongue, Text] = {}
    feedback_plan: Mapping[Tongue, Text] = {}
    matching_notice: Mapping[Tongue, Text] = {}
    checklist_items: Mapping[str, Mapping[Tongue, str]] = {}
    readiness_items: Mapping[ReadinessItem, Mapping[Tongue, str]] = {}
    questions: Mapping[str, tuple[Question, ...]] = {}
    """Question sets by name: SESSION, MID_POINT, FINAL ..."""
    advice: Mapping[str, Mapping[Tongue, Text]] = {}
    """Why the programme's guide advises against a choice, by finding; a finding without words is not shown."""


class ProgrammeView(Message):
    id: ProgrammeId
    version: int
    state: ProgrammeState
    starts_on: date | None
    ends_on: date | None
    rules: ProgrammeRules
    texts: ProgrammeTexts
    missing: tuple[str, ...]
    """What still stops it from being published; empty once it is."""
    advice: tuple[str, ...] = ()
    """Findings against its choices, allowed as they are; the reasons are in `texts.advice`."""


class ChecklistLine(Message):
    item: str
    done_by: PersonId | None


class MentorshipView(Message):
    id: MentorshipId
    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    phase: Phase
    opened_at: datetime
    checklist: tuple[ChecklistLine, ...]


class Programmes(Message):
    items: tuple[ProgrammeView, ...]


class Mentorships(Message):
    items: tuple[MentorshipView, ...]
