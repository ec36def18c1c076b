"""Evaluations: who writes which, when, and who may ever read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from commons_contracts.base import Event, Refusal
from commons_contracts.codes import EvaluationKind, EvaluationNeed, NoticeCode, Readers, RefusalCode, Role
from commons_contracts.ids import EvaluationId, MentorshipId, PersonId, SessionId, derived
from commons_contracts.mentoring import Answer, EvaluationDone, NoteShared, ProgrammeRules, QuestionCode

from .design import Design
from .mentorship import SIDES, Mentorship, other

Kind = EvaluationKind
REQUIRED = {
    Kind.SESSION: RefusalCode.SESSION_EVALUATION_REQUIRED,
    Kind.MID_POINT: RefusalCode.SESSION_EVALUATION_REQUIRED,
    Kind.FINAL: RefusalCode.FINAL_EVALUATION_REQUIRED,
}


@dataclass(frozen=True, kw_only=True)
class Session:
    """What an evaluation must know of the session it is about."""

    id: SessionId
    mentorship: MentorshipId
    held: bool


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One person's, of one session, of the half way or of the whole; written anew it stays the same one."""

    id: EvaluationId
    mentorship: Mentorship
    kind: EvaluationKind
    session: SessionId | None
    author: PersonId
    readers: Readers
    answers: tuple[Answer, ...]

    @property
    def side(self) -> Role:
        return self.mentorship.side_of(self.author)

    def told(self, at: datetime) -> EvaluationDone:
        """That it was written, and nothing of what it says."""
        return EvaluationDone(
            **self.mentorship.facts(at), evaluation=self.id, kind=self.kind, session=self.session, by=self.side
        )


def evaluate(
    mentorship: Mentorship,
    design: Design,
    *,
    kind: EvaluationKind,
    session: Session | None,
    author: PersonId,
    answers: Sequence[Answer],
) -> Evaluation:
    """Either of the two, for herself (WESTEM mentor manual: after every session, half-way and at the end)."""
    mentorship.require_open()
    side = mentorship.side_of(author)
    _require_its_time(mentorship, design.rules, kind, session)
    about = session.id if session else mentorship.id
    return Evaluation(
        id=evaluation_of(kind, about, author),
        mentorship=mentorship,
        kind=kind,
        session=session.id if session else None,
        author=author,
        readers=readers(design.rules, kind),
        answers=_checked(design, kind, side, answers),
    )


def evaluation_of(kind: EvaluationKind, about: object, author: PersonId) -> EvaluationId:
    """The one evaluation that she can write of it."""
    return EvaluationId(derived("evaluation", kind, about, author))


def readers(rules: ProgrammeRules, kind: EvaluationKind) -> Readers:
    """Hers alone, unless the programme says before she writes that the project reads it (WESTEM mentor manual:
    the quiz after a session is only so that you are aware; the final evaluation is shared with the project).

    Looking back half-way is for oneself in every programme.
    """
    need = {Kind.SESSION: rules.steps.session_evaluation, Kind.FINAL: rules.steps.final_evaluation}.get(kind)
    shared = need is not None and need not in {EvaluationNeed.PRIVATE, EvaluationNeed.AGGREGATE_ONLY}
    return Readers.PROJECT if shared else Readers.AUTHOR


def _require_its_time(
    mentorship: Mentorship, rules: ProgrammeRules, kind: EvaluationKind, session: Session | None
) -> None:
    if kind == Kind.SESSION:
        if session is None or session.mentorship != mentorship.id:
            raise Refusal(RefusalCode.NOT_FOUND)
        if not session.held:
            raise Refusal(RefusalCode.SESSION_NOT_HELD)
    elif kind == Kind.FINAL:
        mentorship.require_phase(rules.steps.phases[mentorship.style][-1])
    elif mentorship.halfway_at is None:
        raise Refusal(RefusalCode.PHASE_FORBIDS, phase=mentorship.phase)


def _checked(design: Design, kind: EvaluationKind, side: Role, answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """To questions of the set, each at most once, grades where grades are asked for; not all of them empty."""
    asked, scales = questions(design, kind), set(design.rules.steps.scales.get(kind, ()))
    said = {answer.question: answer for answer in answers if answer.words.strip() or answer.grade is not None}
    odd = [name for name, answer in said.items() if name not in asked or (answer.grade is not None) != (name in scales)]
    if odd or len({answer.question for answer in answers}) != len(answers):
        raise Refusal(RefusalCode.NOT_FOUND, questions=tuple(sorted(odd)))
    lacking = [name for name in asked if name in scales and name not in said] if kind == Kind.FINAL else []
    if lacking or not said:
        raise Refusal(REQUIRED[kind], missing=(side,), questions=tuple(lacking or asked))
    return tuple(said[name] for name in asked if name in said)


def questions(design: Design, kind: EvaluationKind) -> tuple[QuestionCode, ...]:
    """The set in its order; which questions are asked is the programme's text, not code."""
    return tuple(question.key for question in design.texts.questions.get(kind, ()))


def missing_sides(found: Collection[Role]) -> tuple[Role, ...]:
    """Who of the two has not written it yet; that is all that anybody learns (journeys J2.9, J3.4)."""
    return tuple(side for side in SIDES if side not in found)


def sharing(
    mentorship: Mentorship, evaluation: EvaluationId, author: PersonId, *, shared: bool, at: datetime
) -> tuple[Event, ...]:
    """An act of its own: nothing is shared by writing it (WESTEM mentor manual against itself; the stricter one holds).

    The other one is told that there is a note, and not a word of it; taking it back is told to nobody.
    """
    by = mentorship.side_of(author)
    told = NoteShared(**mentorship.facts(at), evaluation=evaluation, by=by, shared=shared)
    return (told, mentorship.notice(other(by), NoticeCode.NOTE_SHARED, at)) if shared else (told,)
