"""Agreeing to be matched by a criterion, and what is recorded of a paper that was seen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import Background, Criterion, Gender, RefusalCode, Role, VettingKind, VettingOutcome
from commons_contracts.ids import MembershipId, PersonId, ProjectId
from commons_contracts.profiles import AgreeToCriterion, RecordVetting
from commons_profiles.rules.criteria import agree, record_vetting, withdraw
from commons_profiles.rules.membership import Membership

AT, TODAY = datetime(2026, 9, 10, 10, tzinfo=UTC), date(2026, 9, 10)


@pytest.fixture
def membership():
    return Membership(
        id=MembershipId(UUID(int=1)),
        project=ProjectId(UUID(int=2)),
        person=PersonId(UUID(int=3)),
        roles=(Role.MENTOR,),
        audience=None,
        active_on=TODAY,
    )


@pytest.mark.parametrize(
    "told",
    [
        {"criterion": Criterion.GENDER, "gender": Gender.WOMAN},
        {"criterion": Criterion.BACKGROUND, "background": (Background.CAME_BACK,)},
        {"criterion": Criterion.FIELD},
    ],
)
def test_what_is_told_belongs_to_the_criterion(membership, told):
    fact = agree(membership, AgreeToCriterion(**told), at=AT)
    assert {name: getattr(fact, name) for name in told} == told
    assert fact.persons == (membership.person,)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"criterion": Criterion.GENDER}, [Criterion.GENDER]),
        ({"criterion": Criterion.BACKGROUND}, [Criterion.BACKGROUND]),
        ({"criterion": Criterion.FIELD, "gender": Gender.WOMAN}, []),
        (
            {"criterion": Criterion.GENDER, "gender": Gender.MAN, "background": (Background.MINORITY,)},
            [Criterion.GENDER],
        ),
        ({"criterion": Criterion.BACKGROUND, "gender": Gender.MAN}, [Criterion.BACKGROUND]),
    ],
)
def test_consent_to_nothing_or_to_something_else_is_none(membership, told, fields):
    with pytest.raises(Refusal) as no:
        agree(membership, AgreeToCriterion(**told), at=AT)
    assert (no.value.code, no.value.params) == (RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, {"fields": fields})


def test_a_background_named_twice_is_told_once(membership):
    twice = (Background.CAME_BACK, Background.MINORITY, Background.CAME_BACK)
    fact = agree(membership, AgreeToCriterion(criterion=Criterion.BACKGROUND, background=twice), at=AT)
    assert fact.background == twice[:2]


def test_withdrawing_tells_nothing_of_what_was_told(membership):
    fact = withdraw(membership, Criterion.GENDER, at=AT)
    assert set(type(fact).model_fields) == {"project", "at", "membership", "person", "criterion"}


def seen(**changes):
    return RecordVetting(
        **{
            "person": PersonId(UUID(int=3)),
            "kind": VettingKind.CRIMINAL_RECORD,
            "country": "SE",
            "outcome": VettingOutcome.CLEARED,
            "seen_on": TODAY,
            "expires_on": TODAY,
        }
        | changes
    )


def test_a_paper_counts_through_its_last_day(membership):
    fact = record_vetting(membership, seen(), today=TODAY, at=AT)
    assert (fact.outcome, fact.expires_on) == (VettingOutcome.CLEARED, TODAY)


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({"seen_on": date(2026, 9, 11)}, RefusalCode.SESSION_NOT_HELD, {"today": TODAY}),
        ({"expires_on": date(2026, 9, 9)}, RefusalCode.VETTING_EXPIRED, {"expiredOn": date(2026, 9, 9)}),
    ],
)
def test_a_paper_not_seen_yet_or_run_out_is_none(membership, changes, code, params):
    with pytest.raises(Refusal) as no:
        record_vetting(membership, seen(**changes), today=TODAY, at=AT)
    assert (no.value.code, no.value.params) == (code, params)
