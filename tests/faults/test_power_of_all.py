"""The power of the whole machine fails, several times, under a platform at work: the home comes back as it was left."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from contextlib import ExitStack, suppress
from signal import SIGKILL

import pytest

from commons_onebox import procs
from commons_onebox.house import running
from commons_onebox.server import wait_until

from .acts import calm
from .clients import COMMANDS_A_MENTEE, DECLINERS, Clients
from .disks import Disk, disk
from .ground import Ground, house
from .truths import broken

pytestmark = [pytest.mark.faults, pytest.mark.long]

COMMANDS, AT_ONCE, CUTS = 800, 8, 4
MEGABYTES = 900
CALM_SECONDS, LONGEST_SECONDS = 60.0, 240.0
DONE = """select split_part(subject, '.', 3), count(*) from event_log
  where subject like 'evt.matching.connection_%' group by 1"""
A_MENTEE = {"connection_requested": 2, "connection_declined": 1, "connection_accepted": 1}
"""What each brings about."""


def _power_fails(ground: Ground, of: Disk) -> None:
    """Nothing reaches the disk any more, and then nobody is there any more."""
    everyone = procs.tree(ground.pid("supervisor"))
    of.lose_power()
    for pid in everyone:
        with suppress(ProcessLookupError):
            os.kill(pid, SIGKILL)


def _played(ground: Ground, of: Disk, clients: Clients, again: ExitStack) -> list[float]:
    """How long it was from each return of the power to the next answer."""
    dark = []
    for nth in range(1, CUTS + 1):
        assert wait_until(lambda nth=nth: clients.figures.done >= COMMANDS * nth / (CUTS + 1), LONGEST_SECONDS)
        _power_fails(ground, of)
        of.come_back()
        began, done = time.monotonic(), clients.figures.done
        again.enter_context(running(ground.home.folder, environment={"COMMONS_ENV": "dev"}))
        assert wait_until(lambda done=done: clients.figures.done > done, LONGEST_SECONDS)
        dark.append(round(time.monotonic() - began, 1))
    return dark


def test_the_home_comes_back_as_it_was_left(tmp_path, capsys):
    tmp_path.chmod(0o755)
    mentees = COMMANDS // COMMANDS_A_MENTEE + 8
    with (
        disk(tmp_path / "home", MEGABYTES) as of,
        house(of.folder, mentors=mentees * 2 // 3 + DECLINERS, mentees=mentees) as ground,
        ExitStack() as again,
    ):
        clients = Clients(ground, COMMANDS, AT_ONCE)
        working = threading.Thread(target=lambda: asyncio.run(clients.run()), daemon=True)
        working.start()
        dark = _played(ground, of, clients, again)
        working.join(LONGEST_SECONDS)
        assert calm(ground, seconds=CALM_SECONDS)
        wrong, facts = broken(ground), dict(ground.sql("matching", DONE))
    with capsys.disabled():
        said = {"cuts": CUTS, "acknowledged": clients.figures.done, "answers after": dark, "facts": facts}
        print(f"\npower cut, the whole home: {json.dumps(said | {'broken': wrong})}")
    assert wrong == []
    assert clients.figures.done == COMMANDS
    assert facts == {kind: times * COMMANDS // COMMANDS_A_MENTEE for kind, times in A_MENTEE.items()}
