"""How well a mentor fits a mentee, in points that explain themselves: the parts always sum to the total."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from commons_contracts.codes import Cefr, Criterion, Stage
from commons_contracts.mentoring import MatchRules
from commons_contracts.profiles import Description

WHOLE = 10_000
HOURS_ENOUGH = 5
"""Common blocks of three hours a week beyond which more choice adds nothing."""

Parts = tuple[int, int]
"""So many of so many: a share, exactly, and a third of the work that a Fraction is."""
Share = Callable[[Description, Description], Parts]
NOTHING, HALF, ALL = (0, 1), (1, 2), (1, 1)
FIELD_TIERS = ((4, ALL), (3, (6, 10)), (2, (3, 10)))
"""ISCED-F: the same detailed field, the same narrow one, the same broad one."""
FLUENCY = (1, 2, 3, 4, 4, 4)
"""What a language is worth for talking, in quarters, by the weaker speaker's level (A1 to C2); from B2 on all of it."""
LEVELS = {level: nth for nth, level in enumerate(Cefr)}
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


def explain(mentee: Description, mentor: Description, rules: MatchRules) -> Fit:
    """Score one pair, 0 to 10,000 points, by the programme's criteria and weights (design of matching, explain).

    What counts only with an opt-in, and what nobody can compare, is skipped and takes no share of the points.
    """
    weights = {w.criterion: w.points for w in rules.criteria}
    counted = [c for c in weights if c in SHARES and c not in rules.opt_in]
    most = dict(zip(counted, _dealt([weights[c] for c in counted]), strict=True))
    parts = tuple(
        Part(criterion=c, points=_of(most[c], *SHARES[c](mentee, mentor)), most=most[c], skipped=False)
        if c in most
        else Part(criterion=c, points=0, most=0, skipped=True)
        for c in weights
    )
    return Fit(points=sum(part.points for part in parts), parts=parts)


def _dealt(weights: Sequence[int]) -> tuple[int, ...]:
    """All 10,000 points in proportion to the weights, none lost to rounding."""
    total = sum(weights)
    bounds = [WHOLE * below // total if total else 0 for below in accumulate(weights, initial=0)]
    return tuple(high - low for low, high in pairwise(bounds))


def _of(points: int, many: int, of: int) -> int:
    return points * many // of


def _field(mentee: Description, mentor: Description) -> Parts:
    for digits, share in FIELD_TIERS:
        hers = {code[:digits] for code in mentor.fields if len(code) >= digits}
        if any(len(code) >= digits and code[:digits] in hers for code in mentee.fields):
            return share
    return NOTHING


def _languages(mentee: Description, mentor: Description) -> Parts:
    levels = {s.language: LEVELS[s.level] for s in mentor.languages}
    common = (FLUENCY[min(LEVELS[s.level], levels[s.language])] for s in mentee.languages if s.language in levels)
    return max(common, default=0), FLUENCY[-1]


def _goals(mentee: Description, mentor: Description) -> Parts:
    wanted = set(mentee.goals)
    return (len(wanted.intersection(mentor.goals)), len(wanted)) if wanted else NOTHING


def _hours(mentee: Description, mentor: Description) -> Parts:
    return min((mentee.hours & mentor.hours).bit_count(), HOURS_ENOUGH), HOURS_ENOUGH


def _place(mentee: Description, mentor: Description) -> Parts:
    if mentee.place is not None and mentee.place == mentor.place:
        return ALL
    return HALF if mentee.country is not None and mentee.country == mentor.country else NOTHING


def _stage(mentee: Description, mentor: Description) -> Parts:
    """Longer experience is what a mentee looks for (WESTEM mentor manual, choosing a mentor)."""
    if mentee.stage is None or mentor.stage is None:
        return NOTHING
    ahead = STAGES[mentor.stage] - STAGES[mentee.stage]
    return ALL if ahead > 0 else HALF if ahead == 0 else NOTHING


SHARES: Mapping[Criterion, Share] = {
    Criterion.FIELD: _field,
    Criterion.LANGUAGES: _languages,
    Criterion.GOALS: _goals,
    Criterion.HOURS: _hours,
    Criterion.PLACE: _place,
    Criterion.STAGE: _stage,
}
"""Each criterion's share of its points, 0 to 1, exactly."""
