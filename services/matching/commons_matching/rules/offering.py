"""Mentors who choose: a mentor offers a mentee her mentoring, where the programme has mentors begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.ids import PersonId

from .asking import Asker, beginners, not_allowed, require_new, require_part
from .places import Places
from .round import Round


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The mentee in question, as this mentor may know her."""

    person: PersonId
    registered: bool
    matched: bool
    blocked: bool
    unsure: bool
    """Whether the two may be in contact is not known."""
    supervision: bool = False


def may_offer(
    round: Round, mentor: Asker, wanted: Wanted, *, places: Places | None, available: bool, at: datetime
) -> None:
    """A mentor asks a mentee (Women STEM Up guide, one-way choice by mentors). The first rule broken is the one she is told.

    A mentee who is not there, has a mentor already or is kept apart from her by a block is not found, all with one answer.
    """
    if mentor.person == wanted.person:
        raise Refusal(RefusalCode.SELF_REQUEST)
    may_offer_someone(round, mentor, at=at)
    if not available:
        raise Refusal(RefusalCode.MENTOR_NOT_READY)
    require_new(round, mentor, wanted.person)
    if places is None or places.free == 0:
        raise Refusal(RefusalCode.MENTOR_AT_CAPACITY)
    if wanted.unsure and wanted.registered:
        raise Refusal(RefusalCode.SAFEGUARDING_UNKNOWN)
    if wanted.blocked or wanted.matched or not wanted.registered:
        raise Refusal(RefusalCode.NOT_FOUND)
    if wanted.supervision:
        raise Refusal(RefusalCode.SUPERVISION_CONFLICT)


def may_offer_someone(round: Round, mentor: Asker, *, at: datetime) -> None:
    """What of it does not depend on whom she asks."""
    if Role.MENTOR not in mentor.roles & beginners(round.rules):
        raise not_allowed(round)
    round.require_open(at)
    require_part(round, mentor, Role.MENTOR)


def may_browse(round: Round, mentor: Asker) -> None:
    """Mentors of a round see its mentees where the programme has mentors choose, and nowhere else."""
    if Role.MENTOR not in beginners(round.rules) and round.lists_close_at is None:
        raise not_allowed(round)
    require_part(round, mentor, Role.MENTOR)
