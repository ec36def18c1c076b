"""Every column is classified, every table walled, and the migrations make just what the code says."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis import migrate
from commons_chassis.classify import unclassified
from commons_chassis.settings import driver
from commons_chassis.tables import Wall
from commons_chassis.testing import make_database


@pytest.fixture
def database(service, postgres_dsn, worker_id):
    return make_database(service, postgres_dsn, suffix=f"_house_{worker_id}")


def test_every_column_is_classified(service):
    assert unclassified(service.metadata) == []


def test_an_unclassified_column_is_seen():
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("name", sa.Text))
    assert unclassified(metadata) == ["t.name"]


def test_every_table_has_a_wall_and_the_columns_it_needs(service):
    needs = {Wall.PROJECT: {"project"}, Wall.PERSON: {"person"}, Wall.LOG: {"project"}}
    needs[Wall.PERSON_OR_PROJECT] = {"person", "project"}
    needs[Wall.PAIR] = {"project", "mentor", "mentee"}
    for table in service.metadata.tables.values():
        assert needs.get(table.info["wall"], set()) <= set(table.c.keys()), table.name


def test_migrations_make_the_tables_and_walls_of_the_code(service, database):
    assert migrate.differences(service, database.owner_dsn) == []


def test_a_missing_wall_is_seen(service, database):
    engine = sa.create_engine(driver(database.owner_dsn, sync=True))
    with engine.begin() as c:
        c.execute(sa.text("alter table standings no force row level security"))
    assert migrate.differences(service, database.owner_dsn) == ["missing wall: ('standings', 'forced')"]
    with engine.begin() as c:
        c.execute(sa.text("alter table standings force row level security"))
    engine.dispose()


def test_the_app_role_cannot_change_what_was_told_or_audited(service, database):
    engine = sa.create_engine(driver(database.admin_dsn, sync=True))
    may = sa.text("select has_table_privilege(:role, :name, 'update') or has_table_privilege(:role, :name, 'delete')")
    with engine.connect() as c:
        for name in ("event_log", "audit"):
            assert c.execute(may, {"role": f"{service.name}_app", "name": name}).scalar() is False
        bypasses = sa.text("select rolname from pg_roles where rolbypassrls and rolname like :mine")
        assert c.execute(bypasses, {"mine": f"{service.name}_%"}).all() == []
    engine.dispose()
