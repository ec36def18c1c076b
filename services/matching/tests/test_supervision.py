"""Who supervises somebody is not her mentor: declared, asked about everywhere, and taken back by its maker alone."""

from __future__ import annotations

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import play, refused, run, told
from commons_contracts.codes import Cefr, RefusalCode, Role
from commons_contracts.matching import (
    DeclareSupervision,
    JoinWaitlist,
    OwnSupervisions,
    Suggestions,
    SupervisionDeclared,
    SupervisionWithdrawn,
    WithdrawSupervision,
)
from commons_contracts.profiles import Speaks
from commons_matching.app import service
from commons_matching.rules.engine.people import Bar
from commons_matching.tables.people import people_of
from commons_matching.tables.pool import forget_pools
from commons_matching.tables.round import find_round

TELLS = {"languages": (Speaks(language="sv", level=Cefr.C1),), "fields": ("0714",)}
CONFLICT = RefusalCode.SUPERVISION_CONFLICT


@pytest.fixture
async def pair(recruitment):
    forget_pools()
    return await recruitment.mentor(**TELLS), await recruitment.mentee(**TELLS)


async def declare(game, supervisor, supervised):
    return await run(service, DeclareSupervision(supervisor=supervisor, supervised=supervised), game.tx)


async def own(game):
    return [(s.supervised, s.may_withdraw) for s in (await run(service, OwnSupervisions(), game.tx)).items]


async def test_a_mentor_is_not_asked_by_whom_she_supervises(recruitment, pair):
    mentor, mentee = pair
    await recruitment.become(mentor)
    await declare(recruitment, mentor, mentee)
    facts = [e for e in told(recruitment.tx) if isinstance(e, SupervisionDeclared)]
    assert [(e.supervisor, e.supervised) for e in facts] == [pair]
    async with refused(recruitment.tx, CONFLICT):
        await recruitment.ask(mentee, mentor)
    await recruitment.become(mentee)
    assert (await run(service, Suggestions(round=recruitment.round), recruitment.tx)).items == ()
    people = await people_of(recruitment.tx, await find_round(recruitment.tx, recruitment.round))
    assert [(a.mentor, a.mentee, a.why) for a in people.apart] == [(mentor, mentee, Bar.SUPERVISION)]


@pytest.mark.parametrize("turned", [False, True])
async def test_it_counts_whichever_of_the_two_is_the_mentor(recruitment, pair, turned):
    mentor, mentee = pair
    await recruitment.become(mentee)
    await declare(recruitment, *(pair[::-1] if turned else pair))
    async with refused(recruitment.tx, CONFLICT):
        await recruitment.ask(mentee, mentor)


async def test_what_is_declared_after_she_asked_stops_the_answer(recruitment, pair):
    mentor, mentee = pair
    asked = await recruitment.ask(mentee, mentor)
    await play(recruitment.tx, roles=(Role.COORDINATOR,))
    await declare(recruitment, mentor, mentee)
    async with refused(recruitment.tx, CONFLICT):
        await recruitment.accept(asked)


async def test_nobody_waits_for_who_supervises_her(recruitment):
    mentor, mentee = await recruitment.full_mentor(), await recruitment.mentee()
    await recruitment.become(mentee)
    await declare(recruitment, mentor, mentee)
    async with refused(recruitment.tx, CONFLICT):
        await run(service, JoinWaitlist(round=recruitment.round, mentor=mentor), recruitment.tx)


async def test_each_takes_back_her_own_word_alone(recruitment, pair):
    mentor, mentee = pair
    await recruitment.become(mentor)
    hers = await declare(recruitment, mentor, mentee)
    again = await declare(recruitment, mentor, mentee)
    assert again == hers
    mine = WithdrawSupervision(supervisor=mentor, supervised=mentee)
    coordinator = await play(recruitment.tx, roles=(Role.COORDINATOR,))
    async with refused(recruitment.tx, RefusalCode.NOT_FOUND):
        await run(service, mine, recruitment.tx)
    await declare(recruitment, mentor, mentee)
    await recruitment.become(mentee)
    assert await own(recruitment) == [(mentee, False), (mentee, False)]
    await recruitment.become(mentor)
    assert sorted(await own(recruitment)) == [(mentee, False), (mentee, True)]
    await run(service, mine, recruitment.tx)
    async with refused(recruitment.tx, CONFLICT):
        await recruitment.ask(mentee, mentor)
    await play(recruitment.tx, person=coordinator, roles=(Role.COORDINATOR,))
    await run(service, mine, recruitment.tx)
    assert len([e for e in told(recruitment.tx) if isinstance(e, SupervisionWithdrawn)]) == 2
    await recruitment.ask(mentee, mentor)


async def test_strangers_declare_nothing_and_nobody_supervises_herself(recruitment, pair):
    mentor, mentee = pair
    await play(recruitment.tx, roles=(Role.MENTOR,))
    async with refused(recruitment.tx, RefusalCode.ROLE_NOT_ALLOWED, roles=[Role.COORDINATOR]):
        await declare(recruitment, mentor, mentee)
    assert await own(recruitment) == []
    await recruitment.become(mentor)
    async with refused(recruitment.tx, RefusalCode.SELF_REQUEST):
        await declare(recruitment, mentor, mentor)
    async with refused(recruitment.tx, RefusalCode.NOT_FOUND):
        await declare(recruitment, mentor, new_id())
