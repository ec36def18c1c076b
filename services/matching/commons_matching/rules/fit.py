"""How well a mentor fits a mentee, for one card at a time: the engine's own points, told criterion by criterion.

Scales, shares, weights and consents are the engine's. What is here is how two cards compare without compiling a pool, which
takes eight times as long for a page of twenty; a test holds every criterion of both to the same integers (ADR 30).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from commons_contracts.codes import Cefr, Criterion, Stage

from .card import Card
from .engine.criteria import MOST_NAMED, scales, worth
from .engine.ground import chord, ground
from .engine.weights import Rules

Level = tuple[int, int]
"""How many of a criterion's levels the two reach, and how many things the mentee named of which they are counted."""
NOTHING = (0, 0)
DIGITS = (4, 3, 2)
"""ISCED-F: the same detailed field, the same narrow one, the same broad one."""
FLUENCY = {level: min(nth, 4) for nth, level in enumerate(Cefr, 1)}
"""From B2 on a language serves for everything."""
STAGES = {stage: nth for nth, stage in enumerate(Stage)}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A criterion's share of the score: `points` of at most `most`."""

    criterion: Criterion
    points: int
    most: int
    skipped: bool


@dataclass(frozen=True, kw_only=True)
class Fit:
    points: int
    parts: tuple[Part, ...]


def explain(mentee: Card, mentor: Card, rules: Rules) -> Fit:
    """Score one pair, 0 to 10,000 points (design of matching, explain).

    What counts only with an opt-in that one of the two has not given, and what nobody can compare, is skipped and takes no
    share of the points.
    """
    opted = rules.opted
    agreed = set(mentee.opted_in).intersection(mentor.opted_in) if opted else ()
    most = rules.mosts[sum(1 << bit for bit, criterion in enumerate(opted) if criterion in agreed)]
    known = scales(rules)
    parts = []
    for criterion, _ in rules.weights:
        if criterion not in most:
            parts.append(Part(criterion=criterion, points=0, most=0, skipped=True))
            continue
        level, named = LEVELS[criterion](mentee, mentor, rules)
        points = worth(known[criterion], level, most[criterion], named)
        parts.append(Part(criterion=criterion, points=points, most=most[criterion], skipped=False))
    return Fit(points=sum(part.points for part in parts), parts=tuple(parts))


def _field(mentee: Card, mentor: Card, _: Rules) -> Level:
    for level, digits in zip((3, 2, 1), DIGITS, strict=True):
        hers = {code[:digits] for code in mentor.told.fields if len(code) >= digits}
        if any(len(code) >= digits and code[:digits] in hers for code in mentee.told.fields):
            return level, 0
    return NOTHING


def _languages(mentee: Card, mentor: Card, _: Rules) -> Level:
    levels = {s.language: FLUENCY[s.level] for s in mentor.told.languages}
    common = (min(FLUENCY[s.level], levels[s.language]) for s in mentee.told.languages if s.language in levels)
    return max(common, default=0), 0


def _counted(wanted: Collection[str], given: Collection[str]) -> Level:
    named = set(wanted)
    return min(len(named.intersection(given)), MOST_NAMED), len(named)


def _hours(mentee: Card, mentor: Card, rules: Rules) -> Level:
    return min((mentee.told.hours & mentor.told.hours).bit_count(), rules.hours_enough), 0


def _place(mentee: Card, mentor: Card, rules: Rules) -> Level:
    one, other = mentee.told, mentor.told
    if one.place is not None and one.place == other.place:
        return 3, 0
    if mentee.at is not None and mentor.at is not None:
        apart = zip(ground(mentee.at), ground(mentor.at), strict=True)
        if sum((here - there) ** 2 for here, there in apart) <= chord(rules.near_km) ** 2:
            return 2, 0
    return int(one.country is not None and one.country == other.country), 0


def _stage(mentee: Card, mentor: Card, _: Rules) -> Level:
    """Longer experience is what a mentee looks for (WESTEM mentor manual, choosing a mentor)."""
    if mentee.told.stage is None or mentor.told.stage is None:
        return NOTHING
    ahead = STAGES[mentor.told.stage] - STAGES[mentee.told.stage]
    return 2 if ahead > 0 else int(ahead == 0), 0


LEVELS: Mapping[Criterion, Callable[[Card, Card, Rules], Level]] = {
    Criterion.FIELD: _field,
    Criterion.LANGUAGES: _languages,
    Criterion.GOALS: lambda mentee, mentor, _: _counted(mentee.told.goals, mentor.told.goals),
    Criterion.TOPICS: lambda mentee, mentor, _: _counted(mentee.told.topics, mentor.told.topics),
    Criterion.BACKGROUND: lambda mentee, mentor, _: _counted(mentee.background, mentor.background),
    Criterion.GENDER: lambda mentee, mentor, _: (int(mentee.woman is not None and mentee.woman == mentor.woman), 0),
    Criterion.HOURS: _hours,
    Criterion.PLACE: _place,
    Criterion.STAGE: _stage,
}
"""How far two cards agree, by criterion: a level of the engine's scale."""
