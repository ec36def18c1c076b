"""A request's life: asked, answered or not, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import ConnectionState as State
from commons_contracts.codes import DeclineReason, NoticeCode, RefusalCode, Style
from commons_contracts.ids import ConnectionId, PersonId
from commons_matching.rules.connection import ask
from commons_matching.rules.match import match_of

NOON = datetime(2026, 9, 10, 10, tzinfo=UTC)
LATER = NOON + timedelta(days=14)
ANSWERED = [State.ACCEPTED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.WITHDRAWN_MATCHED_ELSEWHERE]


def a_request(round, **changes):
    usual = {"mentee": PersonId(new_id()), "mentor": PersonId(new_id()), "style": Style.FLASH, "message": "Hello"}
    return ask(ConnectionId(new_id()), round, **usual | {"at": NOON} | changes)


def refusal(verb, *args, **kwargs):
    with pytest.raises(Refusal) as no:
        verb(*args, **kwargs)
    return no.value


def answers(connection):
    """Every way in which a request can end."""
    return {
        State.ACCEPTED: lambda at: connection.accept(by=connection.mentor, at=at),
        State.DECLINED: lambda at: connection.decline(by=connection.mentor, at=at, reason=DeclineReason.OTHER, note=""),
        State.WITHDRAWN: lambda at: connection.withdraw(by=connection.mentee, at=at),
        State.WITHDRAWN_MATCHED_ELSEWHERE: connection.withdraw_elsewhere,
        State.EXPIRED: connection.expire,
    }


def test_a_request_is_open_for_the_days_of_the_programme(a_round):
    connection = a_request(a_round())

    assert (connection.state, connection.asked_at, connection.expires_at) == (State.ASKED, NOON, LATER)
    told = connection.requested()
    assert (told.style, told.expires_at, told.at) == (Style.FLASH, LATER, NOON)
    assert a_request(a_round(expiry_days=None)).expires_at is None


def test_reminders_come_before_the_end(a_round):
    round = a_round(reminder_days=(10, 5, 14, 20))

    assert a_request(round).reminders(round) == (NOON + timedelta(days=5), NOON + timedelta(days=10))
    endless = a_round(reminder_days=(20,), expiry_days=None)
    assert a_request(endless).reminders(endless) == (NOON + timedelta(days=20),)


def test_working_days_count_for_reminders_and_the_end(a_round):
    round = a_round(working_days=True, reminder_days=(5,), expiry_days=10)
    connection = a_request(round)

    assert connection.reminders(round) == (datetime(2026, 9, 17, 10, tzinfo=UTC),)
    assert connection.expires_at == datetime(2026, 9, 24, 10, tzinfo=UTC)


def test_accepting_makes_one_match_under_the_rounds_rules(a_round):
    round = a_round()
    connection = a_request(round)

    match = connection.accept(by=connection.mentor, at=NOON)

    assert connection.state is State.ACCEPTED
    assert connection.match == match.id == match_of(connection.id) == connection.accepted(NOON).match
    told = match.confirmed(round)
    assert (told.mentor, told.mentee, told.style) == (connection.mentor, connection.mentee, Style.FLASH)
    assert (told.programme, told.programme_version) == (round.programme, round.programme_version)
    assert (told.connection, told.round, told.at) == (connection.id, round.id, NOON)


def test_declining_keeps_the_reason_and_tells_no_words(a_round):
    connection = a_request(a_round())

    told = connection.decline(by=connection.mentor, at=NOON, reason=DeclineReason.NO_TIME, note="Not before May.")

    assert (connection.state, connection.decline_reason) == (State.DECLINED, DeclineReason.NO_TIME)
    assert connection.decline_note == "Not before May."
    assert told.reason is DeclineReason.NO_TIME
    assert "May" not in told.model_dump_json()


def test_only_the_one_who_was_asked_answers(a_round):
    connection = a_request(a_round())

    for verb, more in ((connection.accept, {}), (connection.decline, {"reason": DeclineReason.OTHER, "note": ""})):
        for someone_else in (connection.mentee, PersonId(new_id())):
            assert refusal(verb, by=someone_else, at=NOON, **more).code is RefusalCode.NOT_REQUEST_RECIPIENT
    assert connection.state is State.ASKED


def test_only_the_one_who_asked_takes_it_back(a_round):
    connection = a_request(a_round())

    assert refusal(connection.withdraw, by=connection.mentor, at=NOON).code is RefusalCode.INITIATOR_NOT_ALLOWED
    assert refusal(connection.withdraw, by=PersonId(new_id()), at=NOON).code is RefusalCode.NOT_FOUND
    assert not connection.withdraw(by=connection.mentee, at=NOON).matched_elsewhere
    assert connection.state is State.WITHDRAWN


@pytest.mark.parametrize("now", ANSWERED)
@pytest.mark.parametrize("to", ANSWERED)
def test_what_has_ended_does_not_end_again(a_round, now, to):
    connection = a_request(a_round())
    connection.state = now

    no = refusal(answers(connection)[to], NOON)

    assert (no.code, no.params) == (RefusalCode.INVALID_TRANSITION, {"from": now, "to": to})
    assert refusal(connection.remind, 1, at=NOON).params == {"from": now, "to": "REMINDED"}


@pytest.mark.parametrize("to", [State.ACCEPTED, State.DECLINED, State.WITHDRAWN])
def test_from_the_second_it_runs_out_nobody_answers(a_round, to):
    early, late = a_request(a_round()), a_request(a_round())
    answers(early)[to](LATER - timedelta(seconds=1))

    assert refusal(answers(late)[to], LATER).params == {"from": State.EXPIRED, "to": to}
    assert (early.state, late.state) == (to, State.ASKED)


def test_a_match_elsewhere_ends_it_even_in_its_last_second(a_round):
    connection = a_request(a_round())

    assert connection.withdraw_elsewhere(LATER).matched_elsewhere
    assert connection.state is State.WITHDRAWN_MATCHED_ELSEWHERE


def test_a_reminder_is_told_and_noticed(a_round):
    connection = a_request(a_round())

    fact, notice = connection.remind(2, at=NOON)

    assert (fact.nth, fact.mentor) == (2, connection.mentor)
    assert (notice.code, notice.person, notice.number) == (NoticeCode.CONNECTION_REMINDER, connection.mentor, 2)
    assert notice.subject_id == connection.id
    assert connection.state is State.ASKED


def test_an_unanswered_request_expires(a_round):
    connection = a_request(a_round())

    told = connection.expire(LATER)

    assert (connection.state, told.connection, told.at) == (State.EXPIRED, connection.id, LATER)
