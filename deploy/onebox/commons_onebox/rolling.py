"""Every process of ours gives way to a fresh one, one after the other, while the platform goes on serving."""

import mmap
import os
import time
from collections.abc import Callable, Iterable

from commons_onebox.home import GATEWAY, SERVICES, Home, HomeError, Run
from commons_onebox.supervisor import ROLL, Child, Say, Supervisor, TaskFailed

PATIENCE = 60.0
PAUSE = 0.05
ROLLED = (*SERVICES, GATEWAY)
"""In this order. The servers are not ours: PostgreSQL and NATS stay as they are."""


class Sign:
    """By it a forked process tells its parent that it works: a page of memory that both have."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, 1)

    def give(self) -> None:
        self._page[0] = 1

    def given(self) -> bool:
        return bool(self._page[0])


Fresh = Callable[[str, Sign], Child]
"""The process of this name as it would be started now; it gives the sign once it works."""


def rolled(names: Iterable[str]) -> list[str]:
    """Those of these processes that are ours, in the order in which they are replaced."""
    return sorted(
        (name for name in names if service_of(name) in ROLLED), key=lambda name: ROLLED.index(service_of(name))
    )


def service_of(name: str) -> str:
    """Whose process this is: the first is called as its service is, the others `matching-2` and so on."""
    return name.partition("-")[0]


def roll(supervisor: Supervisor, fresh: Fresh) -> str:
    """Replace them all; what went wrong, as a sentence, or nothing. Where one does not come up, the rest stays as it was."""
    for name in rolled(supervisor.names):
        sign = Sign()
        try:
            supervisor.replace(name, fresh(name, sign), sign.given, PATIENCE)
        except TaskFailed as failed:
            return str(failed)
    return ""


def ask(home: Home, run: Run, say: Say) -> None:
    """Have the platform that runs do it, and tell of each step until it is done. Raises HomeError, or TaskFailed."""
    if not run.ready or run.rolling:
        raise HomeError(
            f"The platform on {home.folder} {'changes already' if run.rolling else 'still starts'}. Ask later."
        )
    os.kill(run.pid, ROLL)
    now, began = run, time.monotonic()
    while now.rolls == run.rolls:
        time.sleep(PAUSE)
        before, seen = now, home.run
        if seen is None or not seen.alive():
            raise HomeError(f"The platform on {home.folder} was stopped meanwhile.")
        now = seen
        for name in rolled(now.processes):
            if before.processes.get(name) != now.processes.get(name) and name in now.processes:
                say(f"{name}: process {now.processes[name]} in place of {before.processes.get(name, 'none')}")
    if now.trouble:
        raise TaskFailed(f"Not all were replaced; the others run as before. {now.trouble}")
    say(f"All {len(rolled(now.processes))} were replaced in {time.monotonic() - began:.1f} s.")
