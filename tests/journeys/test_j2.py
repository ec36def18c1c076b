"""Journey J2, from the first checklist to the certificate, and three ways that go otherwise: every rule of its steps."""

from __future__ import annotations

import pytest

from commons_onebox.home import SERVICES

from .conftest import AGREED
from .copies import copies

RULES = {
    "J2": {"FOUR_PAIRS": 1},
    "J2.1": {
        "CHECKLIST_OF_SEVEN": 1,
        "CHECKLIST_INCOMPLETE": 3,
        "ROLE_NOT_ALLOWED": 1,
        "INVALID_TRANSITION": 1,
        "NOT_FOUND": 1,
        "DONE_BY": 1,
        "NEXT_PHASE": 1,
        "MERGED_FIRST_MEETING": 1,
        "PHASE_FORBIDS": 1,
    },
    "J2.2": {"FIRST_MEETING_BY_MENTEE": 2, "INVALID_TRANSITION": 1, "FIRST_MEETING": 1},
    "J2.3": {
        "GOAL_LIMIT_EXCEEDED": 1,
        "GOALS_REQUIRED": 1,
        "DURATION_OUT_OF_RANGE": 2,
        "COMMITMENT_OUT_OF_RANGE": 2,
        "SESSION_LENGTH_OUT_OF_RANGE": 1,
        "AGREEMENT_INCOMPLETE": 6,
        "CLAUSE_LOCKED": 1,
        "PHASE_FORBIDS": 1,
        "NO_FAULT_CLAUSE": 1,
        "FOR_THE_TWO_ALONE": 1,
    },
    "J2.4": {"AGREEMENT_NOT_SIGNED": 2, "AGREEMENT_VERSION_STALE": 1, "IN_FORCE": 1, "BOTH_ARE_TOLD": 1},
    "J2.5": {
        "SESSION_CONFLICT": 1,
        "OUTSIDE_AGREEMENT_PERIOD": 1,
        "AGENDA_BY_MENTEE": 2,
        "SESSION_NOT_HELD": 1,
        "HELD": 1,
        "FOR_THE_TWO_ALONE": 1,
    },
    "J2.6": {"HER_OWN": 1, "PRIVATE_EVALUATION": 3, "SHARED_BY_SAYING_SO": 1, "GONE_WITH_THE_KEY": 1},
    "J2.7": {
        "HOURS_EXCEEDED": 1,
        "PHASE_FORBIDS": 1,
        "REVISED_BY_BOTH": 1,
        "GOAL_LIMIT_EXCEEDED": 1,
        "ROOM_FOR_ANOTHER": 1,
    },
    "J2.11": {"CONSENT_OF_BOTH_REQUIRED": 2, "DURATION_OUT_OF_RANGE": 1, "EXTENDED_BY_BOTH": 1},
    "J2.8": {
        "HALFWAY_BY_DATE": 1,
        "FOUR_QUESTIONS": 1,
        "BOTH_ARE_ASKED": 1,
        "COORDINATORS_SEE_IT": 1,
        "PAUSED_INACTIVE": 1,
        "PLACE_GIVEN_BACK": 1,
        "INVALID_TRANSITION": 1,
        "RESUMED": 1,
        "NO_PLACE_TO_RESUME": 1,
    },
    "J2.9": {
        "PHASE_FORBIDS": 1,
        "CHECKLIST_INCOMPLETE": 1,
        "FINAL_EVALUATION_REQUIRED": 2,
        "COMPLETED": 1,
        "PLACE_GIVEN_BACK": 1,
    },
    "J2.10": {"NO_WORDS": 1, "ENDED_NO_FAULT": 1, "PLACE_GIVEN_BACK": 1, "RELATIONSHIP_CLOSED": 3},
}
"""How often each rule of each step is tried. A refusal also proves, by its own lines in SQL, that nothing was written."""


@pytest.mark.parametrize(("step", "rule", "times"), [(s, r, n) for s, rules in RULES.items() for r, n in rules.items()])
def test_the_rule_holds(played_j2, step, rule, times):
    tried = [verdict for verdict in played_j2["verdicts"] if (verdict["step"], verdict["rule"]) == (step, rule)]
    assert [verdict["detail"] for verdict in tried if not verdict["passed"]] == []
    assert len(tried) == times


def test_nothing_else_was_tried(played_j2):
    tried = {(verdict["step"], verdict["rule"]) for verdict in played_j2["verdicts"]}
    assert tried == {(step, rule) for step, rules in RULES.items() for rule in rules}


@pytest.mark.parametrize("name", [copy.name for copy in copies()])
def test_a_copy_is_as_its_owner_has_it(played_j2, name):
    compared = played_j2["copies"][name]
    assert (compared["missing"], compared["surplus"]) == ([], [])


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_untold_waiting_or_dead(played_j2, service):
    assert played_j2["undelivered"][service] == 0


@pytest.mark.parametrize("word", AGREED)
def test_what_two_agree_on_is_in_the_databases_alone(played_j2, word):
    """In no stream, no log, nowhere else on the disk."""
    assert played_j2["words"][word] == ["postgres"]
