"""What mentoring shows of its programmes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from ..base import Message
from ..codes import ProgrammeState, ReadinessItem
from ..ids import ProgrammeId, Tongue
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
    clauses: Mapping[str, Mapping[Tongue, Text]] = {}
    """What stands in every agreement as it is, by name: NO_FAULT."""
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


class Programmes(Message):
    items: tuple[ProgrammeView, ...]
