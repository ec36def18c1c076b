"""A programme's rules as data: the rule matrix of the four programmes is the schema, a programme is a row of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from ..base import Message
from ..codes import (
    AgreementNeed,
    Criterion,
    EvaluationNeed,
    Initiator,
    Method,
    Modality,
    Money,
    Phase,
    ReadinessItem,
    Role,
    Style,
    TrainingModule,
    Unit,
)

Count = Annotated[int, Field(ge=0, le=100_000)]


class Range(Message):
    """Inclusive bounds; None: no bound on that side."""

    least: Count | None = None
    most: Count | None = None


class Weight(Message):
    criterion: Criterion
    points: Annotated[int, Field(ge=0, le=10_000)]


class RequestRules(Message):
    """Asking and answering: who begins, how many may be open, how long an answer may take."""

    initiator: Initiator
    open_most: Count | None = None
    expiry_days: Count | None = None
    working_days: bool = False
    reminder_days: tuple[Count, ...] = ()
    silent_before_pause: Count | None = None
    offer_hours: Count = 72
    waitlist: bool = False


class MatchRules(Message):
    method: Method
    criteria: tuple[Weight, ...] = ()


class PlaceRules(Message):
    """How many a mentor, a circle or an activity takes."""

    suggested: Mapping[Style, Count] = {}
    most: Count | None = None
    group: Range = Range()


class TimeRules(Message):
    """How long and how much: the relationship in days, the commitment in minutes a month, a session in minutes."""

    duration_days: Range = Range()
    commitment_minutes: Range = Range()
    session_minutes: Range = Range()
    total_hours: Count | None = None
    total_sessions: Count | None = None


class StepRules(Message):
    """Phases in their order, what each asks to be ticked, and what must be written and evaluated on the way."""

    phases: Mapping[Style, tuple[Phase, ...]] = {}
    checklists: Mapping[Phase, tuple[str, ...]] = {}
    agreement: Mapping[Style, AgreementNeed] = {}
    goals_most: Count | None = None
    session_evaluation: EvaluationNeed | None = None
    final_evaluation: EvaluationNeed | None = None


class EntryRules(Message):
    """What someone does before she takes part."""

    readiness: Mapping[Role, tuple[ReadinessItem, ...]] = {}
    training: Mapping[Role, tuple[TrainingModule, ...]] = {}
    training_valid_days: Count | None = None
    minors: bool = False


class ProgrammeRules(Message):
    """The machine-readable half of a programme design: codes and numbers, the same for every language."""

    units: tuple[Unit, ...]
    styles: tuple[Style, ...] = ()
    recruitment_lead_days: Count | None = None
    modalities: tuple[Modality, ...] = ()
    requests: RequestRules
    matching: MatchRules
    places: PlaceRules = PlaceRules()
    time: TimeRules = TimeRules()
    steps: StepRules = StepRules()
    entry: EntryRules = EntryRules()
    money: tuple[Money, ...] = ()
