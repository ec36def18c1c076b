"""Who may ask whom for a mentorship, and wait for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import Initiator, Method, RefusalCode, Role
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import ProgrammeRules

from .places import Places
from .refusing import invalid_transition, mentor_unavailable
from .round import Round


@dataclass(frozen=True, kw_only=True)
class Asker:
    """The person who asks, as the round knows her."""

    person: PersonId
    roles: frozenset[Role]
    registered: frozenset[Role]
    matched: bool = False
    asked: tuple[PersonId, ...] = ()
    """Those to whom a request of hers is open."""
    offered: tuple[PersonId, ...] = ()
    """Those whose request to her is open."""
    acknowledged: bool = True
    """She has confirmed how matching works, or nobody asks for it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The mentor in question, as this mentee may know her."""

    person: PersonId
    places: Places | None
    """None: she takes no part in this round, or not in this style, or there is no such person."""
    available: bool
    """Her introduction is published and she has not paused."""
    blocked: bool
    unsure: bool
    """Whether the two may be in contact is not known."""
    supervision: bool = False
    """One of the two supervises the other, as has been declared."""
    waiting: int = 0
    """How many requests wait for her answer, where the programme limits them."""


BY_METHOD = {
    Method.MENTEE_PICKS: Role.MENTEE,
    Method.ONE_WAY_MENTEE: Role.MENTEE,
    Method.ONE_WAY_MENTOR: Role.MENTOR,
}
BY_RUN = (Method.ALGORITHM, Method.TWO_WAY, Method.CIRCLES)
BY_INITIATOR = {
    Initiator.MENTEE: Role.MENTEE,
    Initiator.MENTOR: Role.MENTOR,
    Initiator.TEACHER: Role.TEACHER,
    Initiator.COORDINATOR: Role.COORDINATOR,
}


def beginners(rules: ProgrammeRules) -> frozenset[Role]:
    """The roles that may begin (rule matrix, initiator): as named, or as the initiator or the method implies.

    None where a match run brings people together, whatever else the programme says: they have given it their word, or lists.
    """
    if rules.matching.method in BY_RUN:
        return frozenset()
    if rules.requests.begun_by:
        return frozenset(rules.requests.begun_by)
    if rules.requests.initiator is Initiator.BY_METHOD:
        role = BY_METHOD.get(rules.matching.method)
    else:
        role = BY_INITIATOR[rules.requests.initiator]
    return frozenset() if role is None else frozenset({role})


def may_ask(round: Round, asker: Asker, asked: Asked, *, at: datetime) -> None:
    """A mentee asks a mentor (WESTEM framework: she reads introductions and sends the request, never the mentor).

    The first rule broken, in this order, is the one she is told.
    """
    _not_herself(asker, asked)
    may_ask_someone(round, asker, at=at)
    require_new(round, asker, asked.person)
    free, most = may_meet(asked).free, round.rules.requests.open_per_place
    if free == 0 or (most is not None and asked.waiting >= free * most):
        raise mentor_unavailable()


def may_ask_someone(round: Round, asker: Asker, *, at: datetime) -> None:
    """What of it does not depend on whom she asks."""
    _may_begin(round, asker)
    round.require_open(at)
    require_part(round, asker, Role.MENTEE)
    if asker.matched:
        raise Refusal(RefusalCode.ALREADY_MATCHED)


def may_wait(round: Round, asker: Asker, asked: Asked, *, waits: bool) -> None:
    """A mentee waits for a mentor whose places are taken (journey J1.10); also after the window, when places come free."""
    _not_herself(asker, asked)
    _may_begin(round, asker)
    require_part(round, asker, Role.MENTEE)
    if asker.matched:
        raise Refusal(RefusalCode.ALREADY_MATCHED)
    if waits or asked.person in asker.asked:
        raise Refusal(RefusalCode.DUPLICATE_REQUEST)
    if may_meet(asked).free:
        raise invalid_transition("FREE", "WAITING")
    if not round.rules.requests.waitlist:
        raise Refusal(RefusalCode.MENTOR_AT_CAPACITY)


def may_take(asker: Asker, asked: Asked) -> None:
    """A mentee turns an offer into a request, whatever her number of open ones: the place is hers (journey J1.10)."""
    if asked.person in asker.asked:
        raise Refusal(RefusalCode.DUPLICATE_REQUEST)
    may_meet(asked)


def may_take_slot(round: Round, asker: Asker, asked: Asked) -> None:
    """A mentee of the round asks for a flash slot, at any time: flash is not bound to the season's window (journey J3.1)."""
    _not_herself(asker, asked)
    _may_begin(round, asker)
    require_part(round, asker, Role.MENTEE)
    may_meet(asked)


def may_meet(asked: Asked) -> Places:
    """Whoever is unknown, away or blocked cannot be asked, all with one answer (journey J1.6).

    Where safety is unsure, nobody can; nor, said as it is, who supervises the other (journey J5.7).
    """
    if asked.places is None:
        raise mentor_unavailable()
    if asked.unsure:
        raise Refusal(RefusalCode.SAFEGUARDING_UNKNOWN)
    if asked.blocked or not asked.available:
        raise mentor_unavailable()
    if asked.supervision:
        raise Refusal(RefusalCode.SUPERVISION_CONFLICT)
    return asked.places


def require_new(round: Round, asker: Asker, other: PersonId) -> None:
    """One request between two people at a time, and so many of one person as the programme allows to be open."""
    if other in (*asker.asked, *asker.offered):
        raise Refusal(RefusalCode.DUPLICATE_REQUEST)
    most = round.rules.requests.open_most
    if most is not None and len(asker.asked) >= most:
        raise Refusal(RefusalCode.OPEN_REQUEST_LIMIT, max=most)


def require_part(round: Round, asker: Asker, role: Role) -> None:
    """She takes part in this role, and has confirmed how matching works where the programme asks for it (journey J5.8)."""
    if role not in asker.registered:
        raise Refusal(RefusalCode.ENROLMENT_REQUIRED, round=round.id)
    if not asker.acknowledged:
        raise Refusal(RefusalCode.NOTICE_NOT_ACKNOWLEDGED, round=round.id, version=round.programme_version)


def not_allowed(round: Round) -> Refusal:
    """The programme's method leaves this step to somebody else (Women STEM Up guide, ways of matching)."""
    rules = round.rules
    method, initiator = rules.matching.method, rules.requests.initiator
    why = {"method": method} if initiator is Initiator.BY_METHOD or method in BY_RUN else {}
    return Refusal(RefusalCode.INITIATOR_NOT_ALLOWED, initiator=initiator, **why)


def _not_herself(asker: Asker, asked: Asked) -> None:
    if asker.person == asked.person:
        raise Refusal(RefusalCode.SELF_REQUEST)


def _may_begin(round: Round, asker: Asker) -> None:
    acts_as_mentor = Role.MENTEE not in asker.registered and Role.MENTOR in asker.registered
    if acts_as_mentor or Role.MENTEE not in asker.roles & beginners(round.rules):
        raise not_allowed(round)
