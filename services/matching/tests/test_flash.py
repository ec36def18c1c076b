"""Flash mentoring through the doors: slots offered, taken, withdrawn, and a request that goes on from one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run
from commons_contracts.codes import ConnectionState, FlashState, Goal, NoticeCode, RefusalCode, Role, Style
from commons_contracts.ids import membership_of
from commons_contracts.matching import (
    ConnectionAccepted,
    ConnectionRequested,
    ConnectionsByIds,
    ContinueAsTraditional,
    FlashOffered,
    FlashSlotsByIds,
    FlashSlotsPage,
    FlashSlotTaken,
    FlashSlotWithdrawn,
    FlashTime,
    MatchConfirmed,
    NoticeWanted,
    OfferFlash,
    OwnFlashSlotsPage,
    OwnPlaces,
    RequestConnection,
    RequestFlash,
    WithdrawFlashSlot,
)
from commons_contracts.profiles import MentoringPaused, PersonBlocked
from commons_matching.app import service

DAY = timedelta(days=1)
TOPICS = (Goal.FIRST_JOB, Goal.CONFIDENCE)
QUESTION = "  How did you choose your first job?  "


async def offered(recruitment, mentor, *days, topics=TOPICS, minutes=45, tx=None):
    await recruitment.become(mentor)
    slots = tuple(FlashTime(starts_at=NOON + day * DAY, minutes=minutes) for day in days)
    offer = OfferFlash(round=recruitment.round, slots=slots, topics=topics)
    return (await run(service, offer, recruitment.tx)).items


async def take(recruitment, mentee, slot, question=QUESTION):
    await recruitment.become(mentee)
    return await run(service, RequestFlash(slot=slot.id, question=question), recruitment.tx)


async def free(recruitment, **by):
    return [
        slot.id for slot in (await run(service, FlashSlotsPage(round=recruitment.round, **by), recruitment.tx)).items
    ]


@pytest.fixture
async def pair(recruitment):
    """A mentor with a place of each style, and a mentee."""
    mentor, mentee = await recruitment.mentor(places=1, flash=2), await recruitment.mentee()
    recruitment.news()
    return mentor, mentee


async def test_a_mentor_offers_slots_and_tells_when_and_about_what(recruitment, pair):
    mentor, mentee = pair
    first, second = await offered(recruitment, mentor, 2, 1)
    assert (first.state, first.topics, first.minutes, first.starts_at) == (FlashState.OPEN, TOPICS, 45, NOON + 2 * DAY)
    told = recruitment.news()
    assert [type(fact) for fact in told] == [FlashOffered, FlashOffered]
    assert (told[0].slot, told[0].minutes, told[0].topics) == (first.id, 45, TOPICS)
    await recruitment.become(mentee)
    assert await free(recruitment) == [second.id, first.id]
    assert await free(recruitment, mentor=mentor, topics=(Goal.CONFIDENCE,)) == [second.id, first.id]
    assert await free(recruitment, topics=(Goal.RESEARCH,)) == []
    await recruitment.become(mentor)
    assert await free(recruitment) == []
    own = await run(service, OwnFlashSlotsPage(), recruitment.tx)
    assert [slot.id for slot in own.items] == [first.id, second.id]


async def test_the_first_who_asks_has_it_with_match_and_place(recruitment, pair):
    mentor, mentee = pair
    (slot,) = await offered(recruitment, mentor, 1)
    recruitment.news()
    seen = await take(recruitment, mentee, slot)
    assert (seen.state, seen.style, seen.message) == (ConnectionState.ACCEPTED, Style.FLASH, QUESTION.strip())
    requested, accepted, taken, confirmed, notice = recruitment.news()
    assert [type(fact) for fact in (requested, accepted, taken, confirmed)] == [
        ConnectionRequested, ConnectionAccepted, FlashSlotTaken, MatchConfirmed,
    ]  # fmt: skip
    assert (confirmed.match, confirmed.style, confirmed.connection) == (seen.match, Style.FLASH, seen.id)
    assert (confirmed.slot_starts_at, confirmed.slot_minutes) == (NOON + DAY, 45)
    assert (type(notice), notice.person, notice.code) == (NoticeWanted, mentor, NoticeCode.FLASH_TAKEN)
    assert (taken.slot, taken.mentee, taken.match) == (slot.id, mentee, seen.match)
    await recruitment.become(mentor)
    places = {p.style: p for p in (await run(service, OwnPlaces(round=recruitment.round), recruitment.tx)).items}
    assert (places[Style.FLASH].used, places[Style.TRADITIONAL].used) == (1, 0)
    (own,) = (await run(service, OwnFlashSlotsPage(), recruitment.tx)).items
    assert (own.state, own.mentee, own.match) == (FlashState.TAKEN, mentee, seen.match)


async def test_without_a_question_nothing_is_taken(recruitment, pair, tx):
    mentor, mentee = pair
    (slot,) = await offered(recruitment, mentor, 1)
    await recruitment.become(mentee)
    async with refused(tx, RefusalCode.TOPIC_REQUIRED):
        await run(service, RequestFlash(slot=slot.id, question="  \n "), tx)


async def test_who_comes_too_late_is_told_of_the_next_slot(recruitment, pair, tx):
    mentor, mentee = pair
    other = await recruitment.mentor(flash=1)
    (gone,) = await offered(recruitment, mentor, 3)
    await take(recruitment, await recruitment.mentee(), gone)
    (elsewhere,) = await offered(recruitment, other, 1)
    await recruitment.become(mentee)
    sooner = {"next": "2026-09-11T10:00:00Z", "next_slot": elsewhere.id}
    async with refused(tx, RefusalCode.SLOT_TAKEN, zone="Europe/Stockholm", **sooner):
        await run(service, RequestFlash(slot=gone.id, question=QUESTION), tx)
    (same,) = await offered(recruitment, mentor, 5)
    await recruitment.become(mentee)
    async with refused(tx, RefusalCode.SLOT_TAKEN, next="2026-09-15T10:00:00Z", next_slot=same.id):
        await run(service, RequestFlash(slot=gone.id, question=QUESTION), tx)


async def test_a_slot_that_has_begun_is_taken_and_without_another_nothing_is_next(recruitment, pair, tx):
    mentor, mentee = pair
    (slot,) = await offered(recruitment, mentor, 1)
    await recruitment.become(mentee)
    tx.now = NOON + DAY
    assert await free(recruitment) == []
    async with refused(tx, RefusalCode.SLOT_TAKEN, next=None, next_slot=None):
        await run(service, RequestFlash(slot=slot.id, question=QUESTION), tx)


async def test_offers_are_to_come_of_the_right_length_and_about_something(recruitment, pair, tx):
    mentor, _ = pair
    await offered(recruitment, mentor, 2)
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await offered(recruitment, mentor, 2.01)
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await offered(recruitment, mentor, 4, 4)
    async with refused(tx, RefusalCode.OUTSIDE_AGREEMENT_PERIOD, earliest="2026-09-10T10:00:00Z"):
        await offered(recruitment, mentor, 0)
    async with refused(tx, RefusalCode.TOPIC_REQUIRED):
        await offered(recruitment, mentor, 5, topics=())
    outsider = await play(tx, roles=(Role.MENTOR,))
    recruitment.roles[outsider] = Role.MENTOR
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED):
        await offered(recruitment, outsider, 1)


async def test_a_mentor_withdraws_what_nobody_has_taken(recruitment, pair, tx):
    mentor, mentee = pair
    slot, taken = await offered(recruitment, mentor, 1, 2)
    await take(recruitment, mentee, taken)
    other = await recruitment.mentor()
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, WithdrawFlashSlot(slot=slot.id), tx)
    await recruitment.become(mentor)
    recruitment.news()
    view = await run(service, WithdrawFlashSlot(slot=slot.id), tx)
    assert view.state is FlashState.WITHDRAWN
    assert [type(fact) for fact in recruitment.news()] == [FlashSlotWithdrawn]
    for gone in (slot, taken):
        async with refused(tx, RefusalCode.INVALID_TRANSITION, to=FlashState.WITHDRAWN):
            await run(service, WithdrawFlashSlot(slot=gone.id), tx)
    await offered(recruitment, mentor, 1)
    assert other != mentor


async def test_whom_she_may_not_meet_has_no_slots_for_her(recruitment, pair, tx):
    mentor, mentee = pair
    (slot,) = await offered(recruitment, mentor, 1)
    stranger = await recruitment.mentee()
    whose = {"project": tx.project, "at": tx.now}
    await hear(service, PersonBlocked(**whose, block=new_id(), by=mentor, person=mentee), tx)
    for person, code in ((mentee, RefusalCode.MENTOR_UNAVAILABLE), (mentor, RefusalCode.SELF_REQUEST)):
        await recruitment.become(person)
        assert await free(recruitment) == []
        async with refused(tx, code):
            await run(service, RequestFlash(slot=slot.id, question=QUESTION), tx)
    assert (await run(service, FlashSlotsByIds(ids=(slot.id,)), tx)).items[0].id == slot.id  # her own
    await recruitment.become(mentee)
    assert (await run(service, FlashSlotsByIds(ids=(slot.id,)), tx)).items == ()
    await recruitment.of_member(MentoringPaused, mentor, cause="OWN_WISH")
    await recruitment.become(stranger)
    assert await free(recruitment) == []
    async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
        await run(service, RequestFlash(slot=slot.id, question=QUESTION), tx)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, RequestFlash(slot=new_id(), question=QUESTION), tx)
    assert membership_of(mentor, tx.project)


async def test_flash_has_places_of_its_own_and_a_limit_of_what_is_to_come(recruitment, tx):
    mentor = await recruitment.mentor(places=0, flash=1)
    first, second = await offered(recruitment, mentor, 1, 2)
    await take(recruitment, await recruitment.mentee(), first)
    greedy = await recruitment.mentee()
    assert await free(recruitment) == []
    async with refused(tx, RefusalCode.MENTOR_AT_CAPACITY):
        await run(service, RequestFlash(slot=second.id, question=QUESTION), tx)
    for day in (1, 2, 3):
        (slot,) = await offered(recruitment, await recruitment.mentor(flash=1), day)
        await take(recruitment, greedy, slot)
    (fourth,) = await offered(recruitment, await recruitment.mentor(flash=1), 4)
    await recruitment.become(greedy)
    async with refused(tx, RefusalCode.OPEN_REQUEST_LIMIT, max=3):
        await run(service, RequestFlash(slot=fourth.id, question=QUESTION), tx)


async def test_flash_and_a_mentor_for_the_season_stand_beside_each_other(recruitment, pair):
    mentor, mentee = pair
    other = await recruitment.mentor()
    waiting = await recruitment.ask(mentee, other)
    (slot,) = await offered(recruitment, mentor, 1)
    await take(recruitment, mentee, slot)
    (still,) = (await run(service, ConnectionsByIds(ids=(waiting.id,)), recruitment.tx)).items
    assert still.state is ConnectionState.ASKED
    await recruitment.accept(waiting)
    (again,) = await offered(recruitment, mentor, 2)
    assert (await take(recruitment, mentee, again)).state is ConnectionState.ACCEPTED


async def test_she_goes_on_from_it_with_a_request_that_knows_where_it_comes_from(recruitment, pair, tx):
    mentor, mentee = pair
    (slot,) = await offered(recruitment, mentor, 1)
    flash = await take(recruitment, mentee, slot)
    going_on = ContinueAsTraditional(match=flash.match, message="May we go on?")
    async with refused(tx, RefusalCode.SESSION_NOT_HELD, starts_at="2026-09-11T10:00:00Z"):
        await run(service, going_on, tx)
    await recruitment.become(mentor)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, going_on, tx)
    await recruitment.become(mentee)
    tx.now = NOON + DAY
    request = await run(service, going_on, tx)
    assert (request.state, request.style) == (ConnectionState.ASKED, Style.TRADITIONAL)
    assert (request.continues, request.mentor, request.round) == (flash.match, mentor, recruitment.round)
    async with refused(tx, RefusalCode.DUPLICATE_REQUEST):
        await run(service, going_on, tx)
    accepted = await recruitment.accept(request)
    assert accepted.match != flash.match
    await recruitment.become(mentee)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, ContinueAsTraditional(match=accepted.match), tx)
    async with refused(tx, RefusalCode.ALREADY_MATCHED):
        await run(service, going_on, tx)


async def test_going_on_is_a_request_under_all_the_rules_of_one(recruitment, pair, tx):
    mentor, mentee = pair
    (slot,) = await offered(recruitment, mentor, 1)
    flash = await take(recruitment, mentee, slot)
    await recruitment.accept(await recruitment.ask(await recruitment.mentee(), mentor))
    await recruitment.become(mentee)
    tx.now = NOON + DAY
    async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
        await run(service, ContinueAsTraditional(match=flash.match), tx)
    tx.now = NOON + 60 * DAY
    async with refused(tx, RefusalCode.RECRUITMENT_CLOSED):
        await run(service, ContinueAsTraditional(match=flash.match), tx)
    with_style = RequestConnection(round=recruitment.round, mentor=mentor, style=Style.TRADITIONAL)
    async with refused(tx, RefusalCode.RECRUITMENT_CLOSED):
        await run(service, with_style, tx)
