"""What mentoring tells the others."""

from __future__ import annotations

from datetime import date, datetime

from ..base import Event, Notice
from ..codes import MentorshipState, Phase, Role, Style
from ..ids import MatchId, MentorshipId, PersonId, ProgrammeId, Tongue
from .design import ItemCode, ProgrammeRules


class ProgrammeDrafted(Event, of="programme"):
    """A coordinator began to design a programme."""

    programme: ProgrammeId
    version: int


class DraftRevised(Event, of="programme"):
    """A programme's draft was changed; nothing of it is in force."""

    programme: ProgrammeId
    version: int


class ProgrammePublished(Event, of="programme"):
    """Carries every rule that the others apply; no text."""

    programme: ProgrammeId
    version: int
    starts_on: date | None
    ends_on: date | None
    rules: ProgrammeRules


class MentorshipOpened(Event, of="mentorship", about=("mentor", "mentee")):
    """A mentorship began in its first phase."""

    mentorship: MentorshipId
    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    phase: Phase
    slot_starts_at: datetime | None = None
    """In flash mentoring: when their one session begins."""
    slot_minutes: int | None = None


class ItemTicked(Event, of="mentorship"):
    """One of the two ticked a line of the checklist, or took her tick back."""

    mentorship: MentorshipId
    phase: Phase
    item: ItemCode
    by: Role
    done: bool


class PhaseEntered(Event, of="mentorship"):
    """A mentorship went on to its next phase. `merged`: the phase before, where both are held in one meeting."""

    mentorship: MentorshipId
    phase: Phase
    merged: Phase | None


class AgreementProposed(Event, of="mentorship"):
    """A version of the agreement waits for both signatures."""

    mentorship: MentorshipId
    number: int
    by: Role


class AgreementSigned(Event, of="mentorship"):
    """One side signed a version of the agreement."""

    mentorship: MentorshipId
    number: int
    by: Role


class AgreementInForce(Event, of="mentorship"):
    """Both signed one version; the version before it is replaced."""

    mentorship: MentorshipId
    number: int
    starts_on: date | None
    ends_on: date | None
    minutes_a_month: int | None
    cadence_days: int | None
    session_minutes: int | None
    language: Tongue | None
    active_goals: int


class ExtensionProposed(Event, of="mentorship"):
    """One of the two would extend the agreed period."""

    mentorship: MentorshipId
    by: Role
    ends_on: date


class HalfwayReached(Event, of="mentorship"):
    """Half of the agreed period is over; both may look back."""

    mentorship: MentorshipId


class PeriodEndNear(Event, of="mentorship"):
    """The agreed period ends soon. `days`: in how many; 0: it is over."""

    mentorship: MentorshipId
    days: int


class MentorshipStoodStill(Event, of="mentorship"):
    """Nothing has happened for so many days; `listed`: the coordinators look after it from now on."""

    mentorship: MentorshipId
    days: int
    listed: bool


class MentorshipPaused(Event, of="mentorship"):
    """Nothing has happened for so long that it is paused, and its place is free. `turn` counts what becomes of the place."""

    mentorship: MentorshipId
    match: MatchId
    turn: int
    days: int


class PlaceWanted(Event, of="mentorship"):
    """To matching: a paused mentorship would go on, and needs its place again."""

    mentorship: MentorshipId
    match: MatchId
    turn: int


class MentorshipResumed(Event, of="mentorship"):
    """It goes on after a pause."""

    mentorship: MentorshipId
    match: MatchId


class MentorshipFrozen(Event, of="mentorship"):
    """Nothing in it can be changed while something is looked into."""

    mentorship: MentorshipId


class MentorshipThawed(Event, of="mentorship"):
    """It goes on where it was frozen."""

    mentorship: MentorshipId


class MentorshipEnded(Event, of="mentorship"):
    """It is over: completed, or ended without fault. Who ended it is told to nobody."""

    mentorship: MentorshipId
    match: MatchId
    programme: ProgrammeId
    style: Style
    state: MentorshipState
    turn: int


class NoticeWanted(Notice, of="person", about=("person",)):
    """To profiles: tell her."""
