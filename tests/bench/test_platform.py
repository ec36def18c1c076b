"""P2, P3, P6, P10, P11 and the page that is asked for most: the whole platform, in processes of its own, at rest and with
mentees who look.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from faults.busy import Busy, roll
from faults.clients import pairs
from faults.ground import Ground

from commons_chassis.ask import Asker
from commons_contracts.codes import Role
from commons_contracts.ids import project_of
from commons_gateway import devtoken
from commons_onebox import procs
from commons_onebox.environment import of_gateway
from commons_onebox.home import GATEWAY, SERVICES, Home
from commons_onebox.house import running
from commons_onebox.seed import fill
from commons_onebox.seed.plan import PLANS
from commons_onebox.server import free_port, wait_until
from commons_onebox.tokens import subject
from commons_onebox.web import answers

from .ends import End
from .load import Line, Load
from .others import ticks_of, without
from .peers.copying import database, monolith

pytestmark = pytest.mark.bench
PROJECT, CROWD, TOWNS = "westem", {Role.MENTOR: 200, Role.MENTEE: 20}, 30_000
CONNECTIONS, SECONDS, SLICES, WARMING, PAGE = 16, 2.0, 2, 0.2, 20
REST, MEGABYTE, MILLISECONDS = 4.0, 1_000_000, 1000
SAMPLES, ROLLS = 10, 2
SETTLED = 40.0
"""Longer than the server bears idle connections of the services (`deploy.OWN_PATIENCE`)."""
OF_SERVICES = b" commons_"
"""In the names of PostgreSQL's processes: they look for work also while nobody asks, which is no concern of the monolith."""
RATIOS = (
    ("plans", "without_plans", "ours"),
    ("naive", "naive", "ours"),
    ("naive_without_plans", "naive", "without_plans"),
    ("monolith", "monolith", "ours"),
)
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
    # As the server does by itself within a minute, and as is done for the peer's database.
    for service in SERVICES:
        with psycopg.connect(database(home.postgres.admin_dsn, f"commons_{service}"), autocommit=True) as c:
            c.execute("vacuum analyze")
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
    await asyncio.sleep(SETTLED)
    report.says("memory_platform_seeded", [_memory(run)])
    assert not report.broken("memory_platform_seeded")


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


@pytest.fixture(scope="module")
def peers(seeded, house):
    """What is compared, by name: (its address, what of the machine is counted for it)."""
    _, home = house
    run, _ = seeded
    key, project, seed = str(home.issuer_key), PROJECT, home.seed(GATEWAY)
    dsn = monolith(home.postgres.admin_dsn, project_of(PROJECT))
    ports = {name: free_port() for name in ("naive", "monolith")}
    with (
        End("naive", nats=home.broker.url, seed=seed, key=key, project=project, port=ports["naive"]) as naive,
        End("monolith", dsn=dsn, key=key, project=project, port=ports["monolith"]) as alone,
    ):
        for end in (naive, alone):
            end.does("processor_seconds")
        rest = [one for one in procs.tree(run.pid) if one != run.processes[GATEWAY]]
        yield {
            "naive": (f"http://127.0.0.1:{ports['naive']}", lambda: [*rest, naive.process.pid]),
            "monolith": (
                f"http://127.0.0.1:{ports['monolith']}",
                lambda: [*without(OF_SERVICES, procs.tree(run.processes[home.postgres.name])), alone.process.pid],
            ),
        }


async def test_the_same_pages_by_other_means_take_more_of_the_processor(seeded, without_plans, peers, report, rounds):
    """In turn: all that each took for a page, whoever is not asked left out."""
    run, token = seeded
    url, pid = without_plans
    rest = [one for one in procs.tree(run.pid) if one != run.processes[GATEWAY]]
    sides = {
        "ours": (run.url, lambda: [*rest, run.processes[GATEWAY]]),
        "without_plans": (url, lambda: [*rest, pid]),
        **peers,
    }
    found = {name: [] for name in sides}
    async with Line.to(run.url, token) as line:
        pages = await _pages(line)
    await _all_the_same({name: at for name, (at, _) in sides.items()}, token, pages)
    for _ in range(1 + rounds * SLICES):
        for name, (at, whom) in sides.items():
            async with Load.of(at, token, CONNECTIONS) as load:
                await load.run(MENTORS, pages, seconds=WARMING)  # its caches hold what served another until now
                before = _processor(whom())
                count = len((await load.run(MENTORS, pages, seconds=SECONDS / SLICES)).milliseconds)
                found[name].append((_processor(whom()) - before) / count * MILLISECONDS)
    turns = {name: values[1:] for name, values in found.items()}  # the first warmed everyone up
    for name, of, over in RATIOS:
        report.says(name, [one / other for one, other in zip(turns[of], turns[over], strict=True)])
    for name in peers:
        report.says(f"page_processor_{name}", turns[name])
    assert not report.broken(*(name for name, _, _ in RATIOS))


async def test_no_command_fails_while_every_process_is_restarted(seeded, house, report):
    """Last, because who is counted above is not there any more afterwards."""
    ground = Ground(house[1])
    busy, seconds = Busy(ground, iter(pairs(ground)), CONNECTIONS), []
    async with busy.at_work():
        for _ in range(ROLLS):
            await asyncio.sleep(1)
            seconds.append(await roll(ground))
    figures = busy.figures
    report.says("rolling_failed", [len(figures.failed) + len(figures.again)])
    report.says("rolling_commands", [sum(figures.commands.values())])
    report.says("rolling_repeats", [figures.repeats])
    report.says("rolling_longest", [figures.longest])
    report.says("rolling_seconds", seconds)
    assert not report.broken("rolling_failed"), [*figures.failed, *figures.again]


async def _all_the_same(addresses, token, pages):
    """The very same answers, of everyone, to the last cursor."""
    for variables in itertools.islice(pages, SAMPLES):
        answers = {}
        for name, at in addresses.items():
            async with Line.to(at, token) as line:
                answers[name] = await line.shown(MENTORS, **variables)
        assert [name for name, answer in answers.items() if answer != answers["ours"]] == []


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
