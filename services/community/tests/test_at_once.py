"""What happens at the same instant, in transactions that are really committed."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON
from commons_community.app import service
from commons_community.commands.code import publish_code_of_conduct
from commons_community.tables import channels, waiting_matches
from commons_contracts.base import Actor
from commons_contracts.codes import Conduct, Role, Style
from commons_contracts.community import PublishCodeOfConduct
from commons_contracts.ids import MatchId, PersonId, ProgrammeId, ProjectId, RoundId, membership_of
from commons_contracts.matching import MatchConfirmed
from commons_contracts.profiles import MembershipBegan

LONG_ENOUGH_TO_MISS_EACH_OTHER = 0.2


@pytest.fixture
async def begin(database):
    """Begins transactions of the service's own, each on a connection of its own, all on one fresh project."""
    engine = create_async_engine(driver(database.app_dsn), poolclass=sa.NullPool)
    ground = Actor(person=PersonId(new_id()), project=ProjectId(new_id()))
    yield lambda: doors.transaction(service, engine, ground, NOON, own=True)
    await engine.dispose()


async def test_coordinators_who_publish_at_once_get_a_version_each(begin):
    async def publish(number):
        async with begin() as tx:
            cmd = PublishCodeOfConduct(kind=Conduct.COMMUNITY, texts={"en": f"Rule {number}."})
            return (await publish_code_of_conduct(cmd, tx)).version

    versions = await asyncio.gather(*map(publish, range(8)))

    assert sorted(versions) == [1, 2, 3, 4, 5, 6, 7, 8]


def news_of_a_pair(project):
    """What community hears when two people join and are matched."""
    mentor, mentee = PersonId(new_id()), PersonId(new_id())
    joined = [
        MembershipBegan(
            project=project,
            at=NOON,
            membership=membership_of(person, project),
            person=person,
            roles=(role,),
            adult=True,
        )
        for person, role in ((mentor, Role.MENTOR), (mentee, Role.MENTEE))
    ]
    match = MatchConfirmed(
        project=project,
        at=NOON + timedelta(hours=1),
        match=MatchId(new_id()),
        round=RoundId(new_id()),
        programme=ProgrammeId(new_id()),
        programme_version=1,
        connection=None,
        mentor=mentor,
        mentee=mentee,
        style=Style.TRADITIONAL,
    )
    return *joined, match


@pytest.mark.parametrize("match_first", [True, False])
async def test_a_match_and_a_membership_heard_at_once_do_not_miss_each_other(begin, match_first):
    async def hear(event):
        async with begin() as tx:
            await doors.react(event, tx, service)

    async with begin() as tx:
        mentor_joined, mentee_joined, match = news_of_a_pair(tx.project)
    await hear(mentor_joined)
    slow, quick = (match, mentee_joined) if match_first else (mentee_joined, match)

    async with begin() as tx:
        await doors.react(slow, tx, service)
        meanwhile = asyncio.create_task(hear(quick))
        await asyncio.sleep(LONG_ENOUGH_TO_MISS_EACH_OTHER)
    await meanwhile

    async with begin() as tx:
        counts = [
            await tx.value(sa.select(sa.func.count()).select_from(table)) for table in (channels, waiting_matches)
        ]
    assert counts == [1, 0]
