"""Rules of flash slots, without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON
from commons_contracts.base import Refusal
from commons_contracts.codes import ConnectionState, FlashState, Goal, RefusalCode, Style
from commons_contracts.matching import FlashTime
from commons_contracts.mentoring import Range, TimeRules
from commons_matching.rules.flash import NextSlot, continues, may_have_another, offer

DAY = timedelta(days=1)


def a_slot(round, *, mentor=None, at=NOON + DAY, minutes=30, topics=(Goal.NETWORK, Goal.NETWORK)):
    wanted = [(new_id(), FlashTime(starts_at=at, minutes=minutes))]
    return offer(wanted, topics, round, mentor=mentor or new_id(), at=NOON)[0]


def no(code, do):
    with pytest.raises(Refusal) as refusal:
        do()
    assert refusal.value.code is code
    return refusal.value.params


def test_a_slot_is_a_time_with_topics_each_once(a_round):
    slot = a_slot(a_round())
    assert (slot.topics, slot.minutes, slot.style) == ([Goal.NETWORK], 30, Style.FLASH)
    assert slot.is_open(NOON)
    assert not slot.is_open(NOON + DAY)


@pytest.mark.parametrize(("minutes", "fits"), [(19, False), (20, True), (60, True), (61, False)])
def test_the_programme_says_how_long_a_session_is(a_round, minutes, fits):
    round = a_round(time=TimeRules(session_minutes=Range(least=20, most=60)))
    if fits:
        assert a_slot(round, minutes=minutes).minutes == minutes
    else:
        code = RefusalCode.SESSION_LENGTH_OUT_OF_RANGE
        assert no(code, lambda: a_slot(round, minutes=minutes)) == {"min": 20, "max": 60}


def test_a_programme_without_flash_has_no_slots(a_round):
    no(RefusalCode.ENROLMENT_REQUIRED, lambda: a_slot(a_round(styles=(Style.TRADITIONAL,))))


def test_taking_a_slot_is_a_request_that_is_answered_already(a_round):
    round, mentee = a_round(), new_id()
    slot = a_slot(round)
    connection, match = slot.take(new_id(), round, mentee=mentee, question=" Why? ", at=NOON, later=None)
    assert (connection.state, connection.message, connection.match) == (ConnectionState.ACCEPTED, "Why?", match.id)
    assert (slot.state, slot.mentee, slot.match) == (FlashState.TAKEN, mentee, match.id)
    assert (match.mentor, match.mentee, match.style) == (slot.mentor, mentee, Style.FLASH)


def test_a_slot_is_taken_once_and_the_next_is_named(a_round):
    round = a_round()
    slot = a_slot(round)
    slot.take(new_id(), round, mentee=new_id(), question="Why?", at=NOON, later=None)
    later = NextSlot(id=new_id(), starts_at=NOON + 2 * DAY)

    def again(later):
        return slot.take(new_id(), round, mentee=new_id(), question="Why?", at=NOON, later=later)

    told = {"zone": "Europe/Stockholm", "next": "2026-09-12T10:00:00Z", "next_slot": later.id}
    assert no(RefusalCode.SLOT_TAKEN, lambda: again(later)) == told
    assert no(RefusalCode.SLOT_TAKEN, lambda: again(None)) == {"zone": "Europe/Stockholm"}
    no(RefusalCode.INVALID_TRANSITION, lambda: slot.withdraw(by=slot.mentor, at=NOON))


def test_a_question_comes_before_everything(a_round):
    round = a_round()
    slot = a_slot(round)
    no(
        RefusalCode.TOPIC_REQUIRED,
        lambda: slot.take(new_id(), round, mentee=new_id(), question=" ", at=NOON, later=None),
    )
    assert slot.state is FlashState.OPEN


def test_only_its_mentor_withdraws_a_slot(a_round):
    slot = a_slot(a_round())
    no(RefusalCode.NOT_FOUND, lambda: slot.withdraw(by=new_id(), at=NOON))
    assert slot.withdraw(by=slot.mentor, at=NOON).slot == slot.id
    assert slot.state is FlashState.WITHDRAWN


def test_as_many_to_come_as_requests_may_be_open(a_round):
    may_have_another(2, a_round())
    assert no(RefusalCode.OPEN_REQUEST_LIMIT, lambda: may_have_another(3, a_round())) == {"max": 3}
    may_have_another(99, a_round(open_most=None))


def test_only_a_flash_session_that_was_can_go_on():
    match = new_id()
    continues(match, style=Style.FLASH, session_at=NOON, at=NOON)
    continues(match, style=Style.FLASH, session_at=None, at=NOON)
    no(RefusalCode.NOT_FOUND, lambda: continues(match, style=Style.TRADITIONAL, session_at=None, at=NOON))
    no(RefusalCode.SESSION_NOT_HELD, lambda: continues(match, style=Style.FLASH, session_at=NOON + DAY, at=NOON))


def test_what_is_told_of_a_slot_has_no_word_of_the_question(a_round):
    round = a_round()
    slot = a_slot(round)
    offered = slot.offered(NOON)
    assert (offered.slot, offered.topics, offered.minutes) == (slot.id, (Goal.NETWORK,), 30)
    connection, match = slot.take(new_id(), round, mentee=new_id(), question="Why?", at=NOON, later=None)
    *_, taken, confirmed, notice = slot.taken(connection, match, round)
    assert (taken.slot, taken.match) == (slot.id, match.id)
    assert (confirmed.slot_starts_at, confirmed.slot_minutes) == (slot.starts_at, 30)
    assert (notice.person, notice.subject_id) == (slot.mentor, connection.id)


def test_a_slot_is_to_come_and_about_something(a_round):
    told = no(RefusalCode.OUTSIDE_AGREEMENT_PERIOD, lambda: a_slot(a_round(), at=NOON))
    assert told == {"zone": "Europe/Stockholm", "earliest": "2026-09-10T10:00:00Z"}
    no(RefusalCode.TOPIC_REQUIRED, lambda: a_slot(a_round(), topics=()))
