"""The whole platform on one home: the order in which it starts, and the environment of each process."""

import asyncio
import gc
import http.client
import os
import socket
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from commons_onebox import procs
from commons_onebox.home import GATEWAY, SERVICES, Home, HomeError, Run
from commons_onebox.supervisor import Child, Say, Stopped, Supervisor

HOST = "127.0.0.1"
SERVERS_FLOOR, SERVICES_FLOOR, GATEWAY_FLOOR = 0, 1, 2
WAITING_REQUESTS = 1024

# What every process needs is imported once, before the forks, and then shared by all of them.
PRELOADED = (
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvloop",
    "httptools",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "commons_chassis.run",
    "commons_chassis.deploy",
    "commons_chassis.migrate",
    "commons_gateway.app",
    *(f"commons_{name}.app" for name in SERVICES),
)


class House:
    """One platform while it runs in the foreground of this process."""

    def __init__(self, home: Home, port: int, say: Say) -> None:
        self._home = home
        self._port = port
        self._say = say
        self._ready = False

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def run(self, when_ready: Callable[[], None]) -> None:
        """Serve until a signal asks to stop. Raises HomeError or TaskFailed when it cannot start."""
        with self._home.locked(), _listening(self._port) as door:
            self._home.prepare()
            with Supervisor(self._say, self._write_run) as supervisor:
                try:
                    self._open(supervisor, door)
                    when_ready()
                    supervisor.watch()
                except Stopped:
                    self._say("stopping")
            self._home.forget_run()

    def migrate(self) -> None:
        """Bring the databases up to date without serving: PostgreSQL is started for it and stopped again."""
        with self._home.locked():
            self._home.prepare()
            with Supervisor(self._say, self._write_run) as supervisor:
                supervisor.start(self._postgres())
                self._build(supervisor)
            self._home.forget_run()

    def _open(self, supervisor: Supervisor, door: socket.socket) -> None:
        home = self._home
        broker = Child.serving(home.broker, home.log("nats"))
        supervisor.start(broker)
        postgres = self._postgres()
        supervisor.start(postgres)
        preload()
        supervisor.until(lambda: bool(broker.pid) and home.broker.ready(broker.pid), 60, "NATS")
        self._build(supervisor, self._task("streams", _declare_streams))
        supervisor.start(*(self._service(name) for name in SERVICES))
        supervisor.start(self._gateway(door))
        supervisor.finish([self._task("probe", self._wait_until_it_answers)])
        self._ready = True
        self._write_run(supervisor.pids)
'''
