"""Waiting for a full mentor, and what becomes of a place that comes free."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, pass_time, play, refused, run
from commons_contracts.codes import (
    ConnectionState,
    DeclineReason,
    NoticeCode,
    OfferState,
    PauseCause,
    RefusalCode,
    Role,
    Style,
    WaitingState,
)
from commons_contracts.ids import PLATFORM, OfferId, WaitingId
from commons_contracts.matching import (
    DeclineConnection,
    JoinWaitlist,
    LeaveWaitlist,
    LetOfferGo,
    NoticeWanted,
    OfferEnded,
    OwnOffers,
    OwnWaitings,
    PlaceOffered,
    SetPlaces,
    TakeOffer,
    WaitlistJoined,
    WaitlistLeft,
    WithdrawConnection,
)
from commons_contracts.profiles import MentoringPaused, MentoringResumed, PersonBlocked
from commons_matching.app import service
from commons_matching.tables import places, waitings

HOURS = timedelta(hours=1)


async def give(recruitment, mentor, most):
    await recruitment.become(mentor)
    command = SetPlaces(round=recruitment.round, style=Style.TRADITIONAL, most=most)
    return await run(service, command, recruitment.tx)


async def taken(tx, mentor):
    p = places.c
    row = await tx.row(sa.select(p.most, p.used, p.held).where(p.mentor == mentor, p.style == Style.TRADITIONAL))
    return row["most"], row["used"], row["held"]


async def offers_of(recruitment, mentee):
    await recruitment.become(mentee)
    return (await run(service, OwnOffers(), recruitment.tx)).items


async def the_offer(recruitment, mentee):
    (offer,) = await offers_of(recruitment, mentee)
    return offer


async def turn(recruitment, mentee):
    """(state, position) of her only turn."""
    await recruitment.become(mentee)
    (waiting,) = (await run(service, OwnWaitings(), recruitment.tx)).items
    return waiting.state, waiting.position


@pytest.fixture
async def queue(recruitment):
    """A mentor with one place, taken; and three mentees who wait for her, in this order."""
    mentor = await recruitment.full_mentor()
    mentees = [await recruitment.mentee() for _ in range(3)]
    for mentee in mentees:
        await recruitment.wait(mentee, mentor)
        recruitment.tx.now += timedelta(minutes=1)
    return mentor, *mentees


@pytest.fixture
async def offered(recruitment, queue):
    """The same, with a second place that has just come free."""
    await give(recruitment, queue[0], 2)
    recruitment.news()
    return queue


async def test_one_waits_for_a_full_mentor(recruitment, tx):
    mentor, first, second = await recruitment.full_mentor(), await recruitment.mentee(), await recruitment.mentee()
    recruitment.news()

    views = [await recruitment.wait(mentee, mentor) for mentee in (first, second)]

    assert [(v.mentor, v.state, v.position) for v in views] == [(mentor, WaitingState.WAITING, n) for n in (1, 2)]
    assert views[0].style is Style.TRADITIONAL
    assert [(type(f), f.waiting, f.mentee) for f in recruitment.news()] == [
        (WaitlistJoined, views[0].id, first), (WaitlistJoined, views[1].id, second),
    ]  # fmt: skip
    assert await turn(recruitment, second) == (WaitingState.WAITING, 2)


async def test_nobody_waits_for_who_is_free_or_waits_twice(recruitment, tx):
    free, mentee = await recruitment.mentor(), await recruitment.mentee()
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "FREE", "to": "WAITING"}):
        await recruitment.wait(mentee, free)
    full = await recruitment.full_mentor()
    await recruitment.wait(mentee, full)
    async with refused(tx, RefusalCode.DUPLICATE_REQUEST):
        await recruitment.wait(mentee, full)


async def test_nobody_waits_where_there_are_no_waiting_lists_or_styles(recruitment, tx):
    await recruitment.open(waitlist=False)
    full, mentee = await recruitment.full_mentor(), await recruitment.mentee()
    async with refused(tx, RefusalCode.MENTOR_AT_CAPACITY):
        await recruitment.wait(mentee, full)
    await recruitment.open(styles=())
    await recruitment.join(Role.MENTEE, person=mentee)
    async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
        await recruitment.wait(mentee, full)


async def test_one_may_wait_for_another_style(recruitment, tx):
    mentor, mentee = await recruitment.mentor(), await recruitment.mentee()
    await recruitment.become(mentee)
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, JoinWaitlist(round=recruitment.round, mentor=mentor), tx)
    flash = await run(service, JoinWaitlist(round=recruitment.round, mentor=mentor, style=Style.FLASH), tx)
    assert (flash.style, flash.position) == (Style.FLASH, 1)


async def test_a_freed_place_is_offered_to_the_head_and_held(recruitment, tx, queue):
    mentor, first, second, _ = queue
    recruitment.news()

    view = await give(recruitment, mentor, 2)

    assert (view.most, view.used, view.held, view.free) == (2, 1, 1, 0)
    _, told, notice = recruitment.news()
    assert (type(told), told.mentee, told.expires_at) == (PlaceOffered, first, tx.now + 72 * HOURS)
    assert (notice.code, notice.person, notice.subject_id) == (NoticeCode.PLACE_OFFERED, first, told.offer)
    offer = await the_offer(recruitment, first)
    assert (offer.id, offer.state, offer.mentor, offer.style) == (
        told.offer, OfferState.OPEN, mentor, Style.TRADITIONAL,
    )  # fmt: skip
    assert await turn(recruitment, first) == (WaitingState.OFFERED, None)
    assert await turn(recruitment, second) == (WaitingState.WAITING, 1)


async def test_nobody_else_gets_a_held_place(recruitment, tx, offered):
    stranger = await recruitment.mentee()
    async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
        await recruitment.ask(stranger, offered[0])


async def test_several_places_go_to_several_heads_and_the_rest_are_free(recruitment, tx, queue):
    view = await give(recruitment, queue[0], 5)

    assert (view.used, view.held, view.free) == (1, 3, 1)


async def test_who_found_nobody_last_time_comes_first(recruitment, tx):
    unmatched, matched = await recruitment.mentee(), await recruitment.mentee()
    await recruitment.accept(await recruitment.ask(matched, await recruitment.mentor()))
    await recruitment.open(starts_on=date(2027, 2, 1), recruitment_lead_days=180)
    mentor, fresh = await recruitment.full_mentor(), await recruitment.mentee()
    for mentee in (fresh, matched, unmatched):
        if mentee is not fresh:
            await recruitment.join(Role.MENTEE, person=mentee)
        await recruitment.wait(mentee, mentor)
        tx.now += timedelta(minutes=1)

    assert [(await turn(recruitment, mentee))[1] for mentee in (unmatched, fresh, matched)] == [1, 2, 3]
    await give(recruitment, mentor, 2)
    assert (await the_offer(recruitment, unmatched)).state is OfferState.OPEN


async def test_taking_the_offer_asks_the_mentor_beyond_any_limit(recruitment, tx, offered):
    mentor, first = offered[:2]
    for _ in range(3):
        await recruitment.ask(first, await recruitment.mentor())
    offer = await the_offer(recruitment, first)
    recruitment.news()

    view = await run(service, TakeOffer(offer=offer.id, message="Thank you."), tx)

    assert (view.mentor, view.state, view.message) == (mentor, ConnectionState.ASKED, "Thank you.")
    ended, requested, notice = recruitment.news()
    assert (type(ended), ended.state, requested.connection) == (OfferEnded, OfferState.TAKEN, view.id)
    assert (notice.code, notice.person) == (NoticeCode.CONNECTION_REQUESTED, mentor)
    assert await taken(tx, mentor) == (2, 1, 1)
    assert await turn(recruitment, first) == (WaitingState.DONE, None)
    assert (await recruitment.accept(view)).state is ConnectionState.ACCEPTED
    assert await taken(tx, mentor) == (2, 2, 0)
    recruitment.news()
    await pass_time(service, tx, to=tx.now + 100 * 24 * HOURS)
    assert [f for f in recruitment.news() if isinstance(f, OfferEnded)] == []


async def test_an_offer_is_taken_until_its_last_second_only(recruitment, tx, offered):
    offer = await the_offer(recruitment, offered[1])
    tx.now = offer.expires_at
    async with refused(tx, RefusalCode.OFFER_EXPIRED):
        await run(service, TakeOffer(offer=offer.id), tx)
    tx.now -= timedelta(seconds=1)
    assert (await run(service, TakeOffer(offer=offer.id), tx)).state is ConnectionState.ASKED


async def test_an_offer_that_ran_out_goes_on_to_the_next(recruitment, tx, offered):
    mentor, first, second, _ = offered
    offer = await the_offer(recruitment, first)
    await pass_time(service, tx, to=offer.expires_at)

    ended, notice, left, told, _ = recruitment.news()

    assert (type(ended), ended.state, type(left)) == (OfferEnded, OfferState.EXPIRED, WaitlistLeft)
    assert (notice.code, notice.person) == (NoticeCode.OFFER_EXPIRED, first)
    assert (type(told), told.mentee, told.expires_at) == (PlaceOffered, second, offer.expires_at + 72 * HOURS)
    assert await taken(tx, mentor) == (2, 1, 1)
    assert await turn(recruitment, first) == (WaitingState.LEFT, None)
    async with refused(tx, RefusalCode.OFFER_EXPIRED):
        await run(service, TakeOffer(offer=offer.id), tx)


async def test_an_offer_let_go_goes_on_to_the_next(recruitment, tx, offered):
    mentor, first, second, _ = offered
    offer = await the_offer(recruitment, first)

    view = await run(service, LetOfferGo(offer=offer.id), tx)

    assert view.state is OfferState.LET_GO
    assert (await the_offer(recruitment, second)).state is OfferState.OPEN
    assert await taken(tx, mentor) == (2, 1, 1)
    await recruitment.become(first)
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "LET_GO", "to": "TAKEN"}):
        await run(service, TakeOffer(offer=offer.id), tx)
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "LET_GO", "to": "LET_GO"}):
        await run(service, LetOfferGo(offer=offer.id), tx)


async def test_who_leaves_the_queue_gives_up_her_offer_too(recruitment, tx, offered):
    mentor, first, second, third = offered
    for mentee in (third, first):
        await recruitment.become(mentee)
        (waiting,) = (await run(service, OwnWaitings(), tx)).items
        view = await run(service, LeaveWaitlist(waiting=waiting.id), tx)
        assert (view.state, view.position) == (WaitingState.LEFT, None)

    left, gave_up = [f for f in recruitment.news() if isinstance(f, WaitlistLeft)], await the_offer(recruitment, first)
    assert [f.mentee for f in left] == [third, first]
    assert gave_up.state is OfferState.LET_GO
    assert (await the_offer(recruitment, second)).state is OfferState.OPEN
    assert await taken(tx, mentor) == (2, 1, 1)
    await recruitment.become(third)
    (waiting,) = (await run(service, OwnWaitings(), tx)).items
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "LEFT", "to": "LEFT"}):
        await run(service, LeaveWaitlist(waiting=waiting.id), tx)


async def test_turns_and_offers_are_their_owners_alone(recruitment, tx, offered):
    offer = await the_offer(recruitment, offered[1])
    (waiting,) = (await run(service, OwnWaitings(), tx)).items
    await recruitment.become(offered[2])
    for id in (offer.id, OfferId(new_id())):
        for command in (TakeOffer(offer=id), LetOfferGo(offer=id)):
            async with refused(tx, RefusalCode.NOT_FOUND):
                await run(service, command, tx)
    for id in (waiting.id, WaitingId(new_id())):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, LeaveWaitlist(waiting=id), tx)


@pytest.mark.parametrize("how", ["decline", "withdraw", "expire"])
async def test_a_held_request_that_comes_to_nothing_frees_its_place_for_the_next(recruitment, tx, offered, how):
    mentor, first, second, _ = offered
    asked = await run(service, TakeOffer(offer=(await the_offer(recruitment, first)).id), tx)
    if how == "decline":
        await recruitment.become(mentor)
        await run(service, DeclineConnection(connection=asked.id, reason=DeclineReason.OTHER), tx)
    elif how == "withdraw":
        await run(service, WithdrawConnection(connection=asked.id), tx)
    else:
        await pass_time(service, tx, to=asked.expires_at)

    assert (await the_offer(recruitment, second)).state is OfferState.OPEN
    assert await taken(tx, mentor) == (2, 1, 1)


async def test_who_is_matched_elsewhere_leaves_her_turns_and_offers(recruitment, tx, offered):
    mentor, first, second, third = offered
    for mentee in (third, first):
        await recruitment.accept(await recruitment.ask(mentee, await recruitment.mentor()))

    assert await turn(recruitment, first) == (WaitingState.LEFT, None)
    assert (await the_offer(recruitment, first)).state is OfferState.LET_GO
    assert await turn(recruitment, third) == (WaitingState.LEFT, None)
    assert (await the_offer(recruitment, second)).state is OfferState.OPEN
    assert await taken(tx, mentor) == (2, 1, 1)


async def test_a_match_elsewhere_frees_the_place_of_a_held_request(recruitment, tx, offered):
    mentor, first, second, _ = offered
    await run(service, TakeOffer(offer=(await the_offer(recruitment, first)).id), tx)
    await recruitment.accept(await recruitment.ask(first, await recruitment.mentor()))

    assert (await the_offer(recruitment, second)).state is OfferState.OPEN
    assert await taken(tx, mentor) == (2, 1, 1)


async def test_while_the_mentor_is_away_no_place_is_offered(recruitment, tx, queue):
    mentor, first, *_ = queue
    await recruitment.of_member(MentoringPaused, mentor, cause=PauseCause.OWN_WISH)
    await give(recruitment, mentor, 2)
    assert await offers_of(recruitment, first) == ()
    tx.now = back = NOON + timedelta(days=1)
    await recruitment.of_member(MentoringResumed, mentor, at=back)
    assert (await the_offer(recruitment, first)).expires_at == back + 72 * HOURS


async def test_coming_back_heard_again_in_a_replay_offers_nothing(recruitment, tx, queue):
    mentor, first, *_ = queue
    await recruitment.of_member(MentoringResumed, mentor, at=NOON + HOURS)
    await recruitment.of_member(MentoringPaused, mentor, cause=PauseCause.OWN_WISH, at=NOON + 2 * HOURS)
    await give(recruitment, mentor, 2)
    await recruitment.of_member(MentoringResumed, mentor, at=NOON + HOURS)

    assert await offers_of(recruitment, first) == ()


async def test_a_blocked_pair_gets_no_offer_and_the_next_does(recruitment, tx, queue):
    mentor, first, second, _ = queue
    block = {"project": PLATFORM, "at": NOON, "block": new_id(), "by": mentor, "person": first}
    await hear(service, PersonBlocked(**block), tx)
    await give(recruitment, mentor, 2)

    assert await offers_of(recruitment, first) == ()
    assert await turn(recruitment, first) == (WaitingState.WAITING, 1)
    assert (await the_offer(recruitment, second)).state is OfferState.OPEN


@pytest.mark.parametrize("how", ["block", "pause", "unsure"])
async def test_an_offer_of_someone_now_out_of_reach_cannot_be_taken(recruitment, tx, offered, how):
    mentor, first, *_ = offered
    offer = await the_offer(recruitment, first)
    if how == "block":
        block = {"project": PLATFORM, "at": NOON, "block": new_id(), "by": mentor, "person": first}
        await hear(service, PersonBlocked(**block), tx)
    elif how == "pause":
        await recruitment.of_member(MentoringPaused, mentor, cause=PauseCause.OWN_WISH)
    else:
        await play(tx, person=mentor, roles=(Role.MENTOR,), adult=False)
    await recruitment.become(first)
    code = RefusalCode.SAFEGUARDING_UNKNOWN if how == "unsure" else RefusalCode.MENTOR_UNAVAILABLE
    async with refused(tx, code):
        await run(service, TakeOffer(offer=offer.id), tx)


async def test_a_queue_that_lets_every_offer_run_out_ends_empty_and_the_place_free(recruitment, tx, offered):
    await pass_time(service, tx, to=tx.now + 300 * HOURS)

    notices = [f for f in recruitment.news() if isinstance(f, NoticeWanted)]

    assert [notice.code for notice in notices].count(NoticeCode.OFFER_EXPIRED) == 3
    assert await tx.value(sa.select(sa.func.count()).where(waitings.c.state == WaitingState.WAITING)) == 0
    assert await taken(tx, offered[0]) == (2, 1, 0)
