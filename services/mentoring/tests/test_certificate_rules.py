"""Certificates of hours, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import MentorshipState, RefusalCode, Role
from commons_mentoring.rules.certificate import certificate, credential

OVER = datetime(2026, 12, 20, 15, 30, tzinfo=UTC)
BEGAN = date(2026, 10, 1)
WORDS = {"issuer": "STEM Commons", "title": "Hours", "description": "What it is.", "criteria": "What was done."}


@pytest.fixture
def done(a_pair):
    return a_pair(state=MentorshipState.COMPLETED, over_at=OVER)


def of(mentorship, person, minutes=200):
    return certificate(mentorship, person, sessions=4, minutes=minutes, began_on=BEGAN)


def test_it_says_what_each_of_the_two_has_done(done):
    hers, his = of(done, done.mentee), of(done, done.mentor)
    assert (hers.side, his.side) == (Role.MENTEE, Role.MENTOR)
    assert (hers.hours, hers.sessions, hers.ended_on, hers.issued_at) == (3.33, 4, OVER.date(), OVER)
    assert len({hers.id, his.id, hers.holder, his.holder}) == 4, (
        "two certificates do not tell that they belong together"
    )
    assert of(done, done.mentee) == hers


@pytest.mark.parametrize(
    "state",
    [state for state in MentorshipState if state is not MentorshipState.COMPLETED],
    ids=lambda state: state.value,
)
def test_there_is_none_before_it_is_completed_nor_after_another_end(a_pair, state):
    mentorship = a_pair(state=state, over_at=OVER)
    with pytest.raises(Refusal) as no:
        of(mentorship, mentorship.mentee)
    assert (no.value.code, no.value.params) == (
        RefusalCode.INVALID_TRANSITION,
        {"from": state, "to": MentorshipState.COMPLETED},
    )


def test_nobody_else_has_one(done):
    with pytest.raises(Refusal) as no:
        of(done, new_id())
    assert no.value.code is RefusalCode.NOT_FOUND


def test_as_a_badge_it_names_her_and_no_one_else(done):
    hers = of(done, done.mentee)
    badge = credential(hers, name="Ebba", site="https://commons.example.org", words=WORDS)
    subject = badge["credentialSubject"]
    assert (badge["validFrom"], badge["nbf"]) == ("2026-12-20T15:30:00Z", int(OVER.timestamp()))
    assert (subject["creditsEarned"], subject["role"]) == (3.33, "MENTEE")
    assert (subject["activityStartDate"], subject["activityEndDate"]) == (
        "2026-10-01T00:00:00Z",
        "2026-12-20T00:00:00Z",
    )
    assert subject["identifier"][0]["identityHash"] == "Ebba"
    assert badge["iss"] == "https://commons.example.org/badges/issuer"
    assert badge["sub"] == f"urn:uuid:{hers.holder}"
    written = str(badge)
    assert not any(str(id) in written for id in (done.id, done.mentor, done.mentee, done.match))
