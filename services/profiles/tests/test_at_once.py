"""What happens at the same instant, in transactions that are really committed."""

import asyncio
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, hear
from commons_contracts import matching, mentoring
from commons_contracts.base import Actor
from commons_contracts.codes import NoticeCode, Role
from commons_contracts.ids import PersonId, project_of
from commons_contracts.profiles import GiveMediaConsent, JoinProject, NoticesSince, OpenProject, RegisterPerson
from commons_profiles.app import service
from commons_profiles.tables import metadata
from commons_profiles.tables.people import put_notices

SLUG = "at-once"
ACCOUNT = RegisterPerson(display_name="Ada", birth_year=1990, birth_month=5, country="SE")


@pytest.fixture
async def ask(database):
    """Each request in a transaction and on a connection of its own, by the same new person of one project."""
    engine = create_async_engine(driver(database.app_dsn), poolclass=sa.NullPool)
    ada = Actor(person=PersonId(new_id()), project=project_of(SLUG))

    async def asked(request, actor=ada):
        async with doors.transaction(service, engine, actor, NOON) as tx:
            return await doors.answer(request, tx, service)

    operator = ada.model_copy(update={"operator": True})
    await asked(OpenProject(slug=SLUG, name="At once", zone="Europe/Oslo", languages=("nb",)), operator)
    yield asked
    await engine.dispose()


@pytest.fixture
def facts_about(database):
    """How often each kind of fact about a person was logged."""

    async def counted(person):
        engine = create_async_engine(driver(database.owner_dsn), poolclass=sa.NullPool)
        log = metadata.tables["event_log"].c
        async with engine.connect() as connection:
            found = await connection.execute(sa.select(log.subject).where(log.about.contains([person])))
            subjects = [subject for (subject,) in found]
        await engine.dispose()
        return {subject.split(".")[2]: subjects.count(subject) for subject in subjects}

    return counted


async def test_registering_on_two_devices_makes_one_account(ask, facts_about):
    first, *others = await asyncio.gather(*(ask(ACCOUNT) for _ in range(8)))

    assert all(view == first for view in others)
    assert await facts_about(first.person) == {"person_registered": 1}


async def test_joining_on_many_devices_makes_one_membership_with_all_the_roles(ask, facts_about):
    await ask(ACCOUNT)
    roles = list(Role)[:8]

    views = await asyncio.gather(*(ask(JoinProject(roles=(role,))) for role in roles))

    assert len({view.id for view in views}) == 1
    assert max((view.roles for view in views), key=len) == tuple(roles)
    assert await facts_about(views[0].person) == {"person_registered": 1, "membership_began": 1, "roles_granted": 7}


async def test_consenting_on_many_devices_is_consenting_once(ask, facts_about):
    await ask(ACCOUNT)
    member = await ask(JoinProject(roles=(Role.MENTOR,)))

    await asyncio.gather(*(ask(GiveMediaConsent()) for _ in range(8)))

    assert (await facts_about(member.person))["media_consent_changed"] == 1


async def a_fact(tx, ada, owner, code):
    await hear(service, owner.NoticeWanted(project=ada.project, at=NOON, person=ada.person, code=code), tx)


async def a_table(tx, ada):
    await put_notices(tx, {new_id(): ada.person}, {"project": ada.project, "code": NoticeCode.INVITED, "at": NOON})


ACCEPTED = partial(a_fact, owner=matching, code=NoticeCode.CONNECTION_ACCEPTED), NoticeCode.CONNECTION_ACCEPTED
OPENED = partial(a_fact, owner=mentoring, code=NoticeCode.MENTORSHIP_OPENED), NoticeCode.MENTORSHIP_OPENED
INVITED = a_table, NoticeCode.INVITED


@pytest.mark.parametrize("each", [(ACCEPTED, OPENED), (ACCEPTED, INVITED), (INVITED, OPENED)])
async def test_a_notice_never_takes_a_place_before_one_that_was_read(database, each):
    """The first is not committed yet when the second one wants to be kept, and whoever reads in between misses neither."""
    engine = create_async_engine(driver(database.app_dsn), poolclass=sa.NullPool)
    ada = Actor(person=PersonId(new_id()), project=project_of(SLUG))
    (first, _), (second, _) = each

    async def keep_second():
        async with doors.transaction(service, engine, ada, NOON, own=True) as tx:
            await second(tx, ada)

    async def read(cursor):
        async with doors.transaction(service, engine, ada, NOON) as tx:
            return await doors.answer(NoticesSince(cursor=cursor), tx, service)

    cursor = (await read(None)).cursor
    async with doors.transaction(service, engine, ada, NOON, own=True) as tx:
        await first(tx, ada)
        other = asyncio.create_task(keep_second())
        await asyncio.sleep(0.3)
        between = await read(cursor)
    await other
    after = await read(between.cursor)

    assert [notice.code for notice in (*between.items, *after.items)] == [code for _, code in each]
    await engine.dispose()
