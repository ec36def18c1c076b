"""Real servers for tests: start one in a folder, or share one pair among all workers of a pytest run.

Installed, it is a pytest plugin with the session fixtures `postgres_dsn` and `nats_url`. The pair is started by the
first test that asks for it and ends with the run, however the run ends.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from commons_onebox.broker import NatsServer
from commons_onebox.postgres import PostgresServer
from commons_onebox.server import Server, free_port, tail, wait_until

S = TypeVar("S", bound=Server)

PASSWORD = "test"  # noqa: S105  of servers that live as long as a test
ATTEMPTS = 3
PATIENCE = 30.0


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that was started here; `stop` ends it in order, `kill` at once."""

    process: subprocess.Popen[bytes]
    server: Server

    def stop(self) -> None:
        self.process.send_signal(self.server.stop_signal)
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)


@dataclass(frozen=True, kw_only=True)
class Postgres(Running):
    admin_dsn: str

    def dsn(self, role: str, password: str, database: str) -> str:
        """The address of one of its databases as one of its roles."""
        return f"postgresql://{role}:{password}@{self.admin_dsn.rpartition('@')[2].partition('/')[0]}/{database}"


@dataclass(frozen=True, kw_only=True)
class Nats(Running):
    url: str
    monitor_url: str


@dataclass(frozen=True)
class Pair:
    """Where the shared servers of this pytest run listen."""

    admin_dsn: str
    nats_url: str


def start_postgres(folder: Path, *, durable: bool = False) -> Postgres:
    """Start a PostgreSQL with its data below `folder`; it ends with this process. Not durable unless asked."""
    process, server = _start(
        lambda: PostgresServer(folder=folder / "postgres", port=free_port(), password=PASSWORD, durable=durable),
        folder / "postgres.log",
    )
    return Postgres(process=process, server=server, admin_dsn=server.admin_dsn)


def start_nats(folder: Path, *, durable: bool = False) -> Nats:
    """Start a NATS with its streams below `folder`; it ends with this process. Not durable unless asked."""
    process, server = _start(
        lambda: NatsServer(folder=folder / "nats", port=free_port(), monitor_port=free_port(), durable=durable),
        folder / "nats.log",
    )
    return Nats(process=process, server=server, url=server.url, monitor_url=server.monitor_url)


def _start(server_on_free_port: Callable[[], S], log: Path) -> tuple[subprocess.Popen[bytes], S]:
    """Start it and wait until it answers; a port that someone took meanwhile is worth another attempt."""
    for _ in range(ATTEMPTS):
        server = server_on_free_port()
        server.prepare()
        with log.open("ab") as out:
            process = subprocess.Popen(server.command(), stdout=out, stderr=out, start_new_session=True)
        if _answers(server, process):
            return process, server
        process.kill()
        process.wait()
    message = f"{log.stem} did not start:\n{tail(log)}"
    raise RuntimeError(message)


def _answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    wait_until(lambda: process.poll() is not None or server.ready(process.pid), PATIENCE)
    return process.poll() is None and server.ready(process.pid)


def shared_servers() -> Pair:
    """The pair of servers of this pytest run, started if this is the first worker that asks."""
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    folder = Path(tempfile.gettempdir()) / f"commons-test-{owner}-{_started(owner)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = folder / "pair.json"
        if not found.exists():
            found.write_text(_start_keeper(owner, folder))
        return Pair(**json.loads(found.read_text()))


def _started(pid: int) -> str:
    """When the process started, in ticks since boot: with it, a pid that is used again is not mistaken."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def _start_keeper(owner: int, folder: Path) -> str:
    """A process of its own keeps the servers, because no worker knows which of them ends last."""
    command = [sys.executable, "-m", "commons_onebox.keeper", str(owner), str(folder)]
    with (folder / "keeper.log").open("wb") as log:
        keeper = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    line = keeper.stdout.readline().decode() if keeper.stdout else ""
    if not line:
        message = f"the shared servers did not start:\n{tail(folder / 'keeper.log')}"
        raise RuntimeError(message)
    _keepers.append(keeper)
    return line


# A reference for each, because Popen warns when a process is forgotten while it runs.
_keepers: list[subprocess.Popen[bytes]] = []


@pytest.fixture(scope="session")
def postgres_dsn() -> str:
    """The administrator's address of a PostgreSQL that all workers share: make databases of your own in it."""
    return shared_servers().admin_dsn


@pytest.fixture(scope="session")
def nats_url() -> str:
    """The address of a NATS that all workers share: use streams and subjects of your own in it."""
    return shared_servers().nats_url
