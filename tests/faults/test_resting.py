"""One service rests: the others answer, its part is missing and says so soon, and afterwards everything catches up."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib import import_module

import pytest

from commons_chassis.ask import Asker
from commons_contracts.base import Actor
from commons_contracts.codes import Style
from commons_contracts.ids import ProjectId, project_of
from commons_contracts.matching import AcceptConnection, RequestConnection
from commons_onebox.demo import stage_at
from commons_onebox.demo.judge import Judge
from commons_onebox.home import SERVICES
from commons_onebox.house import running

from .clients import pairs
from .ground import WESTEM, Ground, house
from .truths import broken

pytestmark = pytest.mark.faults

SAYS_SO_SECONDS = 3.0
PAGE = """{ project(slug: "westem") { rounds { mentors(first: 5) { totalCount nodes {
  freePlaces fit { points } lastActiveBand } } } } }"""


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    with house(tmp_path_factory.mktemp("resting"), mentors=60, mentees=40) as ground:
        yield ground


@contextmanager
def resting(ground: Ground, name: str):
    """Stopped in the middle of whatever it does, as a process that hangs."""
    pid = ground.pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def _page(ground):
    async with stage_at(ground.home.issuer_key, ground.home.run.url, Judge("resting"), WESTEM.slug) as stage:
        mentee = stage.player(f"mentee@{WESTEM.slug}")
        headers = {"Authorization": f"Bearer {mentee.token}", "Commons-Project": mentee.project}
        began = time.monotonic()  # one request: a player would ask again while the answer is only a part
        answer = (await stage.http.post("/graphql", json={"query": PAGE}, headers=headers)).json()
        return answer, time.monotonic() - began


async def _matched(ground, pair):
    asker = Asker(ground.url, name="pair", seed=ground.home.seed("gateway"))
    await asker.start()
    project = ProjectId(project_of(WESTEM.slug))
    round = ground.one("matching", "select id from rounds limit 1")
    ask = RequestConnection(round=round, mentor=pair.mentor, style=Style.TRADITIONAL)
    asked = await asker.ask(ask, Actor(person=pair.mentee, project=project))
    await asker.ask(AcceptConnection(connection=asked.id), Actor(person=pair.mentor, project=project))
    await asker.stop()


async def _calm(ground):
    asker = Asker(ground.url, name="calm", seed=ground.home.seed("gateway"))
    await asker.start()
    assert await asker.operations.settle(seconds=40)
    await asker.stop()


def test_a_resting_service_leaves_only_its_part_empty(ground):
    whole, _ = asyncio.run(_page(ground))
    with resting(ground, "profiles"):
        parted, seconds = asyncio.run(_page(ground))
    mentors = parted["data"]["project"]["rounds"][0]["mentors"]
    assert whole.get("errors") is None
    assert mentors["totalCount"] == whole["data"]["project"]["rounds"][0]["mentors"]["totalCount"] > 0
    assert all(m["freePlaces"] and m["lastActiveBand"] is None for m in mentors["nodes"])
    assert {error["extensions"]["code"] for error in parted["errors"]} == {"UNAVAILABLE"}
    assert seconds < SAYS_SO_SECONDS


def test_what_it_missed_it_catches_up_with(ground):
    first = pairs(ground)[0]
    with resting(ground, "community"):
        asyncio.run(_matched(ground, first))
        assert ground.one("community", "select count(*) from channels") == 0
    asyncio.run(_calm(ground))
    assert ground.one("community", "select count(*) from channels") == 1
    assert broken(ground) == []


def _copies(ground):
    """Every row of every read model, as one fingerprint a table."""
    found = {}
    for name in SERVICES:
        for table in import_module(f"commons_{name}.app").service.metadata.tables.values():
            if table.info["copy_of"] not in {None, name}:
                row = "(to_jsonb(t) - 'changed')::text"  # which transaction wrote it is no part of what was copied
                digest = f"select count(*), md5(string_agg({row}, '|' order by {row})) from {table.name} t"
                found[f"{name}.{table.name}"] = ground.sql(name, digest)[0]
    return found


def test_a_replay_into_an_empty_stream_and_empty_copies_gives_the_same_tables(tmp_path):
    folder = tmp_path / "home"
    with house(folder, mentors=40, mentees=20) as ground:
        asyncio.run(_matched(ground, pairs(ground)[0]))
        asyncio.run(_calm(ground))
        before = _copies(ground)
    replay = [sys.executable, "-m", "commons_onebox", "replay"]
    subprocess.run(replay, env={**os.environ, "COMMONS_HOME": str(folder.resolve()), "COMMONS_ENV": "dev"}, check=True)
    with running(folder, environment={"COMMONS_ENV": "dev"}):
        asyncio.run(_calm(ground))
        assert _copies(ground) == before
        assert broken(ground) == []
    assert sum(count for count, _ in before.values()) > 100
