"""Extending the agreed period: one of the two says until when, and the other one says yes."""

from __future__ import annotations

from datetime import date, datetime

from commons_contracts.base import Event, Refusal
from commons_contracts.codes import NoticeCode, RefusalCode
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import ExtensionProposed, ProgrammeRules

from .agreement import Agreement, give_way, put_in_force, version
from .mentorship import SIDES, Mentorship, other
from .phase import WORKING
from .programme import day
from .timing import require_duration


def propose_extension(
    mentorship: Mentorship, ends_on: date, *, rules: ProgrammeRules, by: PersonId, at: datetime, zone: str
) -> tuple[Event, ...]:
    """One of them would go on longer, within the programme's limit (WESTEM framework, duration; journey J2.11).

    What the other one has proposed already stays, and is hers to take: with `extend`.
    """
    side = mentorship.side_of(by)
    _check(mentorship, ends_on, rules, today=day(at, zone))
    if mentorship.extension_to == ends_on:
        return ()
    mentorship.extension_to, mentorship.extension_by = ends_on, side
    proposed = ExtensionProposed(**mentorship.facts(at), by=side, ends_on=ends_on)
    return proposed, mentorship.notice(other(side), NoticeCode.EXTENSION_PROPOSED, at)


def extend(
    mentorship: Mentorship,
    ends_on: date,
    *,
    in_force: Agreement | None,
    newest: Agreement | None,
    rules: ProgrammeRules,
    by: PersonId,
    at: datetime,
    zone: str,
) -> tuple[Agreement, tuple[Event, ...]]:
    """With the yes of both it is a version of the agreement like any other, but for its last day (journey J2.11)."""
    side = mentorship.side_of(by)
    _check(mentorship, ends_on, rules, today=day(at, zone))
    agreed = mentorship.extension_by == other(side) and mentorship.extension_to == ends_on
    if in_force is None or not agreed:
        raise Refusal(RefusalCode.CONSENT_OF_BOTH_REQUIRED, missing=(other(side),))
    give_way(newest)
    terms = in_force.terms.model_copy(update={"ends_on": ends_on})
    longer = version(mentorship, terms, clause=in_force.clause, by=other(side), at=at)
    for one in SIDES:
        longer.sign(one, at)
    fact = put_in_force(mentorship, longer, in_force, at)
    return longer, (fact, *mentorship.notices(NoticeCode.AGREEMENT_IN_FORCE, at, number=longer.number))


def _check(mentorship: Mentorship, ends_on: date, rules: ProgrammeRules, *, today: date) -> None:
    mentorship.require_open()
    mentorship.require_phase(WORKING)
    if mentorship.starts_on is None or mentorship.ends_on is None:
        raise Refusal(RefusalCode.AGREEMENT_NOT_SIGNED, missing=SIDES)
    earliest = max(mentorship.ends_on, today)
    begin, style = mentorship.starts_on, mentorship.style
    require_duration(begin, ends_on, first=begin, style=style, rules=rules, today=earliest)
    if ends_on == mentorship.ends_on:
        raise Refusal(RefusalCode.DURATION_OUT_OF_RANGE, earliest=earliest, max=rules.time.duration_months.most)
