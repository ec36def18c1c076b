"""P10: every process of ours gives way to a fresh one while clients write, and no command fails by it."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest

from .acts import asking
from .busy import Busy, roll
from .clients import DECLINERS, pairs
from .ground import house
from .truths import broken

pytestmark = pytest.mark.faults

AT_ONCE, PAIRS, MENTEES = 16, 12, 400
BEFORE_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 6.0
CALM_SECONDS = 30.0
MATCHES = "select count(*) from matches"


async def _rolled(ground, pairs, rolls):
    """What became of the clients, and how long each roll took."""
    busy, seconds = Busy(ground, pairs, AT_ONCE), []
    async with busy.at_work():
        for _ in range(rolls):
            await asyncio.sleep(BEFORE_SECONDS)
            seconds.append(await roll(ground))
        await asyncio.sleep(BEFORE_SECONDS)
    async with asking(ground) as asker:
        assert await asker.operations.settle(seconds=CALM_SECONDS)
    return busy, seconds


def rolled(ground, pairs, rolls, capsys):
    before, met = dict(ground.home.run.processes), ground.one("matching", MATCHES)
    busy, seconds = asyncio.run(_rolled(ground, pairs, rolls))
    after, wrong = dict(ground.home.run.processes), broken(ground)
    matches = ground.one("matching", MATCHES) - met
    figures = busy.figures
    with capsys.disabled():
        said = {
            "commands": figures.commands,
            "failed": figures.failed,
            "asked again by the client": figures.again,
            "asked again below it": figures.repeats,
            "questions": figures.questions,
            "longest wait": round(figures.longest, 2),
            "seconds of each roll": [round(each, 1) for each in seconds],
            "matches": matches,
            "broken": wrong,
        }
        print(json.dumps(said, indent=1))
    assert figures.failed == []
    assert figures.again == []
    assert wrong == []
    assert matches == busy.matched > 0
    assert figures.longest < LONGEST_WAIT_SECONDS
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] == after[name]] == ["supervisor", "postgres", "nats"]


def test_no_command_fails_while_every_process_gives_way(lasting, unmatched, capsys):
    rolled(lasting, itertools.islice(unmatched, PAIRS), rolls=1, capsys=capsys)


@pytest.mark.long
def test_nor_in_many_rounds(tmp_path, capsys):
    with house(tmp_path / "home", mentors=MENTEES * 2 // 3 + DECLINERS, mentees=MENTEES) as ground:
        rolled(ground, iter(pairs(ground)), rolls=12, capsys=capsys)
