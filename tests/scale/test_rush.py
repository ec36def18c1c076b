"""J6.9: a match run of 800 mentors and 2,000 mentees while 50 requests a second go through the gateway. `make bench-rush`.

The short form, in `make faults`: fewer people, a few seconds a turn; everything else is as promised.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from dataclasses import asdict, dataclass

import pytest
from faults.ground import house

from .following import Runs
from .kept import keep
from .rush import Rush


@dataclass(frozen=True)
class Size:
    mentors: int
    mentees: int
    a_second: int
    seconds: float
    turns: int


WHOLE = Size(
    mentors=int(os.environ.get("RUSH_MENTORS", "800")),
    mentees=int(os.environ.get("RUSH_MENTEES", "2000")),
    a_second=int(os.environ.get("RUSH_RATE", "50")),
    seconds=float(os.environ.get("RUSH_SECONDS", "20")),
    turns=int(os.environ.get("RUSH_TURNS", "3")),
)
SHORT = Size(mentors=60, mentees=150, a_second=20, seconds=2.5, turns=3)
ROOM = 2.0
"""As many times what it takes without a run, requests may take at the 95th of a hundred."""
LOST = {
    "accepted, without a match": "select count(*) from connections c where state = 'ACCEPTED'"
    " and not exists (select from matches m where m.connection = c.id)",
    "over capacity": "select count(*) from places p where used > most or used <> (select count(*) from matches m"
    " where m.mentor = p.mentor and m.round = p.round and m.style = p.style and m.place_held)",
    "twice matched": "select count(*) from (select mentee from matches where over_at is null and style <> 'FLASH'"
    " group by round, mentee having count(*) > 1) t",
    "untold": "select count(*) from outbox",
    "dead": "select count(*) from dead_letters",
}


async def _measured(ground, size):
    async with Rush.of(ground.home, ground.home.run.url, mentors=size.mentors, mentees=size.mentees) as rush:
        await rush.meet()
        runs = Runs(ground.home, rush)
        await rush.run(size.a_second, min(5.0, size.seconds))  # everything has been asked once
        calm, busy, computed = [], [], []
        for _ in range(size.turns):
            await rush.run(size.a_second, size.seconds)
            calm.append(rush.p95)
            going = asyncio.create_task(runs.again_and_again())
            await rush.run(size.a_second, size.seconds)
            busy.append(rush.p95)
            computed += await runs.enough(going)
        await runs.settled(ground)
        return rush, calm, busy, computed


@pytest.mark.bench
def test_a_run_takes_nothing_from_those_who_ask(tmp_path_factory, capsys):
    keep("rush", _rushed(tmp_path_factory.mktemp("rush"), capsys, WHOLE))


@pytest.mark.faults
def test_a_small_run_takes_nothing_from_those_who_ask(tmp_path_factory, capsys):
    _rushed(tmp_path_factory.mktemp("rush"), capsys, SHORT)


def _rushed(folder, capsys, size):
    with house(folder, mentors=size.mentors, mentees=size.mentees) as ground:
        began = time.perf_counter()
        rush, calm, busy, computed = asyncio.run(_measured(ground, size))
        wrong = {name: ground.one("matching", sql) for name, sql in LOST.items()}
        told = ground.sql("matching", "select id::text, state from connections")
        known = dict(told)
        lost = [each for each in rush.ever if each not in known]
        undone = [each for each in rush.accepted if known.get(each) != "ACCEPTED"]
    every = set.intersection(*(set(turn) for turn in [*calm, *busy]))
    ratios = {kind: statistics.median(b[kind] / a[kind] for a, b in zip(calm, busy, strict=True)) for kind in every}
    found = {
        **asdict(size),
        "p95 without a run (ms)": _medians(calm), "p95 beside a run (ms)": _medians(busy), "times": _rounded(ratios),
        "runs": computed, "answers": dict(sorted(rush.told.items())), "wrong": wrong, "lost": len(lost),
        "undone": len(undone), "took": round(time.perf_counter() - began),
    }  # fmt: skip
    with capsys.disabled():
        print(json.dumps(found, indent=1))
    assert (lost, undone, sum(wrong.values()), rush.bare) == ([], [], 0, [])
    assert computed, "no run came to its end beside them"
    assert ratios["all"] <= ROOM
    return found


def _medians(turns):
    return _rounded({kind: statistics.median(turn[kind] for turn in turns if kind in turn) for kind in turns[0]})


def _rounded(values):
    return {kind: round(value, 2) for kind, value in values.items()}
