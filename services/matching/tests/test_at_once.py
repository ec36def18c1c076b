"""Many at once, each on a connection of her own: a place goes to one, and no limit is passed."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, play
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import ConnectionState, NoticeCode, OfferState, RefusalCode, Style
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.matching import (
    AcceptConnection,
    JoinWaitlist,
    LeaveWaitlist,
    LetOfferGo,
    MatchConfirmed,
    NoticeWanted,
    OfferExpiryDue,
    RequestConnection,
    SetPlaces,
    TakeOffer,
    WithdrawConnection,
)
from commons_matching.app import service
from commons_matching.tables import connections, matches, offers, places, waitings

SIXTY_FOUR = 64


class Crowd:
    """A project of its own in which everybody acts at the same moment, and what each does is committed."""

    def __init__(self, engine, stage):
        self.engine, self.stage, self.project = engine, stage, ProjectId(new_id())

    @asynccontextmanager
    async def transaction(self, person=None, *, now=NOON):
        actor = Actor(person=person, project=self.project)
        async with doors.transaction(service, self.engine, actor, now, own=person is None) as tx:
            yield tx

    @asynccontextmanager
    async def prepare(self):
        """Set the scene, in one committed transaction."""
        async with self.transaction(PersonId(new_id())) as tx:
            await play(tx)
            scene = self.stage(tx)
            await scene.open()
            yield scene
        self.round = scene.round

    async def do(self, person, command, *, now=NOON):
        """Through the door, as the service does it: with reruns, and all its own. Returns the view or the refusal."""

        async def once():
            async with self.transaction(person, now=now) as tx:
                return await doors.answer(command, tx, service)

        try:
            return await doors.rerun(once)
        except Refusal as no:
            return no.code

    async def fall_due(self, due, key, *, now):
        async def once():
            async with self.transaction(now=now) as tx:
                await doors.fall_due(due, key, tx, service)

        await doors.rerun(once)

    async def rows(self, statement):
        async with self.transaction() as tx:
            return [tuple(row.values()) for row in await tx.rows(statement)]

    async def facts(self, kind):
        log = service.metadata.tables["event_log"]
        return await self.rows(sa.select(log.c.body).where(log.c.subject == kind.subject))

    async def places_add_up(self):
        """Whatever happened: what is used and held is exactly what there are matches, offers and held requests for."""
        for mentor, style, most, used, held in await self.rows(
            sa.select(places.c.mentor, places.c.style, places.c.most, places.c.used, places.c.held)
        ):
            of = {t: (t.c.mentor == mentor) & (t.c.style == style) for t in (matches, offers, connections)}
            kept = (connections.c.state == ConnectionState.ASKED) & connections.c.holds_place
            counts = [
                (await self.rows(sa.select(sa.func.count()).where(where)))[0][0]
                for where in (
                    of[matches],
                    of[offers] & (offers.c.state == OfferState.OPEN),
                    of[connections] & kept,
                )
            ]
            assert (used, held) == (counts[0], counts[1] + counts[2])
            assert used + held <= most


@pytest.fixture
async def crowd(database, a_recruitment):
    engine = create_async_engine(driver(database.app_dsn), pool_size=SIXTY_FOUR, max_overflow=0)
    crowd = Crowd(engine, a_recruitment)
    yield crowd
    async with crowd.transaction(PersonId(new_id())) as tx:
        await a_recruitment(tx).end()
    await engine.dispose()


async def at_once(*doings):
    return await asyncio.gather(*doings)


def tally(results):
    return Counter(result if isinstance(result, RefusalCode) else "done" for result in results)


async def test_64_accepts_on_one_free_place_make_exactly_one_match(crowd):
    async with crowd.prepare() as scene:
        mentor = await scene.mentor(places=1)
        asked = [await scene.ask(await scene.mentee(), mentor) for _ in range(SIXTY_FOUR)]

    results = await at_once(*(crowd.do(mentor, AcceptConnection(connection=view.id)) for view in asked))

    assert tally(results) == {"done": 1, RefusalCode.MENTOR_AT_CAPACITY: 63}
    assert len(await crowd.rows(sa.select(matches.c.id))) == len(await crowd.facts(MatchConfirmed)) == 1
    await crowd.places_add_up()


async def test_accepts_of_many_mentors_give_a_mentee_one_match(crowd):
    async with crowd.prepare() as scene:
        await scene.open(open_most=None)
        mentee = await scene.mentee()
        mentors = [await scene.mentor() for _ in range(8)]
        asked = [await scene.ask(mentee, mentor) for mentor in mentors]

    results = await at_once(*(crowd.do(view.mentor, AcceptConnection(connection=view.id)) for view in asked))

    assert tally(results) == {"done": 1, RefusalCode.INVALID_TRANSITION: 7}
    states = Counter(state for (state,) in await crowd.rows(sa.select(connections.c.state)))
    assert states == {ConnectionState.ACCEPTED: 1, ConnectionState.WITHDRAWN_MATCHED_ELSEWHERE: 7}
    await crowd.places_add_up()


async def test_many_requests_at_once_stay_within_the_limit(crowd):
    async with crowd.prepare() as scene:
        mentee = await scene.mentee()
        mentors = [await scene.mentor() for _ in range(12)]
    ask = {"round": crowd.round, "style": Style.TRADITIONAL}

    results = await at_once(*(crowd.do(mentee, RequestConnection(mentor=mentor, **ask)) for mentor in mentors))

    assert tally(results) == {"done": 3, RefusalCode.OPEN_REQUEST_LIMIT: 9}


async def test_the_same_request_many_times_at_once_is_one(crowd):
    async with crowd.prepare() as scene:
        mentee, mentor = await scene.mentee(), await scene.mentor()
    command = RequestConnection(round=crowd.round, style=Style.TRADITIONAL, mentor=mentor)

    results = await at_once(*(crowd.do(mentee, command) for _ in range(12)))

    assert tally(results) == {"done": 1, RefusalCode.DUPLICATE_REQUEST: 11}


async def test_an_accept_and_a_withdrawal_at_once_are_one_of_the_two(crowd):
    async with crowd.prepare() as scene:
        asked = [await scene.ask(await scene.mentee(), await scene.mentor()) for _ in range(8)]

    results = await at_once(
        *(crowd.do(view.mentor, AcceptConnection(connection=view.id)) for view in asked),
        *(crowd.do(view.mentee, WithdrawConnection(connection=view.id)) for view in asked),
    )

    assert tally(results) == {"done": 8, RefusalCode.INVALID_TRANSITION: 8}
    await crowd.places_add_up()


async def waiting_crowd(crowd, *, waiting, places=1):
    """A full mentor and a queue."""
    async with crowd.prepare() as scene:
        mentor = await scene.full_mentor(places=places)
        mentees = [await scene.mentee() for _ in range(waiting)]
        for mentee in mentees:
            await scene.wait(mentee, mentor)
            scene.tx.now += timedelta(seconds=1)
    return mentor, mentees


async def open_offers(crowd):
    o = offers.c
    found = await crowd.rows(sa.select(o.id, o.mentee, o.waiting).where(o.state == OfferState.OPEN).order_by(o.id))
    return {mentee: (id, waiting) for id, mentee, waiting in found}


async def test_freed_places_are_offered_once_each_and_in_order(crowd):
    mentor, mentees = await waiting_crowd(crowd, waiting=6)
    more = [SetPlaces(round=crowd.round, style=Style.TRADITIONAL, most=most) for most in (2, 3, 4)]

    await at_once(*(crowd.do(mentor, command) for command in more))

    offered = await open_offers(crowd)
    assert list(offered) == mentees[: len(offered)]
    assert 1 <= len(offered) <= 3
    await crowd.places_add_up()


async def test_offers_let_go_and_run_out_at_once_go_on_to_as_many(crowd):
    mentor, mentees = await waiting_crowd(crowd, waiting=8)
    await crowd.do(mentor, SetPlaces(round=crowd.round, style=Style.TRADITIONAL, most=5))
    first = await open_offers(crowd)
    assert list(first) == mentees[:4]
    late = NOON + timedelta(days=4)

    await at_once(
        *(crowd.do(mentee, LetOfferGo(offer=first[mentee][0]), now=late) for mentee in mentees[:2]),
        *(
            crowd.fall_due(OfferExpiryDue(offer=offer), f"waiting:{waiting}:offer", now=late)
            for offer, waiting in (first[mentee] for mentee in mentees[:4])
        ),
    )

    assert sorted(await open_offers(crowd), key=mentees.index) == mentees[4:]
    expired = [f for (f,) in await crowd.facts(NoticeWanted) if f["code"] == NoticeCode.OFFER_EXPIRED]
    states = Counter(state for (state,) in await crowd.rows(sa.select(offers.c.state)))
    assert states[OfferState.OPEN] == 4
    assert states[OfferState.EXPIRED] == len(expired)
    assert states[OfferState.EXPIRED] + states[OfferState.LET_GO] == 4
    await crowd.places_add_up()


async def test_taking_an_offer_as_it_runs_out_is_one_of_the_two(crowd):
    mentor, (mentee, *_) = await waiting_crowd(crowd, waiting=2)
    await crowd.do(mentor, SetPlaces(round=crowd.round, style=Style.TRADITIONAL, most=2))
    offer, waiting = (await open_offers(crowd))[mentee]
    key = f"waiting:{waiting}:offer"

    result, _ = await at_once(
        crowd.do(mentee, TakeOffer(offer=offer)),
        crowd.fall_due(OfferExpiryDue(offer=offer), key, now=NOON + timedelta(hours=72)),
    )

    (state,) = next(iter(await crowd.rows(sa.select(offers.c.state).where(offers.c.id == offer))))
    assert state is (OfferState.EXPIRED if result is RefusalCode.OFFER_EXPIRED else OfferState.TAKEN)
    await crowd.places_add_up()


async def finish_first(crowd, person, command, then):
    """`then` begins while `command` is done but not yet committed; both come to their end."""
    async with crowd.transaction(person) as tx:
        await doors.answer(command, tx, service)
        later = asyncio.create_task(then)
        done, _ = await asyncio.wait([later], timeout=0.3)
        assert not done, "it should have waited"
    return await later


async def test_who_joins_as_a_place_comes_free_is_not_forgotten(crowd):
    async with crowd.prepare() as scene:
        mentor, mentee = await scene.full_mentor(), await scene.mentee()
    free = crowd.do(mentor, SetPlaces(round=crowd.round, style=Style.TRADITIONAL, most=2))

    await finish_first(crowd, mentee, JoinWaitlist(round=crowd.round, mentor=mentor), free)

    assert list(await open_offers(crowd)) == [mentee]
    await crowd.places_add_up()


async def test_who_leaves_as_a_place_comes_free_is_passed_over(crowd):
    mentor, (first, second) = await waiting_crowd(crowd, waiting=2)
    ((waiting,),) = await crowd.rows(sa.select(waitings.c.id).where(waitings.c.mentee == first))
    free = crowd.do(mentor, SetPlaces(round=crowd.round, style=Style.TRADITIONAL, most=2))

    view = await finish_first(crowd, first, LeaveWaitlist(waiting=waiting), free)

    assert (view.held, view.free) == (1, 0)
    assert list(await open_offers(crowd)) == [second]
