"""Refusals that several rules give, so that they give them alike."""

from __future__ import annotations

from enum import StrEnum

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode


def invalid_transition(now: StrEnum | str, to: StrEnum | str) -> Refusal:
    return Refusal(RefusalCode.INVALID_TRANSITION, **{"from": str(now), "to": str(to)})


def mentor_unavailable() -> Refusal:
    """The one answer for whoever cannot be asked: nothing in it tells a block from a pause (journey J1.6)."""
    return Refusal(RefusalCode.MENTOR_UNAVAILABLE)
