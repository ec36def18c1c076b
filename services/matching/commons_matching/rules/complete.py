"""What people have told of what a programme matches by, and what they have not."""

from __future__ import annotations

from collections.abc import Collection

from commons_contracts.base import Refusal
from commons_contracts.codes import Criterion, Method, RefusalCode
from commons_contracts.mentoring import BY_CONSENT, MatchRules

from .engine.weights import NEVER_COMPARED


def counted(published: MatchRules) -> tuple[Criterion, ...]:
    """What is asked of everyone because it adds points. Consent is nobody's to miss, and words are for people to compare."""
    free = {*published.opt_in, *BY_CONSENT, *NEVER_COMPARED}
    return tuple(w.criterion for w in published.criteria if w.points and w.criterion not in free)


def uncollected(published: MatchRules) -> tuple[Criterion, ...]:
    """What counts, and the programme does not ask for before anyone is matched: whoever lacks it would quietly get less.

    Where ranked lists alone decide, nothing counts.
    """
    if published.method is Method.TWO_WAY and not published.lists.completed:
        return ()
    return tuple(criterion for criterion in counted(published) if criterion not in published.collected)


def wanted(published: MatchRules) -> tuple[Criterion, ...]:
    """All that someone should have told."""
    free = {*published.opt_in, *BY_CONSENT, *NEVER_COMPARED}
    asked = (criterion for criterion in published.collected if criterion not in free)
    return tuple(dict.fromkeys((*asked, *counted(published))))


def require_told(people: int, fields: Collection[Criterion]) -> None:
    """A run by what was not collected is no fair one (Women STEM Up guide, collect before you match; journey J5.5)."""
    if people:
        raise Refusal(RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, people=people, fields=sorted(fields))
