"""Joining, roles, pauses, and being there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import ActiveBand, Audience, PauseCause, RefusalCode, Role
from commons_contracts.ids import membership_of, person_of, project_of
from commons_contracts.profiles import MentoringPaused, MentoringResumed, RegisterPerson
from commons_profiles.rules.membership import band, choose_oneself, join
from commons_profiles.rules.person import register

AT = datetime(2026, 9, 10, 10, tzinfo=UTC)
ADA = person_of("https://example.org", "ada")
WESTEM = project_of("westem")


def a_person(birth_year=1990):
    told = RegisterPerson(display_name="Ada", birth_year=birth_year, birth_month=5, country="SE")
    return register(ADA, told, at=AT)[0]


def a_membership(*roles, audience=None):
    return join(a_person(), WESTEM, roles or (Role.MENTEE,), audience, at=AT)[0]


def test_joining_tells_the_roles_and_that_she_is_an_adult():
    membership, fact = join(a_person(), WESTEM, [Role.MENTOR, Role.MENTEE], Audience.STUDENT, at=AT)

    assert membership.id == fact.membership == membership_of(ADA, WESTEM)
    assert membership.roles == fact.roles == (Role.MENTEE, Role.MENTOR)
    assert (fact.project, fact.person, fact.adult) == (WESTEM, ADA, True)
    assert (membership.audience, membership.active_on) == (Audience.STUDENT, AT.date())


def test_whoever_waits_for_a_guardian_cannot_be_a_member():
    with pytest.raises(Refusal) as no:
        join(a_person(birth_year=2012), WESTEM, [Role.MENTEE], None, at=AT)

    assert no.value.code is RefusalCode.GUARDIAN_CONSENT_REQUIRED


def test_joining_again_adds_roles_and_loses_none():
    membership = a_membership(Role.MENTOR)

    (fact,) = membership.take([Role.MENTEE], None, at=AT)

    assert membership.roles == fact.roles == (Role.MENTEE, Role.MENTOR)
    assert membership.take([Role.MENTOR], None, at=AT) == []


def test_joining_again_keeps_the_audience_unless_she_names_another():
    membership = a_membership(audience=Audience.STUDENT)

    membership.take([], None, at=AT)
    assert membership.audience is Audience.STUDENT

    membership.take([], Audience.PROFESSIONAL_WOMAN, at=AT)
    assert membership.audience is Audience.PROFESSIONAL_WOMAN


@pytest.mark.parametrize(
    "roles", [(), (Role.FACILITATOR,), (Role.COORDINATOR,), (Role.SAFEGUARDING_LEAD,), (Role.MENTOR, Role.COORDINATOR)]
)
def test_nobody_gives_herself_power_or_nothing(roles):
    with pytest.raises(Refusal) as no:
        choose_oneself(roles)

    assert no.value.code is RefusalCode.ROLE_NOT_ALLOWED
    assert no.value.params["roles"] == list(Role)[:8]


def test_the_first_eight_roles_may_be_chosen():
    choose_oneself(list(Role)[:8])


def test_a_pause_stands_until_it_is_lifted():
    membership = a_membership()

    (paused,) = membership.fall_silent(at=AT)
    assert paused == MentoringPaused(
        project=WESTEM, at=AT, membership=membership.id, person=ADA, cause=PauseCause.UNANSWERED_REQUESTS
    )
    assert membership.pause(PauseCause.OWN_WISH, at=AT) == []
    assert membership.paused is PauseCause.UNANSWERED_REQUESTS

    assert membership.resume(at=AT) == [MentoringResumed(project=WESTEM, at=AT, membership=membership.id, person=ADA)]
    assert membership.paused is None
    assert membership.resume(at=AT) == []


@pytest.mark.parametrize(("minutes", "paused"), [(-1, None), (0, None), (1, PauseCause.UNANSWERED_REQUESTS)])
def test_silence_before_she_came_back_counts_no_more(minutes, paused):
    membership = a_membership()
    membership.resume(at=AT)

    membership.fall_silent(at=AT + timedelta(minutes=minutes))

    assert membership.paused == paused


@pytest.mark.parametrize(
    ("last", "shown"),
    [
        (date(2026, 9, 10), ActiveBand.THIS_WEEK),
        (date(2026, 9, 4), ActiveBand.THIS_WEEK),
        (date(2026, 9, 3), ActiveBand.THIS_MONTH),
        (date(2026, 8, 11), ActiveBand.THIS_MONTH),
        (date(2026, 8, 10), ActiveBand.THIS_QUARTER),
        (date(2026, 6, 11), ActiveBand.THIS_QUARTER),
        (date(2026, 6, 10), ActiveBand.LONGER_AGO),
    ],
)
def test_last_activity_is_a_band_and_no_date(last, shown):
    assert band(last, date(2026, 9, 10)) is shown
