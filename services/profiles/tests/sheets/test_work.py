"""Work beside the doors on a real database: taken up once, finished by another where one is killed, told of on the way."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_contracts.base import Actor
from commons_contracts.codes import SheetState
from commons_contracts.ids import PersonId, ProjectId, SheetId
from commons_contracts.profiles import SheetImported, SheetOptions
from commons_profiles.app import service
from commons_profiles.rules.sheet import Sheet, stage
from commons_profiles.sheets import importing
from commons_profiles.sheets.work import TRIES, Desk
from commons_profiles.tables import (
    addresses,
    memberships,
    notices,
    people,
    profiles,
    projects,
    sheet_parts,
    sheet_rows,
    sheet_turns,
    sheets,
)

CANARY = "kanariefagel7"
LINES = "Namn;E-post;Född;Roll;Land;Motivation\n" + "".join(
    f"{CANARY} {n};{CANARY}{n}@example.org;1985-03;mentor;SE;{CANARY}\n" for n in range(6)
)


class Ground:
    """A project of its own in a database that others use too, and what is left there."""

    def __init__(self, runtime):
        self.runtime, self.project, self.sheet = runtime, ProjectId(new_id()), SheetId(new_id())

    def opened(self):
        actor = Actor(project=self.project)
        return doors.transaction(service, self.runtime.app, actor, real_now(), own=True)

    async def lies_there(self):
        async with self.opened() as tx:
            await tx.run(sa.delete(sheet_turns))
            await tx.run(sa.delete(addresses).where(addresses.c.address.like(f"{CANARY}%")))
            row = {"slug": f"p{self.project.hex[-8:]}", "name": "P", "zone": "Europe/Stockholm", "languages": ["sv"]}
            await tx.run(sa.insert(projects).values(id=self.project, **row))
            sheet = stage(self.sheet, self.project, PersonId(new_id()), SheetOptions(), at=tx.now)
            sheet.begin_reading()
            tx.add(sheet)
            part = {"sheet": self.sheet, "nth": 0, "project": self.project, "content": LINES.encode()}
            await tx.run(sa.insert(sheet_parts).values(part))
        await self.asked()

    async def asked(self, *, confirm=False):
        async with self.opened() as tx:
            sheet = await tx.load(Sheet, self.sheet)
            if confirm:
                sheet.confirm(without_wrong=False)
            turn = {"sheet": self.sheet, "project": self.project, "asked_at": real_now()}
            await tx.run(sa.insert(sheet_turns).values(turn))

    async def found(self):
        """Its state, how many turns wait, how many have come in, and how often it was told."""
        log = service.metadata.tables["event_log"].c
        async with self.opened() as tx:
            state = await tx.value(sa.select(sheets.c.state).where(sheets.c.id == self.sheet))
            turns = await tx.value(sa.select(sa.func.count()).where(sheet_turns.c.sheet == self.sheet))
            count = sa.select(sa.func.count()).where(memberships.c.project == self.project)
            told = sa.select(sa.func.count()).where(log.aggregate == self.sheet, log.subject == SheetImported.subject)
            return state, turns, await tx.value(count), await tx.value(told)


@pytest.fixture
async def ground(database, nats_url):
    told = ServiceSettings(
        env="dev", nats=nats_url, name="profiles", app_dsn=database.app_dsn, engine_dsn=database.engine_dsn
    )
    async with running(service, told) as runtime:
        found = Ground(runtime)
        await found.lies_there()
        yield found
        async with found.opened() as tx:
            persons = sa.select(memberships.c.person).where(memberships.c.project == found.project)
            await tx.run(sa.delete(people).where(people.c.person.in_(persons)))
            for table in (sheet_turns, sheet_rows, sheet_parts, sheets, profiles, memberships, notices):
                await tx.run(sa.delete(table).where(table.c.project == found.project))
            await tx.run(sa.delete(projects).where(projects.c.id == found.project))


async def test_what_waits_is_taken_up_and_its_turn_goes_with_it(ground):
    desk = Desk(ground.runtime)
    assert await desk.turn() is True
    assert await ground.found() == (SheetState.READ, 0, 0, 0)
    await ground.asked(confirm=True)
    assert await desk.turn() is True
    assert await ground.found() == (SheetState.IMPORTED, 0, 6, 1)
    assert await desk.turn() is False


async def test_two_processes_take_one_over_once(ground):
    await Desk(ground.runtime).turn()
    await ground.asked(confirm=True)
    await asyncio.gather(*(Desk(ground.runtime).turn() for _ in range(3)))
    assert await ground.found() == (SheetState.IMPORTED, 0, 6, 1)


async def test_killed_in_the_middle_it_has_changed_nothing_and_another_takes_it_up(ground, monkeypatch):
    await Desk(ground.runtime).turn()
    await ground.asked(confirm=True)
    monkeypatch.setattr(importing, "STEP", 2)
    midway, seen = asyncio.Event(), []
    desk = Desk(ground.runtime)
    telling = desk._telling(ground.sheet)

    async def told(done, of):
        await telling(done, of)
        async with ground.opened() as tx:
            seen.append(tuple((await tx.row(sa.select(sheet_turns.c.done, sheet_turns.c.of))).values()))
        if done == 4:
            midway.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(desk, "_telling", lambda _: told)
    killed = asyncio.create_task(desk.turn())
    await asyncio.wait_for(midway.wait(), 10)
    assert await Desk(ground.runtime).turn() is False, "it is in hand"
    killed.cancel()
    await asyncio.wait([killed])

    assert seen == [(2, 6), (4, 6)]
    assert await ground.found() == (SheetState.IMPORTING, 1, 0, 0)
    assert await Desk(ground.runtime).turn() is True
    assert await ground.found() == (SheetState.IMPORTED, 0, 6, 1)


async def test_a_mistake_of_ours_leaves_it_as_it_was_and_says_nothing_of_anybody(ground, monkeypatch, capfd):
    desk = Desk(ground.runtime)
    await desk.turn()
    await ground.asked(confirm=True)

    async def breaks(*_):
        raise ValueError(CANARY)

    monkeypatch.setattr(importing, "_register", breaks)
    for _ in range(TRIES):
        assert await desk.turn() is True
    assert await ground.found() == (SheetState.READ, 0, 0, 0)
    assert await desk.turn() is False
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err


async def test_a_table_that_is_gone_asks_for_nothing(ground):
    async with ground.opened() as tx:
        await tx.run(sa.delete(sheets).where(sheets.c.id == ground.sheet))
    assert await Desk(ground.runtime).turn() is True
    assert await ground.found() == (None, 0, 0, 0)
