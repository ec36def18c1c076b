"""Goals: few, concrete, and the same ones from version to version of an agreement."""

from __future__ import annotations

from commons_contracts.base import Refusal
from commons_contracts.codes import GoalState, RefusalCode
from commons_contracts.ids import GoalId, MentorshipId, derived
from commons_contracts.mentoring import GoalTerms, ProgrammeRules, Terms

Goals = tuple[GoalTerms, ...]


def active(goals: Goals) -> int:
    return sum(goal.state == GoalState.ACTIVE for goal in goals)


def check(goals: Goals, rules: ProgrammeRules, *, begun: bool) -> None:
    """At least one to begin with, and never more at a time than the programme allows (WESTEM mentor manual, goals).

    `begun`: an agreement is in force. Then all may have been reached, but none can vanish without one in its place.
    """
    if not goals or (not begun and not active(goals)):
        raise Refusal(RefusalCode.GOALS_REQUIRED)
    most = rules.steps.goals_most
    if most is not None and active(goals) > most:
        raise Refusal(RefusalCode.GOAL_LIMIT_EXCEEDED, max=most)


def named(goals: Goals, before: Goals, *, mentorship: MentorshipId, number: int) -> Goals:
    """Goals that go on keep their name, new ones get one; a name that the version before does not know is nobody's."""
    known = {goal.goal for goal in before}
    kept = [goal.goal for goal in goals if goal.goal is not None]
    if not known.issuperset(kept) or len(set(kept)) != len(kept):
        raise Refusal(RefusalCode.NOT_FOUND)
    return tuple(
        goal if goal.goal else goal.model_copy(update={"goal": GoalId(derived("goal", mentorship, number, nth))})
        for nth, goal in enumerate(goals)
    )


def revised(terms: Terms, goal: GoalTerms) -> Terms:
    """The terms with one goal changed, or added where it has no name (WESTEM mentor manual, enabling: revise goals)."""
    if goal.goal is None:
        return terms.model_copy(update={"goals": (*terms.goals, goal)})
    if goal.goal not in {one.goal for one in terms.goals}:
        raise Refusal(RefusalCode.NOT_FOUND)
    return terms.model_copy(update={"goals": tuple(goal if one.goal == goal.goal else one for one in terms.goals)})
