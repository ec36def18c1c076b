"""Lists as they are sent, to stable proposals: read by the run alone, checked by SQL over what is stored."""

from __future__ import annotations

from contextlib import asynccontextmanager
from random import Random

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, refused, run
from commons_contracts.codes import Criterion, Initiator, Method, RefusalCode, Role
from commons_contracts.ids import PLATFORM
from commons_contracts.matching import AcknowledgeMatchingNotice, SubmitPreferences
from commons_contracts.mentoring import ListRules, MatchRules, Weight
from commons_contracts.profiles import PersonBlocked
from commons_matching.app import service
from commons_matching.rules import two_way
from commons_matching.rules.run import Run
from commons_matching.runs import settling, snapshot, steps, telling
from commons_matching.runs.solving import Asked, Kind, Named
from commons_matching.tables import proposals, unmatched
from commons_matching.tables.preference import blocking_pairs
from commons_matching.tables.round import find_round

from .runs import start

MENTEE, MENTOR = Role.MENTEE, Role.MENTOR
SPEAKS = {"languages": ({"language": "sv", "level": "C2"},), "fields": ("0613",)}


def rules(*, notice=False, **lists):
    criteria = (Weight(criterion=Criterion.LANGUAGES, points=10_000),)
    listed = ListRules(due_days=7, reminder_days=(), most=10, **lists)
    return MatchRules(method=Method.TWO_WAY, criteria=criteria, lists=listed, notice_acknowledged=notice)


@pytest.fixture
async def ranking(recruitment):
    await recruitment.open(matching=rules(completed=False), initiator=Initiator.BY_METHOD)
    return recruitment


async def ranks(ranking, person, *ranked):
    await ranking.become(person)
    wish = SubmitPreferences(round=ranking.round, role=ranking.roles[person], ranked=ranked)
    await run(service, wish, ranking.tx)


@asynccontextmanager
async def as_the_service(tx):
    """What a worker's transaction has: it acts for itself, and walls of persons are open."""
    await tx.run(sa.text("select set_config('app.own', 'on', true)"))
    yield
    await tx.run(sa.text("select set_config('app.own', 'off', true)"))


async def computed(ranking):
    """A run, from its start to its proposals, by the steps that workers take."""
    tx = ranking.tx
    tx.now = (await find_round(tx, ranking.round)).lists_close_at
    started = await start(ranking)
    async with as_the_service(tx):
        content, sizes = snapshot.packed(await snapshot.read(tx, started.id))
        assert await settling.begun(tx, started.id, content, sizes)
        pieces, asked = {}, Asked.unpacked(content)
        desk = steps.Desk(str(started.id), asked, lambda names: [pieces[name] for name in names], telling.rows)
        stage = steps.first(asked)
        assert stage.kind is Kind.SOLVE
        while stage is not None:
            done = steps.do(Named(str(started.id), stage.kind, stage.turn, 0), desk)
            pieces |= done.pieces
            (content, *_), stage = done.pieces.values(), done.then
        await settling.settle(tx, started.id, content, done.told["hash"])
    return started.id


async def pairs(tx, id):
    rows = await tx.rows(sa.select(proposals.c.mentor, proposals.c.mentee).where(proposals.c.run == id))
    return {(row["mentor"], row["mentee"]) for row in rows}


async def blocking(ranking, id):
    async with as_the_service(ranking.tx):
        return await blocking_pairs(ranking.tx, await find_round(ranking.tx, ranking.round), id)


async def test_lists_become_stable_proposals(ranking, tx):
    one, two = await ranking.mentor(**SPEAKS), await ranking.mentor(**SPEAKS)
    first, second, third = [await ranking.mentee(**SPEAKS) for _ in range(3)]
    for person, ranked in (
        (first, (one, two)),
        (second, (one, two)),
        (third, (one,)),
        (one, (second, first)),
        (two, (first,)),
    ):
        await ranks(ranking, person, *ranked)

    id = await computed(ranking)

    assert await pairs(tx, id) == {(one, second), (two, first)}
    left = await tx.rows(sa.select(unmatched.c.mentee, unmatched.c.why))
    assert [(row["mentee"], row["why"]) for row in left] == [(third, "NOT_PREFERRED")]
    assert await blocking(ranking, id) == set()
    assert (await tx.load(Run, id)).report["blocking_pairs"] == 0


async def test_the_checker_sees_a_pair_that_would_rather_have_each_other(ranking, tx):
    one, two = await ranking.mentor(**SPEAKS), await ranking.mentor(**SPEAKS)
    first, second = await ranking.mentee(**SPEAKS), await ranking.mentee(**SPEAKS)
    for person, ranked in ((first, (one, two)), (second, (two, one)), (one, (first, second)), (two, (second, first))):
        await ranks(ranking, person, *ranked)
    id = await computed(ranking)

    other = sa.case((proposals.c.mentor == one, two), else_=one)
    await tx.run(sa.update(proposals).where(proposals.c.run == id).values(mentor=other))
    assert await blocking(ranking, id) == {(one, first), (two, second)}
    await tx.run(sa.delete(proposals).where(proposals.c.mentee == first))
    assert (one, first) in await blocking(ranking, id)


@pytest.mark.parametrize("seed", range(5))
async def test_the_checker_agrees_with_the_solver_on_lists_by_chance(recruitment, tx, seed):
    await recruitment.open(matching=rules(completed=seed % 2 == 0, ties=seed > 2), initiator=Initiator.BY_METHOD)
    draw = Random(seed)
    mentors = [await recruitment.mentor(places=draw.randint(1, 2), **SPEAKS) for _ in range(4)]
    mentees = [await recruitment.mentee(**SPEAKS) for _ in range(8)]
    for people, others in ((mentees, mentors), (mentors, mentees)):
        for person in people:
            if draw.random() < 0.8:
                await ranks(recruitment, person, *draw.sample(others, draw.randint(1, 4)))

    id = await computed(recruitment)

    assert await blocking(recruitment, id) == set()


async def test_a_run_waits_until_the_lists_are_closed(ranking, tx):
    await ranking.mentor(**SPEAKS)
    await ranking.mentee(**SPEAKS)
    async with refused(tx, RefusalCode.PICKING_NOT_OPEN, zone="Europe/Stockholm", opensAt="2026-09-23T22:00:00Z"):
        await start(ranking)


async def test_what_a_rule_forbids_since_counts_for_nothing(ranking, tx):
    one, two = await ranking.mentor(**SPEAKS), await ranking.mentor(**SPEAKS)
    mentee = await ranking.mentee(**SPEAKS)
    for person, ranked in ((mentee, (one, two)), (one, (mentee,)), (two, (mentee,))):
        await ranks(ranking, person, *ranked)
    await hear(service, PersonBlocked(project=PLATFORM, at=NOON, block=new_id(), by=mentee, person=one), tx)

    id = await computed(ranking)

    assert await pairs(tx, id) == {(two, mentee)}
    assert (await tx.load(Run, id)).report["blocking_pairs"] == 0


async def test_who_has_not_confirmed_how_matching_works_is_left_out_and_says_so(recruitment, tx):
    await recruitment.open(matching=rules(notice=True), initiator=Initiator.BY_METHOD)
    mentor, known, unknown = (
        await recruitment.mentor(places=2, **SPEAKS),
        await recruitment.mentee(**SPEAKS),
        await recruitment.mentee(**SPEAKS),
    )
    for person in (mentor, known):
        await recruitment.become(person)
        await run(service, AcknowledgeMatchingNotice(round=recruitment.round, version=1), tx)

    id = await computed(recruitment)

    assert await pairs(tx, id) == {(mentor, known)}
    (left,) = await tx.rows(sa.select(unmatched.c.mentee, unmatched.c.why))
    assert (left["mentee"], left["why"]) == (unknown, "NOT_ACKNOWLEDGED")


async def test_a_snapshot_has_the_lists_in_an_order_that_is_nobodys(ranking, tx):
    mentors = [await ranking.mentor(**SPEAKS) for _ in range(3)]
    mentee, silent = await ranking.mentee(**SPEAKS), await ranking.mentee(**SPEAKS)
    await ranks(ranking, mentee, *mentors[::-1])
    tx.now = (await find_round(tx, ranking.round)).lists_close_at
    started = await start(ranking)
    async with as_the_service(tx):
        gathered = await snapshot.read(tx, started.id)
    found = two_way.Lists.of(Asked.unpacked(snapshot.packed(gathered)[0]).lists)

    assert found.mentees == {str(mentee): [[str(mentor)] for mentor in mentors[::-1]]}
    assert (found.mentors, found.completed) == ({}, False)
    assert silent
