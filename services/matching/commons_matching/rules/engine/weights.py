"""What counts in a round and how much: hard rules, criteria and their points, all of it the programme's to set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from commons_contracts.codes import Cefr, Criterion
from commons_contracts.mentoring import BY_CONSENT, OPT_INS, MatchRules

from .graph import WHOLE

NEVER_COMPARED = frozenset({Criterion.MOTIVATION})
"""What people write in words is for people to compare."""
MOST_BLOCKS, FARTHEST = 16, 5_000
"""Hours in common that can be told apart; kilometres."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """A round's rules. Distances in kilometres, hours in blocks of three a week.

    needed: what both sides tell before any method is used. hours_least: blocks in common that a pair must have;
    hours_enough: beyond so many, more choice adds nothing. near_km: counts as nearly the same place. reach_km: how far
    those travel who have not said. untold_language, untold_place: who has told no
    language at all, or not where she lives, is kept from nobody by the rule about it.
    """

    weights: tuple[tuple[Criterion, int], ...]
    opt_in: tuple[Criterion, ...] = ()
    needed: tuple[Criterion, ...] = ()
    language_least: Cefr = Cefr.A1
    hours_least: int = 0
    hours_enough: int = 5
    near_km: int = 50
    reach_km: int = 50
    other_organisation: bool = False
    woman_mentors: bool = False
    untold_language: bool = False
    untold_place: bool = False

    def __post_init__(self) -> None:
        named = [criterion for criterion, _ in self.weights]
        if len(set(named)) != len(named):
            raise ValueError("a criterion has two weights")
        if any(not 0 <= points <= WHOLE for _, points in self.weights):
            raise ValueError("a weight lies outside 0 to 10,000")
        if len(self.opted) > OPT_INS:
            raise ValueError(f"more than {OPT_INS} criteria need an opt-in")
        if not (0 <= self.hours_least <= self.hours_enough <= MOST_BLOCKS and self.hours_enough > 0):
            raise ValueError(f"hours: 0 <= least <= enough, and enough within 1 to {MOST_BLOCKS} blocks")
        if not (0 <= self.near_km <= FARTHEST and 0 <= self.reach_km <= FARTHEST):
            raise ValueError(f"a distance lies outside 0 to {FARTHEST} km")

    @cached_property
    def mosts(self) -> tuple[dict[Criterion, int], ...]:
        """`most` of every combination of `opted`."""
        return tuple(self.most(both) for both in range(1 << len(self.opted)))

    @cached_property
    def opted(self) -> tuple[Criterion, ...]:
        """The weighted criteria that count only where both have opted in, in the order of their bits."""
        return tuple(sorted(c for c, _ in self.weights if c in self.opt_in and c not in NEVER_COMPARED))

    def most(self, both: int) -> dict[Criterion, int]:
        """Points that each criterion can give a pair; `both`: bits of `opted` to which the two have agreed.

        What is skipped takes no share: the counted criteria always come to 10,000 (design of matching, explain).
        """
        agreed = {criterion for bit, criterion in enumerate(self.opted) if both >> bit & 1}
        counted = [c for c, _ in self.weights if c not in NEVER_COMPARED and (c not in self.opted or c in agreed)]
        weights = dict(self.weights)
        return dict(zip(counted, dealt([weights[c] for c in counted]), strict=True))


def rules_of(published: MatchRules) -> Rules:
    """The rules of a programme's design. What counts by consent alone does so here, whatever the design says."""
    opt_in = tuple(sorted({*published.opt_in, *BY_CONSENT}))
    return Rules(
        weights=tuple((weight.criterion, weight.points) for weight in published.criteria),
        opt_in=opt_in,
        needed=tuple(c for c in published.collected if c not in NEVER_COMPARED and c not in opt_in),
        **published.pairs.model_dump(),
    )


def dealt(weights: Sequence[int]) -> tuple[int, ...]:
    """All 10,000 points in proportion to the weights, none lost to rounding."""
    total = sum(weights)
    bounds = [WHOLE * below // total if total else 0 for below in accumulate(weights, initial=0)]
    return tuple(high - low for low, high in pairwise(bounds))
