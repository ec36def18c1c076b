"""The agreement: its parts, its versions, and two signatures on the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from commons_contracts.base import Event, Refusal
from commons_contracts.codes import AgreementField, AgreementNeed, AgreementState, NoticeCode, RefusalCode, Role
from commons_contracts.ids import AgreementId, MentorshipId, PersonId, ProjectId, derived
from commons_contracts.mentoring import AgreementInForce, AgreementProposed, AgreementSigned, ProgrammeRules, Terms

from . import goal as goals
from .design import Design
from .mentorship import SIDES, Mentorship, other
from .phase import AGREEING, WORKING
from .programme import day
from .timing import require_duration

NO_FAULT = "NO_FAULT"
"""The clause of every agreement that either may end it, without questions and without blame."""
State, Field = AgreementState, AgreementField
BY_CODE: Mapping[AgreementField, str] = {
    Field.COMMITMENT: "minutes_a_month",
    Field.CADENCE: "cadence_days",
    Field.SESSION_LENGTH: "session_minutes",
}
"""Where a part is kept under another name than its code's."""
PERIOD = (Field.STARTS_ON, Field.ENDS_ON)
"""Asked for in every programme: what is in force has a first and a last day."""


@dataclass(eq=False, kw_only=True)
class Agreement:
    """One version; what is written in it never changes, only who has signed."""

    id: AgreementId
    project: ProjectId
    mentorship: MentorshipId
    number: int
    mentor: PersonId
    mentee: PersonId
    state: AgreementState = State.PROPOSED
    terms: Terms
    clause: str
    proposed_by: Role
    proposed_at: datetime
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = None

    @property
    def unsigned(self) -> tuple[Role, ...]:
        signed = {Role.MENTOR: self.mentor_signed_at, Role.MENTEE: self.mentee_signed_at}
        return tuple(side for side in SIDES if signed[side] is None)

    def sign(self, side: Role, at: datetime) -> None:
        if side == Role.MENTOR:
            self.mentor_signed_at = at
        else:
            self.mentee_signed_at = at


def unsigned(newest: Agreement | None) -> tuple[Role, ...]:
    """Who has still to sign: both, where nothing is proposed yet."""
    return SIDES if newest is None else newest.unsigned


def propose(
    mentorship: Mentorship,
    terms: Terms,
    *,
    design: Design,
    before: Agreement | None,
    by: PersonId,
    at: datetime,
    zone: str,
) -> tuple[Agreement, tuple[Event, ...]]:
    """The next version, for both to sign (WESTEM mentor manual, the mentoring agreement; journeys J2.3 and J2.7).

    `before` is the newest version so far: where it waits for signatures it gives way, and neither has signed this one.
    What is in force stays so until both have.
    """
    side = mentorship.side_of(by)
    mentorship.require_open()
    _require_room(mentorship, design.rules)
    check(terms, mentorship, design, today=day(at, zone))
    number = mentorship.newest + 1
    earlier = before.terms.goals if before else ()
    named = goals.named(terms.goals, earlier, mentorship=mentorship.id, number=number)
    give_way(before)
    terms = terms.model_copy(update={"goals": named})
    agreement = version(mentorship, terms, clause=clause_of(design, terms), by=side, at=at)
    proposed = AgreementProposed(**mentorship.facts(at), number=number, by=side)
    return agreement, (proposed, mentorship.notice(other(side), NoticeCode.AGREEMENT_PROPOSED, at, number=number))


def check(terms: Terms, mentorship: Mentorship, design: Design, *, today: date) -> None:
    """What must be in it, and within which limits (WESTEM mentor manual, the mentoring agreement; journey J2.3)."""
    rules = design.rules
    goals.check(terms.goals, rules, begun=bool(mentorship.agreement))
    lacking, starts_on, ends_on = missing(terms, rules), terms.starts_on, terms.ends_on
    if lacking or starts_on is None or ends_on is None:
        raise Refusal(RefusalCode.AGREEMENT_INCOMPLETE, fields=lacking)
    first, style = mentorship.starts_on, mentorship.style
    require_duration(starts_on, ends_on, first=first, style=style, rules=rules, today=today)
    for minutes, allowed, no in (
        (terms.minutes_a_month, rules.time.commitment_minutes, RefusalCode.COMMITMENT_OUT_OF_RANGE),
        (terms.session_minutes, rules.time.session_minutes, RefusalCode.SESSION_LENGTH_OUT_OF_RANGE),
    ):
        if minutes is not None and not (allowed.least or 0) <= minutes <= (
            minutes if allowed.most is None else allowed.most
        ):
            raise Refusal(no, min=allowed.least, max=allowed.most)
    if terms.clause is not None and terms.clause != clause_of(design, terms):
        raise Refusal(RefusalCode.CLAUSE_LOCKED, clause=NO_FAULT)


def missing(terms: Terms, rules: ProgrammeRules) -> tuple[AgreementField, ...]:
    """The parts that the programme asks for and that say nothing yet, in the order of the manual's template."""
    asked = {*PERIOD, *rules.steps.agreement_fields}
    return tuple(field for field in AgreementField if field in asked and not _says(terms, field))


def _says(terms: Terms, field: AgreementField) -> bool:
    if field == Field.STEPS:
        return all(goal.steps.strip() for goal in terms.goals)
    said = getattr(terms, BY_CODE.get(field, field.lower()))
    lines = said if isinstance(said, tuple) else (said,)
    return any(line.strip() if isinstance(line, str) else line is not None for line in lines)


def clause_of(design: Design, terms: Terms) -> str:
    """The fixed clause in the language of the agreement, else in English, else in any."""
    words = design.texts.clauses.get(NO_FAULT, {})
    return next((words[language] for language in (terms.language or "en", "en", *words) if language in words), "")


def sign(
    mentorship: Mentorship,
    newest: Agreement | None,
    version: int,
    *,
    in_force: Agreement | None,
    by: PersonId,
    at: datetime,
) -> tuple[Event, ...]:
    """Both sign one version, the newest; then it is in force (WESTEM mentor manual, the mentoring agreement; J2.4).

    Signing again what one has signed changes nothing.
    """
    side = mentorship.side_of(by)
    mentorship.require_open()
    if newest is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if version != newest.number:
        raise Refusal(RefusalCode.AGREEMENT_VERSION_STALE, current=newest.number)
    if side not in newest.unsigned:
        return ()
    mentorship.require_phase(AGREEING, WORKING)
    newest.sign(side, at)
    signed = AgreementSigned(**mentorship.facts(at), number=newest.number, by=side)
    if newest.unsigned:
        return (signed,)
    notices = mentorship.notices(NoticeCode.AGREEMENT_IN_FORCE, at, number=newest.number)
    return signed, put_in_force(mentorship, newest, in_force, at), *notices


def put_in_force(
    mentorship: Mentorship, agreement: Agreement, before: Agreement | None, at: datetime
) -> AgreementInForce:
    """From here on it is what the two have agreed; the version before gives way."""
    if before is not None:
        before.state = State.REPLACED
    agreement.state = State.IN_FORCE
    terms = agreement.terms
    mentorship.agreement = agreement.number
    mentorship.starts_on, mentorship.ends_on = terms.starts_on, terms.ends_on
    mentorship.minutes_a_month, mentorship.cadence_days = terms.minutes_a_month, terms.cadence_days
    mentorship.session_minutes, mentorship.agreement_language = terms.session_minutes, terms.language
    mentorship.extension_to = mentorship.extension_by = None
    return AgreementInForce(
        **mentorship.facts(at),
        number=agreement.number,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        minutes_a_month=terms.minutes_a_month,
        cadence_days=terms.cadence_days,
        session_minutes=terms.session_minutes,
        language=terms.language,
        active_goals=goals.active(terms.goals),
    )


def _require_room(mentorship: Mentorship, rules: ProgrammeRules) -> None:
    """Agreed on in negotiation and revised in enabling, where the programme has agreements of two (journey J2.7)."""
    need = rules.steps.agreement.get(mentorship.style)
    allowed = (AGREEING, WORKING) if need in {AgreementNeed.REQUIRED, AgreementNeed.OPTIONAL} else ()
    mentorship.require_phase(*(phase for phase in rules.steps.phases[mentorship.style] if phase in allowed))


def version(mentorship: Mentorship, terms: Terms, *, clause: str, by: Role, at: datetime) -> Agreement:
    """The next version, without signatures."""
    mentorship.newest += 1
    return Agreement(
        id=AgreementId(derived("agreement", mentorship.id, mentorship.newest)),
        project=mentorship.project,
        mentorship=mentorship.id,
        number=mentorship.newest,
        mentor=mentorship.mentor,
        mentee=mentorship.mentee,
        terms=terms.model_copy(update={"clause": None}),
        clause=clause,
        proposed_by=by,
        proposed_at=at,
    )


def give_way(newest: Agreement | None) -> None:
    """What still waits for signatures waits no more: a later version is there."""
    if newest is not None and newest.state == State.PROPOSED:
        newest.state = State.REPLACED
