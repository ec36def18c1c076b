"""Why two people are proposed to each other, why they are not, and why someone is left: in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from babel import Locale
from babel.dates import format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from commons_contracts import matching as contract
from commons_contracts.codes import Criterion, Language, Modality, NotPaired

from ..sentences import Catalogue

CONTRIBUTION, UNMET, CHANGE, NOT_PAIRED, CIRCLE = "contribution", "unmet", "change", "not_paired", "circle"
BLOCKS_A_DAY, HOURS = 8, 3
"""Of the week in which people say when they have time."""
NEEDS_SHARED = frozenset({Criterion.FIELD, Criterion.LANGUAGES})
"""Whose sentence names what is shared; without that it would say nothing."""


def because(part: contract.Contribution, language: Language) -> str:
    """What one criterion adds, and why."""
    said: dict[str, Any] = {"points": _points(part.points, language), "most": _points(part.most, language)}
    if part.criterion is Criterion.MOTIVATION:
        return _say(language, CONTRIBUTION, part.criterion)
    if part.skipped:
        return _say(language, CONTRIBUTION, "SKIPPED")
    if not part.points or (part.criterion in NEEDS_SHARED and not part.evidence):
        return _say(language, CONTRIBUTION, "NOTHING", **said)
    shared = evidence(part, language)
    return _say(language, CONTRIBUTION, part.criterion, n=len(shared), shared=_listed(shared, language), **said)


def evidence(part: contract.Contribution, language: Language) -> list[str]:
    """What stands on both cards: names of languages, codes of the rest."""
    if part.criterion is not Criterion.LANGUAGES:
        return list(part.evidence)
    return [spoken(tongue, language) for tongue in part.evidence]


def circle(view: contract.CircleView, language: Language) -> str:
    """What all of a circle have in common."""
    weekday, nth = divmod(view.block, BLOCKS_A_DAY)
    begins, ends = (time(HOURS * n % 24) for n in (nth, nth + 1))
    meets = view.modality is not Modality.ONLINE  # what is mixed is also in one place
    return _say(
        language,
        CIRCLE,
        Modality.FACE_TO_FACE if meets else Modality.ONLINE,
        language=spoken(view.language, language),
        day=get_day_names("wide", locale=language)[weekday],
        begins=format_time(begins, "short", locale=language),
        ends=format_time(ends, "short", locale=language),
    )


def left(view: contract.UnmatchedView, language: Language) -> str:
    """Why she has no mentor."""
    return _say(language, UNMET, view.why)


def help_(view: contract.UnmatchedView, language: Language) -> str | None:
    """What would have helped; None where nothing that she could change would."""
    if view.change is None:
        return None
    tongue = spoken(view.language, language) if view.language else ""
    return _say(language, CHANGE, view.change, mentors=view.mentors, language=tongue)


def why_not(view: contract.WhyNotView, language: Language) -> str:
    """One reason. What one of the two has said of the other is in none of them."""
    if view.why is NotPaired.RULE and view.rule is not None:
        return Catalogue.of(language).plain(view.rule)
    return _say(language, NOT_PAIRED, view.why)


def spoken(tongue: str, language: Language) -> str:
    """A language's name; its code where the reader's language has no name for it."""
    names: Mapping[str, str] = Locale.parse(language).languages
    return names.get(tongue.replace("-", "_"), names.get(tongue.partition("-")[0], tongue))


def _listed(names: list[str], language: Language) -> str:
    return format_list(names, locale=language) if names else ""


def _points(points: int, language: Language) -> str:
    """Of a hundred, as people count."""
    return format_decimal(points / 100, "0.##", locale=language)


def _say(reader: Language, context: str, code: str, /, **said: Any) -> str:
    return Catalogue.of(reader).sentences[context, str(code)].format(**said)
