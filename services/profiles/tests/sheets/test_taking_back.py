"""Taking back what a table has brought: all of it, but of whom somebody has to do with since."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, pass_time, play, refused, run, told
from commons_contracts.codes import RefusalCode, Role, RowOutcome, SheetState, Style
from commons_contracts.ids import RoundId, membership_of
from commons_contracts.matching import MatchConfirmed, ParticipantLeft, ParticipantRegistered
from commons_contracts.profiles import (
    AcceptCodeOfConduct,
    AccountTakenBack,
    DescribeProfile,
    Description,
    GrantRole,
    MembershipEnded,
    OpenSession,
    OwnProfile,
    ParticipantTakenBack,
    ProfileDescribed,
    RolesRevoked,
    SheetUndone,
    UndoSheet,
)
from commons_profiles.app import service
from commons_profiles.tables import addresses, memberships, notices, people, profiles, registrations

from .makers import ADA, EVA, HEADER, own, person_at, rows_of, seen

ROUND = RoundId(new_id())


async def everybody(tx):
    """All that an import may have made."""
    await tx.enter(own=True)
    found = [
        await tx.rows(sa.select(table).order_by(*table.primary_key))
        for table in (people, addresses, memberships, profiles, notices)
    ]
    await tx.enter(own=False)
    return found


async def test_all_that_it_brought_is_gone_and_everyone_is_told(tx, take_over, undo):
    before = await everybody(tx)
    sheet = await take_over(HEADER + ADA + EVA, round=ROUND)
    facts = len(told(tx))

    view = await undo(sheet)

    assert (view.state, view.stayed) == (SheetState.UNDONE, 0)
    assert await everybody(tx) == before
    each = [MembershipEnded, ParticipantTakenBack, AccountTakenBack]
    assert [type(fact) for fact in told(tx)[facts:]] == [*each, *each, SheetUndone]
    back = [(fact.round, fact.role, fact.ended) for fact in told(tx) if isinstance(fact, ParticipantTakenBack)]
    assert back == [(ROUND, Role.MENTOR, True), (ROUND, Role.MENTEE, True)]
    assert [outcome for _, outcome, _ in await rows_of(sheet, tx)] == [RowOutcome.UNDONE] * 2


async def test_undone_it_is_undone_and_can_be_brought_once_more(tx, take_over, undo):
    sheet = await take_over(HEADER + ADA)
    await undo(sheet)
    async with refused(tx, RefusalCode.INVALID_TRANSITION, from_="UNDONE", to="UNDOING"):
        await run(service, UndoSheet(sheet=sheet), tx)
    again = await take_over(HEADER + ADA)
    assert (await seen(again, tx)).new == 1


async def signs_in(tx, ada, act):
    await tx.enter(own=True)
    actor, tx.actor = tx.actor, tx.actor.model_copy(update={"person": None, "roles": frozenset()})
    await run(service, OpenSession(person=ada, issuer="mailto:", session="a" * 64), tx)
    tx.actor = actor


async def accepts(tx, ada, act):
    coordinator = tx.person
    await act(ada)
    await run(service, AcceptCodeOfConduct(kind="COMMUNITY", version=1), tx)
    await act(coordinator)


async def is_given_a_role(tx, ada, act):
    coordinator = tx.person
    await play(tx, operator=True)
    await run(service, GrantRole(person=ada, role=Role.FACILITATOR), tx)
    await act(coordinator)


async def is_matched(tx, ada, act):
    match = MatchConfirmed(
        project=tx.project, at=tx.now, match=new_id(), round=ROUND, programme=new_id(), programme_version=1, connection=None,
        mentor=ada, mentee=new_id(), style=Style.TRADITIONAL,
    )  # fmt: skip
    await hear(service, match, tx)


async def opens_it(tx, ada, act):
    hers = memberships.c.id == membership_of(ada, tx.project)
    await tx.enter(own=True)
    await tx.run(sa.update(memberships).where(hers).values(active_on=tx.now.date()))
    await tx.enter(own=False)


@pytest.mark.parametrize("touched", [signs_in, accepts, is_given_a_role, is_matched, opens_it])
async def test_who_has_come_in_or_been_met_stays_and_is_named_by_her_row(tx, take_over, undo, act, touched):
    sheet = await take_over(HEADER + ADA + EVA)
    ada = await person_at("ada@example.org", tx)
    await touched(tx, ada, act)
    facts = len(told(tx))

    view = await undo(sheet)

    assert (view.state, view.stayed) == (SheetState.UNDONE, 1)
    assert [(number, outcome) for number, outcome, _ in await rows_of(sheet, tx)] == [
        (2, RowOutcome.STAYED),
        (3, RowOutcome.UNDONE),
    ]
    assert ada not in {fact.person for fact in told(tx)[facts:]}
    assert await person_at("ada@example.org", tx) == ada
    assert await person_at("eva@example.org", tx) is None


async def test_a_member_of_before_is_what_she_was(tx, take_over, undo, act, coordinator):
    await take_over(HEADER + ADA)
    ada = await person_at("ada@example.org", tx)
    text = "Namn;E-post;Född;Roll;Land;Ämne\nX;ada@example.org;1990;adept;SE;fysik\n"
    before = await everybody(tx)
    sheet = await take_over(text, round=ROUND)
    facts = len(told(tx))

    view = await undo(sheet)

    assert view.stayed == 0
    after = await everybody(tx)
    assert [_without_version(rows) for rows in after] == [_without_version(rows) for rows in before]
    kinds = [type(fact) for fact in told(tx)[facts:]]
    assert kinds == [RolesRevoked, ProfileDescribed, ParticipantTakenBack, SheetUndone]
    assert [fact.ended for fact in told(tx)[facts:] if isinstance(fact, ParticipantTakenBack)] == [False]
    await act(ada)
    assert (await run(service, OwnProfile(), tx)).description.fields == ()


def _without_version(rows):
    return [{name: value for name, value in row.items() if name != "version"} for row in rows]


async def test_a_member_who_has_changed_something_since_keeps_it(tx, take_over, undo, act, accept):
    await take_over(HEADER + ADA)
    coordinator, ada = tx.person, await person_at("ada@example.org", tx)
    sheet = await take_over("Namn;E-post;Född;Roll;Land;Ämne\nX;ada@example.org;1990;adept;SE;fysik\n")
    await act(ada)
    await accept()
    await run(service, DescribeProfile(description=Description(fields=("0541",))), tx)
    await act(coordinator)

    assert (await undo(sheet)).stayed == 1

    await act(ada)
    assert (await run(service, OwnProfile(), tx)).description.fields == ("0541",)


async def test_an_account_that_another_project_uses_stays(tx, take_over, undo, open_project):
    ground, coordinator = tx.project, tx.person
    sheet = await take_over(HEADER + ADA)
    ada = await person_at("ada@example.org", tx)
    await open_project("women-stem-up")
    await play(tx, roles=(Role.COORDINATOR,))
    await take_over(HEADER + ADA)
    await play(tx, person=coordinator, roles=(Role.COORDINATOR,), project=ground)

    await undo(sheet)

    assert await person_at("ada@example.org", tx) == ada
    assert len(await own(tx, sa.select(memberships.c.id).where(memberships.c.person == ada))) == 1


async def test_after_a_day_it_cannot_be_taken_back(tx, take_over):
    sheet = await take_over(HEADER + ADA)
    await pass_time(service, tx, to=tx.now + timedelta(hours=24))
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, UndoSheet(sheet=sheet), tx)
    assert await person_at("ada@example.org", tx) is not None


async def test_who_takes_part_is_counted_and_not_once_she_does_no_longer(tx, take_over):
    sheet = await take_over(HEADER + ADA + EVA, round=ROUND)
    ada = await person_at("ada@example.org", tx)
    fact = {
        "project": tx.project,
        "at": tx.now,
        "participation": new_id(),
        "round": ROUND,
        "person": ada,
        "role": Role.MENTOR,
    }
    await hear(service, ParticipantRegistered(**fact), tx)
    assert (await seen(sheet, tx)).registered == 1
    await hear(service, ParticipantLeft(**fact), tx)
    assert (await seen(sheet, tx)).registered == 0
    assert await tx.rows(sa.select(registrations)) == []
