"""The servers of tests in containers, from the images that docker-compose.yml runs; for `commons_onebox.testing`."""

import atexit
import warnings
from collections.abc import Callable
from signal import Signals
from typing import Any

import psycopg
from docker.errors import APIError

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # testcontainers uses what it deprecates
    from testcontainers.community.nats import NatsContainer
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.container import DockerContainer

from commons_onebox.broker import NatsServer
from commons_onebox.postgres import ADMIN, FORGETFUL, PostgresServer
from commons_onebox.server import Server, wait_until

POSTGRES_IMAGE, NATS_IMAGE = "postgres:18", "nats:2.14-alpine"
POSTGRES_PORT = 5432
INITDB = "--auth=scram-sha-256 --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8"
PATIENCE = 60.0
ENDING = (Signals.SIGINT, Signals.SIGQUIT, Signals.SIGTERM)
HOST = "127.0.0.1"


class Box:
    """A container as a process: killed, it begins again with what it kept; ended in order, it is gone."""

    def __init__(self, container: DockerContainer, answers: Callable[[], bool]) -> None:
        self._container = container
        self._answers = answers
        self._made = False
        self._ending = False

    def begin(self) -> "Box":
        """Start it, the first time or after it was killed. Raises RuntimeError where it does not answer."""
        if self._made:
            started = wait_until(self._start, PATIENCE, pause=0.2)
            if not started:
                raise RuntimeError("the container could not be started again")
        else:
            self._make()
        if not wait_until(self._answers, PATIENCE, pause=0.05):
            out, err = self._container.get_logs()
            message = f"the container does not answer:\n{(out + err).decode(errors='replace')[-2000:]}"
            raise RuntimeError(message)
        return self

    def _make(self) -> None:
        self._made = True
        atexit.register(self._container.stop)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # testcontainers uses what it deprecates
            self._container.start()

    def _start(self) -> bool:
        """Its port may be in use for a moment longer than it."""
        try:
            self._box.start()
        except APIError:
            return False
        return True

    def send_signal(self, sig: int, /) -> None:
        self._ending = sig in ENDING
        # As a process does: who has ended already takes no offence.
        self._box.reload()
        if self._box.status == "running":
            self._box.kill(signal=Signals(sig).name)

    def kill(self) -> None:
        self.send_signal(Signals.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        found: dict[str, Any] = self._box.wait(timeout=timeout or PATIENCE)
        if self._ending:
            self._container.stop()
            atexit.unregister(self._container.stop)
        return int(found["StatusCode"])

    @property
    def _box(self) -> Any:
        return self._container.get_wrapped_container()


def box(server: Server) -> Box:
    """A container that serves where `server` would, with the same password or configuration."""
    if isinstance(server, PostgresServer):
        return _postgres(server)
    if isinstance(server, NatsServer):
        return _nats(server)
    raise TypeError(server.name)


def _postgres(server: PostgresServer) -> Box:
    settings = {} if server.durable else FORGETFUL
    container = PostgresContainer(POSTGRES_IMAGE, username=ADMIN, password=server.password, dbname=ADMIN, driver=None)
    container.with_env("POSTGRES_INITDB_ARGS", INITDB)
    _bind(container, POSTGRES_PORT, server.port)
    container.with_command(["postgres", *(f"-c{key}={value}" for key, value in settings.items())])

    def answers() -> bool:
        try:
            psycopg.connect(server.admin_dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    return Box(container, answers)


def _nats(server: NatsServer) -> Box:
    """Its streams are in the container; the configuration is the server's own."""
    server.prepare()
    container = NatsContainer(NATS_IMAGE, client_port=server.port, management_port=server.monitor_port)
    for port in (server.port, server.monitor_port):
        _bind(container, port, port)
    container.with_volume_mapping(server.folder, "/etc/nats/test")
    container.with_command(["nats-server", "-c", f"/etc/nats/test/{server.config.name}"])
    return Box(container, lambda: server.ready(0))


def _bind(container: DockerContainer, inside: int, outside: int) -> None:
    """On this machine alone; testcontainers itself would bind to every address."""
    ports: dict[str, Any] = container.ports
    ports[str(inside)] = (HOST, outside)
