"""Two things at the same instant, in transactions of their own: one waits for the other, and neither is lost."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, hear, play, run
from commons_contracts.base import Actor
from commons_contracts.codes import Role, Style
from commons_contracts.matching import MatchConfirmed
from commons_contracts.mentoring import Changes, DraftProgramme, SeedProgramme
from commons_contracts.profiles import MembershipBegan, ProjectOpened
from commons_mentoring import designs
from commons_mentoring.app import service
from commons_mentoring.tables import mentorships, programmes

WESTEM = designs.load("westem").rules


@pytest.fixture
async def ground(database):
    """Opens transactions that commit, all on the ground of one fresh project."""
    engine = create_async_engine(driver(database.app_dsn))
    project = new_id()

    @asynccontextmanager
    async def transaction():
        async with doors.transaction(service, engine, Actor(person=new_id(), project=project), NOON) as tx:
            yield tx

    async with transaction() as tx:
        await hear(service, ProjectOpened(project=project, at=NOON, zone="Europe/Oslo"), tx)
    yield transaction
    await engine.dispose()


@asynccontextmanager
async def overtaken_by(second, first):
    """`second` begins when the block has done its work in `first`, before that ends; it may have to wait for it."""
    async with first as tx:
        yield tx
        other = asyncio.create_task(second())
        await asyncio.sleep(0.3)
    await other


async def test_two_drafts_are_two_versions(ground):
    async def draft(tx):
        await play(tx, roles=(Role.COORDINATOR,))
        await run(service, DraftProgramme(changes=Changes(rules=WESTEM)), tx)

    async def second():
        async with ground() as tx:
            await draft(tx)

    async with overtaken_by(second, ground()) as tx:
        await draft(tx)

    async with ground() as tx:
        assert [
            row["number"] for row in await tx.rows(sa.select(programmes.c.number).order_by(programmes.c.number))
        ] == [1, 2]


async def test_a_match_and_a_membership_heard_at_once_do_not_miss_each_other(ground):
    async with ground() as tx:
        mentor = await play(tx, roles=(Role.MENTOR,))
        await play(tx, operator=True)
        programme = await run(service, SeedProgramme(design="women-stem-up"), tx)
        project, mentee = tx.project, new_id()
    match = MatchConfirmed(
        project=project,
        at=NOON,
        match=new_id(),
        round=new_id(),
        programme=programme.id,
        programme_version=1,
        connection=None,
        mentor=mentor,
        mentee=mentee,
        style=Style.TRADITIONAL,
    )
    began = MembershipBegan(
        project=project, at=NOON, membership=new_id(), person=mentee, roles=(Role.MENTEE,), adult=True
    )

    async def second():
        async with ground() as tx:
            await hear(service, began, tx)

    async with overtaken_by(second, ground()) as tx:
        await hear(service, match, tx)

    async with ground() as tx:
        assert await tx.value(sa.select(mentorships.c.match)) == match.match
