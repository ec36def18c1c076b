"""Ends: completed together, ended by either without fault, frozen for a while; and going on after a pause."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from commons_contracts.base import Event, Refusal
from commons_contracts.codes import MentorshipState, NoticeCode, RefusalCode, Style
from commons_contracts.codes import Role as Side
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import (
    MentorshipEnded,
    MentorshipFrozen,
    MentorshipResumed,
    MentorshipThawed,
    PlaceWanted,
    ProgrammeRules,
)

from .mentorship import OVER, SIDES, Mentorship, other
from .phase import Line, require_ticked, works_over_time

State = MentorshipState


def evaluation_wanted(rules: ProgrammeRules, style: Style) -> tuple[str, RefusalCode] | None:
    """Which evaluation stands before the end, and the no that asks for it; None: the programme asks for none.

    A relationship ends with the final evaluation (WESTEM evaluation templates); flash mentoring with its session's.
    """
    if works_over_time(rules, style):
        return ("FINAL", RefusalCode.FINAL_EVALUATION_REQUIRED) if rules.steps.final_evaluation else None
    return ("SESSION", RefusalCode.SESSION_EVALUATION_REQUIRED) if rules.steps.session_evaluation else None


def complete(
    mentorship: Mentorship,
    *,
    lines: Sequence[Line],
    evaluated: Collection[Side],
    rules: ProgrammeRules,
    by: PersonId,
    at: datetime,
) -> tuple[Event, ...]:
    """In the last phase, everything ticked and evaluated (WESTEM mentor manual, closure; journeys J2.9 and J3.4)."""
    side = mentorship.side_of(by)
    mentorship.require_open()
    mentorship.require_phase(rules.steps.phases[mentorship.style][-1])
    require_ticked(mentorship, lines)
    wanted = evaluation_wanted(rules, mentorship.style)
    missing = tuple(one for one in SIDES if one not in evaluated)
    if wanted is not None and missing:
        raise Refusal(wanted[1], missing=missing)
    ended = _end(mentorship, State.COMPLETED, at)
    return ended, mentorship.notice(other(side), NoticeCode.MENTORSHIP_COMPLETED, at)


def end(mentorship: Mentorship, *, by: PersonId, at: datetime) -> tuple[Event, ...]:
    """By either, in any phase, without a question and without blame; the other one is told that it is over, and no more.

    WESTEM mentor manual, the mentoring agreement: ended by individual decision "without questioning or blame".
    """
    side = mentorship.side_of(by)
    if mentorship.state != State.PAUSED_INACTIVE:
        mentorship.require_open()
    ended = _end(mentorship, State.ENDED_NO_FAULT, at)
    return ended, mentorship.notice(other(side), NoticeCode.MENTORSHIP_ENDED, at)


def resume(mentorship: Mentorship, *, by: PersonId, at: datetime) -> tuple[Event, ...]:
    """Either may want to go on after a pause; matching says whether the mentor has a place (journey J2.8)."""
    mentorship.side_of(by)
    if mentorship.state != State.PAUSED_INACTIVE:
        mentorship.require_open()
        raise Refusal(RefusalCode.INVALID_TRANSITION, **{"from": mentorship.state, "to": State.OPEN})
    if mentorship.resuming:
        return ()
    mentorship.resuming = True
    mentorship.turn += 1
    return (PlaceWanted(**mentorship.facts(at), match=mentorship.match, turn=mentorship.turn),)


def answer_place(mentorship: Mentorship, *, turn: int, taken: bool, at: datetime) -> tuple[Event, ...]:
    """Matching's answer; one that comes too late, or twice, is about a turn that is over and changes nothing."""
    if not mentorship.resuming or turn != mentorship.turn:
        return ()
    mentorship.resuming = False
    if not taken:
        return mentorship.notices(NoticeCode.NO_PLACE_TO_RESUME, at)
    if mentorship.state == State.FROZEN:
        mentorship.frozen_from = State.OPEN
    else:
        mentorship.state = State.OPEN
    mentorship.was_active(at)
    resumed = MentorshipResumed(**mentorship.facts(at), match=mentorship.match)
    return resumed, *mentorship.notices(NoticeCode.MENTORSHIP_RESUMED, at)


def require_apart(mentorship: Mentorship, person: PersonId) -> None:
    """Nobody looks into what she has a part in, whatever else she is in the project (journey J9.8)."""
    if mentorship.is_of(person):
        raise Refusal(RefusalCode.CONFLICT_OF_INTEREST)


def freeze(mentorship: Mentorship, at: datetime) -> tuple[Event, ...]:
    """Nothing changes while a concern is looked into (journey J9.8); frozen twice is frozen once."""
    if mentorship.state in OVER:
        mentorship.require_open()
    if mentorship.state == State.FROZEN:
        return ()
    mentorship.frozen_from, mentorship.state = mentorship.state, State.FROZEN
    return (MentorshipFrozen(**mentorship.facts(at)),)


def thaw(mentorship: Mentorship, at: datetime) -> tuple[Event, ...]:
    """It goes on where it was; the time it was frozen does not count as standing still."""
    if mentorship.state != State.FROZEN or mentorship.frozen_from is None:
        raise Refusal(RefusalCode.INVALID_TRANSITION, **{"from": mentorship.state, "to": State.OPEN})
    mentorship.state, mentorship.frozen_from = mentorship.frozen_from, None
    mentorship.was_active(at)
    return (MentorshipThawed(**mentorship.facts(at)),)


def _end(mentorship: Mentorship, state: MentorshipState, at: datetime) -> MentorshipEnded:
    mentorship.state, mentorship.over_at = state, at
    mentorship.resuming, mentorship.extension_to, mentorship.extension_by = False, None, None
    mentorship.turn += 1
    return MentorshipEnded(
        **mentorship.facts(at),
        match=mentorship.match,
        programme=mentorship.programme,
        style=mentorship.style,
        state=state,
        turn=mentorship.turn,
    )
