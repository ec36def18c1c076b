"""A session: a meeting of a pair, proposed by one of them, accepted by the other, and held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from commons_contracts.base import Event, Refusal
from commons_contracts.codes import Modality, NoticeCode, RefusalCode, Role, SessionState, Style, Unit
from commons_contracts.ids import MentorshipId, PersonId, ProjectId, SessionId, derived
from commons_contracts.mentoring import (
    NoticeWanted,
    ProgrammeRules,
    SessionCancelled,
    SessionHeld,
    SessionMoved,
    SessionProposed,
    SessionScheduled,
)

from .mentorship import SIDES, Mentorship, other
from .programme import day
from .timing import midnight

E = TypeVar("E", SessionProposed, SessionScheduled, SessionMoved, SessionCancelled, SessionHeld)
State = SessionState
OPEN = frozenset({State.PROPOSED, State.SCHEDULED})


@dataclass(frozen=True, kw_only=True)
class Slot:
    """When, for how long, and how."""

    starts_at: datetime
    minutes: int
    mode: Modality

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(eq=False, kw_only=True)
class Session:
    """Its times are UTC. What is said in it and about it stands elsewhere, where only the two read it."""

    id: SessionId
    project: ProjectId
    mentorship: MentorshipId
    mentor: PersonId
    mentee: PersonId
    proposed_by: Role
    starts_at: datetime
    ends_at: datetime
    minutes: int
    """As planned; once it was held, how long it really was."""
    mode: Modality
    state: SessionState = State.PROPOSED
    sequence: int = 0

    @property
    def slot(self) -> Slot:
        return Slot(starts_at=self.starts_at, minutes=self.minutes, mode=self.mode)

    @property
    def busy(self) -> tuple[PersonId, ...]:
        """In whose calendar it stands: a proposal takes the time of who made it, and an accepted one that of both."""
        if self.state is State.CANCELLED:
            return ()
        if self.state is State.PROPOSED:
            return (self.person_of(self.proposed_by),)
        return (self.mentor, self.mentee)

    def person_of(self, side: Role) -> PersonId:
        return self.mentor if side is Role.MENTOR else self.mentee

    def accept(self, mentorship: Mentorship, *, by: Role, agenda: str, at: datetime, zone: str) -> tuple[Event, ...]:
        """The other one says yes; the mentee has said by then what it is to be about (project text, the mentee's part)."""
        mentorship.require_open()
        if self.state is not State.PROPOSED or by is self.proposed_by or at >= self.starts_at:
            raise _not(self.state, State.SCHEDULED)
        if by is Role.MENTEE and not agenda.strip():
            raise agenda_missing(self.starts_at, zone)
        _within_period(self.slot, mentorship, at=at, zone=zone)
        self.state = State.SCHEDULED
        self.sequence += 1
        return self.fact(SessionScheduled, at, by), self._notice(self.proposed_by, NoticeCode.SESSION_ACCEPTED, at)

    def move(
        self, to: Slot, mentorship: Mentorship, rules: ProgrammeRules, *, by: Role, at: datetime, zone: str
    ) -> tuple[Event, ...]:
        """Another time is a new proposal, by who moves it."""
        mentorship.require_open()
        if self.state not in OPEN:
            raise _not(self.state, State.PROPOSED)
        check(to, mentorship, rules, at=at, zone=zone)
        self.starts_at, self.ends_at, self.minutes, self.mode = to.starts_at, to.ends_at, to.minutes, to.mode
        self.state, self.proposed_by = State.PROPOSED, by
        self.sequence += 1
        return self.fact(SessionMoved, at, by), self._notice(other(by), NoticeCode.SESSION_MOVED, at)

    def cancel(self, *, by: Role, at: datetime) -> tuple[Event, ...]:
        """By either, without a reason; also where nobody came."""
        if self.state not in OPEN:
            raise _not(self.state, State.CANCELLED)
        self._cancel()
        return self.fact(SessionCancelled, at, by), self._notice(other(by), NoticeCode.SESSION_CANCELLED, at)

    def fall_away(self, at: datetime) -> tuple[Event, ...]:
        """Its mentorship is over, which both are told already."""
        if self.state not in OPEN or at >= self.starts_at:
            return ()
        self._cancel()
        return (self.fact(SessionCancelled, at, None),)

    def record(self, mentorship: Mentorship, *, minutes: int | None, by: Role, at: datetime) -> SessionHeld:
        """It was held: not before it has begun (journey J2.5); how long it was counts for the month's hours."""
        mentorship.require_open()
        if at < self.starts_at:
            raise Refusal(RefusalCode.SESSION_NOT_HELD, startsAt=shown(self.starts_at))
        if self.state is not State.SCHEDULED:
            raise _not(self.state, State.HELD)
        self.state = State.HELD
        if minutes is not None:
            self.minutes = minutes
        mentorship.was_active(self.starts_at)
        return self.fact(SessionHeld, at, by)

    def remind(self, minutes: int, at: datetime) -> tuple[NoticeWanted, ...]:
        """Both, before it begins."""
        if self.state is not State.SCHEDULED:
            return ()
        return tuple(self._notice(side, NoticeCode.SESSION_REMINDER, at, number=minutes) for side in SIDES)

    def reminders(self, rules: ProgrammeRules, at: datetime) -> dict[int, datetime]:
        """So many minutes before it, and when that is, as far as it is still to come."""
        if self.state is not State.SCHEDULED:
            return {}
        found = {m: self.starts_at - timedelta(minutes=m) for m in rules.time.session_reminder_minutes}
        return {minutes: when for minutes, when in found.items() if when > at}

    def only_propose(self) -> None:
        """One of the two has something else then: it waits to be moved."""
        self.state = State.PROPOSED

    def begun(self, at: datetime) -> SessionScheduled | SessionProposed:
        """That it is there, without anybody having asked for it here."""
        if self.state is State.SCHEDULED:
            return self.fact(SessionScheduled, at, None)
        return self.fact(SessionProposed, at, None)

    def fact(self, kind: type[E], at: datetime, by: Role | None) -> E:
        return kind(
            project=self.project,
            at=at,
            session=self.id,
            mentorship=self.mentorship,
            mentor=self.mentor,
            mentee=self.mentee,
            starts_at=self.starts_at,
            minutes=self.minutes,
            mode=self.mode,
            sequence=self.sequence,
            by=by,
        )

    def _cancel(self) -> None:
        self.state = State.CANCELLED
        self.sequence += 1

    def _notice(self, to: Role, code: NoticeCode, at: datetime, *, number: int | None = None) -> NoticeWanted:
        person = self.person_of(to)
        return NoticeWanted(project=self.project, at=at, person=person, code=code, subject_id=self.id, number=number)


def propose(
    id: SessionId,
    slot: Slot,
    mentorship: Mentorship,
    rules: ProgrammeRules,
    *,
    by: Role,
    agenda: str,
    earlier: Sequence[SessionState],
    at: datetime,
    zone: str,
) -> tuple[Session, tuple[Event, ...]]:
    """The mentee proposes the first meeting and plans what all of them are about (WESTEM framework, the mentee's part).

    `earlier`: where all sessions of the mentorship stand.
    """
    mentorship.require_open()
    if by is Role.MENTOR and not earlier:
        raise Refusal(RefusalCode.FIRST_MEETING_BY_MENTEE)
    if mentorship.style == Style.FLASH and set(earlier) - {State.CANCELLED}:
        raise Refusal(RefusalCode.FLASH_SINGLE_SESSION)
    check(slot, mentorship, rules, at=at, zone=zone)
    if (by is Role.MENTEE) != bool(agenda.strip()):
        raise agenda_missing(slot.starts_at, zone)
    session = _made(id, slot, mentorship, by=by)
    return session, (session.fact(SessionProposed, at, by), session._notice(other(by), NoticeCode.SESSION_PROPOSED, at))  # noqa: SLF001 - its own module


def require_first(earlier: Sequence[SessionState]) -> None:
    """The first meeting is proposed while none stands (journey J2.2)."""
    for state in earlier:
        if state is not State.CANCELLED:
            raise _not(state, State.PROPOSED)


def flash_session(slot: Slot, mentorship: Mentorship) -> Session:
    """The one session of flash mentoring: both have said yes, the mentor with her slot, the mentee by taking it."""
    session = _made(SessionId(derived("flash session", mentorship.match)), slot, mentorship, by=Role.MENTOR)
    session.state = State.SCHEDULED
    return session


def check(slot: Slot, mentorship: Mentorship, rules: ProgrammeRules, *, at: datetime, zone: str) -> None:
    """As long and in such a way as the programme allows, within what the two have agreed on (rule matrix; journey J2.5)."""
    allowed = rules.time.session_minutes
    short = allowed.least is not None and slot.minutes < allowed.least
    if short or (allowed.most is not None and slot.minutes > allowed.most):
        raise Refusal(RefusalCode.SESSION_LENGTH_OUT_OF_RANGE, min=allowed.least, max=allowed.most)
    if slot.mode not in (modes := ways_to_meet(rules)):
        raise Refusal(RefusalCode.MODALITY_MISMATCH, modes=modes)
    _within_period(slot, mentorship, at=at, zone=zone)


def ways_to_meet(rules: ProgrammeRules) -> tuple[Modality, ...]:
    """How a pair may meet (rule matrix, modality; journey J9.7): where a programme mixes, each session is one or the other.

    A design that says nothing leaves it to them.
    """
    named = set(rules.unit_modalities.get(Unit.PAIR, rules.modalities)) or set(Modality)
    if Modality.MIXED in named:
        named |= {Modality.ONLINE, Modality.FACE_TO_FACE}
    return tuple(mode for mode in Modality if mode in named)


def _within_period(slot: Slot, mentorship: Mentorship, *, at: datetime, zone: str) -> None:
    """Not before now, and not outside the agreed period, whose last day counts."""
    first, last = mentorship.starts_on, mentorship.ends_on
    on = day(slot.starts_at, zone)
    if slot.starts_at <= at or (first is not None and on < first) or (last is not None and on > last):
        earliest = at if first is None else max(at, midnight(first, zone))
        params: dict[str, Any] = {"earliest": shown(earliest)} | ({"latest": last} if last is not None else {})
        raise Refusal(RefusalCode.OUTSIDE_AGREEMENT_PERIOD, zone=zone, **params)


def set_agenda(session: Session, mentorship: Mentorship, *, by: Role, agenda: str, at: datetime, zone: str) -> str:
    """The mentee's, until it begins; it is never empty again once a session stands (journey J2.5)."""
    mentorship.require_open()
    if by is not Role.MENTEE or at >= session.starts_at or not agenda.strip():
        raise agenda_missing(session.starts_at, zone)
    if session.state not in OPEN:
        raise _not(session.state, State.PROPOSED)
    return agenda.strip()


def agenda_missing(until: datetime, zone: str) -> Refusal:
    return Refusal(RefusalCode.AGENDA_BY_MENTEE, until=shown(until), zone=zone)


def require_held(session: Session) -> None:
    """What came of it is written once it was held."""
    if session.state is not State.HELD:
        raise Refusal(RefusalCode.SESSION_NOT_HELD, startsAt=shown(session.starts_at))


def shown(at: datetime) -> str:
    """A time as refusals tell it."""
    return at.isoformat().replace("+00:00", "Z")


def _made(id: SessionId, slot: Slot, mentorship: Mentorship, *, by: Role) -> Session:
    return Session(
        id=id,
        project=mentorship.project,
        mentorship=mentorship.id,
        mentor=mentorship.mentor,
        mentee=mentorship.mentee,
        proposed_by=by,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        minutes=slot.minutes,
        mode=slot.mode,
    )


def _not(now: SessionState, to: SessionState) -> Refusal:
    params: dict[str, Any] = {"from": now, "to": to}
    return Refusal(RefusalCode.INVALID_TRANSITION, **params)
