"""A programme's rules as data: the rule matrix of the four programmes is the schema, a programme is a row of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from ..base import Message
from ..codes import (
    Afterwards,
    AgreementField,
    AgreementNeed,
    Audience,
    Cefr,
    Criterion,
    EvaluationKind,
    EvaluationNeed,
    Initiator,
    Method,
    Modality,
    Money,
    Phase,
    ReadinessItem,
    Role,
    Style,
    Ticker,
    TrainingModule,
    Unit,
)
from ..ids import Coded

Count = Annotated[int, Field(ge=0, le=100_000)]
QuestionCode = Annotated[str, Coded("question of a design"), StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
ItemCode = Annotated[str, Coded("checklist item of a design"), StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,59}$")]


class Range(Message):
    """Inclusive bounds; None: no bound on that side."""

    least: Count | None = None
    most: Count | None = None

    @model_validator(mode="after")
    def _upright(self) -> Self:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is more than most")
        return self


class Weight(Message):
    criterion: Criterion
    points: Annotated[int, Field(ge=0, le=10_000)]


class RequestRules(Message):
    """Asking and answering: who begins, how many may be open, how long an answer may take."""

    initiator: Initiator
    begun_by: tuple[Role, ...] = ()
    """The roles that may begin, where `initiator` does not name them all."""
    open_most: Count | None = None
    open_per_place: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many requests may wait for one mentor for each place that is free with her; none: as many as come."""
    expiry_days: Count | None = None
    working_days: bool = False
    reminder_days: tuple[Count, ...] = ()
    silent_before_pause: Count | None = None
    offer_hours: Count = 72
    waitlist: bool = False


class ListRules(Message):
    """Ranked lists of both sides (two-way choice): until when, how long, and what becomes of who has sent none."""

    due_days: Count = 7
    """They close so many days before the programme starts, at midnight in the project's zone."""
    reminder_days: tuple[Count, ...] = (2,)
    """So many days before that, whoever has sent none is reminded."""
    least: Count = 1
    most: Annotated[int, Field(ge=1, le=100)] = 10
    ties: bool = False
    """Whether several may stand in one place of a list."""
    completed: bool = True
    """Whether who has sent no list is matched by the criteria; otherwise she is left out."""


BY_CONSENT = frozenset({Criterion.GENDER, Criterion.BACKGROUND})
"""What counts for nobody who has not agreed to it, whatever a design says."""
OPT_INS = 4
"""The most criteria of a programme that need an opt-in: every combination of them has weights of its own."""
Kilometres = Annotated[int, Field(ge=0, le=5000)]
MOST_BLOCKS = 16


class PairRules(Message):
    """What a pair must have in common, whatever else speaks for it; and from where on more counts no more."""

    language_least: Cefr = Cefr.A1
    """How well both must speak a language that they have in common."""
    hours_least: Annotated[int, Field(ge=0, le=MOST_BLOCKS)] = 0
    """Blocks of three hours a week in which both have time."""
    hours_enough: Annotated[int, Field(ge=1, le=MOST_BLOCKS)] = 5
    reach_km: Kilometres = 50
    """How far those travel to meet who have not said."""
    near_km: Kilometres = 50
    """What counts nearly as the same place."""
    other_organisation: bool = False
    """Whether the two may not be at one organisation."""
    woman_mentors: bool = False
    """Whether mentors are women. Who has not told her gender is then nobody's mentor."""

    @model_validator(mode="after")
    def _upright(self) -> Self:
        if self.hours_least > self.hours_enough:
            raise ValueError("fewer hours are enough than are needed")
        return self


class CircleRules(Message):
    """What members of one circle must have in common or not, beside what each has with the facilitator. That one blocked or
    supervises another, or is a minor among adults, keeps two apart whatever stands here.
    """

    other_organisation: bool = False
    """Whether no two members may be at one organisation."""


class MatchRules(Message):
    method: Method
    criteria: tuple[Weight, ...] = ()
    collected: tuple[Criterion, ...] = ()
    """What both sides are asked for before any method is used."""
    opt_in: tuple[Criterion, ...] = ()
    """What counts only for those who have agreed to it."""
    notice_acknowledged: bool = False
    """Whether participants confirm that they have read how matching works."""
    lists: ListRules = ListRules()
    """Where both sides rank each other."""
    pairs: PairRules = PairRules()
    circles: CircleRules = CircleRules()
    """Where circles are formed; how many one holds is among the places (`group`)."""
    bands: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Field(max_length=2)] = ()
    """Points under which a pair is a poor one: as few as possible are, before points are counted together."""
    price_percent: Annotated[int, Field(ge=0, le=200)] = 100
    """How much of what a place with a mentor costs counts against her where mentors are suggested; 0: fit alone."""

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if len({weight.criterion for weight in self.criteria}) != len(self.criteria):
            raise ValueError("a criterion has two weights")
        if len({weight.criterion for weight in self.criteria} & {*self.opt_in, *BY_CONSENT}) > OPT_INS:
            raise ValueError(f"more than {OPT_INS} criteria need an opt-in")
        return self


class PlaceRules(Message):
    """How many a mentor, a circle or an activity takes."""

    suggested: Mapping[Style, Count] = {}
    most: Count | None = None
    group: Range = Range()


class PaceRules(Message):
    """How long a mentorship may stand still, in days since something happened in it, and what is then done."""

    styles: tuple[Style, ...] = ()
    """The styles that it is watched in."""
    nudge_days: Count | None = None
    """Both are asked whether they still meet."""
    coordinator_days: Count | None = None
    """It stands on the coordinators' list."""
    pause_days: Count | None = None
    """It is paused, and the mentor's place is free for somebody else."""


class TimeRules(Message):
    """How long and how much: the relationship in days and in calendar months, the commitment in minutes a month, a session
    in minutes. What stands open is left to the pair, the circle's round or the activity.
    """

    duration_days: Range = Range()
    duration_months: Range = Range()
    commitment_minutes: Range = Range()
    session_minutes: Range = Range()
    total_hours: Count | None = None
    total_sessions: Count | None = None
    halfway_reflection: bool = False
    """Whether both look back when half of the agreed period is over."""
    session_reminder_minutes: tuple[Count, ...] = (1440, 60)
    """So many minutes before a session begins both are reminded of it."""
    end_reminder_days: tuple[Count, ...] = ()
    """So many days before the agreed period ends both are reminded of it."""
    pace: PaceRules = PaceRules()


class StepRules(Message):
    """Phases in their order, what each asks to be ticked, and what must be written and evaluated on the way."""

    phases: Mapping[Style, tuple[Phase, ...]] = {}
    unit_phases: Mapping[Unit, tuple[Phase, ...]] = {}
    """The same for units that have no style, such as a booking."""
    checklists: Mapping[Phase, tuple[ItemCode, ...]] = {}
    ticked_by: Mapping[ItemCode, Ticker] = {}
    """Who ticks what; what does not stand here is ticked by either."""
    unasked: Mapping[Style, tuple[ItemCode, ...]] = {}
    """Items of the checklists that a style leaves out."""
    merged: tuple[Phase, ...] = ()
    """Phases that may be held in one meeting with the one that follows."""
    agreement_fields: tuple[AgreementField, ...] = ()
    """What an agreement must say, beside its goals and its first and last day."""
    agreement: Mapping[Style, AgreementNeed] = {}
    unit_agreement: Mapping[Unit, AgreementNeed] = {}
    goals_most: Count | None = None
    goals_each: bool = False
    """Whether each member has goals of her own, instead of goals they share."""
    scales: Mapping[EvaluationKind, tuple[QuestionCode, ...]] = {}
    """The questions of a set that are answered with a grade from 1 to 5; all others with words."""
    session_evaluation: EvaluationNeed | None = None
    final_evaluation: EvaluationNeed | None = None
    afterwards: tuple[Afterwards, ...] = ()


class EntryRules(Message):
    """What someone does before she takes part."""

    readiness: Mapping[Role, tuple[ReadinessItem, ...]] = {}
    training: Mapping[Role, tuple[TrainingModule, ...]] = {}
    unit_training: Mapping[Unit, tuple[TrainingModule, ...]] = {}
    """What a unit asks of those who lead it, beside their role's training."""
    training_valid_days: Count | None = 365
    """So many days a training holds; None: for good."""
    minors: bool = False
    pupil_accounts: bool = True
    """False where pupils take part as a class, counted and never registered."""


class Frame(Message):
    """What the programme documents leave a project to choose between. It comes with the shipped design; no draft moves it."""

    methods: tuple[Method, ...] = ()
    session_minutes: Range = Range()
    commitment_minutes: Range = Range()
    duration_months: Range = Range()
    advised_months: Count | None = None
    """Shorter programmes are allowed, and advised against."""


class ProgrammeRules(Message):
    """The machine-readable half of a programme design: codes and numbers, the same for every language."""

    units: tuple[Unit, ...]
    styles: tuple[Style, ...] = ()
    recruitment_lead_days: Count | None = None
    rolling: bool = False
    """Recruitment never closes."""
    rounds: Mapping[Audience, Count] = {}
    """How many rounds are planned for whom; empty: one at a time, as they come."""
    modalities: tuple[Modality, ...] = ()
    unit_modalities: Mapping[Unit, tuple[Modality, ...]] = {}
    """Where a unit differs from the programme."""
    requests: RequestRules
    matching: MatchRules
    places: PlaceRules = PlaceRules()
    time: TimeRules = TimeRules()
    steps: StepRules = StepRules()
    entry: EntryRules = EntryRules()
    money: tuple[Money, ...] = ()
    frame: Frame = Frame()
