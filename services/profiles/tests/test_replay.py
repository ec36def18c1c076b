"""Everything told again from the log: nobody loses her standing, nothing happens twice."""

import pytest

from commons_chassis.ids import new_id
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import contents, make_database
from commons_contracts.base import Actor
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, project_of
from commons_contracts.profiles import BlockPerson, DescribeProfile, Description, JoinProject, OpenProject
from commons_contracts.profiles import RegisterPerson as Register
from commons_onebox import tools
from commons_onebox.alive import alive
from commons_onebox.testing import start_nats
from commons_profiles.app import service


@pytest.fixture
def nats(tmp_path):
    nats = start_nats(tmp_path)
    yield nats
    nats.stop()


@pytest.fixture
def own_database(postgres_dsn, worker_id):
    return make_database(service, postgres_dsn, suffix=f"_replay_{worker_id}")


async def test_after_a_replay_the_tables_are_the_same_and_members_go_on(nats, own_database):
    ground = project_of("westem")
    operator = Actor(person=PersonId(new_id()), project=ground, operator=True)
    ada, ida = (Actor(person=PersonId(new_id()), project=ground) for _ in range(2))
    describe = DescribeProfile(description=Description(country="SE"))
    async with alive([(service, own_database)], nats.url) as house:
        ask = house.asker.ask
        await ask(OpenProject(slug="westem", name="WESTEM", zone="Europe/Stockholm", languages=("sv",)), operator)
        await ask(Register(display_name="Ada", birth_year=1990, birth_month=5, country="SE"), ada)
        await ask(Register(display_name="Ida", birth_year=2020, birth_month=5, country="SE"), ida)
        await ask(JoinProject(roles=(Role.MENTOR,)), ada)
        await ask(BlockPerson(person=PersonId(new_id())), ada)
        await ask(describe, ada)
        await house.asker.operations.settle()
    before = contents(service, own_database.admin_dsn)

    dsn = {"app_dsn": own_database.app_dsn, "engine_dsn": own_database.engine_dsn, "owner_dsn": own_database.owner_dsn}
    settings = ServiceSettings(env="dev", nats=nats.url, name=service.name, **dsn)
    assert await tools.replay(nats.url, [(service, settings)]) > 0

    async with alive([(service, own_database)], nats.url) as house:
        await house.asker.operations.settle()
        assert contents(service, own_database.admin_dsn) == before
        assert (await house.asker.ask(describe, ada)).description.country == "SE"
