"""Row-level security: the SQL of each wall, and the proof that a database has it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from .tables import CHASSIS, Wall

PROJECT = "project = current_setting('app.project')::uuid"
PERSON = "person = current_setting('app.person')::uuid or current_setting('app.own') = 'on'"

SEES = {
    Wall.PROJECT: PROJECT,
    Wall.PERSON: PERSON,
    Wall.PERSON_OR_PROJECT: f"{PERSON} or {PROJECT}",
    Wall.LOG: PROJECT,
}
"""An unset project or person is an error, not an empty answer: current_setting has no default here.

`app.own` is on where a service acts for itself (facts, deadlines, operators' commands) and there is no "herself".
"""

APPENDS = {Wall.PROJECT: PROJECT, Wall.PERSON: "true", Wall.PERSON_OR_PROJECT: "true", Wall.LOG: "true"}


def ddl(table: sa.Table, service: str) -> Iterator[str]:
    """The statements that raise a table's wall; run by its owner in a migration."""
    wall, name = table.info["wall"], table.name
    app, engine, owner = (f"{service}_{role}" for role in ("app", "engine", "owner"))
    if name in CHASSIS:
        yield f"grant select, insert, update, delete on {name} to {engine}"
    if name == "event_log":
        yield f"revoke update, delete on {name} from {app}"
    if name == "audit":
        yield f"revoke update, delete on {name} from {app}"
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
