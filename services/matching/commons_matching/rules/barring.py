"""The hard rules between two people, as refusals name them; what keeps somebody safe is never overridden."""

from __future__ import annotations

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode

from .engine.columns import has
from .engine.explain import barred, bars, pair_of
from .engine.layout import Flag
from .engine.people import Bar
from .engine.sides import Sides

CODES = {
    Bar.NOT_TAKING_PART: RefusalCode.MENTOR_UNAVAILABLE,
    Bar.SELF: RefusalCode.SELF_REQUEST,
    Bar.PROJECT: RefusalCode.NOT_A_MEMBER,
    Bar.LANGUAGE: RefusalCode.LANGUAGE_MISMATCH,
    Bar.MODALITY: RefusalCode.MODALITY_MISMATCH,
    Bar.REACH: RefusalCode.OUT_OF_REACH,
    Bar.HOURS: RefusalCode.HOURS_MISMATCH,
    Bar.VETTING: RefusalCode.VETTING_REQUIRED,
    Bar.WOMAN: RefusalCode.WOMAN_MENTOR_WISHED,
    Bar.ORGANISATION: RefusalCode.SAME_ORGANISATION,
    Bar.SUPERVISION: RefusalCode.SUPERVISION_CONFLICT,
    Bar.PREVIOUS: RefusalCode.PREVIOUS_PAIR,
    Bar.UNAVAILABLE: RefusalCode.MENTOR_UNAVAILABLE,
}
"""A block is told as a mentor who is not there: as whoever is paused, or not ready."""

SAFETY = frozenset({RefusalCode.VETTING_REQUIRED, RefusalCode.MENTOR_UNAVAILABLE})
"""A minor's mentor is vetted; and who is not there for somebody, be it by a block or by a pause, is not there."""


def rule_between(pool: Sides, i: int, j: int) -> RefusalCode | None:
    """The first hard rule that keeps mentee i from mentor j, as refusals name it."""
    bar = barred(pool, i, j)
    if bar is Bar.NOT_TAKING_PART and not has(pool, i, Flag.ACKNOWLEDGED):
        return RefusalCode.NOTICE_NOT_ACKNOWLEDGED
    if bar is Bar.NOT_TAKING_PART and not has(pool, i, Flag.COMPLETE):
        return RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING
    return None if bar is None else CODES[bar]


def require_allowed(pool: Sides, i: int, j: int) -> None:
    """Nobody overrides a hard rule: it is named; what keeps somebody safe is named as such (journey J6.6)."""
    rules = [rule_between(pool, i, j), *(CODES[bar] for bar in bars(pair_of(pool, i, j)) if bar is Bar.VETTING)]
    if safety := next((rule for rule in reversed(rules) if rule in SAFETY), None):
        raise Refusal(RefusalCode.RULE_NOT_OVERRIDABLE, rule_=safety)
    if rules[0] is not None:
        raise Refusal(rules[0])
