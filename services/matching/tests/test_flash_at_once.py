"""Many ask for one flash slot at the same moment, each on a connection of her own: one has it, all others are told so."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from commons_chassis.testing import NOON, run
from commons_contracts.codes import FlashState, Goal, RefusalCode
from commons_contracts.matching import ConnectionView, FlashTime, MatchConfirmed, OfferFlash, RequestFlash
from commons_matching.app import service
from commons_matching.tables import connections, flash_slots, matches

from .test_at_once import SIXTY_FOUR, at_once, crowd, tally  # noqa: F401 - a fixture

DAYS = [NOON + timedelta(days=day) for day in (1, 2)]


async def offered(scene, mentor, *times):
    await scene.become(mentor)
    slots = tuple(FlashTime(starts_at=at, minutes=30) for at in times)
    offer = OfferFlash(round=scene.round, slots=slots, topics=(Goal.FIRST_JOB,))
    return (await run(service, offer, scene.tx)).items


async def test_sixty_four_ask_for_one_slot_and_one_has_it(crowd):  # noqa: F811 - the fixture
    async with crowd.prepare() as scene:
        mentor = await scene.mentor(flash=5)
        slot, _ = await offered(scene, mentor, *DAYS)
        mentees = [await scene.mentee() for _ in range(SIXTY_FOUR)]
    wishes = [crowd.do(mentee, RequestFlash(slot=slot.id, question="How?")) for mentee in mentees]
    results = await at_once(*wishes)
    assert tally(results) == {"done": 1, RefusalCode.SLOT_TAKEN: SIXTY_FOUR - 1}
    (won,) = [result for result in results if isinstance(result, ConnectionView)]
    f = flash_slots.c
    stored = await crowd.rows(sa.select(f.state, f.mentee, f.match).where(f.id == slot.id))
    assert stored == [(FlashState.TAKEN, won.mentee, won.match)]
    assert len(await crowd.rows(sa.select(matches.c.id))) == len(await crowd.rows(sa.select(connections.c.id))) == 1
    assert len(await crowd.facts(MatchConfirmed)) == 1
    await crowd.places_add_up()


async def test_as_many_slots_go_as_the_mentor_has_places(crowd):  # noqa: F811
    async with crowd.prepare() as scene:
        mentor = await scene.mentor(flash=1)
        slots = await offered(scene, mentor, *DAYS)
        mentees = [await scene.mentee() for _ in range(SIXTY_FOUR // 4)]
    wishes = [crowd.do(one, RequestFlash(slot=slots[n % 2].id, question="How?")) for n, one in enumerate(mentees)]
    results = tally(await at_once(*wishes))
    assert results["done"] == 1
    assert set(results) <= {"done", RefusalCode.SLOT_TAKEN, RefusalCode.MENTOR_AT_CAPACITY}
    await crowd.places_add_up()
