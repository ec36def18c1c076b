"""Who may what in each database, looked up and tried as the roles themselves: not what the code says, what holds."""

from __future__ import annotations

import time

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors

from commons_chassis import migrate, walls
from commons_chassis.deploy import OWN_PATIENCE, PATIENCE
from commons_chassis.tables import CHASSIS, Wall
from commons_chassis.testing import make_database

ROLES = ("owner", "app", "engine")
ALL = {"SELECT", "INSERT", "UPDATE", "DELETE"}
NEVER = ("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
APP_ON_OURS = {
    "event_log": {"SELECT", "INSERT"}, "audit": {"SELECT", "INSERT"}, "outbox": {"SELECT", "INSERT"},
    "sequences": ALL - {"DELETE"}, "heard": ALL - {"DELETE"}, "answered": ALL - {"DELETE"}, "due": ALL,
    "parked": ALL - {"UPDATE"}, "dead_letters": ALL - {"UPDATE"}, "owners_heard": {"SELECT"},
}  # fmt: skip
ENGINE_ON_OURS = {
    "event_log": {"SELECT"}, "audit": {"SELECT"}, "outbox": {"SELECT", "DELETE"}, "sequences": set(), "due": ALL,
    "heard": {"SELECT"}, "answered": {"SELECT", "DELETE"}, "parked": {"SELECT"},
    "dead_letters": ALL - {"UPDATE"}, "owners_heard": ALL - {"DELETE"},
}  # fmt: skip
ADDED_ONLY = {"code_versions": {"SELECT", "INSERT"}}
"""What someone accepted stays what she read."""
ENTERED = """select datname from pg_database where datallowconn and has_database_privilege(%s, oid, 'connect')
    and datname <> %s and pg_get_userbyid(datdba) <> %s and datname not like %s"""
POLICIES = """select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies
    where schemaname = 'public'"""


@pytest.fixture
def database(service, postgres_dsn, worker_id):
    return make_database(service, postgres_dsn, suffix=f"_walls_{worker_id}")


@pytest.fixture
def admin(database):
    with psycopg.connect(database.admin_dsn, autocommit=True) as c:
        yield c


def test_the_roles_are_plain_ones_with_little_patience(service, admin):
    for role in ROLES:
        name = f"{service.name}_{role}"
        attributes = """select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication, rolconnlimit,
            rolconfig, (select count(*) from pg_auth_members where member = pg_roles.oid) from pg_roles where rolname = %s"""
        powers, connections, settings, memberships = admin.execute(attributes, [name]).fetchone()
        told = dict(each.split("=", 1) for each in settings)
        assert (powers, memberships) == (False, 0)
        assert 0 < connections < 100
        assert told["search_path"] == "public, pg_temp"
        assert {*told} == {*PATIENCE, *OWN_PATIENCE.get(role, {})}
    with psycopg.connect(admin.info.dsn, user=f"{service.name}_app", password="test") as c:
        assert c.execute("show search_path").fetchone() == ("public, pg_temp",)
        assert c.execute("show lock_timeout").fetchone() == ("10s",)


def test_nobody_enters_another_database_or_makes_anything_there(service, database, admin):
    own = admin.info.dbname
    for role in ROLES:
        name = f"{service.name}_{role}"
        asked = [name, own, f"{service.name}_owner", f"commons\\_{service.name}%"]
        for _ in range(10):  # a database that another test makes just now is everybody's for a moment
            entered = admin.execute(ENTERED, asked).fetchall()
            if not entered:
                break
            time.sleep(0.2)
        assert entered == [], name
        temporary = admin.execute("select has_database_privilege(%s, %s, 'temporary')", [name, own]).fetchone()
        makes = admin.execute("select has_schema_privilege(%s, 'public', 'create')", [name]).fetchone()
        assert (temporary, makes) == ((role == "owner",), (role == "owner",))
    public = "select count(*) from pg_namespace cross join aclexplode(nspacl) where nspname = 'public' and grantee = 0"
    assert admin.execute(public).fetchone() == (0,)


@pytest.mark.parametrize("role", ["app", "engine"])
def test_every_role_does_to_every_table_what_it_should_and_no_more(service, role, admin):
    tables = [name for (name,) in admin.execute("select tablename from pg_tables where schemaname = 'public'")]
    assert {*tables} == {*service.metadata.tables, "alembic_version"}
    wrong, counted = [], 0
    for table in tables:
        if table in CHASSIS:
            may = (APP_ON_OURS if role == "app" else ENGINE_ON_OURS)[table]
        else:
            own = ADDED_ONLY.get(table, ALL)
            may = own if role == "app" and table != "alembic_version" else set()
        for privilege in (*ALL, *NEVER):
            has = "select has_table_privilege(%s, %s, %s)"
            if admin.execute(has, [f"{service.name}_{role}", table, privilege]).fetchone() != (privilege in may,):
                wrong.append((table, privilege))
            counted += 1
    print(f"\n{service.name}_{role}: {counted} pairs of table and privilege, {len(wrong)} wrong")
    assert wrong == []


def test_the_audit_log_is_written_once_and_only_sealed(service, admin):
    entry = "insert into audit (id, project, operation) values (gen_random_uuid(), gen_random_uuid(), 'x')"
    admin.execute(entry)
    for role, forbidden in {
        "app": (
            "update audit set operation = 'y'",
            "delete from audit",
            "truncate audit",
            "update audit set number = 7",
        ),
        "engine": ("update audit set operation = 'y'", "update audit set person = null", "delete from audit", entry),
    }.items():
        with psycopg.connect(admin.info.dsn, user=f"{service.name}_{role}", password="test", autocommit=True) as c:
            c.execute("select set_config('app.project', gen_random_uuid()::text, false)")
            for statement in forbidden:
                with pytest.raises(errors.InsufficientPrivilege):
                    c.execute(statement)
    with psycopg.connect(admin.info.dsn, user=f"{service.name}_engine", password="test") as c:
        assert c.execute("update audit set number = 1, hash = 'x' where number is null").rowcount == 1
        c.rollback()


def test_the_walls_are_those_of_the_code_to_the_word(service, admin, database, postgres_dsn):
    built = f"{admin.info.dbname}_built"
    admin.execute(f"drop database if exists {built}")
    admin.execute(f"create database {built} owner {service.name}_owner")
    dsn = psycopg.conninfo.make_conninfo(admin.info.dsn, dbname=built, password=admin.info.password)
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=sa.NullPool)
    with engine.begin() as c:
        c.execute(sa.text("create extension btree_gist"))
        service.metadata.create_all(c)
        for table in service.metadata.tables.values():
            for statement in walls.ddl(table, service.name):
                c.execute(sa.text(statement))
        wanted = {tuple(row) for row in c.execute(sa.text(POLICIES))}
    assert {tuple(row) for row in admin.execute(POLICIES).fetchall()} == wanted
    assert len({row[0] for row in wanted}) == sum(t.info["wall"] is not Wall.PLATFORM for t in _tables(service))
    engine.dispose()
    admin.execute(f"drop database {built}")


def _tables(service):
    return service.metadata.tables.values()


def test_every_walled_table_is_shut_to_who_has_not_said_whose_rows(service, admin):
    forced = "select relrowsecurity and relforcerowsecurity from pg_class where oid = %s::regclass"
    with psycopg.connect(admin.info.dsn, user=f"{service.name}_app", password="test", autocommit=True) as c:
        for table in _tables(service):
            walled = table.info["wall"] is not Wall.PLATFORM
            assert admin.execute(forced, [table.name]).fetchone() == (walled,), table.name
            if walled:
                with pytest.raises(errors.UndefinedObject):
                    c.execute(f"select 1 from {table.name}")


def test_a_right_too_many_is_seen_and_taken_back(service, database, admin):
    admin.execute(f"grant delete on audit to {service.name}_app")
    admin.execute(f"revoke insert on outbox from {service.name}_app")
    assert migrate.differences(service, database.owner_dsn) == [
        f"missing right: ('{service.name}_app', 'outbox', 'INSERT')",
        f"unknown right: ('{service.name}_app', 'audit', 'DELETE')",
    ]
    migrate.upgrade(service, database.owner_dsn)
    assert migrate.differences(service, database.owner_dsn) == []
