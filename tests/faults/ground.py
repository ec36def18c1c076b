"""A platform as it runs, in processes of its own, with enough people on it; and its databases, for plain SQL."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from commons_chassis.ask import Asker
from commons_contracts.codes import Role
from commons_onebox.home import GATEWAY, SERVICES, Home
from commons_onebox.house import UP, running
from commons_onebox.seed import fill
from commons_onebox.seed.plan import PLANS, Plan

WESTEM = next(plan for plan in PLANS if plan.slug == "westem")
LARGE_TOWNS = 200_000


@dataclass(frozen=True)
class Ground:
    """`sql` sees every row: it asks as the server's administrator, past every wall."""

    home: Home

    def sql(self, service: str, question: str) -> list[tuple[Any, ...]]:
        parts = psycopg.conninfo.conninfo_to_dict(self.home.postgres.admin_dsn) | {"dbname": f"commons_{service}"}
        with psycopg.connect(psycopg.conninfo.make_conninfo("", **parts)) as c:
            return c.execute(question).fetchall()

    def one(self, service: str, question: str) -> Any:
        return self.sql(service, question)[0][0]

    def pid(self, name: str) -> int | None:
        run = self.home.run
        return run.processes.get(name) if run else None

    @property
    def started(self) -> dict[str, int]:
        """When each process that people ask began, in the kernel's ticks."""
        run = self.home.run
        return {name: run.started[name] for name in (*SERVICES, GATEWAY) if run and name in run.started}

    @property
    def url(self) -> str:
        return self.home.broker.url


@contextmanager
def house(
    folder: Path,
    *,
    mentors: int,
    mentees: int,
    environment: Mapping[str, str] | None = None,
    up: Sequence[str] = UP,
    plan: Plan = WESTEM,
) -> Iterator[Ground]:
    """A running house with a recruitment on it; `up`: what serves it, if not `commons up`."""
    folder.mkdir(parents=True, exist_ok=True)
    with running(folder, environment={"COMMONS_ENV": "dev", **os.environ, **(environment or {})}, up=up):
        ground = Ground(Home(folder.resolve()))
        asyncio.run(_people(ground, plan, mentors, mentees))
        yield ground


async def _people(ground: Ground, plan: Plan, mentors: int, mentees: int) -> None:
    asker = Asker(ground.url, name="seed", seed=ground.home.seed("gateway"))
    await asker.start()
    peopled = replace(plan, crowds={Role.MENTOR: mentors, Role.MENTEE: mentees})
    await fill(asker, lambda _what, _count: None, plans=[peopled], inhabitants=LARGE_TOWNS)
    await asker.stop()
