"""Mentors who choose: a mentor offers, the mentee answers; who begins is the programme's to say."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, pass_time, refused, run
from commons_contracts.codes import (
    ConnectionState,
    DeclineReason,
    Initiator,
    Method,
    NoticeCode,
    PauseCause,
    RefusalCode,
    Role,
    Style,
)
from commons_contracts.ids import PLATFORM, PersonId
from commons_contracts.matching import (
    AcceptConnection,
    ConnectionReminded,
    ConnectionRequested,
    ConnectionsPage,
    DeclineConnection,
    MatchConfirmed,
    MenteesPage,
    NoticeWanted,
    OfferMentoring,
    RoundsOf,
    WithdrawConnection,
)
from commons_contracts.mentoring import MatchRules
from commons_contracts.profiles import MentoringPaused, PersonBlocked
from commons_matching.app import service
from commons_matching.tables import silences


@pytest.fixture
async def choosing(recruitment):
    """A round in which mentors begin."""
    await recruitment.open(matching=MatchRules(method=Method.ONE_WAY_MENTOR), initiator=Initiator.BY_METHOD)
    recruitment.news()
    return recruitment


@pytest.fixture
async def pair(choosing):
    found = await choosing.mentor(), await choosing.mentee()
    choosing.news()
    return found


async def offer(choosing, mentor, mentee, style=Style.TRADITIONAL):
    await choosing.become(mentor)
    wish = OfferMentoring(round=choosing.round, mentee=mentee, style=style, message="Shall we?")
    return await run(service, wish, choosing.tx)


async def listed(choosing, person):
    await choosing.become(person)
    return (await run(service, ConnectionsPage(), choosing.tx)).items


async def test_a_mentor_asks_and_the_mentee_answers(choosing, pair, tx):
    mentor, mentee = pair
    sent = await offer(choosing, mentor, mentee)
    asked, notice = choosing.news()
    assert (type(asked), asked.by) == (ConnectionRequested, Role.MENTOR)
    assert (notice.person, notice.code) == (mentee, NoticeCode.MENTORING_OFFERED)
    assert (sent.asked_by, sent.may_answer, sent.may_withdraw) == (Role.MENTOR, False, True)
    async with refused(tx, RefusalCode.NOT_REQUEST_RECIPIENT):
        await run(service, AcceptConnection(connection=sent.id), tx)
    (seen,) = await listed(choosing, mentee)
    assert (seen.may_answer, seen.may_withdraw, seen.message) == (True, False, "Shall we?")
    async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED):
        await run(service, WithdrawConnection(connection=sent.id), tx)

    done = await run(service, AcceptConnection(connection=sent.id), tx)

    (confirmed,) = [fact for fact in choosing.news() if isinstance(fact, MatchConfirmed)]
    assert (done.state, confirmed.mentor, confirmed.mentee) == (ConnectionState.ACCEPTED, mentor, mentee)


async def test_a_no_goes_back_to_the_mentor_with_its_words(choosing, pair, tx):
    mentor, mentee = pair
    sent = await offer(choosing, mentor, mentee)
    choosing.news()
    await choosing.become(mentee)
    no = DeclineConnection(connection=sent.id, reason=DeclineReason.OTHER_EXPERTISE, note="Another field.")
    assert (await run(service, no, tx)).decline_note == ""

    (notice,) = [fact for fact in choosing.news() if isinstance(fact, NoticeWanted)]
    assert (notice.person, notice.code) == (mentor, NoticeCode.MENTORING_DECLINED)
    (seen,) = await listed(choosing, mentor)
    assert (seen.state, seen.decline_note) == (ConnectionState.DECLINED, "Another field.")


async def test_only_the_side_that_the_method_names_begins(choosing, recruitment, pair, tx):
    mentor, mentee = pair
    async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED, initiator="BY_METHOD", method="ONE_WAY_MENTOR"):
        await choosing.ask(mentee, mentor)
    for method in (Method.ONE_WAY_MENTEE, Method.ALGORITHM, Method.TWO_WAY):
        await recruitment.open(matching=MatchRules(method=method), initiator=Initiator.BY_METHOD)
        other, asked = await recruitment.mentor(), await recruitment.mentee()
        async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED, initiator="BY_METHOD", method=method):
            await offer(recruitment, other, asked)
        if method is not Method.ONE_WAY_MENTEE:
            async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED, initiator="BY_METHOD", method=method):
                await recruitment.ask(asked, other)


async def test_who_cannot_be_offered_anything_is_not_found(choosing, pair, tx):
    mentor, mentee = pair
    blocker, matched = await choosing.mentee(), await choosing.mentee()
    block = {"project": PLATFORM, "at": NOON, "block": new_id()}
    await hear(service, PersonBlocked(**block, by=blocker, person=mentor), tx)
    other = await choosing.mentor()
    sent = await offer(choosing, other, matched)
    await choosing.become(matched)
    await run(service, AcceptConnection(connection=sent.id), tx)
    for absent in (blocker, matched, other, PersonId(new_id())):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await offer(choosing, mentor, absent)
    await choosing.become(mentor)
    shown = (await run(service, MenteesPage(round=choosing.round), tx)).items
    assert [card.person for card in shown] == [mentee]


async def test_an_offer_has_the_limits_of_a_request(choosing, pair, tx):
    mentor, mentee = pair
    async with refused(tx, RefusalCode.SELF_REQUEST):
        await offer(choosing, mentor, mentor)
    await offer(choosing, mentor, mentee)
    async with refused(tx, RefusalCode.DUPLICATE_REQUEST):
        await offer(choosing, mentor, mentee)
    others = [await choosing.mentee() for _ in range(3)]
    await offer(choosing, mentor, others[0])
    await offer(choosing, mentor, others[1])
    async with refused(tx, RefusalCode.OPEN_REQUEST_LIMIT, max=3):
        await offer(choosing, mentor, others[2])
    full = await choosing.mentor(places=0)
    async with refused(tx, RefusalCode.MENTOR_AT_CAPACITY):
        await offer(choosing, full, mentee)
    away = await choosing.mentor()
    await choosing.of_member(MentoringPaused, away, cause=PauseCause.OWN_WISH)
    async with refused(tx, RefusalCode.MENTOR_NOT_READY):
        await offer(choosing, away, mentee)


async def test_a_place_that_was_given_meanwhile_is_not_given_twice(choosing, pair, tx):
    mentor, first = pair
    second = await choosing.mentee()
    sent = [await offer(choosing, mentor, one) for one in (first, second)]
    await choosing.become(first)
    await run(service, AcceptConnection(connection=sent[0].id), tx)
    await choosing.become(second)
    async with refused(tx, RefusalCode.MENTOR_AT_CAPACITY):
        await run(service, AcceptConnection(connection=sent[1].id), tx)


async def test_an_offer_runs_out_and_nobody_is_paused_for_it(choosing, pair, tx):
    mentor, mentee = pair
    await offer(choosing, mentor, mentee)
    choosing.news()

    await pass_time(service, tx, to=NOON.replace(day=30))

    facts = choosing.news()
    told = [(fact.person, fact.code) for fact in facts if isinstance(fact, NoticeWanted)]
    assert told == [(mentee, NoticeCode.CONNECTION_REMINDER)] * 2 + [(mentor, NoticeCode.CONNECTION_EXPIRED)]
    assert sum(isinstance(fact, ConnectionReminded) for fact in facts) == 2
    assert [row["expired"] for row in await tx.rows(sa.select(silences.c.expired))] == [0]


async def test_a_block_after_an_offer_looks_as_if_it_were_taken_back(choosing, pair, tx):
    mentor, mentee = pair
    sent = await offer(choosing, mentor, mentee)
    await hear(service, PersonBlocked(project=PLATFORM, at=NOON, block=new_id(), by=mentor, person=mentee), tx)

    assert [one.state for one in await listed(choosing, mentee)] == [ConnectionState.WITHDRAWN]
    assert [one.state for one in await listed(choosing, mentor)] == [ConnectionState.ASKED]
    await choosing.become(mentee)
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, AcceptConnection(connection=sent.id), tx)


async def test_a_round_says_that_mentors_begin(choosing, pair, tx):
    for person, ask, give in (
        (pair[0], RefusalCode.INITIATOR_NOT_ALLOWED, None),
        (pair[1], *(RefusalCode.INITIATOR_NOT_ALLOWED,) * 2),
    ):
        await choosing.become(person)
        (view,) = (await run(service, RoundsOf(ids=(choosing.round,)), tx)).items
        assert (view.can.ask_mentor, view.can.offer_mentoring) == (ask, give)
        assert (view.lists_close_at, view.lists, view.notice_acknowledged) == (None, None, None)
