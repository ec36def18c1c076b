"""A process is stopped in the middle of something and wakes up later, when its time is over and its place may be taken."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from urllib.request import urlopen

import pytest

from commons_chassis.testing import eventually
from commons_onebox import procs
from commons_onebox.environment import of_service
from commons_onebox.home import SERVICES

from .acts import calm
from .clients import COMMANDS_A_MENTEE, DECLINERS, Clients
from .ground import Ground, house
from .knocking import ANSWER_SECONDS, PASSING, Knocker, knocking
from .truths import broken

pytestmark = pytest.mark.faults

SHORT_SECONDS = 8.0
"""Longer than the broker waits for an acknowledgement."""
LONG_SECONDS = float(os.environ.get("FAULT_STOP_SECONDS", "90"))
"""Longer than the watchdog has patience, and than the database with a transaction in which nothing happens."""
LEAD_TAKEN_SECONDS = 30.0
"""By then another process tells what is committed."""
COMMANDS, AT_ONCE = 80, 8
SECOND_AFTER_SECONDS, START_SECONDS = 1.0, 60.0
CALM_SECONDS = 15.0
LISTENERS = ("profiles", "mentoring", "community")
"""Who hears what comes of a match: woken, they are handed what another process has applied meanwhile."""
VICTIMS = (*SERVICES, "nats", "postgres")
long = pytest.mark.long
CASES = [("matching", SHORT_SECONDS), *(pytest.param(victim, LONG_SECONDS, marks=long) for victim in VICTIMS)]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Enough people for all who are stopped one after the other."""
    mentees = len(CASES) * COMMANDS // COMMANDS_A_MENTEE + 8
    mentors = mentees * 2 // 3 + DECLINERS
    with house(tmp_path_factory.mktemp("crowd"), mentors=mentors, mentees=mentees) as ground:
        yield ground


@contextmanager
def stopped(ground: Ground, name: str) -> Iterator[None]:
    """With all that it started: a server of PostgreSQL is many processes."""
    pids = procs.tree(ground.pid(name))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def second(ground: Ground, name: str) -> Iterator[None]:
    """Another process of a service; none of a server."""
    if name not in SERVICES:
        yield
        return
    told = {**os.environ, "COMMONS_ENV": "dev", **of_service(ground.home, name, ground.home.run.url)}
    told[f"COMMONS_{name.upper()}__HEALTH_PORT"] = "0"
    with (ground.home.folder / f"second-{name}.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "commons_chassis", name], env=told, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(30) == 0, f"the second process of {name} came to an end of its own"


async def _there(knocker: Knocker, name: str) -> bool:
    """Whether a process of the service answers, which the one that is stopped does not."""
    return name in await knocker.asker.operations.processes()


def _untold(ground: Ground, name: str) -> int:
    """What a service has committed and nobody has told for it."""
    return int(ground.one(name, "select count(*) from outbox")) if name in SERVICES else 0


def _repeats(ground: Ground, name: str) -> int:
    """How many facts the service's own process has heard and known already."""
    if name not in SERVICES:
        return 0
    with urlopen(f"http://127.0.0.1:{ground.home.ports[name]}/metrics") as page:
        lines = page.read().decode().splitlines()
    counted = [line for line in lines if line.startswith("commons_facts_heard_total") and 'outcome="repeated"' in line]
    return sum(int(float(line.rpartition(" ")[2])) for line in counted)


async def _stopped_meanwhile(ground: Ground, name: str, seconds: float, clients: Clients) -> dict[str, object]:
    """When a quarter of the work is done, for a while; who waits for an answer goes on asking."""
    working, figures = asyncio.create_task(clients.run()), clients.figures
    async with knocking(ground) as knocker, AsyncExitStack() as others:
        while figures.done < COMMANDS / 4:  # noqa: ASYNC110 - polled, so that nobody need tell
            await asyncio.sleep(0.01)
        with stopped(ground, name):
            done = figures.done
            await knocker.meanwhile(SECOND_AFTER_SECONDS)
            others.enter_context(second(ground, name))
            assert name not in SERVICES or await eventually(lambda: _there(knocker, name), seconds=START_SECONDS)
            await knocker.meanwhile(seconds - SECOND_AFTER_SECONDS)
            done, untold, woken = figures.done - done, _untold(ground, name), time.monotonic()
        async with asyncio.timeout(180):
            await asyncio.gather(working, knocker.answered())
    assert knocker.all_codes() <= PASSING
    return {
        "done while stopped": done,
        "untold when woken": untold,
        "told meanwhile": {kind: str(told) for kind, told in knocker.told.items()},
        "longest try": round(max(figures.longest_try, knocker.longest()), 1),
        "woken": woken,
    }


@pytest.mark.parametrize(("name", "seconds"), CASES)
def test_who_wakes_up_does_nothing_twice(crowd, name, seconds, capsys):
    before, known, clients = crowd.started, _repeats(crowd, name), Clients(crowd, COMMANDS, AT_ONCE)
    matches = crowd.one("matching", "select count(*) from matches")
    figures = asyncio.run(_stopped_meanwhile(crowd, name, seconds, clients))
    settled = calm(crowd)
    figures["calm after"] = round(time.monotonic() - figures.pop("woken"), 1)
    figures["repeats left alone"] = _repeats(crowd, name) - known
    after = crowd.started
    figures["started again"] = sorted(other for other in after if after[other] != before.get(other))
    matched, wrong = crowd.one("matching", "select count(*) from matches") - matches, broken(crowd)
    with capsys.disabled():
        print(f"\n{name} stopped for {seconds:.0f} s: {json.dumps(figures | {'broken': wrong}, indent=1)}")
    assert wrong == []
    assert settled
    assert (clients.figures.done, matched) == (COMMANDS, COMMANDS // COMMANDS_A_MENTEE)
    assert figures["untold when woken"] == 0 or seconds < LEAD_TAKEN_SECONDS
    assert figures["repeats left alone"] > 0 or name not in LISTENERS
    assert figures["longest try"] <= ANSWER_SECONDS
    assert figures["calm after"] <= CALM_SECONDS
