"""A network falls apart without a word: services here, broker and databases there, and nothing passes between them."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commons_onebox.home import SERVICES, Home

from .acts import calm
from .clients import COMMANDS_A_MENTEE, DECLINERS, Clients
from .ground import Ground, house
from .knocking import ANSWER_SECONDS, PASSING, knocking
from .spaces import Wire, inside, wire
from .truths import broken

pytestmark = [pytest.mark.faults, pytest.mark.long]

CUT_SECONDS = float(os.environ.get("FAULT_CUT_SECONDS", "30"))
COMMANDS, AT_ONCE = 600, 8
CONVERGED_SECONDS = 20.0
AT_WORK_SECONDS = 2.0
"""What a service has in hand when the wire is cut it may still finish."""
CASES = {
    "matching and the broker": (("matching",), ("nats",)),
    "matching and its database": (("matching",), ("postgres",)),
    "matching and both": (("matching",), ("nats", "postgres")),
    "all services and both": (SERVICES, ("nats", "postgres")),
}
TESTS = Path(__file__).parent.parent


@contextmanager
def apart(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[Wire, Ground]]:
    """A platform whose services `names` have a wire between them and the servers."""
    mentees = COMMANDS // COMMANDS_A_MENTEE + 8
    path = os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))
    with wire() as two, inside(two.here):
        home = Home(folder.resolve())
        home.prepare()
        two.join(here=_ports(home, "nats", "postgres"), there=_ports(home, *names))
        up, environment = ("faults.apart", two.there, *names), {"PYTHONPATH": path}
        mentors = mentees * 2 // 3 + DECLINERS
        with house(folder, mentors=mentors, mentees=mentees, environment=environment, up=up) as ground:
            yield two, ground


def _ports(home: Home, *names: str) -> list[int]:
    return [home.ports[name] for name in names]


async def _cut_meanwhile(two: Wire, ground: Ground, servers: tuple[str, ...], clients: Clients) -> dict[str, object]:
    """When most of the work is done nothing passes any more, for a while; who waits for an answer goes on asking."""
    working, figures = asyncio.create_task(clients.run()), clients.figures
    async with knocking(ground) as knocker:
        while figures.done < COMMANDS * 0.9:  # noqa: ASYNC110 - polled, so that nobody need tell
            await asyncio.sleep(0.05)
        with two.cut(_ports(ground.home, *servers)):
            await knocker.meanwhile(AT_WORK_SECONDS)
            done = figures.done
            await knocker.meanwhile(CUT_SECONDS - AT_WORK_SECONDS)
            done = figures.done - done
        healed = time.monotonic()
        async with asyncio.timeout(240):
            await asyncio.gather(working, knocker.answered())
    assert knocker.all_codes() <= PASSING
    waits = [began + waited - healed for began, waited in figures.waits if began + waited > healed]
    return {
        "done while cut": done,
        "told meanwhile": {kind: str(told) for kind, told in knocker.told.items()},
        "longest try": round(max(figures.longest_try, knocker.longest()), 1),
        "first answer after": round(min(waits, default=0.0), 1),
        "last answer after": round(max(waits, default=0.0), 1),
        "healed": healed,
    }


@pytest.mark.parametrize("case", CASES)
def test_what_falls_apart_comes_together(tmp_path, case, capsys):
    tmp_path.chmod(0o755)
    names, servers = CASES[case]
    with apart(tmp_path / "home", names) as (two, ground):
        before, clients = ground.started, Clients(ground, COMMANDS, AT_ONCE)
        figures = asyncio.run(_cut_meanwhile(two, ground, servers, clients))
        settled = calm(ground)
        figures |= {"calm after": round(time.monotonic() - figures.pop("healed"), 1), "commands": clients.figures.done}
        after = ground.started
        figures["started again"] = sorted(name for name in after if after[name] != before.get(name))
        wrong, matches = broken(ground), ground.one("matching", "select count(*) from matches")
    with capsys.disabled():
        print(f"\n{case} cut off for {CUT_SECONDS:.0f} s: {json.dumps(figures | {'broken': wrong}, indent=1)}")
    assert wrong == []
    assert settled
    assert (clients.figures.done, matches) == (COMMANDS, COMMANDS // COMMANDS_A_MENTEE)
    assert figures["done while cut"] == 0
    assert figures["longest try"] <= ANSWER_SECONDS
    assert figures["calm after"] <= CONVERGED_SECONDS
