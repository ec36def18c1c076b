"""One play for the whole run: whichever worker asks first plays it, and all the others read what was found."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from commons_chassis.ask import Asker
from commons_contracts.codes import Role
from commons_onebox.demo import j1, j2, prepare, stage_at
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

FEW = {"westem": {Role.MENTOR: 31, Role.MENTEE: 92}}
WORDS = ("Ebba Lindqvist", "programvara i Uppsala", "Jag funderar", "labberfarenhet")
"""From a name, an introduction, a request and the note of a no, as the people of J1 write them."""
AGREED = ("läser inga rapporter", "ringer inte på kvällen", "stannar mellan oss", "två praktikplatser")
"""From what two of J2 have agreed on."""
TOWNS = 30_000
"""Inhabitants of the smallest place that the tests load."""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What J1 came to: its verdicts, every copy beside its owner, and what was left undelivered."""
    return once(tmp_path_factory, "j1", _play)


@pytest.fixture(scope="session")
def played_j2(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The same of J2, on a platform of its own."""
    return once(tmp_path_factory, "j2", _play_j2)


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


def _play_j2(folder: Path) -> dict[str, object]:
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        asyncio.run(prepare(home.issuer_key, house.url, "J2"))
        asyncio.run(seed(home, only=j2.JOURNEY.project, crowds=FEW[j2.JOURNEY.project]))
        found = asyncio.run(_j2_with_eyes(home, house.url))
    return {**found, "words": {word: where(word, folder) for word in AGREED}}


async def _j2_with_eyes(home: Home, url: str) -> dict[str, object]:
    judge = Judge("J2")
    async with Eyes.on(home) as eyes, stage_at(home.issuer_key, url, judge, j2.JOURNEY.project) as stage:
        stage.witnesses.append(eyes.look)
        await j2.JOURNEY.play(stage)
        return {
            "verdicts": [verdict.as_json() for verdict in judge.verdicts],
            "copies": {copy.name: await compared(eyes, copy) for copy in copies()},
            "undelivered": {name: await undelivered(eyes, name) for name in SERVICES},
        }


def _play(folder: Path) -> dict[str, object]:
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        asyncio.run(prepare(home.issuer_key, house.url, "J1"))
        asyncio.run(seed(home))
        found = asyncio.run(_with_eyes(home, house.url))
        found["figures"] = _figures(home)
        found["said"] = asyncio.run(provoke(home, house.url, j1.JOURNEY.project))
        found["afterwards"] = _figures(home)
    found["traces"] = correlated(folder / "logs")
    return {**found, "words": {word: where(word, folder) for word in (*WORDS, CANARY)}}


def _figures(home: Home) -> dict[str, str]:
    """What each process tells who watches it, once all are ready."""
    found = {}
    for name in (*SERVICES, GATEWAY):
        page = f"http://127.0.0.1:{home.ports[name]}"
        assert wait_until(lambda page=page: answers(f"{page}/readyz"), 60, pause=0.1), name
        with urlopen(f"{page}/metrics", timeout=10) as answer:  # noqa: S310  our own
            found[name] = answer.read().decode()
    return found


def where(word: str, folder: Path) -> list[str]:
    """The parts of the home that hold it: databases, streams, logs, keys."""
    files = (file for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes())
    return sorted({file.relative_to(folder).parts[0] for file in files})


async def seed(home: Home, *, only: str = "", crowds: Mapping[Role, int] | None = None) -> None:
    """The four projects with few people, or one alone with the crowds that are said."""
    asker = Asker(home.broker.url, name="seed", seed=home.seed("gateway"))
    await asker.start()
    plans = [replace(plan, crowds=FEW.get(plan.slug, {}) if crowds is None else crowds) for plan in PLANS]
    wanted = [plan for plan in plans if not only or plan.slug == only]
    await fill(asker, lambda _what, _count: None, plans=wanted, inhabitants=TOWNS)
    await asker.stop()


async def _with_eyes(home: Home, url: str) -> dict[str, object]:
    judge = Judge("J1")
    async with Eyes.on(home) as eyes:
        async with stage_at(home.issuer_key, url, judge, j1.JOURNEY.project) as stage:
            stage.witnesses.append(eyes.look)
            await j1.JOURNEY.play(stage)
            unseen = await _what_goes_unseen(stage, eyes)
        return {
            "unseen": unseen,
            "verdicts": [verdict.as_json() for verdict in judge.verdicts],
            "copies": {copy.name: await compared(eyes, copy) for copy in copies()},
            "undelivered": {name: await undelivered(eyes, name) for name in SERVICES},
        }


async def _what_goes_unseen(stage: Stage, eyes: Eyes) -> list[str]:
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
    return [name for name, seen_it in seen.items() if not seen_it]


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
