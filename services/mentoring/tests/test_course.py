"""A mentorship through the doors: what is stored, told and due on its way, and who may read what the two agreed on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.testing import NOON, hear, pass_time, play, refused, run, told
from commons_contracts.codes import MentorshipState, NoticeCode, Phase, RefusalCode, Role
from commons_contracts.ids import PLATFORM
from commons_contracts.matching import NoPlaceLeft, PlaceTakenAgain
from commons_contracts.mentoring import (
    AdvancePhase,
    AgreementsByIds,
    AgreementsOf,
    CompleteMentorship,
    EndMentorship,
    ExtendMentorship,
    FreezeMentorship,
    MentorshipsByIds,
    MentorshipsSince,
    NoticeWanted,
    ProposeAgreement,
    ProposeExtension,
    ResumeMentorship,
    ReviseGoal,
    SignAgreement,
    ThawMentorship,
    TickItem,
)
from commons_contracts.profiles import PersonBlocked
from commons_mentoring.app import service
from commons_mentoring.tables import agreements, checklist_lines, mentorships

from .pair import Pair

DAY = timedelta(days=1)


@pytest.fixture
async def pair(tx, coordinator, seed):
    return await Pair(tx, await seed()).meet()


@pytest.fixture
async def signed(pair, some_terms):
    """From 14 September to 14 December, at work."""
    await enter(pair, Phase.NEGOTIATION)
    await pair.do("mentee", ProposeAgreement(mentorship=pair.id, terms=some_terms()))
    for side in ("mentee", "mentor"):
        await pair.do(side, SignAgreement(mentorship=pair.id, version=1))
    await enter(pair, Phase.ENABLING)
    pair.news()
    return pair


async def enter(pair, phase):
    mine = checklist_lines.c.mentorship == pair.id
    await pair.tx.run(sa.update(checklist_lines).where(mine).values(mentor_at=NOON, mentee_at=NOON))
    pair.tx.db.expire_all()
    return await pair.do("mentee", AdvancePhase(mentorship=pair.id, to=phase))


async def view(pair, side="mentee"):
    return (await pair.do(side, MentorshipsByIds(ids=(pair.id,)))).items[0]


async def keys(tx):
    due = tx.metadata.tables["due"].c
    return {row["key"].split(":", 2)[2] for row in await tx.rows(sa.select(due.key).where(due.key.startswith("ment")))}


def codes(pair):
    return [fact.code for fact in pair.news() if isinstance(fact, NoticeWanted)]


async def test_a_tick_is_stored_and_told(pair):
    await pair.do("mentor", TickItem(mentorship=pair.id, item="TRUST_BUILT"))
    (fact,) = pair.news()
    assert (fact.item, fact.by) == ("TRUST_BUILT", Role.MENTOR)
    line = next(line for line in (await view(pair)).checklist if line.item == "TRUST_BUILT")
    assert (line.done, line.done_by, line.ticked_by) == (True, pair.mentor, (pair.mentor,))


async def test_nobody_but_the_two_reads_what_they_agreed_on(tx, signed):
    wanted = AgreementsOf(mentorships=(signed.id,))
    (history,) = (await signed.do("mentor", wanted)).items
    (first,) = history.versions
    assert (first.terms.confidentiality, first.mentee_signed_at) == ("What is said stays here.", NOON)
    assert (await signed.do("mentee", AgreementsByIds(ids=(first.id,)))).items == (first,)
    for role in (Role.COORDINATOR, Role.MENTOR, Role.SAFEGUARDING_LEAD):
        await play(tx, roles=(role,))
        assert (await run(service, wanted, tx)).items == ()
        assert (await run(service, AgreementsByIds(ids=(first.id,)), tx)).items == ()
        assert await tx.rows(sa.select(agreements.c.id)) == [], "the wall of the table, whatever a query asks"
    assert "stays here" not in "".join(fact.model_dump_json() for fact in told(tx))


async def test_all_that_is_due_of_a_mentorship_is_forgotten_with_it(tx, signed):
    assert await keys(tx) == {"standstill", "period:half", "period:14", "period:0"}
    await signed.do("mentor", EndMentorship(mentorship=signed.id))
    assert await keys(tx) == set()
    assert codes(signed) == [NoticeCode.MENTORSHIP_ENDED]
    async with refused(tx, RefusalCode.RELATIONSHIP_CLOSED):
        await signed.do("mentee", TickItem(mentorship=signed.id, item="GOALS_EDITED"))


async def test_four_months_pass_and_each_is_reminded_once(tx, signed):
    for week in range(1, 14):
        await tx.run(sa.update(mentorships).values(active_at=NOON + week * 7 * DAY))
        tx.db.expire_all()
        await pass_time(service, tx, to=NOON + week * 7 * DAY)
    told_as = codes(signed)
    assert told_as == [NoticeCode.HALFWAY_REFLECTION] * 2 + [NoticeCode.PERIOD_ENDS] * 2
    await pass_time(service, tx, to=datetime(2026, 12, 14, 23, tzinfo=UTC))
    assert codes(signed) == [NoticeCode.PERIOD_ENDED] * 2
    assert (await view(signed)).halfway_at == datetime(2026, 10, 28, 23, tzinfo=UTC)


async def test_an_extension_moves_what_is_due(tx, signed):
    later = date(2027, 1, 10)
    async with refused(tx, RefusalCode.CONSENT_OF_BOTH_REQUIRED):
        await signed.do("mentor", ExtendMentorship(mentorship=signed.id, ends_on=later))
    await signed.do("mentee", ProposeExtension(mentorship=signed.id, ends_on=later))
    longer = await signed.do("mentor", ExtendMentorship(mentorship=signed.id, ends_on=later))
    assert (longer.ends_on, longer.agreement) == (later, 2)
    due = tx.metadata.tables["due"].c
    over = await tx.value(sa.select(due.due_at).where(due.key == f"mentorship:{signed.id}:period:0"))
    assert over == datetime(2027, 1, 10, 23, tzinfo=UTC)


async def test_a_goal_is_revised_where_one_is_in_force(tx, pair, signed):
    goal = {"text": "Another one"}
    assert (await signed.do("mentor", ReviseGoal(mentorship=pair.id, goal=goal))).version == 2
    await tx.run(sa.update(mentorships).values(agreement=0))
    tx.db.expire_all()
    async with refused(tx, RefusalCode.AGREEMENT_NOT_SIGNED):
        await signed.do("mentor", ReviseGoal(mentorship=pair.id, goal=goal))


@pytest.mark.parametrize(("answer", "state"), [(PlaceTakenAgain, "OPEN"), (NoPlaceLeft, "PAUSED_INACTIVE")])
async def test_a_pause_and_what_matching_says_of_going_on(tx, pair, answer, state):
    await pass_time(service, tx, to=NOON + 42 * DAY)
    assert (await view(pair)).state == MentorshipState.PAUSED_INACTIVE
    assert await keys(tx) == set()
    await pair.do("mentor", ResumeMentorship(mentorship=pair.id))
    assert (await view(pair)).resuming
    for _ in range(3):
        said = answer(project=tx.project, at=tx.now, match=pair.match.match, turn=2)
        await hear(service, said, tx)
    seen = await view(pair)
    assert (seen.state, seen.resuming) == (state, False)
    assert await keys(tx) == ({"standstill"} if state == "OPEN" else set())
    unknown = answer(project=tx.project, at=tx.now, match=pair.id, turn=1)
    await hear(service, unknown, tx)


async def test_words_reach_nobody_who_is_blocked_or_not_known_to_be_adult(tx, pair, some_terms):
    await enter(pair, Phase.NEGOTIATION)
    block = PersonBlocked(project=PLATFORM, at=NOON, block=pair.id, by=pair.mentor, person=pair.mentee)
    await hear(service, block, tx)
    async with refused(tx, RefusalCode.RELATIONSHIP_FROZEN):
        await pair.do("mentee", ProposeAgreement(mentorship=pair.id, terms=some_terms()))
    await play(tx, person=pair.mentor, roles=(Role.MENTOR,), adult=False)
    async with refused(tx, RefusalCode.SAFEGUARDING_UNKNOWN):
        await pair.do("mentee", ProposeAgreement(mentorship=pair.id, terms=some_terms()))


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_LEAD, Role.COORDINATOR])
async def test_who_looks_after_safety_or_the_programme_freezes_and_thaws(tx, pair, role):
    freeze, thaw = FreezeMentorship(mentorship=pair.id), ThawMentorship(mentorship=pair.id)
    for not_hers in (freeze, thaw):
        async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
            await pair.do("mentor", not_hers)
    await play(tx, roles=(role,))
    await run(service, freeze, tx)
    async with refused(tx, RefusalCode.RELATIONSHIP_FROZEN):
        await pair.do("mentor", EndMentorship(mentorship=pair.id))
    await play(tx, roles=(role,))
    await run(service, thaw, tx)
    assert (await view(pair)).state == MentorshipState.OPEN


async def test_nobody_freezes_or_thaws_what_she_has_a_part_in(tx, pair):
    for command in (FreezeMentorship(mentorship=pair.id), ThawMentorship(mentorship=pair.id)):
        await play(tx, person=pair.mentor, roles=(Role.MENTOR, Role.COORDINATOR, Role.SAFEGUARDING_LEAD))
        async with refused(tx, RefusalCode.CONFLICT_OF_INTEREST):
            await run(service, command, tx)


async def test_it_is_not_completed_on_its_way(tx, signed):
    async with refused(tx, RefusalCode.PHASE_FORBIDS):
        await signed.do("mentor", CompleteMentorship(mentorship=signed.id))
    async with refused(tx, RefusalCode.NOT_FOUND):
        await signed.do("mentor", SignAgreement(mentorship=signed.match.match, version=1))


async def test_who_follows_is_told_what_has_changed(pair):
    cursor = (await pair.do("mentor", MentorshipsSince())).cursor
    await pair.do("mentee", TickItem(mentorship=pair.id, item="TRUST_BUILT"))
    await pair.do("mentee", EndMentorship(mentorship=pair.id))
    news = await pair.do("mentor", MentorshipsSince(cursor=cursor))
    assert [item.state for item in news.items] == [MentorshipState.ENDED_NO_FAULT]
