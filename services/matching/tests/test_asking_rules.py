"""Who may ask whom: each refusal, and which comes first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import Initiator, Method, Role
from commons_contracts.codes import RefusalCode as No
from commons_contracts.mentoring import MatchRules
from commons_matching.rules.asking import Asked, Asker, beginners, may_ask, may_meet, may_take, may_wait
from commons_matching.rules.places import Places

NOON = datetime(2026, 9, 10, 10, tzinfo=UTC)
BEFORE = datetime(2026, 9, 9, 21, 59, 59, tzinfo=UTC)
MENTOR = new_id()
FREE, FULL = Places(most=2, used=1), Places(most=2, used=1, held=1)


def an_asker(**changes):
    usual = {"person": new_id(), "roles": frozenset({Role.MENTEE}), "registered": frozenset({Role.MENTEE})}
    return Asker(**usual | {"matched": False, "asked": ()} | changes)


def an_asked(**changes):
    usual = {"person": MENTOR, "places": FREE, "available": True, "blocked": False, "unsure": False}
    return Asked(**usual | changes)


def refusal(rule, *args, **kwargs):
    with pytest.raises(Refusal) as no:
        rule(*args, **kwargs)
    return no.value


BOTH = frozenset({Role.MENTOR, Role.MENTEE})
AS_MENTOR = {"roles": frozenset({Role.MENTOR}), "registered": frozenset({Role.MENTOR})}
# Each line breaks its own rule and all that come after it: so the order is proven too.
ORDER = [
    (No.SELF_REQUEST, {"person": MENTOR}, {}),
    (No.INITIATOR_NOT_ALLOWED, AS_MENTOR, {}),
    (No.RECRUITMENT_CLOSED, {}, {}),
    (No.ENROLMENT_REQUIRED, {"registered": frozenset()}, {}),
    (No.ALREADY_MATCHED, {"matched": True}, {}),
    (No.DUPLICATE_REQUEST, {"asked": (MENTOR, new_id(), new_id())}, {}),
    (No.OPEN_REQUEST_LIMIT, {"asked": (new_id(), new_id(), new_id())}, {}),
    (No.MENTOR_UNAVAILABLE, {}, {"places": None}),
    (No.SAFEGUARDING_UNKNOWN, {}, {"unsure": True}),
    (No.MENTOR_UNAVAILABLE, {}, {"blocked": True}),
    (No.MENTOR_UNAVAILABLE, {}, {"available": False}),
    (No.MENTOR_UNAVAILABLE, {}, {"places": FULL}),
]


@pytest.mark.parametrize("step", range(len(ORDER)))
def test_the_first_rule_broken_is_the_one_told(a_round, step):
    asker, asked = {}, {}
    for _, hers, others in reversed(ORDER[step:]):
        asker, asked = asker | hers, asked | others
    code = ORDER[step][0]
    at = BEFORE if step <= 2 else NOON

    assert refusal(may_ask, a_round(), an_asker(**asker), an_asked(**asked), at=at).code is code


@pytest.mark.parametrize(("code", "asker", "asked"), [line for line in ORDER if line[0] is not No.RECRUITMENT_CLOSED])
def test_each_rule_refuses_by_itself(a_round, code, asker, asked):
    assert refusal(may_ask, a_round(), an_asker(**asker), an_asked(**asked), at=NOON).code is code


def test_a_mentee_of_the_round_may_ask_a_mentor_who_is_free(a_round):
    may_ask(a_round(), an_asker(asked=(new_id(), new_id())), an_asked(), at=NOON)


def test_the_limit_of_open_requests_is_the_programmes(a_round):
    asker = an_asker(asked=(new_id(),))

    no = refusal(may_ask, a_round(open_most=1), asker, an_asked(), at=NOON)
    assert (no.code, no.params) == (No.OPEN_REQUEST_LIMIT, {"max": 1})
    may_ask(a_round(open_most=None), an_asker(asked=tuple(new_id() for _ in range(9))), an_asked(), at=NOON)


@pytest.mark.parametrize("asked", [{"places": None}, {"blocked": True}, {"available": False}, {"places": FULL}])
def test_a_block_looks_exactly_like_being_away(a_round, asked):
    no = refusal(may_ask, a_round(), an_asker(), an_asked(**asked), at=NOON)

    assert (no.code, no.rule, no.params) == (No.MENTOR_UNAVAILABLE, "", {})


def test_who_is_both_may_ask_once_she_takes_part_as_a_mentee(a_round):
    may_ask(a_round(), an_asker(roles=BOTH, registered=BOTH), an_asked(), at=NOON)
    as_mentor = an_asker(roles=BOTH, registered=frozenset({Role.MENTOR}))
    assert refusal(may_ask, a_round(), as_mentor, an_asked(), at=NOON).code is No.INITIATOR_NOT_ALLOWED


@pytest.mark.parametrize(
    ("initiator", "method", "begun_by", "may"),
    [
        (Initiator.MENTEE, Method.TWO_WAY, (), None),
        (Initiator.MENTEE, Method.ALGORITHM, (Role.MENTEE,), None),
        (Initiator.MENTOR, Method.MENTEE_PICKS, (), Role.MENTOR),
        (Initiator.TEACHER, Method.BOOKING, (), Role.TEACHER),
        (Initiator.COORDINATOR, Method.COORDINATOR_FORMS, (), Role.COORDINATOR),
        (Initiator.TEACHER, Method.BOOKING, (Role.COUNSELLOR,), Role.COUNSELLOR),
        (Initiator.BY_METHOD, Method.ONE_WAY_MENTEE, (), Role.MENTEE),
        (Initiator.BY_METHOD, Method.MENTEE_PICKS, (), Role.MENTEE),
        (Initiator.BY_METHOD, Method.ONE_WAY_MENTOR, (), Role.MENTOR),
        (Initiator.BY_METHOD, Method.ALGORITHM, (), None),
    ],
)
def test_who_may_begin_is_the_programmes_to_say(a_round, initiator, method, begun_by, may):
    round = a_round(initiator=initiator, begun_by=begun_by, matching=MatchRules(method=method))

    assert beginners(round.rules) == (frozenset({may}) if may else frozenset())
    if may is not Role.MENTEE:
        no = refusal(may_ask, round, an_asker(), an_asked(), at=NOON)
        by_method = may is None or initiator is Initiator.BY_METHOD
        params = {"initiator": initiator} | ({"method": method} if by_method else {})
        assert (no.code, no.params) == (No.INITIATOR_NOT_ALLOWED, params)


def test_one_waits_for_a_mentor_whose_places_are_taken_also_after_the_window(a_round):
    may_wait(a_round(), an_asker(asked=(new_id(),) * 3), an_asked(places=FULL), waits=False)


@pytest.mark.parametrize(
    ("code", "asker", "asked", "waits"),
    [
        (No.SELF_REQUEST, {"person": MENTOR}, {}, False),
        (No.INITIATOR_NOT_ALLOWED, AS_MENTOR, {}, False),
        (No.ENROLMENT_REQUIRED, {"registered": frozenset()}, {}, False),
        (No.ALREADY_MATCHED, {"matched": True}, {}, False),
        (No.DUPLICATE_REQUEST, {}, {}, True),
        (No.DUPLICATE_REQUEST, {"asked": (MENTOR,)}, {}, False),
        (No.MENTOR_UNAVAILABLE, {}, {"places": None}, False),
        (No.MENTOR_UNAVAILABLE, {}, {"blocked": True}, False),
        (No.SAFEGUARDING_UNKNOWN, {}, {"unsure": True}, False),
        (No.INVALID_TRANSITION, {}, {"places": FREE}, False),
    ],
)
def test_waiting_is_refused(a_round, code, asker, asked, waits):
    wanted = an_asked(**{"places": FULL} | asked)

    assert refusal(may_wait, a_round(), an_asker(**asker), wanted, waits=waits).code is code


def test_a_programme_without_waiting_lists_says_that_she_is_full(a_round):
    no = refusal(may_wait, a_round(waitlist=False), an_asker(), an_asked(places=FULL), waits=False)

    assert no.code is No.MENTOR_AT_CAPACITY


def test_an_offer_is_taken_whatever_the_number_of_open_requests():
    may_take(an_asker(asked=(new_id(),) * 9), an_asked(places=FULL))


@pytest.mark.parametrize(
    ("code", "asker", "asked"),
    [
        (No.DUPLICATE_REQUEST, {"asked": (MENTOR,)}, {}),
        (No.MENTOR_UNAVAILABLE, {}, {"blocked": True}),
        (No.SAFEGUARDING_UNKNOWN, {}, {"unsure": True}),
    ],
)
def test_an_offer_is_not_taken(code, asker, asked):
    assert refusal(may_take, an_asker(**asker), an_asked(**asked)).code is code


def test_meeting_gives_the_places_she_has():
    assert may_meet(an_asked()) == FREE
