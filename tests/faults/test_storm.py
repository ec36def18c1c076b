"""Commands from many clients while services, broker and PostgreSQL die: nothing lost, nothing twice, soon calm again."""

from __future__ import annotations

import asyncio
import json
import os
import time

import pytest

from commons_chassis.ask import Asker

from .clients import COMMANDS_A_MENTEE, DECLINERS, Clients
from .ground import house
from .killing import Killer
from .truths import broken

pytestmark = pytest.mark.faults

COMMANDS = int(os.environ.get("FAULT_COMMANDS", "10000"))
KILLS = int(os.environ.get("FAULT_KILLS", "15"))
AT_ONCE = 32
LONGEST_STALL_SECONDS = 6.0
CALM_SECONDS = 10.0


async def _storm(ground):
    clients, killer = Clients(ground, COMMANDS, AT_ONCE), Killer(ground, KILLS)
    began = time.monotonic()
    await asyncio.gather(clients.run(), killer.run(lambda: clients.figures.done, COMMANDS))
    worked = time.monotonic() - began
    asker = Asker(ground.url, name="calm", seed=ground.home.seed("gateway"))
    await asker.start()
    calm = time.monotonic()
    settled = await asker.operations.settle(seconds=CALM_SECONDS * 3)
    calmed = time.monotonic() - calm
    await asker.stop()
    return clients.figures, killer, worked, calmed, settled


def test_nothing_is_lost_and_nothing_happens_twice(tmp_path, capsys):
    mentees = -(-COMMANDS // COMMANDS_A_MENTEE) + 8
    with house(tmp_path / "home", mentors=mentees * 2 // 3 + DECLINERS, mentees=mentees) as ground:
        figures, killer, worked, calmed, settled = asyncio.run(_storm(ground))
        wrong = broken(ground)
        matches = ground.one("matching", "select count(*) from matches")
    with capsys.disabled():
        said = {
            "commands": figures.done,
            "tries": figures.tries,
            "stall at each kill": [f"{who} {figures.stall_at(at):.2f}" for who, at in killer.killed],
            "matches": matches,
            "seconds": round(worked, 1),
            "longest stall": round(figures.longest_stall, 2),
            "calm after": round(calmed, 2),
            "broken": wrong,
        }
        print(json.dumps(said, indent=1))
    assert wrong == []
    assert figures.done == COMMANDS
    assert matches == COMMANDS // COMMANDS_A_MENTEE
    assert len(killer.killed) == KILLS
    assert settled
    assert calmed <= CALM_SECONDS
    assert figures.longest_stall <= LONGEST_STALL_SECONDS
