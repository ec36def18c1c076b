"""A programme's rules: the rule matrix of the four programmes, as a browser reads and writes it."""

from __future__ import annotations

from commons_contracts import mentoring as contract
from commons_contracts.codes import (
    Afterwards,
    AgreementField,
    AgreementNeed,
    Audience,
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

from ..fields import said
from .twins import design, pair
from .ways import MatchRules


@design(contract.Range)
class Range:
    """Bounds that are themselves allowed."""

    least: int | None = said("The lower bound; none where there is none.")
    most: int | None = said("The upper bound; none where there is none.")


@pair
class StyleCount:
    """A number for one style."""

    style: Style = said("The style.")
    count: int = said("How many.")


@pair
class StylePhases:
    """The phases of one style."""

    style: Style = said("The style.")
    phases: list[Phase] = said("Its phases, in order.")


@pair
class UnitPhases:
    """The phases of a unit that has no style."""

    unit: Unit = said("The unit.")
    phases: list[Phase] = said("Its phases, in order.")


@pair
class PhaseItems:
    """The checklist of one phase."""

    phase: Phase = said("The phase.")
    items: list[str] = said("Codes of what is to be ticked; the words are in the texts.")


@pair
class ItemTicker:
    """Who ticks a line of a checklist."""

    item: str = said("The line's code.")
    ticker: Ticker = said("Who ticks it.")


@pair
class StyleItems:
    """Lines of the checklists that concern one style."""

    style: Style = said("The style.")
    items: list[str] = said("Their codes.")


@pair
class KindScales:
    """The questions of one set that are graded."""

    kind: EvaluationKind = said("The set.")
    questions: list[str] = said("The names of the questions that are answered with a grade from 1 to 5.")


@pair
class StyleAgreement:
    """What one style needs in writing."""

    style: Style = said("The style.")
    need: AgreementNeed = said("What is needed.")


@pair
class UnitAgreement:
    """What a unit needs in writing."""

    unit: Unit = said("The unit.")
    need: AgreementNeed = said("What is needed.")


@pair
class RoleReadiness:
    """What someone in a role does before she takes part."""

    role: Role = said("The role.")
    items: list[ReadinessItem] = said("What she does.")


@pair
class RoleTraining:
    """The training that a role needs."""

    role: Role = said("The role.")
    modules: list[TrainingModule] = said("The modules.")


@pair
class UnitTraining:
    """The training that those who lead a unit need, beside their role's."""

    unit: Unit = said("The unit.")
    modules: list[TrainingModule] = said("The modules.")


@pair
class UnitModalities:
    """How a unit meets, where it differs from the programme."""

    unit: Unit = said("The unit.")
    modalities: list[Modality] = said("The ways to meet.")


@pair
class AudienceCount:
    """A number for one audience."""

    audience: Audience = said("The audience.")
    count: int = said("How many.")


@design(contract.RequestRules)
class RequestRules:
    """Asking and answering."""

    initiator: Initiator = said("Who begins.")
    begun_by: list[Role] = said("The roles that may begin, where the initiator does not name them all.")
    open_most: int | None = said("How many requests of one person may be open.")
    open_per_place: int | None = said("How many may wait for one mentor for each place that is free with her.")
    expiry_days: int | None = said("After how many days a request runs out.")
    working_days: bool = said("Whether only working days count.")
    reminder_days: list[int] = said("After how many days the one who was asked is reminded.")
    silent_before_pause: int | None = said("After how many unanswered requests a mentor is paused.")
    offer_hours: int = said("How many hours a freed place is held.")
    waitlist: bool = said("Whether one can wait for a full mentor.")


@design(contract.PlaceRules)
class PlaceRules:
    """How many a mentor, a circle or an activity takes."""

    suggested: list[StyleCount] = said("What a mentor is suggested.")
    most: int | None = said("How many she may take at most.")
    group: Range = said("How large a group is.")


@design(contract.PaceRules)
class PaceRules:
    """What is done when nothing happens in a mentorship, in days since something did."""

    styles: list[Style] = said("The styles that it is watched in.")
    nudge_days: int | None = said("After how many days both are asked whether they still meet.")
    coordinator_days: int | None = said("After how many days the coordinators look after it.")
    pause_days: int | None = said("After how many days it is paused, and its place is free.")


@design(contract.TimeRules)
class TimeRules:
    """How long and how much."""

    duration_days: Range = said("The length of the relationship in days.")
    duration_months: Range = said("The same in calendar months.")
    commitment_minutes: Range = said("Minutes a month.")
    session_minutes: Range = said("Minutes of a session.")
    total_hours: int | None = said("Hours in all, where hours are counted.")
    total_sessions: int | None = said("Sessions in all, where sessions are counted.")
    halfway_reflection: bool = said("Whether both look back when half of the agreed period is over.")
    session_reminder_minutes: list[int] = said("So many minutes before a session both are reminded.")
    end_reminder_days: list[int] = said("So many days before its end both are reminded.")
    pace: PaceRules = said("What is done when nothing happens.")


@design(contract.StepRules)
class StepRules:
    """What happens on the way."""

    phases: list[StylePhases] = said("The phases of each style.")
    unit_phases: list[UnitPhases] = said("The phases of units without a style.")
    checklists: list[PhaseItems] = said("What each phase asks to be ticked.")
    ticked_by: list[ItemTicker] = said("Who ticks what; what does not stand here is ticked by either.")
    unasked: list[StyleItems] = said("What a style leaves out of the checklists.")
    merged: list[Phase] = said("The phases that may be held in one meeting with the next.")
    agreement_fields: list[AgreementField] = said("What an agreement must say, beside goals and dates.")
    agreement: list[StyleAgreement] = said("What each style needs in writing.")
    unit_agreement: list[UnitAgreement] = said("What units without a style need in writing.")
    goals_most: int | None = said("How many goals there may be.")
    goals_each: bool = said("Whether each has goals of her own.")
    scales: list[KindScales] = said("The questions that are answered with a grade; all others are answered in words.")
    session_evaluation: EvaluationNeed | None = said("What is evaluated after a session.")
    final_evaluation: EvaluationNeed | None = said("What is evaluated at the end.")
    afterwards: list[Afterwards] = said("What is done with what was learnt.")


@design(contract.EntryRules)
class EntryRules:
    """What someone does before she takes part."""

    readiness: list[RoleReadiness] = said("The checklist of each role.")
    training: list[RoleTraining] = said("The training of each role.")
    unit_training: list[UnitTraining] = said("The training of those who lead a unit.")
    training_valid_days: int | None = said("For how many days a training is valid.")
    minors: bool = said("Whether people under age can take part.")
    pupil_accounts: bool = said("Whether pupils have accounts; otherwise classes are counted only.")


@design(contract.Frame)
class Frame:
    """What the programme documents leave a project to choose between. No draft moves it."""

    methods: list[Method] = said("The ways of bringing people together.")
    session_minutes: Range = said("Minutes of a session.")
    commitment_minutes: Range = said("Minutes a month.")
    duration_months: Range = said("The length in calendar months.")
    advised_months: int | None = said("Shorter programmes are allowed, and advised against.")


@design(contract.ProgrammeRules)
class ProgrammeRules:
    """The rules of a programme: codes and numbers, the same in every language."""

    units: list[Unit] = said("What it is made of.")
    styles: list[Style] = said("Its styles of mentoring.")
    recruitment_lead_days: int | None = said("How many days before its start recruitment opens.")
    rolling: bool = said("Whether recruitment never closes.")
    rounds: list[AudienceCount] = said("How many rounds are planned for whom.")
    modalities: list[Modality] = said("How people meet.")
    unit_modalities: list[UnitModalities] = said("Where a unit meets otherwise.")
    requests: RequestRules = said("Asking and answering.")
    matching: MatchRules = said("How people are brought together.")
    places: PlaceRules = said("How many a mentor or a group takes.")
    time: TimeRules = said("How long and how much.")
    steps: StepRules = said("What happens on the way.")
    entry: EntryRules = said("What someone does before she takes part.")
    money: list[Money] = said("What it pays for.")
    frame: Frame = said("What a project may choose between.")
