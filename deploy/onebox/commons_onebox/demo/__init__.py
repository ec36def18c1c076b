"""The demo: a platform of its own, people on it, and the journeys played through its GraphQL API, rule by rule."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from commons_contracts.codes import Role
from commons_gateway import devtoken

from ..home import DEFAULT_PORT, Home, HomeError
from ..house import running
from ..pages import built_beside
from ..seed import fill_home
from ..server import port_is_free
from ..tokens import OPERATOR, issue
from ..web import answers
from . import j1, j2, j3, j5, j6
from .crew import Crew
from .judge import Judge, Verdict, held
from .play import Journey
from .show import JsonView, TerminalView, View
from .stage import Stage

JOURNEYS: Mapping[str, Journey[Any]] = {module.JOURNEY.name: module.JOURNEY for module in (j1, j2, j3, j5, j6)}
ANSWER_SECONDS = 20.0
ENVIRONMENT = {"COMMONS_ENV": "dev"}
"""Only there can the business clock be moved."""


def main(once: bool, json: bool, journeys: Sequence[str]) -> int:
    """Play them (all, if none is named) and keep serving until Ctrl-C, or end `once` they are played.

    0: every rule held. Raises HomeError where the platform cannot be started, or a journey is not known.
    """
    wanted = known(journeys)
    view: View = JsonView() if json else TerminalView()
    home = _fresh_home()
    view.starting()
    with running(home.folder, port=0 if once else _port(), environment=ENVIRONMENT) as run:
        verdicts = []
        for nth, name in enumerate(wanted):
            verdicts += _play(home, run.url, name, view, seeded=nth > 0)
        view.score(verdicts)
        if not once:
            view.serving(run.url, str(home.folder), _tokens(home), JOURNEYS[wanted[-1]].afterwards)
            _serve(home)
    return 0 if held(verdicts) else 1


def main_against(url: str, key: Path, json: bool, journeys: Sequence[str]) -> int:
    """Play them on a platform that runs elsewhere and was seeded for them; `key` is of its development issuer.

    0: every rule held. Raises HomeError where a journey is not known, or nobody answers there.
    """
    wanted = known(journeys)
    view: View = JsonView() if json else TerminalView()
    if not key.is_file():
        raise HomeError(f"There is no key in {key}: the one with which the platform's development issuer signs.")
    if not answers(f"{url}/readyz"):
        raise HomeError(f"Nobody answers at {url}, or is not ready.")
    view.starting()
    verdicts = []
    for nth, name in enumerate(wanted):
        if nth:
            asyncio.run(prepare(key, url, name))
        verdicts += _perform(key, url, name, view)
    view.score(verdicts)
    return 0 if held(verdicts) else 1


def known(journeys: Sequence[str]) -> list[str]:
    """These, or all where none is named. Raises HomeError for one that is not there."""
    if unknown := [name for name in journeys if name not in JOURNEYS]:
        raise HomeError(f"There is no journey {unknown[0]!r}; there are {', '.join(JOURNEYS)}.")
    return list(journeys) or list(JOURNEYS)


def _play(home: Home, url: str, name: str, view: View, *, seeded: bool) -> list[Verdict]:
    """People come before the first journey; those that follow find what it left."""
    asyncio.run(prepare(home.issuer_key, url, name))
    if not seeded:
        with view.seeding() as tell:
            fill_home(home, tell)
    return _perform(home.issuer_key, url, name, view, Crew(home))


def _perform(key: Path, url: str, name: str, view: View, crew: Crew | None = None) -> list[Verdict]:
    journey, judge = JOURNEYS[name], Judge(name, view.verdict)

    async def on_stage() -> None:
        async with stage_at(key, url, judge, journey.project, crew) as stage:
            await journey.play(stage, view.scene)

    asyncio.run(on_stage())
    return judge.verdicts


async def prepare(key: Path, url: str, name: str) -> None:
    """Set the business clock to the day on which the journey's people come."""
    journey = JOURNEYS[name]
    async with stage_at(key, url, Judge(name), journey.project) as stage:
        await stage.clock(journey.seeded_at)


@asynccontextmanager
async def stage_at(key: Path, url: str, judge: Judge, project: str, crew: Crew | None = None) -> AsyncIterator[Stage]:
    """The platform that runs there, as a journey knows it: an address, and tokens signed with its issuer's key."""

    def token(subject: str, project: str, operator: bool) -> str:
        return devtoken.issue(key, subject, project=project, operator=operator)

    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, limits=limits) as http:
        yield Stage(http=http, issue=token, judge=judge, project=project, crew=crew)


def _fresh_home() -> Home:
    """A folder beside the one of `make up`, empty: a journey is played from its beginning."""
    usual = Home.of_environment().folder
    home = Home(usual.with_name(f"{usual.name}-demo"))
    run = home.run
    if run is not None and run.alive():
        raise HomeError(f"A demo runs on {home.folder} already (process {run.pid}, {run.url}). Stop it first.")
    shutil.rmtree(home.folder, ignore_errors=True)
    return home


def _port() -> int:
    """The usual one, unless the platform of `make up` or someone else has it."""
    port = int(os.environ.get("COMMONS_PORT") or DEFAULT_PORT)
    return port if port_is_free(port) else 0


def _tokens(home: Home) -> Mapping[str, str]:
    who = [f"{role}@{j1.JOURNEY.project}" for role in (*Role, OPERATOR)]
    return {one: issue(home.issuer_key, one) for one in who}


def _serve(home: Home) -> None:
    """Until Ctrl-C, or until the platform ends by itself."""
    with built_beside(), suppress(KeyboardInterrupt):
        while (run := home.run) is not None and run.alive():
            time.sleep(1)
