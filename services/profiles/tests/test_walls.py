"""What the database itself keeps apart, and that it is what the code says."""

import pytest
import sqlalchemy as sa

from commons_chassis.classify import unclassified
from commons_chassis.migrate import differences
from commons_chassis.testing import run
from commons_contracts.codes import Conduct, Role
from commons_contracts.profiles import (
    BlockPerson,
    DescribeProfile,
    Description,
    GiveMediaConsent,
    TickReadiness,
    WriteIntroduction,
)
from commons_profiles.app import service
from commons_profiles.tables import metadata


def test_every_column_is_classified():
    assert unclassified(metadata) == []


def test_migrations_walls_and_tables_agree(database):
    assert differences(service, database.owner_dsn) == []


@pytest.fixture
async def ada(tx, join, code_in_force, accept):
    """Someone who has left something in every table that people fill."""
    await code_in_force(Conduct.COMMUNITY)
    ada = await join(Role.MENTOR)
    await accept()
    for command in (
        DescribeProfile(description=Description(country="SE"), motivation="x"),
        WriteIntroduction(title="x", text="x", language="en"),
        TickReadiness(item="MANUAL_READ"),
        GiveMediaConsent(),
        BlockPerson(person=(await tx.value(sa.select(sa.func.gen_random_uuid())))),
    ):
        await run(service, command, tx)
    return ada


async def rows_of(tx, person):
    found = {}
    for name in (
        "people",
        "memberships",
        "acceptances",
        "profiles",
        "introductions",
        "ticks",
        "media_consents",
        "blocks",
    ):
        t = metadata.tables[name]
        found[name] = len(await tx.rows(sa.select(t.c.person).where(t.c.person == person)))
    return {name for name, count in found.items() if count}


EVERYWHERE = {"people", "memberships", "acceptances", "blocks"}
IN_THE_PROJECT = {"memberships", "acceptances", "profiles", "introductions", "ticks", "media_consents"}


async def test_she_sees_her_own(tx, ada):
    assert await rows_of(tx, ada) == EVERYWHERE | IN_THE_PROJECT


async def test_her_project_sees_what_she_is_there(tx, ada, join):
    await join(Role.MENTEE, name="Eve")

    assert await rows_of(tx, ada) == IN_THE_PROJECT


async def test_in_another_project_she_sees_herself_and_nothing_she_told_this_one(tx, ada, open_project, act):
    other = await open_project("stem-nord")
    await act(ada, other.id)

    assert await rows_of(tx, ada) == EVERYWHERE


async def test_another_project_sees_nothing_of_her(tx, ada, open_project, register):
    await open_project("stem-nord")
    await register("Eve")

    assert await rows_of(tx, ada) == set()
