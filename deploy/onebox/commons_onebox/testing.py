"""Real servers for tests: start one in a folder, or share one pair among all workers of a pytest run.

Installed, it is a pytest plugin with the session fixtures `postgres_dsn` and `nats_url`. The pair is started by the
first test that asks for it and ends with the run, however the run ends. COMMONS_TEST_SERVERS=containers takes the images
of docker-compose.yml in place of the wheels.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

import pytest

from commons_onebox.broker import NatsServer
from commons_onebox.keys import new_seed
from commons_onebox.postgres import PostgresServer
from commons_onebox.server import Server, free_port, tail, wait_until
from commons_onebox.walls import authorization

if TYPE_CHECKING:  # this is loaded by every run of pytest
    from commons_onebox.subjects import User

S = TypeVar("S", bound=Server)

PASSWORD = "test"  # noqa: S105  of servers that live as long as a test
ATTEMPTS = 3
PATIENCE = 30.0


class NotStarted(Exception):
    """It ended, or did not answer in time; its log says why."""


class Process(Protocol):
    """What tests do to a server: a `subprocess.Popen`, or a container."""

    def send_signal(self, sig: int, /) -> None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that was started here; `stop` ends it in order, `kill` at once; `begin` is how it is started."""

    process: Process
    server: Server
    begin: Callable[[], Process]

    def stop(self) -> None:
        self.process.send_signal(self.server.stop_signal)
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def again(self) -> Self:
        """The same server with what it kept, in a new process, once it answers; after `kill`."""
        return replace(self, process=self.begin())


@dataclass(frozen=True, kw_only=True)
class Postgres(Running):
    admin_dsn: str

    def dsn(self, role: str, password: str, database: str) -> str:
        """The address of one of its databases as one of its roles."""
        return f"postgresql://{role}:{password}@{self.admin_dsn.rpartition('@')[2].partition('/')[0]}/{database}"


@dataclass(frozen=True, kw_only=True)
class Nats(Running):
    """Where it has walls, `seeds` has the private half of each user's key."""

    url: str
    monitor_url: str
    seeds: Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Where the shared servers of this pytest run listen."""

    admin_dsn: str
    nats_url: str


def start_postgres(folder: Path, *, durable: bool = False) -> Postgres:
    """Start a PostgreSQL with its data below `folder`; it ends with this process. Not durable unless asked."""
    begin, process, server = _start(
        lambda: PostgresServer(folder=folder / "postgres", port=free_port(), password=PASSWORD, durable=durable),
        folder / "postgres.log",
    )
    return Postgres(process=process, server=server, begin=begin, admin_dsn=server.admin_dsn)


def start_nats(folder: Path, *, durable: bool = False, users: "Sequence[User]" = ()) -> Nats:
    """Start a NATS with its streams below `folder`; it ends with this process. Not durable unless asked.

    Nobody but `users` may come in; where there are none, anybody may.
    """
    seeds = {user.name: new_seed() for user in users}
    walls = authorization(users, seeds) if users else ""
    begin, process, server = _start(
        lambda: NatsServer(
            folder=folder / "nats",
            port=free_port(),
            monitor_port=free_port(),
            durable=durable,
            host="0.0.0.0" if in_containers() else "127.0.0.1",  # noqa: S104  inside the container
            authorization=walls,
        ),
        folder / "nats.log",
    )
    return Nats(
        process=process, server=server, begin=begin, url=server.url, monitor_url=server.monitor_url, seeds=seeds
    )


def _start(server_on_free_port: Callable[[], S], log: Path) -> tuple[Callable[[], Process], Process, S]:
    """Start it and wait until it answers; a port that someone took meanwhile is worth another attempt."""
    for _ in range(ATTEMPTS):
        server = server_on_free_port()
        begin = _in_a_box(server) if in_containers() else partial(_in_a_process, server, log)
        with suppress(NotStarted):
            return begin, begin(), server
    message = f"{log.stem} did not start:\n{tail(log)}"
    raise RuntimeError(message)


def in_containers() -> bool:
    """Whether this run wants the servers of docker-compose.yml."""
    return os.environ.get("COMMONS_TEST_SERVERS") == "containers"


def _in_a_box(server: Server) -> Callable[[], Process]:
    # Here, because it needs what only a test of containers has installed.
    from commons_onebox.boxed import box

    return box(server).begin


def _in_a_process(server: Server, log: Path) -> subprocess.Popen[bytes]:
    server.prepare()
    with log.open("ab") as out:
        process = subprocess.Popen(server.command(), stdout=out, stderr=out, start_new_session=True)
    wait_until(lambda: process.poll() is not None or server.ready(process.pid), PATIENCE)
    if process.poll() is None and server.ready(process.pid):
        return process
    process.kill()
    process.wait()
    raise NotStarted


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
    says, said = os.pipe()
    with (folder / "keeper.log").open("wb") as log, open(says) as answer:  # noqa: PTH123  a pipe has no path
        # Not a Popen, which warns at the end of this process that the other one still runs: it should.
        streams = [(os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)]
        os.posix_spawn(command[0], command, os.environ, file_actions=streams, setsid=True)
        os.close(said)
        line = answer.readline()
    if not line:
        message = f"the shared servers did not start:\n{tail(folder / 'keeper.log')}"
        raise RuntimeError(message)
    return line


@pytest.fixture(scope="session")
def postgres_dsn() -> str:
    """The administrator's address of a PostgreSQL that all workers share: make databases of your own in it."""
    return shared_servers().admin_dsn


@pytest.fixture(scope="session")
def nats_url() -> str:
    """The address of a NATS that all workers share: use streams and subjects of your own in it."""
    return shared_servers().nats_url
