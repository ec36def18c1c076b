"""Waiting, and an offer's life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import NoticeCode, OfferState, RefusalCode, Style, WaitingState
from commons_contracts.ids import OfferId, PersonId, WaitingId
from commons_matching.rules.waiting import Waiting

NOON = datetime(2026, 9, 10, 10, tzinfo=UTC)
END = NOON + timedelta(hours=72)


def a_waiting(round, **changes):
    usual = {"id": WaitingId(new_id()), "project": round.project, "round": round.id, "style": Style.TRADITIONAL}
    people = {"mentor": PersonId(new_id()), "mentee": PersonId(new_id())}
    return Waiting(**usual | people | {"joined_at": NOON, "first_call": False} | changes)


def an_offer(round, **changes):
    offer = a_waiting(round).offer(OfferId(new_id()), round, at=NOON)
    for name, value in changes.items():
        setattr(offer, name, value)
    return offer


def refusal(verb, *args, **kwargs):
    with pytest.raises(Refusal) as no:
        verb(*args, **kwargs)
    return no.value


def test_joining_is_told(a_round):
    waiting = a_waiting(a_round())

    told = waiting.joined()

    assert (told.waiting, told.round, told.at) == (waiting.id, waiting.round, NOON)
    assert waiting.state is WaitingState.WAITING


def test_an_offer_is_held_for_the_hours_of_the_programme(a_round):
    round = a_round()
    waiting = a_waiting(round)

    offer = waiting.offer(OfferId(new_id()), round, at=NOON)

    assert waiting.state is WaitingState.OFFERED
    assert (offer.state, offer.expires_at, offer.style) == (OfferState.OPEN, END, waiting.style)
    assert (offer.waiting, offer.mentor, offer.mentee) == (waiting.id, waiting.mentor, waiting.mentee)
    assert a_waiting(round).offer(OfferId(new_id()), a_round(offer_hours=5), at=NOON).expires_at.hour == 15


def test_an_offer_is_told_to_the_mentee(a_round):
    offer = an_offer(a_round())

    fact, notice = offer.offered(NOON)

    assert (fact.offer, fact.waiting, fact.expires_at) == (offer.id, offer.waiting, END)
    assert (notice.code, notice.person, notice.subject_id) == (NoticeCode.PLACE_OFFERED, offer.mentee, offer.id)


@pytest.mark.parametrize("state", [WaitingState.OFFERED, WaitingState.DONE, WaitingState.LEFT])
def test_nobody_is_offered_two_places_at_once(a_round, state):
    round = a_round()

    no = refusal(a_waiting(round, state=state).offer, OfferId(new_id()), round, at=NOON)

    assert (no.code, no.params) == (RefusalCode.INVALID_TRANSITION, {"from": state, "to": WaitingState.OFFERED})


@pytest.mark.parametrize("state", [WaitingState.WAITING, WaitingState.OFFERED])
def test_one_may_leave_before_and_after_the_offer(a_round, state):
    waiting = a_waiting(a_round(), state=state)

    assert waiting.leave(at=END).at == END
    assert waiting.state is WaitingState.LEFT


@pytest.mark.parametrize("state", [WaitingState.DONE, WaitingState.LEFT])
def test_who_waits_no_more_cannot_leave(a_round, state):
    no = refusal(a_waiting(a_round(), state=state).leave, at=NOON)

    assert no.params == {"from": state, "to": WaitingState.LEFT}


def test_taking_the_place_ends_the_waiting(a_round):
    waiting = a_waiting(a_round(), state=WaitingState.OFFERED)
    waiting.end()

    assert waiting.state is WaitingState.DONE


def test_an_offer_is_taken_until_its_last_second(a_round):
    offer = an_offer(a_round())

    assert offer.take(at=END - timedelta(seconds=1)).state is OfferState.TAKEN
    assert offer.state is OfferState.TAKEN


@pytest.mark.parametrize(("state", "at"), [(OfferState.OPEN, END), (OfferState.EXPIRED, NOON)])
def test_too_late_is_too_late(a_round, state, at):
    assert refusal(an_offer(a_round(), state=state).take, at=at).code is RefusalCode.OFFER_EXPIRED


@pytest.mark.parametrize("state", [OfferState.TAKEN, OfferState.LET_GO])
def test_what_is_settled_is_not_taken(a_round, state):
    assert refusal(an_offer(a_round(), state=state).take, at=NOON).params == {"from": state, "to": OfferState.TAKEN}


def test_letting_go_is_told(a_round):
    assert an_offer(a_round()).let_go(at=NOON).state is OfferState.LET_GO


@pytest.mark.parametrize("state", [OfferState.TAKEN, OfferState.LET_GO, OfferState.EXPIRED])
def test_what_is_settled_neither_runs_out_nor_is_let_go(a_round, state):
    offer = an_offer(a_round(), state=state)

    assert refusal(offer.expire, at=END).params == {"from": state, "to": OfferState.EXPIRED}
    assert refusal(offer.let_go, at=NOON).params == {"from": state, "to": OfferState.LET_GO}


def test_who_let_her_offer_run_out_is_told(a_round):
    offer = an_offer(a_round())

    fact, notice = offer.expire(at=END)

    assert (fact.state, offer.state) == (OfferState.EXPIRED, OfferState.EXPIRED)
    assert (notice.code, notice.person, notice.subject_id) == (NoticeCode.OFFER_EXPIRED, offer.mentee, offer.id)
