"""What onebox asks of a server it runs: prepare its folder, say how to start it, tell whether it answers."""

import os
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path
from signal import Signals
from typing import Protocol

SETPRIV = "setpriv"
FIRST_PORT, LAST_PORT = 20_000, 32_000


class Server(Protocol):
    """A program of someone else's that serves one home on a port of its own."""

    @property
    def name(self) -> str: ...

    @property
    def stop_signal(self) -> Signals: ...

    def prepare(self) -> None:
        """Make the folder ready; does nothing the second time."""

    def command(self) -> list[str]:
        """The command line that serves in the foreground, and ends when the process that started it ends."""

    def ready(self, pid: int) -> bool:
        """Whether the process `pid`, started with `command`, takes requests now."""

    def stuck(self) -> bool:
        """Whether it runs, cannot do its work, and could if it were started again."""


def free_port() -> int:
    """A port of the loopback interface that nobody listens on at this moment.

    Below the range from which the system gives ports to outgoing connections: one of those would otherwise take it
    while its server restarts.
    """
    while True:
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if port_is_free(port):
            return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on `port` now (a port that a closed server just left counts as free)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_until(true: Callable[[], bool], seconds: float, pause: float = 0.01) -> bool:
    """Ask `true` again and again; whether it came true within `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for a message to a person."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def is_root() -> bool:
    return os.geteuid() == 0
