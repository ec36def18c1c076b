"""A mentorship: two people who found each other, and where they are in the phases of their programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from commons_contracts.base import Refusal
from commons_contracts.codes import MentorshipState, NoticeCode, Phase, RefusalCode, Role, Style
from commons_contracts.ids import MatchId, MentorshipId, PersonId, ProgrammeId, ProjectId, Tongue, derived
from commons_contracts.mentoring import MentorshipOpened, NoticeWanted, ProgrammeRules

State = MentorshipState
OVER = frozenset({State.COMPLETED, State.ENDED_NO_FAULT})
SIDES = (Role.MENTOR, Role.MENTEE)


@dataclass(frozen=True, kw_only=True)
class Match:
    """Who was brought together, for what, under which programme version: all that matching tells of it."""

    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    slot_starts_at: datetime | None = None
    """In flash mentoring: when their one session begins."""
    slot_minutes: int | None = None


@dataclass(eq=False, kw_only=True)
class Mentorship:
    """Stays under the programme version it began with, whatever is published later (journey J5.3)."""

    id: MentorshipId
    project: ProjectId
    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    phase: Phase
    opened_at: datetime
    state: MentorshipState = State.OPEN
    merged: Phase | None = None
    """The phase before, while it is held in one meeting with this one: its checklist is still open."""
    active_at: datetime
    """When something last happened in it; how long it stands still is counted from here."""
    starts_on: date | None = None
    """The agreed period and effort: what the version in force says; nothing before the first is signed."""
    ends_on: date | None = None
    minutes_a_month: int | None = None
    cadence_days: int | None = None
    session_minutes: int | None = None
    agreement_language: Tongue | None = None
    agreement: int = 0
    """The number of the version in force; 0: none."""
    newest: int = 0
    """The number of the newest version, signed or not."""
    extension_to: date | None = None
    extension_by: Role | None = None
    halfway_at: datetime | None = None
    listed_at: datetime | None = None
    """Since when the coordinators look after it, because it stands still."""
    frozen_from: MentorshipState | None = None
    resuming: bool = False
    turn: int = 0
    """Counts what matching was told of its place, so that each is done once however often it is told."""
    over_at: datetime | None = None

    def is_of(self, person: PersonId) -> bool:
        return person in {self.mentor, self.mentee}

    def side_of(self, person: PersonId) -> Role:
        """Which of the two she is; for anyone else there is no such mentorship."""
        if not self.is_of(person):
            raise Refusal(RefusalCode.NOT_FOUND)
        return Role.MENTOR if person == self.mentor else Role.MENTEE

    def person_of(self, side: Role) -> PersonId:
        return self.mentor if side == Role.MENTOR else self.mentee

    @property
    def open_phases(self) -> tuple[Phase, ...]:
        """The phases whose checklists are open: the one they are in, and the one that is held together with it."""
        return (self.phase,) if self.merged is None else (self.merged, self.phase)

    def require_open(self) -> None:
        """What is over stays as it is, what is frozen rests, what is paused goes on first (journey J2.10)."""
        if self.state in OVER:
            raise Refusal(RefusalCode.RELATIONSHIP_CLOSED, state=self.state)
        if self.state == State.FROZEN:
            raise Refusal(RefusalCode.RELATIONSHIP_FROZEN)
        if self.state != State.OPEN:
            raise Refusal(RefusalCode.INVALID_TRANSITION, **{"from": self.state, "to": State.OPEN})

    def require_phase(self, *allowed: Phase) -> None:
        """What belongs to some phases is done in them (WESTEM mentor manual, the four phases)."""
        if self.phase not in allowed:
            raise Refusal(RefusalCode.PHASE_FORBIDS, phase=self.phase, allowed=allowed)

    def was_active(self, at: datetime) -> None:
        """They met, at that time: standing still is counted anew from there (journey J2.8)."""
        self.active_at = max(self.active_at, at)
        self.listed_at = None

    def facts(self, at: datetime) -> dict[str, Any]:
        """What every fact about it says."""
        return {"project": self.project, "at": at, "mentorship": self.id}

    def notice(self, to: Role, code: NoticeCode, at: datetime, *, number: int | None = None) -> NoticeWanted:
        """To one of the two: a code and an id, never a word that the other one wrote."""
        person = self.person_of(to)
        return NoticeWanted(project=self.project, at=at, person=person, code=code, subject_id=self.id, number=number)

    def notices(self, code: NoticeCode, at: datetime, *, number: int | None = None) -> tuple[NoticeWanted, ...]:
        return tuple(self.notice(side, code, at, number=number) for side in SIDES)

    def told(self, match: Match) -> tuple[MentorshipOpened | NoticeWanted, ...]:
        """That it was opened: to everyone who listens, and to its two people."""
        opened = MentorshipOpened(
            **self.facts(self.opened_at),
            match=self.match,
            programme=self.programme,
            programme_version=self.programme_version,
            mentor=self.mentor,
            mentee=self.mentee,
            style=self.style,
            phase=self.phase,
            slot_starts_at=match.slot_starts_at,
            slot_minutes=match.slot_minutes,
        )
        return opened, *self.notices(NoticeCode.MENTORSHIP_OPENED, self.opened_at)


def other(side: Role) -> Role:
    return Role.MENTEE if side == Role.MENTOR else Role.MENTOR


def mentorship_of(match: MatchId) -> MentorshipId:
    """The one mentorship that a match can lead to, however often the match is told."""
    return MentorshipId(derived("mentorship", match))


def begin(match: Match, rules: ProgrammeRules, *, project: ProjectId, at: datetime) -> Mentorship:
    """It begins in the first phase of its style (WESTEM mentor manual, the four phases: both styles in PREPARATION)."""
    return Mentorship(
        id=mentorship_of(match.match),
        project=project,
        match=match.match,
        programme=match.programme,
        programme_version=match.programme_version,
        mentor=match.mentor,
        mentee=match.mentee,
        style=match.style,
        phase=rules.steps.phases[match.style][0],
        opened_at=at,
        active_at=at,
    )
