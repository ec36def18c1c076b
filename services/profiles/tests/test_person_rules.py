"""Who may register, from which day she is an adult, and what waits until then."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import AccountState, Language, RefusalCode
from commons_contracts.ids import PLATFORM, person_of
from commons_contracts.profiles import OpenProject, PersonCameOfAge, RegisterPerson
from commons_profiles.rules import calendar
from commons_profiles.rules.person import adult_from, register
from commons_profiles.rules.project import open_project

ADA = person_of("https://example.org", "ada")
SECOND = timedelta(seconds=1)


def account(year, month, zone="Europe/Stockholm"):
    return RegisterPerson(display_name="Ada", birth_year=year, birth_month=month, country="SE", zone=zone)


def registered(year, month, at, zone="Europe/Stockholm"):
    return register(ADA, account(year, month, zone), at=at)[0]


@pytest.mark.parametrize(
    ("year", "month", "first_day"),
    [
        (2008, 9, date(2026, 10, 1)),
        (2008, 1, date(2026, 2, 1)),
        (2008, 11, date(2026, 12, 1)),
        (2008, 12, date(2027, 1, 1)),
    ],
)
def test_adult_from_the_first_day_of_the_month_after_the_eighteenth_birthday(year, month, first_day):
    assert adult_from(year, month) == first_day


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Europe/Stockholm", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 9, 30, 23, tzinfo=UTC)),
        ("Europe/Athens", datetime(2026, 9, 30, 21, tzinfo=UTC)),
    ],
)
def test_the_day_begins_where_she_lives(zone, begins):
    young = registered(2008, 9, begins - SECOND, zone)
    adult = registered(2008, 9, begins, zone)

    assert young.state is AccountState.PENDING_GUARDIAN
    assert adult.state is AccountState.ACTIVE
    assert young.comes_of_age == begins


def test_registering_is_told_on_no_projects_ground():
    person, fact = register(ADA, account(1990, 5), at=datetime(2026, 9, 10, tzinfo=UTC))

    assert (fact.project, fact.person, fact.state) == (PLATFORM, ADA, AccountState.ACTIVE)
    assert (person.display_name, person.country) == ("Ada", "SE")


def test_who_waits_for_a_guardian_may_not_act():
    young = registered(2012, 1, datetime(2026, 9, 10, tzinfo=UTC))

    with pytest.raises(Refusal) as no:
        young.may_act()

    assert no.value.code is RefusalCode.GUARDIAN_CONSENT_REQUIRED


def test_coming_of_age_happens_once_and_frees_her():
    young = registered(2008, 9, datetime(2026, 9, 10, tzinfo=UTC))
    day = young.comes_of_age

    assert young.come_of_age(at=day) == [PersonCameOfAge(project=PLATFORM, at=day, person=ADA)]
    assert young.come_of_age(at=day) == []
    young.may_act()


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "Europe", "posix"])
def test_a_zone_that_is_none_is_not_found(zone):
    at = datetime(2026, 9, 10, tzinfo=UTC)
    for begin in (
        lambda: register(ADA, account(1990, 5, zone), at=at),
        lambda: open_project(OpenProject(slug="westem", name="WESTEM", zone=zone, languages=("sv",)), at=at),
    ):
        with pytest.raises(Refusal) as no:
            begin()
        assert no.value.code is RefusalCode.NOT_FOUND
        assert no.value.params == {"zone": zone}


def test_today_is_the_day_in_the_zone():
    late = datetime(2026, 9, 10, 22, 30, tzinfo=UTC)

    assert calendar.today(late, "Europe/Oslo") == date(2026, 9, 11)
    assert calendar.today(late, "Europe/London") == date(2026, 9, 10)


def test_she_chooses_how_she_is_spoken_to():
    ada = registered(1990, 5, datetime(2026, 9, 1, tzinfo=UTC))
    ada.choose_language(Language.NB)
    assert ada.language is Language.NB


def test_who_waits_for_a_guardian_chooses_nothing_yet():
    child = registered(2012, 5, datetime(2026, 9, 1, tzinfo=UTC))
    with pytest.raises(Refusal) as no:
        child.choose_language(Language.NB)
    assert (no.value.code, child.language) == (RefusalCode.GUARDIAN_CONSENT_REQUIRED, Language.EN)
