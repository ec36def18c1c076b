"""Many want one hour of one person at the same moment, each on a connection of her own: it goes to one."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, hear, play, run
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import RefusalCode, Role, SessionState
from commons_contracts.mentoring import AcceptSession, RescheduleSession, SeedProgramme, SessionScheduled
from commons_contracts.profiles import ProjectOpened
from commons_mentoring.app import service
from commons_mentoring.tables import calendar_entries, sessions

from .pair import FIRST, WEEK, Pair

PAIRS = 8


@pytest.fixture
async def engine(database):
    engine = create_async_engine(driver(database.app_dsn), pool_size=2 * PAIRS, max_overflow=0)
    yield engine
    await engine.dispose()


def transactions(engine, project):
    @asynccontextmanager
    async def transaction(person=None):
        actor = Actor(person=person or new_id(), project=project)
        async with doors.transaction(service, engine, actor, NOON) as tx:
            yield tx

    return transaction


async def do(transaction, person, command):
    async def once():
        async with transaction(person) as tx:
            return await doors.answer(command, tx, service)

    try:
        return (await doors.rerun(once)).state
    except Refusal as no:
        return no.code


async def pairs_of_one_mentor(transaction, project):
    """Each of its mentees has proposed the same hour to her, committed."""
    async with transaction() as tx:
        await hear(service, ProjectOpened(project=project, at=NOON, zone="Europe/Oslo"), tx)
        await play(tx, operator=True)
        programme = await run(service, SeedProgramme(design="westem", starts_on=(FIRST - WEEK).date()), tx)
        first = await Pair(tx, programme).meet()
        pairs = [first] + [await Pair(tx, programme).meet(mentor=first.mentor) for _ in range(PAIRS - 1)]
        proposed = [await pair.propose() for pair in pairs]
        await play(tx, person=first.mentor, roles=(Role.MENTOR,))
    return first.mentor, proposed


async def test_the_same_hour_is_accepted_once(engine):
    project = new_id()
    transaction = transactions(engine, project)
    mentor, proposed = await pairs_of_one_mentor(transaction, project)
    commands = [AcceptSession(session=session.id) for session in proposed]
    results = Counter(await asyncio.gather(*(do(transaction, mentor, command) for command in commands)))
    assert results == {SessionState.SCHEDULED: 1, RefusalCode.SESSION_CONFLICT: PAIRS - 1}
    e, log = calendar_entries.c, service.metadata.tables["event_log"]
    async with transaction() as tx:
        assert await tx.value(sa.select(sa.func.count()).where(e.person == mentor, e.project == project)) == 1
        told = sa.select(sa.func.count()).where(log.c.subject == SessionScheduled.subject, log.c.project == project)
        assert await tx.value(told) == 1
        stands = sa.select(sa.func.count()).where(sessions.c.state == SessionState.SCHEDULED)
        assert await tx.value(stands) == 1


async def test_of_moves_into_one_hour_one_is_made(engine):
    project = new_id()
    transaction = transactions(engine, project)
    mentor, proposed = await pairs_of_one_mentor(transaction, project)
    commands = [RescheduleSession(session=session.id, starts_at=FIRST + WEEK) for session in proposed]
    results = Counter(await asyncio.gather(*(do(transaction, mentor, command) for command in commands)))
    assert results == {SessionState.PROPOSED: 1, RefusalCode.SESSION_CONFLICT: PAIRS - 1}
