"""Taking the people of a table over: all of them, with all that is to be told, and seen by nobody until they have come in."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_chassis.testing import play, refused, run, told
from commons_contracts.codes import (
    Conduct,
    KnownPeople,
    NoticeCode,
    RefusalCode,
    Role,
    RowOutcome,
    SheetProblem,
    SheetState,
    Style,
)
from commons_contracts.ids import RoundId, membership_of
from commons_contracts.profiles import (
    AcceptCodeOfConduct,
    ConfirmSheet,
    DescribeProfile,
    Description,
    MembershipBegan,
    MembersPage,
    OwnProfile,
    ParticipantBrought,
    PeopleByIds,
    PersonRegistered,
    ProfileDescribed,
    RolesGranted,
    SheetImported,
    SheetRead,
    SheetTable,
    UseLink,
    Viewer,
)
from commons_profiles.app import service
from commons_profiles.post.letter import digest_of
from commons_profiles.rules.link import send_link
from commons_profiles.tables import addresses, memberships, notices, people, profiles

from .makers import ADA, EVA, HEADER, own, person_at, rows_of, seen

ROUND = RoundId(new_id())


async def shown(persons, tx):
    return {view.id: view for view in (await run(service, PeopleByIds(ids=tuple(persons)), tx)).items}


async def test_everybody_comes_in_with_what_was_said_of_her_and_is_told_of_once(tx, take_over):
    before = len(told(tx))
    sheet = await take_over(HEADER + ADA + EVA, round=ROUND)

    view = await seen(sheet, tx)
    assert (view.state, view.new, view.ends_at) == (SheetState.IMPORTED, 2, tx.now + timedelta(hours=24))
    each = [PersonRegistered, MembershipBegan, ProfileDescribed, ParticipantBrought]
    assert [type(fact) for fact in told(tx)[before:]] == [SheetRead, *each, *each, SheetImported]
    brought = [fact for fact in told(tx)[before:] if isinstance(fact, ParticipantBrought)]
    assert [(fact.round, fact.role, fact.places) for fact in brought] == [
        (ROUND, Role.MENTOR, 2),
        (ROUND, Role.MENTEE, None),
    ]
    assert all(fact.adult for fact in told(tx) if isinstance(fact, MembershipBegan))
    ada = await person_at("ada@example.org", tx)
    assert brought[0].person == ada
    assert ada not in told(tx)[before:][0].persons
    letters = await own(tx, sa.select(notices.c.person, notices.c.code, notices.c.sorted))
    assert {(row["person"], row["code"], row["sorted"]) for row in letters} >= {(ada, NoticeCode.INVITED, False)}


async def test_nobody_but_coordinators_sees_her_until_she_has_come_in_and_read_the_code(
    tx, take_over, act, coordinator
):
    await take_over(HEADER + ADA)
    ada = await person_at("ada@example.org", tx)
    assert (await shown([ada], tx))[ada].display_name == "Ada Berg"

    await play(tx, roles=(Role.MENTEE,))
    assert await shown([ada], tx) == {}

    await act(ada)
    async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED):
        await run(service, DescribeProfile(description=Description()), tx)
    assert (await run(service, Viewer(), tx)).memberships[0].conduct[0].accepted is None
    assert (await run(service, OwnProfile(), tx)).motivation == "kanariefågel"
    await run(service, AcceptCodeOfConduct(kind=Conduct.COMMUNITY, version=1), tx)

    await play(tx, roles=(Role.MENTEE,))
    assert (await shown([ada], tx))[ada].display_name == "Ada Berg"


async def test_she_comes_in_by_the_address_that_the_table_names(tx, take_over):
    await take_over(HEADER + ADA)
    link, _ = send_link(new_id(), "ada@example.org", digest_of("browser"), "sv", "/", at=real_now())
    link.token = digest_of("token")
    await tx.enter(own=True)
    tx.add(link)
    done = await run(
        service, UseLink(link=digest_of("token"), session=digest_of("s"), browser=digest_of("browser")), _nobody(tx)
    )
    assert done.session.person == await person_at("ada@example.org", tx)


def _nobody(tx):
    tx.actor = tx.actor.model_copy(update={"person": None, "roles": frozenset()})
    return tx


async def test_one_wrong_row_keeps_all_out_unless_the_coordinator_leaves_it_out(tx, hand_in, at_work):
    sheet = await hand_in(HEADER + ADA + "Ida;ida@example.org;2012-01;adept;SE;;\n" + ADA)
    async with refused(tx, RefusalCode.SHEET_HAS_ERRORS, wrong=2, ready=1):
        await run(service, ConfirmSheet(sheet=sheet), tx)
    assert [problems for _, _, problems in await rows_of(sheet, tx)] == [[], [SheetProblem.MINOR], [SheetProblem.TWICE]]

    await run(service, ConfirmSheet(sheet=sheet, without_wrong=True), tx)
    await at_work()

    assert await person_at("ada@example.org", tx) is not None
    assert await person_at("ida@example.org", tx) is None


async def test_a_table_of_wrong_rows_alone_is_never_taken_over(tx, hand_in):
    sheet = await hand_in(HEADER + "Ida;ida@example.org;2012-01;adept;SE;;\n")
    async with refused(tx, RefusalCode.SHEET_HAS_ERRORS, wrong=1, ready=0):
        await run(service, ConfirmSheet(sheet=sheet, without_wrong=True), tx)


async def test_who_cannot_come_in_any_more_when_it_is_done_keeps_all_out(tx, hand_in, at_work):
    """Between the yes and the work someone registers herself, and is too young."""
    sheet = await hand_in(HEADER + ADA + EVA)
    young = new_id()
    await tx.enter(own=True)
    await tx.run(sa.insert(addresses).values(person=young, address="eva@example.org", since=real_now()))
    row = {"person": young, "display_name": "Eva", "birth_year": 2012, "birth_month": 1, "country": "SE"}
    row |= {"language": "sv", "zone": "Europe/Stockholm", "state": "PENDING_GUARDIAN", "version": 1}
    await tx.run(sa.insert(people).values(row))
    await tx.enter(own=False)

    await run(service, ConfirmSheet(sheet=sheet), tx)
    await at_work()

    view = await seen(sheet, tx)
    assert (view.state, view.new, view.wrong) == (SheetState.READ, 1, 1)
    assert (await rows_of(sheet, tx))[1] == (3, RowOutcome.WRONG, [SheetProblem.MINOR])
    assert await person_at("ada@example.org", tx) is None


async def test_an_account_elsewhere_is_hers_and_the_table_says_nothing_of_it(
    tx, hand_in, take_over, at_work, open_project
):
    await take_over(HEADER + ADA)
    ada = await person_at("ada@example.org", tx)
    await open_project("women-stem-up")
    await play(tx, roles=(Role.COORDINATOR,))
    before = len(told(tx))

    sheet = await hand_in(HEADER + "Augusta;ada@example.org;1970;adept;NO;;\n")
    assert await rows_of(sheet, tx) == [(2, RowOutcome.NEW, [])]
    await run(service, ConfirmSheet(sheet=sheet), tx)
    await at_work()

    assert [type(fact) for fact in told(tx)[before:]] == [SheetRead, MembershipBegan, ProfileDescribed, SheetImported]
    kept = await own(tx, sa.select(people.c.display_name, people.c.birth_year).where(people.c.person == ada))
    assert [tuple(row.values()) for row in kept] == [("Ada Berg", 1985)]
    names = await own(tx, sa.select(profiles.c.display_name).where(profiles.c.person == ada))
    assert [row["display_name"] for row in names] == ["Augusta"]


async def test_a_member_gets_what_she_had_not_and_loses_nothing(tx, take_over, act, coordinator, accept):
    await take_over(HEADER + ADA)
    ada = await person_at("ada@example.org", tx)
    await act(ada)
    await accept()
    await run(service, DescribeProfile(description=Description(fields=("0541",)), motivation="My own."), tx)
    await act(coordinator)
    before = len(told(tx))
    text = "Namn;E-post;Född;Roll;Land;Ämne;Nivå;Motivation\nX;ada@example.org;1990;adept;SE;fysik;senior;Theirs\n"

    sheet = await take_over(text, round=ROUND)
    assert await rows_of(sheet, tx) == [(2, RowOutcome.UPDATE, [SheetProblem.MEMBER_ALREADY])]

    kinds = [type(fact) for fact in told(tx)[before:]]
    assert kinds == [SheetRead, RolesGranted, ProfileDescribed, ParticipantBrought, SheetImported]
    await act(ada)
    hers = await run(service, OwnProfile(), tx)
    assert (hers.motivation, hers.description.fields, hers.description.stage) == ("My own.", ("0541",), "SENIOR")


async def test_members_can_be_left_as_they_are(tx, take_over, hand_in, at_work):
    await take_over(HEADER + ADA)
    before = len(told(tx))
    sheet = await hand_in(HEADER + ADA.replace("mentor", "adept") + EVA, known=KnownPeople.SKIP)
    assert [outcome for _, outcome, _ in await rows_of(sheet, tx)] == [RowOutcome.SKIPPED, RowOutcome.NEW]
    await run(service, ConfirmSheet(sheet=sheet), tx)
    await at_work()
    assert RolesGranted not in [type(fact) for fact in told(tx)[before:]]
    assert (await seen(sheet, tx)).skipped == 1


async def test_who_has_left_comes_back_by_herself_alone(tx, take_over, hand_in):
    await take_over(HEADER + ADA)
    ada = await person_at("ada@example.org", tx)
    await tx.run(sa.update(memberships).where(memberships.c.id == membership_of(ada, tx.project)).values(roles=[]))
    sheet = await hand_in(HEADER + ADA)
    assert await rows_of(sheet, tx) == [(2, RowOutcome.WRONG, [SheetProblem.HAS_LEFT])]


async def test_the_style_and_places_of_a_mentor_go_to_matching_and_a_mentees_do_not(tx, take_over):
    text = "Namn;E-post;Född;Roll;Land;Form;Platser\nA;a@example.org;1990;mentor;SE;blixt;3\nB;b@example.org;1990;adept;SE;blixt;3\n"
    await take_over(text, round=ROUND)
    brought = [(fact.style, fact.places) for fact in told(tx) if isinstance(fact, ParticipantBrought)]
    assert brought == [(Style.FLASH, 3), (None, None)]


async def test_its_people_can_be_had_in_our_own_columns_and_handed_in_again(tx, hand_in):
    sheet = await hand_in(HEADER + ADA.replace("kanariefågel", '"=cmd|calc;x"') + EVA)
    text = (await run(service, SheetTable(sheet=sheet), tx)).text
    assert "'=cmd|calc;x" in text
    again = await hand_in(text)
    assert (await run(service, SheetTable(sheet=again), tx)).text == text
    assert [view.state for view in (await seen(sheet, tx), await seen(again, tx))] == [SheetState.READ] * 2


async def test_hundreds_come_in_within_seconds(tx, hand_in, at_work):
    count = 500
    lines = "".join(f"Ada {n};p{n}@example.org;1985-03;adept;SE;;\n" for n in range(count))
    sheet = await hand_in((HEADER + lines).encode())
    await run(service, ConfirmSheet(sheet=sheet), tx)
    began = real_now()
    await at_work()
    assert (await seen(sheet, tx)).new == count
    assert (real_now() - began).total_seconds() < 10


async def test_a_project_that_a_coordinator_looks_at_lists_its_invited_people(tx, take_over):
    await take_over(HEADER + ADA + EVA)
    page = await run(service, MembersPage(first=100), tx)
    assert {"Ada Berg", "Eva Ek"} <= {view.display_name for view in page.items}
    assert {view.active for view in page.items if view.display_name == "Eva Ek"} == {"LONGER_AGO"}
