"""More processes of a service, and fewer again, while the platform serves: they share requests, facts and jobs by themselves."""

import json
import os
import time

from commons_onebox.home import SERVICES, Home, HomeError, Run
from commons_onebox.keys import keep
from commons_onebox.rolling import PATIENCE, PAUSE, Fresh, Sign, service_of
from commons_onebox.supervisor import SCALE, Say, Supervisor, TaskFailed

MOST = 16


def beside(service: str, count: int) -> list[str]:
    """All of so many processes of a service but the first."""
    return [f"{service}-{n}" for n in range(2, count + 1)]


def scale(supervisor: Supervisor, home: Home, fresh: Fresh) -> str:
    """As many processes as are wanted; what went wrong, as a sentence, or nothing. Who goes finishes what it has in hand."""
    wanted = [name for service, count in _wanted(home).items() for name in beside(service, count)]
    try:
        for name in wanted:
            if name not in supervisor.names:
                _come(supervisor, name, fresh)
    except TaskFailed as failed:
        return str(failed)
    for name in supervisor.names:
        if service_of(name) != name and service_of(name) in SERVICES and name not in wanted:
            supervisor.dismiss(name)
    return ""


def _come(supervisor: Supervisor, name: str, fresh: Fresh) -> None:
    sign = Sign()
    supervisor.start(fresh(name, sign))
    try:
        supervisor.until(sign.given, PATIENCE, name)
    except TaskFailed:
        supervisor.dismiss(name)
        raise


def _wanted(home: Home) -> dict[str, int]:
    file = home.folder / "scale.json"
    found: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    return found


def forget(home: Home) -> None:
    """A platform starts with one process of each."""
    (home.folder / "scale.json").unlink(missing_ok=True)


def ask(home: Home, run: Run, service: str, count: int, say: Say) -> None:
    """Have the platform that runs do it, and tell of each who comes and goes. Raises HomeError, or TaskFailed."""
    if service not in SERVICES:
        raise HomeError(f"There is no service {service!r}; there are {', '.join(SERVICES)}.")
    if not 1 <= count <= MOST:
        raise HomeError(f"A service has from 1 to {MOST} processes on one machine, not {count}.")
    if not run.ready or run.rolling:
        raise HomeError(
            f"The platform on {home.folder} {'changes already' if run.rolling else 'still starts'}. Ask later."
        )
    keep(home.folder / "scale.json", json.dumps(_wanted(home) | {service: count}))
    os.kill(run.pid, SCALE)
    now = run
    while now.scales == run.scales:
        time.sleep(PAUSE)
        before, seen = now.processes, home.run
        if seen is None or not seen.alive():
            raise HomeError(f"The platform on {home.folder} was stopped meanwhile.")
        now = seen
        for name in sorted(now.processes.keys() - before.keys()):
            say(f"{name}: process {now.processes[name]}")
        for name in sorted(before.keys() - now.processes.keys()):
            say(f"{name}: process {before[name]} has left")
    if now.trouble:
        raise TaskFailed(now.trouble)
    running = sum(service_of(name) == service for name in now.processes)
    say(f"{service} has {running} process{'es' if running > 1 else ''} now.")
