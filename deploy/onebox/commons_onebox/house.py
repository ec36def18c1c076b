"""The whole platform on one home: the order in which it starts, and the environment of each process."""

import errno
import gc
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from commons_onebox import procs
from commons_onebox.environment import of_gateway, of_service, settle
from commons_onebox.home import GATEWAY, SERVICES, Home, HomeError, Run
from commons_onebox.rolling import ROLLED, Sign, roll, service_of
from commons_onebox.scaling import forget, scale
from commons_onebox.server import SETPRIV, Server, tail, wait_until
from commons_onebox.supervisor import SCALE, Child, Say, Stopped, Supervisor, fork

HOST = "127.0.0.1"
SERVICES_FLOOR, GATEWAY_FLOOR = 1, 2
WAITING_REQUESTS = 1024
START_SECONDS = 120.0
LONGEST_STEP_SECONDS = 6 * 3600.0
PAGES_AS_THEY_ARE = "as-they-are"
"""COMMONS_PAGES of a platform that is played, tested or measured: it has the machine to itself."""

Step = tuple[str, Callable[[], None]]
"""What it is called, and what is done: in a process of its own, with a log of its own."""


class House:
    """One platform that runs while this process is in `run`."""

    def __init__(self, home: Home, port: int, say: Say) -> None:
        """`port` is the gateway's; 0 takes a free one."""
        self.home = home
        self.url = ""
        self._port = port
        self._say = say
        self._ready = False
        self._rolls: dict[str, Any] = {"rolls": 0, "scales": 0}

    def run(self, when_ready: Callable[[], None]) -> None:
        """Serve until a signal asks to stop. Raises HomeError or TaskFailed when it cannot start."""
        with self.home.locked(), _listening(self._port) as door:
            self.url = f"http://{HOST}:{door.getsockname()[1]}"
            with self._supervisor() as supervisor:
                self._open(supervisor, door)
                when_ready()
                while True:
                    if supervisor.watch() == SCALE:
                        self._scale(supervisor, door)
                    else:
                        self._roll(supervisor, door)

    def migrate(self) -> None:
        """Bring the databases up to date without serving: PostgreSQL is started for it and stopped again."""
        with self.home.locked(), self._supervisor() as supervisor:
            self._start_servers(supervisor, self.home.postgres)
            self._build(supervisor)

    def replay(self) -> None:
        """Empty the stream and every copy, and queue all facts again; the servers are started for it alone."""
        with self.home.locked(), self._supervisor() as supervisor:
            self._start_servers(supervisor, self.home.postgres)
            self._start_broker(supervisor)
            self._build(supervisor)
            self._wait_for_broker(supervisor)
            from commons_onebox import repairs

            task = self._task("replay", partial(repairs.replay, self.home))
            supervisor.finish([task])
            self._say(tail(task.log, 1))

    def take_steps(self, steps: Sequence[Step]) -> bool:
        """Run these one after the other on PostgreSQL alone; False where a signal stopped them. Raises TaskFailed."""
        done = 0
        with self.home.locked(), self._supervisor() as supervisor:
            self._start_servers(supervisor, self.home.postgres)
            self._wait_for_postgres(supervisor)
            for name, body in steps:
                supervisor.finish([self._task(name, body)], LONGEST_STEP_SECONDS)
                done += 1
        return done == len(steps)

    @contextmanager
    def _supervisor(self) -> Iterator[Supervisor]:
        self.home.prepare()
        settle(self.home)
        self._write_run({})
        try:
            with Supervisor(self._say, self._write_run) as supervisor:
                try:
                    yield supervisor
                except Stopped:
                    self._say("stopping")
        finally:
            self.home.forget_run()

    def _open(self, supervisor: Supervisor, door: socket.socket) -> None:
        home = self.home
        forget(home)
        self._start_servers(supervisor, home.postgres)
        self._start_broker(supervisor)
        self._build(supervisor)
        self._wait_for_broker(supervisor)
        # Here and not above: while PostgreSQL starts, the parent imports what its children need.
        from commons_onebox import children

        supervisor.finish([self._task("streams", partial(children.declare_streams, home))])
        supervisor.start(*(self._fresh(door, name, Sign()) for name in ROLLED))
        supervisor.finish([self._task("probe", partial(children.wait_for_answers, home, self.url))])
        self._ready = True
        self._write_run(supervisor.pids)

    def _roll(self, supervisor: Supervisor, door: socket.socket) -> None:
        self._rolls |= {"rolling": True}
        self._write_run(supervisor.pids)
        trouble = roll(supervisor, partial(self._fresh, door))
        self._rolls = {"rolls": self._rolls["rolls"] + 1, "scales": self._rolls["scales"], "trouble": trouble}
        self._say(trouble or "every process of ours was replaced")
        self._write_run(supervisor.pids)

    def _scale(self, supervisor: Supervisor, door: socket.socket) -> None:
        self._rolls |= {"rolling": True}
        self._write_run(supervisor.pids)
        trouble = scale(supervisor, self.home, partial(self._fresh, door))
        self._rolls = {"rolls": self._rolls["rolls"], "scales": self._rolls["scales"] + 1, "trouble": trouble}
        self._say(trouble or "there are as many processes as were asked for")
        self._write_run(supervisor.pids)

    def _fresh(self, door: socket.socket, name: str, sign: Sign) -> Child:
        """A process of ours, before it is started."""
        from commons_onebox import children

        if name != GATEWAY:
            return self._service(name, sign)
        body = partial(children.run_gateway, door, of_gateway(self.home, self.url), sign.give)
        return Child(name=GATEWAY, body=body, log=self.home.log(GATEWAY), floor=GATEWAY_FLOOR)

    def _service(self, name: str, sign: Sign) -> Child:
        """Who ended because it could not work finds stream and consumers as they should be when it starts again."""
        from commons_onebox import children

        told = of_service(self.home, service_of(name), self.url)
        if service_of(name) != name:
            told[f"COMMONS_{service_of(name).upper()}__HEALTH_PORT"] = "0"  # the first tells how they are

        def body() -> None:
            if child.code is not None and child.code > 0:
                # In a process of its own: what the deploy step may do is no business of the service's.
                os.waitpid(fork(partial(children.declare_streams, self.home), self.home.log("streams")), 0)
            children.run_service(service_of(name), told, sign.give)

        child = Child(name=name, body=body, log=self.home.log(name), floor=SERVICES_FLOOR)
        return child

    def _start_servers(self, supervisor: Supervisor, *servers: Server) -> None:
        supervisor.start(*(Child.serving(server, self.home.log(server.name)) for server in servers))

    def _start_broker(self, supervisor: Supervisor) -> None:
        """Behind its walls, which follow from what the services are: those are imported for it."""
        from commons_onebox import children

        self._start_servers(supervisor, replace(self.home.broker, authorization=children.walls(self.home)))

    def _wait_for_broker(self, supervisor: Supervisor) -> None:
        broker = self.home.broker
        supervisor.until(lambda: broker.ready(supervisor.pids.get(broker.name, 0)), 60, "NATS")

    def _wait_for_postgres(self, supervisor: Supervisor) -> None:
        postgres = self.home.postgres
        supervisor.until(lambda: postgres.ready(supervisor.pids.get(postgres.name, 0)), 60, "PostgreSQL")

    def _build(self, supervisor: Supervisor) -> None:
        """Databases, roles and tables, as far as they are missing."""
        from commons_onebox import children

        gc.collect()
        # What is imported stays: the collector would only touch, and so copy, pages that the children share.
        gc.freeze()
        home = self.home
        self._wait_for_postgres(supervisor)
        supervisor.finish([self._task("provision", partial(children.provision, home))])
        upgrades = [self._task(f"migrate-{name}", partial(children.upgrade, home, name)) for name in SERVICES]
        supervisor.finish(upgrades)

    def _task(self, name: str, body: Callable[[], None]) -> Child:
        return Child(name=name, body=body, log=self.home.log(name), once=True)

    def _write_run(self, pids: dict[str, int]) -> None:
        everyone = {"supervisor": os.getpid(), **pids}
        processes = {name: process for name, pid in everyone.items() if (process := procs.seen(pid))}
        run = Run(
            pid=os.getpid(),
            url=self.url,
            ready=self._ready,
            processes={name: process.pid for name, process in processes.items()},
            started={name: process.started for name, process in processes.items()},
            **self._rolls,
        )
        with suppress(OSError):  # on a full disk the platform goes on as it can
            self.home.write_run(run)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """The gateway's door, held by the parent: while the gateway is started again, requests wait and do not fail."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError as refused:
            if refused.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            what = "is taken by another program" if refused.errno == errno.EADDRINUSE else "may not be used by you"
            message = f"Port {port} {what}. Choose another one, for example with COMMONS_PORT={port + 1}."
            raise HomeError(message) from None
        door.listen(WAITING_REQUESTS)
        yield door


UP = ("commons_onebox", "up")
"""The module that serves, and what it is told."""


@contextmanager
def running(
    folder: Path, *, port: int = 0, environment: Mapping[str, str] | None = None, up: Sequence[str] = UP
) -> Iterator[Run]:
    """A platform on `folder` in processes of its own, stopped at the end; for the demo, journeys and faults.

    Raises HomeError with the end of its log when it does not start. `environment` reaches every process. It is stopped
    as well when the thread that started it ends.
    """
    home = Home(folder.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    log = home.folder / "up.log"
    command = [SETPRIV, "--pdeathsig", "TERM", "--", sys.executable, "-m", *up]
    settings = {"COMMONS_HOME": str(home.folder), "COMMONS_PORT": str(port), "COMMONS_PAGES": PAGES_AS_THEY_ARE}
    with log.open("wb") as out:
        house = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **(environment or {}), **settings},
            start_new_session=True,
        )
    try:
        yield _once_ready(home, house, log)
    finally:
        house.terminate()
        house.wait()


def _once_ready(home: Home, house: subprocess.Popen[bytes], log: Path) -> Run:
    def started() -> bool:
        run = home.run
        return house.poll() is not None or (run is not None and run.pid == house.pid and run.ready)

    wait_until(started, START_SECONDS, pause=0.05)
    run = home.run
    if house.poll() is not None or run is None or not run.ready:
        raise HomeError(f"The platform did not start:\n{tail(log, 15)}")
    return run
