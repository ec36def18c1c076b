"""A word that nobody else says, said wherever somebody may say something: done, refused, wrong and broken."""

from __future__ import annotations

import asyncio
import inspect
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg

from commons_chassis.ask import Asker
from commons_chassis.connect import GATEWAY as ASKS
from commons_chassis.faults import Fault
from commons_chassis.tables import CHASSIS
from commons_contracts import community, geo, matching, mentoring, profiles
from commons_contracts.base import Actor, Refusal, Request
from commons_contracts.codes import Language
from commons_contracts.ids import person_of, project_of
from commons_gateway import devtoken, testing
from commons_onebox.home import SERVICES, Home

CANARY = "kanarienvogel7f3a"
AT_ONCE = 8
OWN = """
    select tablename from pg_tables where schemaname = 'public' and tablename <> all (%s)
"""
"""What a service has of its own: while that is gone, all that it does breaks in the middle, with the words in its hands."""
KEPT = [*CHASSIS, "standings", "conduct_in_force", "pending_guardian", "blocked", "alembic_version"]


WELL_SAID = (
    profiles.RegisterPerson(
        display_name=CANARY, birth_year=1990, birth_month=1, country="SE", language=Language.SV, zone="Europe/Stockholm"
    ),
    profiles.WriteIntroduction(title=CANARY, text=CANARY, language="sv"),
    profiles.DescribeProfile(description=profiles.Description(), motivation=CANARY),
)
"""So that a database has it in its hands when it refuses the row."""


def requests() -> Iterator[type[Request[Any]]]:
    """Every kind there is."""
    for owner in (profiles, matching, mentoring, community, geo):
        for _, kind in inspect.getmembers(owner, inspect.isclass):
            if issubclass(kind, Request) and "subject" in vars(kind):
                yield kind


def saying(kind: type[Request[Any]]) -> Request[Any]:
    """One of its kind with the word in every text, whether that is allowed there or not."""
    before, testing.VALUES[str] = testing.VALUES[str], CANARY  # type: ignore[index]
    try:
        said: Request[Any] = testing.sample(kind)
        return said.model_copy(update={"slug": "westem"}) if kind is profiles.OpenProject else said
    finally:
        testing.VALUES[str] = before  # type: ignore[index]


async def provoke(home: Home, url: str, slug: str) -> dict[str, int]:
    """Says it everywhere; how often something came of it, was refused, or broke."""
    asker = Asker(home.broker.url, name="canary", seed=home.seed(ASKS))
    await asker.start()
    outcomes = {"done": 0, "refused": 0, "broken": 0}
    project = project_of(slug)
    member = person_of(devtoken.ISSUER, "ebba")
    actors = [Actor(), Actor(person=member, project=project), Actor(person=member, project=project, operator=True)]
    try:
        for actor in actors:
            await _all(asker, actor, outcomes)
        for broken in (_refusing_rows(home), _without_tables(home)):
            with broken:
                for actor in actors[1:]:
                    await _all(asker, actor, outcomes)
    finally:
        await asker.stop()
    await _over_http(url)
    for port in (*(home.ports[name] for name in SERVICES), int(url.rpartition(":")[2])):
        _nonsense(port)
    return outcomes


async def _all(asker: Asker, actor: Actor, outcomes: dict[str, int]) -> None:
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(request: Request[Any]) -> None:
        async with turn:
            try:
                await asker.ask(request, actor, left=2)
                outcomes["done"] += 1
            except Refusal:
                outcomes["refused"] += 1
            except Fault:
                outcomes["broken"] += 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic's, of what is not of its type
        await asyncio.gather(*(one(request) for request in (*WELL_SAID, *map(saying, requests()))))


@contextmanager
def _refusing_rows(home: Home) -> Iterator[None]:
    """No row is written: PostgreSQL then says which, with all that is in it."""
    _each(home, OWN, "alter table {table} add constraint never check (false) not valid")
    yield
    _each(home, OWN, "alter table {table} drop constraint never")


@contextmanager
def _without_tables(home: Home) -> Iterator[None]:
    _each(home, OWN, "alter table {table} set schema broken", first="create schema broken")
    yield
    _each(
        home,
        "select tablename from pg_tables where schemaname = 'broken'",
        "alter table broken.{table} set schema public",
    )


def _each(home: Home, tables: str, statement: str, *, first: str = "select") -> None:
    """In all databases, for all tables."""
    for name in SERVICES:
        with psycopg.connect(home.postgres.admin_dsn, dbname=f"commons_{name}", autocommit=True) as admin:
            admin.execute(first)
            for (table,) in admin.execute(tables, [KEPT] if "%s" in tables else None).fetchall():
                admin.execute(statement.format(table=f'"{table}"'))


async def _over_http(url: str) -> None:
    bodies = [f'{{"query": "{{ {CANARY} }}"}}', f'{{"query": "{CANARY}', f'["{CANARY}"]', CANARY, f'{{"{CANARY}": 1}}']
    headers = {
        "User-Agent": CANARY,
        "Cookie": f"session={CANARY}",
        "tracestate": CANARY,
        "Content-Type": "application/json",
    }
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        for body in bodies:
            for token in ("", f"Bearer {CANARY}", CANARY):
                await client.post(f"/graphql?{CANARY}", content=body, headers={"Authorization": token} if token else {})
        for path in (f"/{CANARY}", f"/graphql?query={CANARY}", f"/auth/{CANARY}", f"/auth/link?t={CANARY}"):
            await client.get(path)


def _nonsense(port: int) -> None:
    """What is no HTTP at all."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.sendall(f"{CANARY} {CANARY}\r\n{CANARY}\r\n\r\n".encode())
        line.recv(100)


def correlated(logs: Path) -> list[tuple[str, ...]]:
    """For the traces that requests began, which lines of which processes belong to one; each such set once."""
    found: dict[str, set[str]] = {}
    for log in logs.glob("*.log"):
        for line in log.read_text(errors="replace").splitlines():
            words = dict(word.partition("=")[::2] for word in line.split() if "=" in word)
            if "trace" in words and words.get("event") in {"request", "command", "reaction"}:
                found.setdefault(words["trace"], set()).add(f"{words['service']} {words['event']}")
    return sorted({tuple(sorted(lines)) for lines in found.values() if "gateway request" in lines})
