"""Two devices of one person at the same moment, and several mentees who say yes to one mentor's offers."""

from __future__ import annotations

from itertools import permutations

import sqlalchemy as sa

from commons_chassis.testing import run
from commons_contracts.codes import Initiator, Method, RefusalCode, Role, Style
from commons_contracts.matching import AcceptConnection, MatchConfirmed, OfferMentoring, SubmitPreferences
from commons_contracts.mentoring import ListRules, MatchRules
from commons_matching.app import service
from commons_matching.tables import preferences

from .test_at_once import at_once, crowd, tally  # noqa: F401 - a fixture


async def test_of_lists_that_come_at_once_one_stands_whole(crowd):  # noqa: F811 - the fixture
    async with crowd.prepare() as scene:
        matching = MatchRules(method=Method.TWO_WAY, lists=ListRules(most=4))
        crowd.round = await scene.open(matching=matching, initiator=Initiator.BY_METHOD)
        mentors = [await scene.mentor() for _ in range(4)]
        mentee = await scene.mentee()
    sent = [ranked for length in (2, 4) for ranked in permutations(mentors, length)][::3]
    wishes = [SubmitPreferences(round=crowd.round, role=Role.MENTEE, ranked=ranked) for ranked in sent]

    results = await at_once(*(crowd.do(mentee, wish) for wish in wishes))

    p = preferences.c
    stored = await crowd.rows(sa.select(p.partner).where(p.person == mentee).order_by(p.place))
    assert tally(results) == {"done": len(sent)}
    assert tuple(partner for (partner,) in stored) in sent


async def test_one_place_offered_to_many_goes_to_one(crowd):  # noqa: F811
    async with crowd.prepare() as scene:
        matching = MatchRules(method=Method.ONE_WAY_MENTOR)
        crowd.round = await scene.open(matching=matching, initiator=Initiator.BY_METHOD, open_most=None)
        mentor, mentees = await scene.mentor(places=1), [await scene.mentee() for _ in range(16)]
        await scene.become(mentor)
        wishes = [OfferMentoring(round=crowd.round, mentee=one, style=Style.TRADITIONAL) for one in mentees]
        sent = [await run(service, wish, scene.tx) for wish in wishes]

    results = await at_once(*(crowd.do(one.mentee, AcceptConnection(connection=one.id)) for one in sent))

    assert tally(results) == {"done": 1, RefusalCode.MENTOR_AT_CAPACITY: 15}
    assert len(await crowd.facts(MatchConfirmed)) == 1
