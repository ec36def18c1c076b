"""Consent to be matched by a criterion through the doors: stored, told, taken back; and vetting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, play, refused, run, told
from commons_contracts.codes import Background, Criterion, Gender, RefusalCode, Role, VettingKind, VettingOutcome
from commons_contracts.ids import OrganisationId
from commons_contracts.profiles import (
    AgreeToCriterion,
    CriterionAgreed,
    CriterionWithdrawn,
    DescribeProfile,
    Description,
    GrantRole,
    OwnAgreedCriteria,
    PeopleByIds,
    RecordVetting,
    VettingRecorded,
    WithdrawFromCriterion,
)
from commons_profiles.app import service
from commons_profiles.rules.membership import GRANTED
from commons_profiles.tables import criterion_consents, vettings


@pytest.fixture
def a_member(join, act):
    """Someone new in a role, which is granted where nobody gives it herself; she acts from here on."""

    async def made(tx, role):
        if role not in GRANTED:
            return await join(role)
        person = await join(Role.NETWORK)
        await play(tx, operator=True)
        await run(service, GrantRole(person=person, role=role), tx)
        await act(person)
        return person

    return made


AS_A_WOMAN = AgreeToCriterion(criterion=Criterion.GENDER, gender=Gender.WOMAN)


async def agreed(tx):
    return [(a.criterion, a.gender, a.background) for a in (await run(service, OwnAgreedCriteria(), tx)).items]


async def test_what_she_agreed_to_is_told_and_shown_to_her_alone(tx, a_member):
    person = await a_member(tx, Role.MENTOR)
    await run(service, AS_A_WOMAN, tx)
    await run(service, AgreeToCriterion(criterion=Criterion.BACKGROUND, background=(Background.CAME_BACK,)), tx)

    assert await agreed(tx) == [
        (Criterion.BACKGROUND, None, (Background.CAME_BACK,)),
        (Criterion.GENDER, Gender.WOMAN, ()),
    ]
    facts = [e for e in told(tx) if isinstance(e, CriterionAgreed)]
    assert [(e.person, e.gender, e.background) for e in facts] == [
        (person, Gender.WOMAN, ()),
        (person, None, (Background.CAME_BACK,)),
    ]
    await a_member(tx, Role.COORDINATOR)
    assert await agreed(tx) == []


async def test_withdrawing_takes_what_was_told_with_it(tx, a_member):
    await a_member(tx, Role.MENTOR)
    await run(service, AS_A_WOMAN, tx)
    await run(service, WithdrawFromCriterion(criterion=Criterion.GENDER), tx)
    await run(service, WithdrawFromCriterion(criterion=Criterion.GENDER), tx)

    assert await agreed(tx) == []
    c = criterion_consents.c
    (row,) = await tx.rows(sa.select(c.gender, c.background, c.withdrawn_at))
    assert (row["gender"], row["background"], row["withdrawn_at"]) == (None, (), NOON)
    assert len([e for e in told(tx) if isinstance(e, CriterionWithdrawn)]) == 1


async def test_agreeing_anew_replaces_what_stood(tx, a_member):
    await a_member(tx, Role.MENTOR)
    await run(service, AS_A_WOMAN, tx)
    await run(service, AgreeToCriterion(criterion=Criterion.GENDER, gender=Gender.NON_BINARY), tx)

    assert await agreed(tx) == [(Criterion.GENDER, Gender.NON_BINARY, ())]
    assert await tx.value(sa.select(sa.func.count()).where(criterion_consents.c.gender == Gender.WOMAN)) == 0


async def test_consent_without_a_word_is_refused(tx, a_member):
    await a_member(tx, Role.MENTOR)
    async with refused(tx, RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, fields=[Criterion.GENDER]):
        await run(service, AgreeToCriterion(criterion=Criterion.GENDER), tx)


def a_paper(person, **changes):
    seen = {"kind": VettingKind.CRIMINAL_RECORD, "country": "SE", "outcome": VettingOutcome.CLEARED}
    dates = {"seen_on": date(2026, 9, 1), "expires_on": date(2027, 9, 1)}
    return RecordVetting(person=person, **seen | dates | changes)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING_LEAD])
async def test_who_sees_a_paper_says_so_and_keeps_none(tx, a_member, role):
    mentor = await a_member(tx, Role.MENTOR)
    lead = await a_member(tx, role)
    await run(service, a_paper(mentor), tx)

    fact = [e for e in told(tx) if isinstance(e, VettingRecorded)][-1]
    assert (fact.person, fact.outcome, fact.expires_on) == (mentor, VettingOutcome.CLEARED, date(2027, 9, 1))
    (row,) = await tx.rows(sa.select(vettings))
    assert row["seen_by"] == lead
    assert set(row) == {c.name for c in vettings.c}


async def test_nobody_vets_herself_or_a_stranger(tx, a_member):
    mentor = await a_member(tx, Role.MENTOR)
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, a_paper(mentor), tx)
    await a_member(tx, Role.COORDINATOR)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, a_paper(new_id()), tx)
    async with refused(tx, RefusalCode.VETTING_EXPIRED):
        await run(service, a_paper(mentor, expires_on=(NOON - timedelta(days=2)).date()), tx)


async def test_an_organisation_that_nobody_knows_is_not_hers(tx, a_member):
    await a_member(tx, Role.MENTOR)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, DescribeProfile(description=Description(organisation=OrganisationId(new_id()))), tx)


async def test_whom_she_wants_for_a_mentor_is_shown_to_her_alone(tx, a_member):
    mentee = await a_member(tx, Role.MENTEE)
    own = await run(service, DescribeProfile(description=Description(wants_woman=True, fields=("0714",))), tx)
    assert own.description.wants_woman
    await a_member(tx, Role.MENTOR)
    (shown,) = (await run(service, PeopleByIds(ids=(mentee,)), tx)).items
    assert (shown.description.wants_woman, shown.description.fields) == (False, ("0714",))
