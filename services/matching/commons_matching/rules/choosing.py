"""What someone can do in a round by the programme's method, so that a page can say so before she tries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.matching import RoundCan
from commons_contracts.mentoring import ProgrammeRules

from .asking import Asker, beginners, may_ask_someone
from .offering import may_offer_someone
from .preference import may_rank
from .round import Round


def can(round: Round, viewer: Asker, *, at: datetime) -> RoundCan:
    """The first rule that keeps her from each, whomever it is about (Women STEM Up guide, ways of matching)."""
    side = Role.MENTOR if Role.MENTEE not in viewer.registered and Role.MENTOR in viewer.registered else Role.MENTEE
    return RoundCan(
        ask_mentor=_why_not(partial(may_ask_someone, round, viewer, at=at)),
        offer_mentoring=_why_not(partial(may_offer_someone, round, viewer, at=at)),
        rank=_why_not(partial(may_rank, round, viewer, side, at=at)),
    )


def priced(rules: ProgrammeRules) -> bool:
    """Mentees choose among suggestions that are ordered by what places cost, too (design of matching, modes)."""
    return Role.MENTEE in beginners(rules) and rules.matching.price_percent > 0


def _why_not(rule: Callable[[], None]) -> RefusalCode | None:
    try:
        rule()
    except Refusal as no:
        return no.code
    return None
