"""P11 and the page that is asked for most: the whole platform, in processes of its own, at rest and with mentees who look."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from commons_chassis.ask import Asker
from commons_contracts.codes import Role
from commons_gateway import devtoken
from commons_onebox import procs
from commons_onebox.environment import of_gateway
from commons_onebox.home import GATEWAY, Home
from commons_onebox.house import running
from commons_onebox.seed import fill
from commons_onebox.seed.plan import PLANS
from commons_onebox.server import free_port, wait_until
from commons_onebox.tokens import subject
from commons_onebox.web import answers

from .load import Line, Load
from .others import ticks_of

pytestmark = pytest.mark.bench
PROJECT, CROWD, TOWNS = "westem", {Role.MENTOR: 200, Role.MENTEE: 20}, 30_000
CONNECTIONS, SECONDS, SLICES, PAGE = 16, 2.0, 2, 20
REST, MEGABYTE, MILLISECONDS = 4.0, 1_000_000, 1000
ROUND = "query ($slug: String!) { project(slug: $slug) { rounds { id } } }"
CURSORS = """query ($round: ID!, $after: String) { node(id: $round) { ... on Round { mentors(first: 100, after: $after) {
  totalCount edges { cursor node { distanceKm introduction { published } } } } } } }"""
MENTORS = """query ($round: ID!, $after: String) { node(id: $round) { ... on Round { mentors(first: 20, after: $after) {
  totalCount pageInfo { endCursor hasNextPage } edges { cursor node {
    person { id displayName } freePlaces lastActiveBand distanceKm fit { points parts { criterion points most } }
    introduction { text published } description { fields country languages { language level } } } } } } } }"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """(the run, its home), fresh and empty."""
    folder = tmp_path_factory.mktemp("platform")
    with running(folder, environment={"COMMONS_ENV": "dev"}) as run:
        yield run, Home(folder)


@pytest.fixture(scope="module")
async def seeded(house):
    """With enough mentors for many different pages; (the run, a mentee's token)"""
    run, home = house
    asker = Asker(home.broker.url, name="seed", seed=home.seed("gateway"))
    await asker.start()
    plans = [replace(plan, crowds=CROWD if plan.slug == PROJECT else {}) for plan in PLANS]
    await fill(asker, lambda _what, _count: None, plans=plans, inhabitants=TOWNS)
    await asker.stop()
    return run, devtoken.issue(home.issuer_key, subject(Role.MENTEE, PROJECT), project=PROJECT)


def _memory(run):
    """Of the whole platform, in MB, once it rests."""
    time.sleep(REST)
    return procs.pss(procs.tree(run.pid)) / MEGABYTE


def _resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_an_idle_platform_is_small(house, report):
    run, _ = house
    report.says("memory_platform", [_memory(run)])
    gateway = run.processes[GATEWAY]
    report.says("memory_gateway", [procs.pss([gateway]) / MEGABYTE])
    report.says("memory_gateway_alone", [_resident(gateway) / MEGABYTE])
    assert not report.broken("memory_platform", "memory_gateway")


async def test_many_mentees_page_through_mentors(seeded, report, rounds):
    run, token = seeded
    pids = {"page_processor": procs.tree(run.pid), "page_processor_gateway": [run.processes[GATEWAY]]}
    found = {name: [] for name in ("page_rate", "page_p50", "page_p95", *pids)}
    async with Load.of(run.url, token, CONNECTIONS) as load:
        pages = await _pages(load.lines[0])
        await load.run(MENTORS, pages, seconds=SECONDS)
        for _ in range(rounds):
            before, began = {name: _processor(those) for name, those in pids.items()}, time.perf_counter()
            late = sorted((await load.run(MENTORS, pages, seconds=SECONDS)).milliseconds)
            found["page_rate"].append(len(late) / (time.perf_counter() - began))
            found["page_p50"].append(statistics.median(late))
            found["page_p95"].append(late[len(late) * 95 // 100])
            for name, those in pids.items():
                found[name].append((_processor(those) - before[name]) / len(late) * MILLISECONDS)
    for name, values in found.items():
        report.says(name, values)
    report.says("memory_platform_seeded", [_memory(run)])


@pytest.fixture(scope="module")
def without_plans(house):
    """(the address, the process) of a second gateway on the same platform, which keeps no documents and makes no plans."""
    _, home = house
    url = f"http://127.0.0.1:{free_port()}"
    told = of_gateway(home, url) | {"COMMONS_PLANS": "false", "COMMONS_HEALTH_PORT": str(free_port())}
    gateway = subprocess.Popen([sys.executable, "-m", "commons_gateway"], env={**os.environ, **told})
    assert wait_until(lambda: answers(f"{url}/graphql", b'{"query": "{ __typename }"}'), 30.0)
    yield url, gateway.pid
    gateway.terminate()
    gateway.wait()


async def test_plans_take_a_fraction_of_the_processor(seeded, without_plans, report, rounds):
    """The same pages through two gateways in turn: all that the platform took for them, the other gateway left out."""
    run, token = seeded
    url, pid = without_plans
    rest = [one for one in procs.tree(run.pid) if one != run.processes[GATEWAY]]
    ratios = []
    async with Load.of(run.url, token, CONNECTIONS) as planned, Load.of(url, token, CONNECTIONS) as plain:
        pages = await _pages(planned.lines[0])
        for _ in range(1 + rounds * SLICES):
            took = []
            for load, gateway in ((planned, run.processes[GATEWAY]), (plain, pid)):
                before = _processor([*rest, gateway])
                count = len((await load.run(MENTORS, pages, seconds=SECONDS / SLICES)).milliseconds)
                took.append((_processor([*rest, gateway]) - before) / count)
            ratios.append(took[1] / took[0])
    report.says("plans", ratios[1:])
    assert not report.broken("plans")


async def _pages(line: Line):
    """Full pages that begin behind a mentor drawn by lot, so that neighbours differ."""
    rounds = (await line.shown(ROUND, slug=PROJECT))["project"]["rounds"]
    edges, after, total = [], None, 1
    while len(edges) < total:
        shown = (await line.shown(CURSORS, round=rounds[0]["id"], after=after))["node"]["mentors"]
        total, after = shown["totalCount"], shown["edges"][-1]["cursor"]
        edges += shown["edges"]
    assert total >= CROWD[Role.MENTOR] // 2
    assert all(edge["node"]["distanceKm"] is not None for edge in edges)
    assert all(edge["node"]["introduction"]["published"] for edge in edges)
    starts, lot = [edge["cursor"] for edge in edges[:-PAGE]], random.Random(1)
    return ({"round": rounds[0]["id"], "after": lot.choice(starts)} for _ in itertools.count())


def _processor(pids):
    """Seconds; PostgreSQL's processes for connections may end meanwhile."""
    return ticks_of(pids) / os.sysconf("SC_CLK_TCK")
