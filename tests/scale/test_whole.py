"""5,000 mentors and 20,000 mentees in one project, from the start of a run to its mentorships, in GraphQL. `make bench-round`."""

from __future__ import annotations

import asyncio
import json
import os
import time

import psycopg
import pytest
from faults.ground import house

from commons_chassis.testing import eventually
from commons_contracts.ids import project_of
from commons_onebox import scaling

from .crowd import fill
from .following import Runs
from .kept import keep
from .rush import PROJECT, Rush

pytestmark = pytest.mark.bench
MENTORS, MENTEES = int(os.environ.get("ROUND_MENTORS", "5000")), int(os.environ.get("ROUND_MENTEES", "20000"))
PROCESSES, SEED = int(os.environ.get("ROUND_PROCESSES", "2")), int(os.environ.get("ROUND_SEED", "1"))
HEARD_SECONDS = 600.0


async def _played(ground, took):
    async with Rush.of(ground.home, ground.home.run.url, mentors=1, mentees=1) as rush:
        runs, clock = Runs(ground.home, rush), time.perf_counter

        began = clock()
        found = await runs.ended(await runs.start(seed=SEED))
        assert found["state"] == "PROPOSED", found
        took["first run, hands cold"] = clock() - began

        began = clock()
        run = await runs.start(dry=False, seed=SEED)
        again = await runs.ended(run)
        took["run"] = clock() - began
        assert again["resultHash"] == found["resultHash"]

        began = clock()
        proposals = await runs.pages(run)
        took["all proposals, in pages of 100"] = clock() - began
        assert len(proposals) == again["matched"]
        assert all(sum(part["contribution"] for part in each["explanation"]) == each["score"] for each in proposals)

        began = clock()
        published = await runs.publish(run)
        assert published == {"state": "PUBLISHED"}, published
        took["published"] = clock() - began

        assert await eventually(
            lambda: ground.one("matching", "select count(*) from outbox") == 0, seconds=HEARD_SECONDS
        )
        took["every match told"] = clock() - began
        return again


def test_a_round_of_twenty_five_thousand(tmp_path_factory, capsys):
    took = {}
    with house(tmp_path_factory.mktemp("round"), mentors=1, mentees=1) as ground:
        began = time.perf_counter()
        dsn = psycopg.conninfo.conninfo_to_dict(ground.home.postgres.admin_dsn) | {"dbname": "commons_matching"}
        project = project_of(PROJECT)
        round = ground.one("matching", f"select id from rounds where project = '{project}'")
        there = psycopg.conninfo.make_conninfo("", **dsn)
        fill(there, project, round, mentors=MENTORS, mentees=MENTEES, seed=SEED)
        took["people into the tables"] = time.perf_counter() - began
        scaling.ask(ground.home, ground.home.run, "matching", PROCESSES, print)
        found = asyncio.run(_played(ground, took))
        matches = ground.one("matching", "select count(*) from matches where over_at is null")
        over = ground.one("matching", "select count(*) from places where used > most")
    said = found | {"processes": PROCESSES, "seed": SEED} | {name: round_(each) for name, each in took.items()}
    with capsys.disabled():
        print(json.dumps(said, indent=1))
    keep("round", said)
    assert (matches, over) == (found["matched"], 0)


def round_(seconds):
    return f"{seconds:.1f} s"
