"""Eyes that see more than GraphQL shows: the tables of every service, as the administrator reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from commons_onebox.home import SERVICES, Home

UNCONCERNED = {
    "owners_heard",
    "places",
    "place_names",
    "alembic_version",
    "letters",
    "stop_links",
    "run_jobs",
    "prices",
    "pricings",
}
"""What changes by itself (heartbeats, the numbering of the audit log, letters that leave, work that is told, what places are
reckoned to cost), and what is only ever loaded.
"""
PRESENCE = "rpc.profiles.note_activity"
ROWS = sql.SQL("select {name}, count(*), max(xmin::text::bigint) from {table} {where}")
WHERE = {
    "answered": sql.SQL("where operation <> {}").format(PRESENCE),
    "memberships": sql.SQL("where false"),
    "notices": sql.SQL("where false"),
}
"""That someone was here today is noted beside her request, whatever becomes of it; which letter tells of a notice, when the
post comes to it.
"""
MEMBERSHIPS = (
    "select md5(string_agg((to_jsonb(m) - '{active_on,version}'::text[])::text, '|' order by id)) from memberships m"
)
NOTICES = "select md5(string_agg((to_jsonb(n) - '{sorted,letter}'::text[])::text, '|' order by id)) from notices n"
AUDIT = f"select count(*) from audit where operation <> '{PRESENCE}'"


@dataclass
class Eyes:
    """One connection to each service's database; looks twice, and sees whether anything was written in between."""

    connections: dict[str, psycopg.AsyncConnection]
    statements: dict[str, sql.Composed]

    @classmethod
    @asynccontextmanager
    async def on(cls, home: Home) -> AsyncIterator[Eyes]:
        admin = home.postgres.admin_dsn
        async with AsyncExitStack() as stack:
            connections = {}
            for name in SERVICES:
                one = await psycopg.AsyncConnection.connect(admin, dbname=f"commons_{name}", autocommit=True)
                connections[name] = await stack.enter_async_context(one)
            yield cls(connections, {name: await _statement(one) for name, one in connections.items()})

    async def look(self) -> dict[str, list[tuple[object, ...]]]:
        """How many rows each table has, and which transaction wrote last in it."""
        found = {}
        for name, connection in self.connections.items():
            rows = await (await connection.execute(self.statements[name])).fetchall()
            rows += await (await connection.execute(AUDIT)).fetchall()
            if name == "profiles":
                rows += await (await connection.execute(MEMBERSHIPS)).fetchall()
                rows += await (await connection.execute(NOTICES)).fetchall()
            found[name] = rows
        return found

    async def rows(self, service: str, query: str) -> set[tuple[str, ...]]:
        found = await (await self.connections[service].execute(query)).fetchall()
        return {tuple(map(str, row)) for row in found}


async def _statement(connection: psycopg.AsyncConnection) -> sql.Composed:
    listed = await connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    names = [name for (name,) in await listed.fetchall() if name not in UNCONCERNED | {"audit"}]
    return sql.SQL(" union all ").join(
        ROWS.format(name=sql.Literal(name), table=sql.Identifier(name), where=WHERE.get(name, sql.SQL("")))
        for name in names
    )
