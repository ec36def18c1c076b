"""Walls in a database: whose rows each role sees, what it may do to each table, and the proof that it is so."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from .tables import CHASSIS, Wall

PROJECT = "project = current_setting('app.project')::uuid"
PERSON = "person = current_setting('app.person')::uuid or current_setting('app.own') = 'on'"
PAIR = f"{PROJECT} and (current_setting('app.person')::uuid in (mentor, mentee) or current_setting('app.own') = 'on')"

SEES = {
    Wall.PROJECT: PROJECT,
    Wall.PERSON: PERSON,
    Wall.PERSON_OR_PROJECT: f"{PERSON} or {PROJECT}",
    Wall.PAIR: PAIR,
    Wall.LOG: PROJECT,
}
"""An unset project or person is an error, not an empty answer: current_setting has no default here.

`app.own` is on where a service acts for itself (facts, deadlines, operators' commands) and there is no "herself".
"""

APPENDS = {
    Wall.PROJECT: PROJECT, Wall.PERSON: "true", Wall.PERSON_OR_PROJECT: "true", Wall.PAIR: PAIR, Wall.LOG: "true",
}  # fmt: skip


RIGHTS = {
    "event_log": ("si", "s"),
    "outbox": ("si", "sd"),
    "sequences": ("siu", ""),
    "due": ("siud", "siud"),
    "heard": ("siu", "s"),
    "parked": ("sid", "s"),
    "dead_letters": ("sid", "sid"),
    "owners_heard": ("s", "siu"),
    "answered": ("siu", "sd"),
    "audit": ("si", "s"),
}
"""What the app and the engine may do to the chassis' tables: select, insert, update, delete. Nobody unsays or forgets a fact."""
SEALS = {("audit", "UPDATE(hash)"), ("audit", "UPDATE(number)")}
WORDS = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}
GRANTED = sa.text("""
    select coalesce(rolname, 'public'), relname, privilege_type
    from pg_class cross join aclexplode(relacl) left join pg_roles on pg_roles.oid = grantee
    where relnamespace = 'public'::regnamespace and relkind <> 'S' and grantee <> relowner
    union all
    select coalesce(rolname, 'public'), relname, privilege_type || '(' || attname || ')'
    from pg_attribute join pg_class on pg_class.oid = attrelid cross join aclexplode(attacl)
    left join pg_roles on pg_roles.oid = grantee where relnamespace = 'public'::regnamespace and grantee <> relowner
""")


def ddl(table: sa.Table, service: str) -> Iterator[str]:
    """The statements that raise a table's wall; run by its owner in a migration."""
    wall, name = table.info["wall"], table.name
    app, engine, owner = (f"{service}_{role}" for role in ("app", "engine", "owner"))
    if wall is Wall.PLATFORM:
        return
    yield f"alter table {name} enable row level security"
    yield f"alter table {name} force row level security"
    yield f"create policy sees on {name} to {app} using ({SEES[wall]}) with check ({APPENDS[wall]})"
    yield f"create policy owner_sees on {name} to {owner} using (true) with check (true)"
    if name in CHASSIS:
        yield f"create policy engine_sees on {name} to {engine} using (true) with check (true)"


def policies(connection: sa.Connection) -> set[tuple[str, str]]:
    """(table, policy) as the database has them, and (table, 'forced') where security is enforced."""
    found = connection.execute(sa.text("select tablename, policyname from pg_policies where schemaname = 'public'"))
    forced = connection.execute(
        sa.text("select relname from pg_class where relrowsecurity and relforcerowsecurity and relkind = 'r'")
    )
    return {(t, p) for t, p in found} | {(name, "forced") for (name,) in forced}


def wanted(metadata: sa.MetaData) -> set[tuple[str, str]]:
    """What `policies` must find."""
    rows: set[tuple[str, str]] = set()
    for table in metadata.tables.values():
        wall = table.info["wall"]
        if wall is Wall.PLATFORM:
            continue
        rows |= {(table.name, "forced"), (table.name, "sees"), (table.name, "owner_sees")}
        if table.name in CHASSIS:
            rows.add((table.name, "engine_sees"))
    return rows


def rights(metadata: sa.MetaData, service: str) -> set[tuple[str, str, str]]:
    """(role, table, privilege) for all that anyone but the owner may do: the app as it needs, the engine with ours alone."""
    app, engine = f"{service}_app", f"{service}_engine"
    found = {(engine, *seal) for seal in SEALS}
    for name, table in metadata.tables.items():
        own = "si" if table.info.get("lasting") else "siud"
        for role, letters in zip((app, engine), RIGHTS.get(name, (own, "")), strict=True):
            found |= {(role, name, WORDS[letter]) for letter in letters}
    return found


def granted(connection: sa.Connection) -> set[tuple[str, str, str]]:
    """What `rights` must be."""
    return {(role, table, privilege) for role, table, privilege in connection.execute(GRANTED)}


def grant(connection: sa.Connection, metadata: sa.MetaData, service: str) -> None:
    """Take from each role what it has too much, and give what it lacks, whatever migrations and defaults gave it."""
    have, want = granted(connection), rights(metadata, service)
    for role, table, privilege in sorted(have - want):
        connection.execute(sa.text(f"revoke {privilege} on {table} from {role}"))
    for role, table, privilege in sorted(want - have):
        connection.execute(sa.text(f"grant {privilege} on {table} to {role}"))
