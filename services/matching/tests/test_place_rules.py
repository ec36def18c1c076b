"""How many a mentor takes, who takes part, and when silence counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import NoticeCode, RefusalCode, Role, Style
from commons_contracts.ids import PersonId
from commons_contracts.matching import MentorFellSilent
from commons_contracts.mentoring import PlaceRules
from commons_matching.rules.places import Places, fell_silent
from commons_matching.rules.taking_part import may_take_part, participation_of, places_given, registered

NOON = datetime(2026, 9, 10, 10, tzinfo=UTC)
BOTH = (Role.MENTOR, Role.MENTEE)


def test_what_is_used_and_held_is_not_free():
    assert Places(most=3).free == 3
    assert Places(most=3, used=1, held=1).free == 1
    assert Places(most=2, used=1, held=1).free == 0


@pytest.mark.parametrize("most", [2, 3, 5])
def test_a_mentor_gives_between_what_is_taken_and_what_is_allowed(a_round, most):
    Places(most=3, used=1, held=1).require_room(most, a_round())


@pytest.mark.parametrize("most", [0, 1, 6])
def test_a_mentor_gives_no_fewer_than_are_taken_and_no_more_than_allowed(a_round, most):
    with pytest.raises(Refusal) as no:
        Places(most=3, used=1, held=1).require_room(most, a_round())

    limits = {"minPlaces": 2, "maxPlaces": 5}
    assert (no.value.code, no.value.params) == (RefusalCode.COMMITMENT_OUT_OF_RANGE, limits)


def test_places_given_are_those_asked_for_or_those_suggested(a_round):
    assert places_given(a_round(), None) == {Style.TRADITIONAL: 3, Style.FLASH: 2}
    assert places_given(a_round(), 4) == {Style.TRADITIONAL: 4, Style.FLASH: 4}
    assert places_given(a_round(places=PlaceRules()), None) == {Style.TRADITIONAL: 0, Style.FLASH: 0}
    with pytest.raises(Refusal) as no:
        places_given(a_round(), 6)
    assert no.value.params["maxPlaces"] == 5


def test_taking_part_is_told_once_for_each_side(a_round):
    round, person = a_round(), PersonId(new_id())

    told = registered(round, person, Role.MENTEE, at=NOON)

    assert (told.round, told.person, told.role) == (round.id, person, Role.MENTEE)
    assert told.participation == participation_of(round, person, Role.MENTEE)
    assert told.participation != participation_of(round, person, Role.MENTOR)


@pytest.mark.parametrize(("role", "roles"), [(Role.MENTOR, (Role.MENTEE,)), (Role.COORDINATOR, (Role.COORDINATOR,))])
def test_one_takes_part_in_a_role_one_has(a_round, role, roles):
    with pytest.raises(Refusal) as no:
        may_take_part(a_round(), role, roles, at=NOON)

    assert no.value.code is RefusalCode.ROLE_NOT_ALLOWED


def test_one_takes_part_while_the_round_recruits(a_round):
    may_take_part(a_round(), Role.MENTOR, BOTH, at=NOON)
    with pytest.raises(Refusal) as no:
        may_take_part(a_round(), Role.MENTOR, BOTH, at=datetime(2026, 10, 1, tzinfo=UTC))
    assert no.value.code is RefusalCode.RECRUITMENT_CLOSED


@pytest.mark.parametrize("expired", [1, 3, 4])
def test_silence_is_told_only_once(a_round, expired):
    assert fell_silent(PersonId(new_id()), expired, a_round(), NOON) == ()


def test_at_the_programmes_number_a_mentor_has_fallen_silent(a_round):
    mentor = PersonId(new_id())

    fact, notice = fell_silent(mentor, 2, a_round(), NOON)

    assert fact == MentorFellSilent(project=fact.project, at=NOON, mentor=mentor, expired=2)
    assert (notice.code, notice.person, notice.number) == (NoticeCode.MENTOR_PAUSED_UNANSWERED, mentor, 2)


def test_a_programme_may_never_mind_silence(a_round):
    assert fell_silent(PersonId(new_id()), 2, a_round(silent_before_pause=None), NOON) == ()
