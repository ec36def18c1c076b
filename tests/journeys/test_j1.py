"""Journey J1, from the first programme to the second round: every rule of its ten steps, and what it leaves behind."""

from __future__ import annotations

import pytest

from commons_onebox.home import SERVICES

from .conftest import WORDS
from .copies import copies

RULES = {
    "J1.1": {"PROGRAMME_DATES_INVALID": 2, "RECRUITMENT_WINDOW": 1},
    "J1.2": {"CODE_OF_CONDUCT_REQUIRED": 11, "WRITES_AFTER_ACCEPTING": 1, "WRITES_AFTER_NEW_VERSION": 1},
    "J1.3": {"RECRUITMENT_CLOSED": 1, "RECRUITMENT_OPEN": 1},
    "J1.4": {"MENTOR_NOT_READY": 5, "INTRODUCTION_PUBLISHED": 1},
    "J1.5": {
        "ONLY_NOT_PAUSED": 1,
        "ONLY_WITH_FREE_PLACES": 1,
        "ONLY_READY": 1,
        "ALL_OTHERS_FOUND": 1,
        "CARDS": 1,
        "ONE_QUERY": 1,
        "PAGING": 1,
        "FILTER_FIELD": 1,
        "FILTER_LANGUAGE": 1,
        "FILTER_COUNTRY": 1,
        "FILTER_PLACE": 1,
    },
    "J1.6": {
        "SELF_REQUEST": 1,
        "MENTOR_UNAVAILABLE": 5,
        "BLOCK_LOOKS_LIKE_ABSENCE": 1,
        "BLOCKED_NOT_FOUND": 1,
        "IDEMPOTENT": 1,
        "IDEMPOTENCY_CONFLICT": 1,
        "DUPLICATE_REQUEST": 1,
        "OPEN_REQUEST_LIMIT": 1,
        "ALREADY_MATCHED": 1,
        "INITIATOR_NOT_ALLOWED": 1,
    },
    "J1.7": {
        "NOT_REQUEST_RECIPIENT": 2,
        "ONE_MATCH": 1,
        "SAME_MATCH": 1,
        "MENTOR_AT_CAPACITY": 1,
        "INVALID_TRANSITION": 2,
        "SIXTY_FOUR_AT_ONCE": 1,
    },
    "J1.8": {
        "MENTORSHIP_IN_PREPARATION": 1,
        "PRIVATE_CHANNEL": 1,
        "WITHDRAWN_MATCHED_ELSEWHERE": 1,
        "REDELIVERY_CHANGES_NOTHING": 1,
        "TOLD_AT_ONCE": 1,
        "RESUMES_WITHOUT_A_GAP": 1,
    },
    "J1.9": {
        "REASON_REQUIRED_BY_SCHEMA": 1,
        "DECLINED_WITH_REASON": 1,
        "NOTE_IS_PRIVATE": 1,
        "SUGGESTIONS_AT_ONCE": 1,
        "DECLINE_TOLD": 1,
        "REMINDER_AFTER_5_DAYS": 1,
        "REMINDER_AFTER_10_DAYS": 1,
        "EXPIRED": 1,
        "EXPIRY_TOLD": 1,
        "AUTO_PAUSED": 1,
        "PAUSE_TOLD": 1,
    },
    "J1.10": {
        "INVALID_TRANSITION": 1,
        "WAITLIST_WHEN_FULL": 1,
        "DUPLICATE_REQUEST": 1,
        "PLACE_OFFERED": 1,
        "MENTOR_UNAVAILABLE": 1,
        "OFFER_EXPIRED": 1,
        "OFFER_LASTS_72_HOURS": 1,
        "OFFER_PASSED_ON": 1,
        "OFFER_TAKEN": 1,
        "UNMATCHED_FIRST": 1,
        "OFFERED_TO_THE_UNMATCHED": 1,
    },
    "J1": {
        "NOT_FOUND": 1,
        "PENDING_GUARDIAN": 1,
        "GUARDIAN_CONSENT_REQUIRED": 4,
        "MENTOR_UNAVAILABLE": 1,
        "MINOR_INVISIBLE": 1,
        "LOCALISED": 1,
        "UNAUTHENTICATED": 1,
    },
}
"""How often each rule of each step is tried. A refusal also proves, by its own lines in SQL, that nothing was written."""


NOT_YET = {"consents to be matched", "when sessions are"}
"""What nobody has come to in this journey."""


@pytest.mark.parametrize(("step", "rule", "times"), [(s, r, n) for s, rules in RULES.items() for r, n in rules.items()])
def test_the_rule_holds(played, step, rule, times):
    tried = [verdict for verdict in played["verdicts"] if (verdict["step"], verdict["rule"]) == (step, rule)]
    assert [verdict["detail"] for verdict in tried if not verdict["passed"]] == []
    assert len(tried) == times


def test_nothing_else_was_tried(played):
    tried = {(verdict["step"], verdict["rule"]) for verdict in played["verdicts"]}
    assert tried == {(step, rule) for step, rules in RULES.items() for rule in rules}


@pytest.mark.parametrize("name", [copy.name for copy in copies()])
def test_a_copy_is_as_its_owner_has_it(played, name):
    compared = played["copies"][name]
    assert (compared["missing"], compared["surplus"]) == ([], [])
    assert (compared["rows"] > 0) is (name not in NOT_YET)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_untold_waiting_or_dead(played, service):
    assert played["undelivered"][service] == 0


@pytest.mark.parametrize("word", WORDS)
def test_what_people_write_is_in_the_databases_alone(played, word):
    """In no stream, no log, nowhere else on the disk."""
    assert played["words"][word] == ["postgres"]


def test_a_change_does_not_pass_for_a_refusal(played):
    assert played["unseen"] == []
