"""One play for the whole run: whichever worker asks first plays it, and all the others read what was found."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from commons_chassis.ask import Asker
from commons_contracts.codes import Role
from commons_onebox.demo import JOURNEYS, prepare, stage_at
from commons_onebox.demo.crew import Crew
from commons_onebox.demo.judge import Judge, held
from commons_onebox.demo.stage import Stage
from commons_onebox.home import GATEWAY, SERVICES, Home
from commons_onebox.house import running
from commons_onebox.seed import fill
from commons_onebox.seed.plan import PLANS
from commons_onebox.server import wait_until
from commons_onebox.web import answers

from .canaries import CANARY, correlated, provoke
from .copies import copies
from .eyes import Eyes
from .rules import CROWDS

WORDS = ("Ebba Lindqvist", "programvara i Uppsala", "Jag funderar", "labberfarenhet")
"""From a name, an introduction, a request and the note of a no, as the people of J1 write them."""
More = Callable[[Stage, Eyes], Awaitable[Mapping[str, object]]]
TOWNS = 30_000
"""Inhabitants of the smallest place that the tests load."""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What J1 came to: its verdicts, every copy beside its owner, and what was left undelivered."""
    return once(tmp_path_factory, "j1", _play)


def once(factory: pytest.TempPathFactory, name: str, play: Callable[[Path], object]) -> dict[str, dict[str, object]]:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    base = factory.getbasetemp()
    folder = base.parent if run else base
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = folder / f"{name}.json"
        if not found.exists():
            found.write_text(json.dumps(play(folder / f"{name}-home"), default=str))
        return json.loads(found.read_text())


def _play(folder: Path) -> dict[str, object]:
    project = JOURNEYS["J1"].project
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        opened(home, house.url, "J1")
        asyncio.run(seed(home, crowds={project: CROWDS[project]}))
        found = asyncio.run(came_to(home, house.url, "J1", _what_goes_unseen))
        found["figures"] = _figures(home)
        found["said"] = asyncio.run(provoke(home, house.url, project))
        found["afterwards"] = _figures(home)
    found["traces"] = correlated(folder / "logs")
    return {**found, "words": where((*WORDS, CANARY), folder)}


def _figures(home: Home) -> dict[str, str]:
    """What each process tells who watches it, once all are ready."""
    found = {}
    for name in (*SERVICES, GATEWAY):
        page = f"http://127.0.0.1:{home.ports[name]}"
        assert wait_until(lambda page=page: answers(f"{page}/readyz"), 60, pause=0.1), name
        with urlopen(f"{page}/metrics", timeout=10) as answer:  # noqa: S310  our own
            found[name] = answer.read().decode()
    return found


def where(words: Sequence[str], folder: Path) -> dict[str, list[str]]:
    """Of each word, the parts of the home that hold it: databases, streams, logs, keys."""
    found: dict[str, set[str]] = {word: set() for word in words}
    for file in (file for file in folder.rglob("*") if file.is_file()):
        held = file.read_bytes()
        for word in words:
            if word.encode() in held:
                found[word].add(file.relative_to(folder).parts[0])
    return {word: sorted(places) for word, places in found.items()}


async def seed(home: Home, *, only: str = "", crowds: Mapping[str, Mapping[Role, int]]) -> None:
    """The four projects, or one alone, with these crowds and no other."""
    asker = Asker(home.broker.url, name="seed", seed=home.seed("gateway"))
    await asker.start()
    plans = [replace(plan, crowds=crowds.get(plan.slug, {})) for plan in PLANS]
    wanted = [plan for plan in plans if not only or plan.slug == only]
    await fill(asker, lambda _what, _count: None, plans=wanted, inhabitants=TOWNS)
    await asker.stop()


def opened(home: Home, url: str, name: str) -> None:
    """The clock stands where a journey's people come."""
    asyncio.run(prepare(home.issuer_key, url, name))


async def came_to(home: Home, url: str, name: str, more: More | None = None) -> dict[str, object]:
    """What a journey came to: its verdicts, every copy beside its owner, and what was left undelivered. `more` looks on."""
    judge, journey = Judge(name), JOURNEYS[name]
    async with Eyes.on(home) as eyes:
        async with stage_at(home.issuer_key, url, judge, journey.project, Crew(home)) as stage:
            stage.witnesses.append(eyes.look)
            await journey.play(stage)
            found = await more(stage, eyes) if more else {}
        return {
            **found,
            "verdicts": [verdict.as_json() for verdict in judge.verdicts],
            "copies": {copy.name: await compared(eyes, copy) for copy in copies()},
            "undelivered": {name: await undelivered(eyes, name) for name in SERVICES},
        }


async def _what_goes_unseen(stage: Stage, eyes: Eyes) -> dict[str, list[str]]:
    """The judge and the eyes are tried themselves: a change that is made must not pass for one that was refused."""
    stage.judge = Judge("control")
    ebba = stage.player("ebba")
    await stage.refuses("control", "SELF_REQUEST", ebba, "describeProfile", {"fields": ["0511"]}, why="allowed")
    stage.witnesses.clear()
    before = await eyes.look()
    await ebba.does("tickReadiness", item="MANUAL_READ")
    await stage.quiet()
    after = await eyes.look()
    seen = {"judge": not held(stage.judge.verdicts), "profiles": before["profiles"] != after["profiles"]}
    return {"unseen": [name for name, seen_it in seen.items() if not seen_it]}


async def compared(eyes: Eyes, copy) -> dict[str, object]:
    theirs, owners = await eyes.rows(copy.service, copy.theirs), await eyes.rows(copy.owner, copy.owners)
    return {
        "rows": len(owners),
        "missing": sorted(map(str, owners - theirs)),
        "surplus": sorted(map(str, theirs - owners)),
    }


async def undelivered(eyes: Eyes, service: str) -> int:
    tables = ("outbox", "parked", "dead_letters")
    return sum([len(await eyes.rows(service, f"select to_jsonb(t)::text from {name} t")) for name in tables])
