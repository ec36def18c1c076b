"""Mentorships: opened once for each match, only between two who may meet, seen by them alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, refused, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import Conduct, NoticeCode, Phase, RefusalCode, Role, Style
from commons_contracts.ids import PLATFORM, MatchId, MentorshipId, PersonId, membership_of
from commons_contracts.matching import MatchConfirmed
from commons_contracts.mentoring import (
    Changes,
    ChecklistLine,
    DraftProgramme,
    EndMentorship,
    MentorshipOpened,
    MentorshipsByIds,
    MentorshipsByMatch,
    MentorshipsPage,
    NoticeWanted,
    PublishProgramme,
    TickItem,
)
from commons_contracts.profiles import (
    ConductAccepted,
    ConductInForce,
    MembershipBegan,
    PersonBlocked,
    PersonUnblocked,
)
from commons_mentoring.app import service
from commons_mentoring.tables import checklist_lines, mentorships, unopened_matches

CONFIRMED = datetime(2026, 9, 12, 8, 30, tzinfo=UTC)
PREPARATION = (
    "FIRST_MEETING_DATE_SET",
    "SELF_REFLECTION_DONE",
    "GOT_TO_KNOW_EACH_OTHER",
    "TRUST_BUILT",
    "AGREEMENT_DISCUSSED",
    "BOUNDARIES_SET",
    "GOALS_CONSIDERED",
)


@pytest.fixture
async def programme(coordinator, seed):
    return await seed()


async def a_match(tx, programme, *, known=True, **changes):
    """Between two members, or between two of whom mentoring has not heard yet."""
    people = {
        side: (await play(tx, roles=(Role[side.upper()],)) if known else new_id()) for side in ("mentor", "mentee")
    }
    told_as = {
        "match": new_id(),
        "round": new_id(),
        "programme": programme.id,
        "programme_version": programme.version,
        "connection": None,
        "style": Style.TRADITIONAL,
    }
    return MatchConfirmed(project=tx.project, at=CONFIRMED, **people | told_as | changes)


async def count(tx, table):
    return await tx.value(sa.select(sa.func.count()).select_from(table))


async def by_match(tx, match, *, viewer):
    await play(tx, person=viewer, roles=(Role.MENTEE,))
    return (await run(service, MentorshipsByMatch(matches=(match.match,)), tx)).items


async def test_a_match_opens_a_mentorship_with_its_checklist(tx, programme):
    match = await a_match(tx, programme)
    await hear(service, match, tx)

    (view,) = await by_match(tx, match, viewer=match.mentee)
    assert (view.match, view.mentor, view.mentee) == (match.match, match.mentor, match.mentee)
    assert (view.programme, view.programme_version) == (programme.id, 1)
    assert (view.style, view.phase, view.opened_at) == (Style.TRADITIONAL, Phase.PREPARATION, CONFIRMED)
    assert tuple(line.item for line in view.checklist) == PREPARATION
    assert {line.done_by for line in view.checklist} == {None}


async def test_the_checklist_shown_is_that_of_the_phase_they_are_in(tx, programme):
    match = await a_match(tx, programme)
    await hear(service, match, tx)
    (view,) = await by_match(tx, match, viewer=match.mentee)
    later = {"phase": Phase.NEGOTIATION, "position": 0, "item": "TIMELINE_AGREED", "mentee_at": CONFIRMED}

    await tx.run(sa.insert(checklist_lines).values(project=tx.project, mentorship=view.id, **later))
    assert await by_match(tx, match, viewer=match.mentee) == (view,)

    await tx.run(sa.update(mentorships).values(phase=Phase.NEGOTIATION))
    (view,) = await by_match(tx, match, viewer=match.mentee)
    assert view.checklist == (
        ChecklistLine(
            item="TIMELINE_AGREED",
            phase=Phase.NEGOTIATION,
            done=True,
            done_by=match.mentee,
            ticked_by=(match.mentee,),
        ),
    )


async def test_both_are_told(tx, programme):
    match = await a_match(tx, programme, style=Style.FLASH)
    await hear(service, match, tx)

    opened, *notices = told(tx)[-3:]
    assert opened == MentorshipOpened(
        project=tx.project,
        at=CONFIRMED,
        mentorship=opened.mentorship,
        match=match.match,
        programme=programme.id,
        programme_version=1,
        mentor=match.mentor,
        mentee=match.mentee,
        style=Style.FLASH,
        phase=Phase.PREPARATION,
    )
    assert notices == [
        NoticeWanted(
            project=tx.project,
            at=CONFIRMED,
            person=person,
            code=NoticeCode.MENTORSHIP_OPENED,
            subject_id=opened.mentorship,
        )
        for person in (match.mentor, match.mentee)
    ]


async def test_ten_times_told_is_once_opened(tx, programme):
    match = await a_match(tx, programme)
    for _ in range(10):
        await hear(service, match, tx)

    assert await count(tx, mentorships) == 1
    assert await count(tx, checklist_lines) == len(PREPARATION)
    assert [type(fact) for fact in told(tx)].count(MentorshipOpened) == 1
    assert [type(fact) for fact in told(tx)].count(NoticeWanted) == 2


async def test_a_match_waits_for_the_people_it_is_about(tx, programme):
    match = await a_match(tx, programme, known=False)
    await hear(service, match, tx)
    await hear(service, match, tx)
    joined = {"project": tx.project, "at": datetime(2026, 9, 13, tzinfo=UTC), "roles": (Role.MENTOR,), "adult": True}

    await hear(service, MembershipBegan(**joined, membership=new_id(), person=match.mentor), tx)
    assert await count(tx, mentorships) == 0
    assert await count(tx, unopened_matches) == 1
    assert MentorshipOpened not in map(type, told(tx))

    await hear(service, MembershipBegan(**joined, membership=new_id(), person=match.mentee), tx)
    assert await count(tx, mentorships) == 1
    assert await count(tx, unopened_matches) == 0
    (view,) = await by_match(tx, match, viewer=match.mentor)
    assert view.opened_at == joined["at"]


async def test_whom_a_table_brought_does_nothing_in_it_before_she_has_accepted_the_code_herself(tx, programme):
    code = {"kind": Conduct.COMMUNITY, "version": 1}
    await hear(service, ConductInForce(project=tx.project, at=CONFIRMED, conduct=new_id(), **code), tx)
    brought = PersonId(new_id())
    hers = {"project": tx.project, "at": CONFIRMED, "person": brought, "membership": membership_of(brought, tx.project)}
    await hear(service, MembershipBegan(**hers, roles=(Role.MENTEE,), adult=True), tx)
    match = await a_match(tx, programme, mentee=brought)
    await hear(service, match, tx)
    (waits,) = await by_match(tx, match, viewer=match.mentor)
    assert (waits.mentee, waits.phase) == (brought, Phase.PREPARATION)

    tx.actor = Actor(person=brought, project=tx.project)
    tick = TickItem(mentorship=waits.id, item="TRUST_BUILT")
    for command in (tick, EndMentorship(mentorship=waits.id)):
        async with refused(tx, RefusalCode.CODE_OF_CONDUCT_REQUIRED, **code):
            await run(service, command, tx)
    await hear(service, ConductAccepted(**hers, **code), tx)
    assert (await run(service, tick, tx)).phase is Phase.PREPARATION


async def test_a_minor_is_not_brought_together_with_anyone(tx, programme):
    match = await a_match(tx, programme)
    await play(tx, person=match.mentee, roles=(Role.MENTEE,), adult=False)
    before = told(tx)

    await hear(service, match, tx)

    assert await count(tx, mentorships) == 0
    assert told(tx) == before


@pytest.mark.parametrize(("by", "person"), [("mentor", "mentee"), ("mentee", "mentor")])
async def test_those_who_block_each_other_are_not_brought_together_then_or_later(tx, programme, by, person):
    match = await a_match(tx, programme)
    block = {"project": PLATFORM, "at": CONFIRMED, "block": new_id()}
    pair = {"by": getattr(match, by), "person": getattr(match, person)}
    await hear(service, PersonBlocked(**block, **pair), tx)
    before = told(tx)

    await hear(service, match, tx)
    await hear(service, PersonUnblocked(**block, **pair), tx)
    await hear(service, match, tx)
    again = {"membership": new_id(), "roles": (Role.MENTOR,), "adult": True}
    await hear(service, MembershipBegan(project=tx.project, at=CONFIRMED, person=match.mentor, **again), tx)

    assert await count(tx, mentorships) == 0
    assert told(tx) == before


async def test_running_pairs_stay_under_their_version(tx, programme):
    match = await a_match(tx, programme)
    await hear(service, match, tx)
    await play(tx, roles=(Role.COORDINATOR,))
    rules = programme.rules
    shorter = rules.steps.model_copy(update={"checklists": {Phase.PREPARATION: ("TRUST_BUILT",)}})
    changes = Changes(rules=rules.model_copy(update={"steps": shorter}))
    newer = await run(service, DraftProgramme(starts_on=date(2026, 11, 1), changes=changes), tx)
    await run(service, PublishProgramme(programme=newer.id), tx)
    later = await a_match(tx, newer)
    await hear(service, later, tx)

    (old,) = await by_match(tx, match, viewer=match.mentee)
    (new,) = await by_match(tx, later, viewer=later.mentee)
    assert (old.programme, old.programme_version, len(old.checklist)) == (programme.id, 1, 7)
    assert (new.programme, new.programme_version, len(new.checklist)) == (newer.id, 2, 1)


@pytest.mark.parametrize("viewer", [Role.MENTOR, Role.MENTEE, Role.COORDINATOR])
async def test_nobody_sees_the_mentorship_of_others(tx, programme, viewer):
    match = await a_match(tx, programme)
    await hear(service, match, tx)
    (mine,) = await by_match(tx, match, viewer=match.mentor)

    await play(tx, roles=(viewer,))
    for query in (MentorshipsByIds(ids=(mine.id,)), MentorshipsByMatch(matches=(match.match,)), MentorshipsPage()):
        assert (await run(service, query, tx)).items == ()


async def test_another_project_has_none_of_it(tx, programme):
    match = await a_match(tx, programme)
    await hear(service, match, tx)
    (mine,) = await by_match(tx, match, viewer=match.mentor)

    await play(tx, person=match.mentor, roles=(Role.MENTOR,), project=new_id())
    for query in (MentorshipsByIds(ids=(mine.id,)), MentorshipsByMatch(matches=(match.match,)), MentorshipsPage()):
        assert (await run(service, query, tx)).items == ()


async def test_her_own_come_newest_first_a_page_at_a_time(tx, programme):
    first = await a_match(tx, programme)
    matches = [first, *[await a_match(tx, programme, mentor=first.mentor) for _ in range(2)]]
    for match in matches:
        await hear(service, match, tx)
    await play(tx, person=first.mentor, roles=(Role.MENTOR,))

    page = await run(service, MentorshipsPage(first=2), tx)
    rest = await run(service, MentorshipsPage(first=2, after=page.cursors[-1]), tx)

    assert (len(page.items), page.more, page.total, len(rest.items), rest.more) == (2, True, 3, 1, False)
    assert {view.match for view in page.items + rest.items} == {match.match for match in matches}
    by_id = MentorshipsByIds(ids=(rest.items[0].id, MentorshipId(new_id())))
    assert (await run(service, by_id, tx)).items == rest.items
    assert (await run(service, MentorshipsByMatch(matches=(MatchId(new_id()),)), tx)).items == ()
