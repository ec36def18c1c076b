"""How each criterion compares two people: which bits it looks at, and the share of its points that each level gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from commons_contracts.codes import Criterion

from .layout import FIELDS, TONGUES, Kind
from .weights import Rules

MOST_NAMED = 16
"""How many goals, topics, codes of background or blocks of hours can count."""


class Form(IntEnum):
    """TIERED: the narrowest kind they share. COUNTED: how many they share of those the mentee named, or of `whole`.
    STAGED: how far ahead. PLACED: country, near, the same place.
    """

    TIERED = 0
    COUNTED = 1
    STAGED = 2
    PLACED = 3


@dataclass(frozen=True, kw_only=True)
class Scale:
    """`shares[t] / whole` of the points at level t + 1. COUNTED has no shares: t of `whole`, or of what she named if 0."""

    form: Form
    kinds: tuple[Kind, ...]
    shares: tuple[int, ...] = ()
    whole: int = 0
    cap: int = MOST_NAMED

    @property
    def levels(self) -> int:
        """The most levels it tells apart."""
        return self.cap if self.form is Form.COUNTED else len(self.shares)


@lru_cache(maxsize=64)
def scales(rules: Rules) -> dict[Criterion, Scale]:
    """Each criterion's scale: ISCED-F broad 0.3, narrow 0.6, detailed 1; a language by the weaker speaker."""
    return {
        Criterion.FIELD: Scale(form=Form.TIERED, kinds=FIELDS, shares=(3, 6, 10), whole=10),
        Criterion.LANGUAGES: Scale(form=Form.TIERED, kinds=TONGUES, shares=(1, 2, 3, 4), whole=4),
        Criterion.GENDER: Scale(form=Form.TIERED, kinds=(Kind.GENDER,), shares=(1,), whole=1),
        Criterion.GOALS: Scale(form=Form.COUNTED, kinds=(Kind.GOAL,)),
        Criterion.TOPICS: Scale(form=Form.COUNTED, kinds=(Kind.TOPIC,)),
        Criterion.BACKGROUND: Scale(form=Form.COUNTED, kinds=(Kind.BACKGROUND,)),
        Criterion.HOURS: Scale(
            form=Form.COUNTED, kinds=(Kind.BLOCK,), whole=rules.hours_enough, cap=rules.hours_enough
        ),
        Criterion.STAGE: Scale(form=Form.STAGED, kinds=(Kind.STAGE,), shares=(1, 2), whole=2),
        Criterion.PLACE: Scale(form=Form.PLACED, kinds=(Kind.COUNTRY,), shares=(2, 3, 4), whole=4),
    }


def worth(scale: Scale, level: int, most: int, named: int) -> int:
    """Points of a level, of `most`; named: how many things she named, for a scale that counts those that are shared."""
    if level == 0:
        return 0
    if scale.form is not Form.COUNTED:
        return most * scale.shares[level - 1] // scale.whole
    return most * level // (scale.whole or named)
