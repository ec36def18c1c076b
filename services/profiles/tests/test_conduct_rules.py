"""Which version of a code is in force, and what accepting it takes."""

from datetime import UTC, datetime

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import Conduct, RefusalCode, Role
from commons_contracts.ids import derived, membership_of, person_of, project_of
from commons_contracts.profiles import ConductAccepted, ConductInForce
from commons_profiles.rules.conduct import Code, accept, in_good_standing
from commons_profiles.rules.membership import Membership

AT = datetime(2026, 9, 10, 10, tzinfo=UTC)
ADA = person_of("https://example.org", "ada")
WESTEM = project_of("westem")


def a_code(newest=0):
    return Code(id=derived("a code"), project=WESTEM, kind=Conduct.COMMUNITY, newest=newest)


def a_member():
    return Membership(
        id=membership_of(ADA, WESTEM),
        project=WESTEM,
        person=ADA,
        roles=(Role.MENTEE,),
        audience=None,
        active_on=AT.date(),
    )


def accepting(version, in_force, accepted=None):
    member = a_member()
    return accept(member, Conduct.COMMUNITY, version, in_force=in_force, accepted=accepted or {}, at=AT)


def test_a_newer_version_is_in_force_from_now_on():
    code = a_code()

    (fact,) = code.put_in_force(1, at=AT)

    assert fact == ConductInForce(project=WESTEM, at=AT, conduct=code.id, kind=Conduct.COMMUNITY, version=1)
    assert code.newest == 1


@pytest.mark.parametrize("version", [1, 2])
def test_a_version_heard_of_late_or_twice_changes_nothing(version):
    code = a_code(newest=2)

    assert code.put_in_force(version, at=AT) == []
    assert code.newest == 2


def test_the_version_in_force_is_accepted():
    assert accepting(2, {Conduct.COMMUNITY: 2}, {Conduct.COMMUNITY: 1}) == [
        ConductAccepted(
            project=WESTEM,
            at=AT,
            membership=membership_of(ADA, WESTEM),
            person=ADA,
            kind=Conduct.COMMUNITY,
            version=2,
        )
    ]


def test_accepting_twice_is_accepting_once():
    assert accepting(2, {Conduct.COMMUNITY: 2}, {Conduct.COMMUNITY: 2}) == []


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_than_the_one_in_force_is_refused_with_it(version):
    with pytest.raises(Refusal) as no:
        accepting(version, {Conduct.COMMUNITY: 2})

    assert no.value.code is RefusalCode.CODE_OF_CONDUCT_REQUIRED
    assert no.value.params == {"kind": Conduct.COMMUNITY, "version": 2}


def test_a_code_that_the_project_has_not_is_not_found():
    with pytest.raises(Refusal) as no:
        accepting(1, {Conduct.MENTOR: 1})

    assert no.value.code is RefusalCode.NOT_FOUND


@pytest.mark.parametrize("accepted", [{}, {Conduct.COMMUNITY: 1}, {Conduct.MENTOR: 2}])
def test_without_the_communitys_code_nobody_is_in_good_standing(accepted):
    with pytest.raises(Refusal) as no:
        in_good_standing({Conduct.COMMUNITY: 2}, accepted)

    assert no.value.code is RefusalCode.CODE_OF_CONDUCT_REQUIRED
    assert no.value.params == {"kind": Conduct.COMMUNITY, "version": 2}


@pytest.mark.parametrize("in_force", [{}, {Conduct.MENTOR: 1}, {Conduct.COMMUNITY: 2}])
def test_with_it_or_where_there_is_none_she_is(in_force):
    in_good_standing(in_force, {Conduct.COMMUNITY: 2})
