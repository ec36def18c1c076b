"""The folder of one platform (COMMONS_HOME): its passwords, ports, keys, logs, and who runs on it now."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from commons_onebox import procs
from commons_onebox.broker import NatsServer
from commons_onebox.keys import BROKER_USERS, keep, new_seed
from commons_onebox.postgres import PostgresServer
from commons_onebox.server import free_port, port_is_free, wait_until

SERVICES = ("profiles", "matching", "mentoring", "community", "geo")
GATEWAY = "gateway"
SEALS = "mentoring"
"""Who keeps texts that only their authors read, and alone enters the key store."""
KEY_STORE = "commons_keys"
ROLES = ("owner", "app", "engine")

DEFAULT_FOLDER = Path(".commons")
DEFAULT_PORT = 8080
LONGEST_LOG = 5_000_000
LEFTOVERS_LEAVE_WITHIN = 15.0


class HomeError(Exception):
    """What was asked cannot be done on this home; the text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Run:
    """Who runs on a home: written when it starts, removed when it stops."""

    pid: int
    url: str
    ready: bool
    processes: dict[str, int]
    started: dict[str, int]
    rolling: bool = False
    rolls: int = 0
    """How often its processes were replaced by fresh ones, one after the other."""
    scales: int = 0
    """How often it was asked for more processes of a service, or for fewer."""
    trouble: str = ""
    """Why the last time did not come to its end."""

    def alive(self) -> bool:
        """Whether its supervisor still runs (a run that was killed leaves its file behind)."""
        return not self.gone("supervisor")

    def gone(self, name: str) -> bool:
        """Whether this process has ended; another one that got its pid is not mistaken for it."""
        process = procs.seen(self.processes[name])
        return process is None or process.started != self.started[name]


@dataclass(frozen=True)
class Home:
    """Where everything of one platform lies; two platforms share nothing when their homes differ."""

    folder: Path

    @classmethod
    def of_environment(cls) -> "Home":
        return cls(Path(os.environ.get("COMMONS_HOME") or DEFAULT_FOLDER).expanduser().resolve())

    @property
    def exists(self) -> bool:
        return (self.folder / "secrets.json").exists()

    def prepare(self) -> None:
        """Make what is missing; what is there stays."""
        # Others may pass through, because PostgreSQL cannot run as root; what is secret is closed by itself.
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for name in ("logs", "keys", "keys/broker"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        for user in (*SERVICES, *BROKER_USERS):
            if not self.seed_file(user).exists():
                keep(self.seed_file(user), new_seed())
        names = ["postgres", *(f"{service}_{role}" for service in SERVICES for role in ROLES), f"{SEALS}_keys"]
        known: dict[str, str] = _read(self.folder / "secrets.json") or {}
        if lacking := [name for name in names if name not in known]:
            _write(self.folder / "secrets.json", known | {name: secrets.token_urlsafe(24) for name in lacking})
        self._choose_ports()

    def _choose_ports(self) -> None:
        """Remember a free port for everyone, and choose again for those whose port someone took meanwhile."""
        known: dict[str, int] = _read(self.folder / "ports.json") or {}
        chosen: dict[str, int] = {}
        for name in ("postgres", "nats", "nats_monitor", *SERVICES, GATEWAY):
            port = known.get(name, 0)
            while port == 0 or port in chosen.values() or not port_is_free(port):
                port = free_port()
            chosen[name] = port
        _write(self.folder / "ports.json", chosen)

    @cached_property
    def passwords(self) -> dict[str, str]:
        found: dict[str, str] = _read(self.folder / "secrets.json")
        return found

    @cached_property
    def ports(self) -> dict[str, int]:
        found: dict[str, int] = _read(self.folder / "ports.json")
        return found

    @cached_property
    def postgres(self) -> PostgresServer:
        return PostgresServer(
            folder=self.folder / "postgres", port=self.ports["postgres"], password=self.passwords["postgres"]
        )

    @cached_property
    def broker(self) -> NatsServer:
        return NatsServer(folder=self.folder / "nats", port=self.ports["nats"], monitor_port=self.ports["nats_monitor"])

    @property
    def seeded(self) -> Path:
        """Is there once people have been brought here."""
        return self.folder / "seeded.json"

    @property
    def issuer_key(self) -> Path:
        """The private key of the development issuer."""
        return self.folder / "keys" / "issuer.json"

    @property
    def gateway_secret(self) -> Path:
        """What the gateway signs with where there is no development issuer."""
        return self.folder / "keys" / "gateway-secret"

    @property
    def link_key(self) -> Path:
        """What profiles makes the links from that sign people in."""
        return self.folder / "keys" / "links"

    @property
    def master_key(self) -> Path:
        """What the keys in the key store are wrapped by."""
        return self.folder / "keys" / "master"

    @property
    def badge_key(self) -> Path:
        """What certificates are signed with, so that anybody can tell that they are ours."""
        return self.folder / "keys" / "badges.json"

    @property
    def letters(self) -> Path:
        """Where letters go in development, when no mail server is named."""
        return self.folder / "mail"

    def seed_file(self, user: str) -> Path:
        """The private half of the key by which the broker knows this user."""
        return self.folder / "keys" / "broker" / user

    def seed(self, user: str) -> str:
        try:
            return self.seed_file(user).read_text()
        except OSError:
            raise HomeError(f"{self.folder} has no key of {user} yet. Start it once with `make up`.") from None

    def role_passwords(self, service: str) -> dict[str, str]:
        return {role: self.passwords[f"{service}_{role}"] for role in ROLES}

    def dsn(self, service: str, role: str) -> str:
        """The address of a service's database as one of its three roles."""
        password = self.passwords[f"{service}_{role}"]
        return f"postgresql://{service}_{role}:{password}@127.0.0.1:{self.ports['postgres']}/commons_{service}"

    def keys_dsn(self) -> str:
        """The address of the key store as the one role that enters it."""
        password = self.passwords[f"{SEALS}_keys"]
        return f"postgresql://{SEALS}_keys:{password}@127.0.0.1:{self.ports['postgres']}/{KEY_STORE}"

    def log(self, name: str) -> Path:
        """Where a process writes; a log that grew long is set aside first."""
        log = self.folder / "logs" / f"{name}.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        return log

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home, or raise HomeError when another start holds it.

        Forked children inherit the lock on purpose: after a killed start, the next one waits until they have left.
        """
        try:
            self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("a+")
        except OSError as refused:
            message = f"{self.folder} cannot be used: {refused.strerror}. Choose another folder with COMMONS_HOME."
            raise HomeError(message) from None
        with lock as file:
            wait_until(lambda: self._runs() or _lock(file.fileno()), LEFTOVERS_LEAVE_WITHIN, pause=0.1)
            if not _lock(file.fileno()):
                message = f"The platform already runs on {self.folder}"
                if self.run is not None:
                    message += f" (process {self.run.pid}, {self.run.url})"
                raise HomeError(f"{message}. Stop it first, or choose another folder with COMMONS_HOME.")
            self._wait_for_leftovers()
            yield

    def _runs(self) -> bool:
        return self.run is not None and self.run.alive()

    def _wait_for_leftovers(self) -> None:
        """A start that was killed may have left servers that are still ending."""
        run = self.run
        if run is None:
            return
        for name, pid in run.processes.items():
            if not wait_until(partial(run.gone, name), LEFTOVERS_LEAVE_WITHIN, pause=0.05):
                message = f"{name} of an earlier start still runs as process {pid}. Stop it with `kill {pid}`."
                raise HomeError(message)

    @property
    def run(self) -> Run | None:
        found = _read(self.folder / "run.json")
        return None if found is None else Run(**found)

    def write_run(self, run: Run) -> None:
        _write(self.folder / "run.json", asdict(run))

    def forget_run(self) -> None:
        (self.folder / "run.json").unlink(missing_ok=True)


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text()) if file.exists() else None
    except ValueError:
        message = f"{file} is damaged. Bring it back from a copy, or choose another folder with COMMONS_HOME."
        raise HomeError(message) from None


def _write(file: Path, content: object) -> None:
    keep(file, json.dumps(content, indent=1))
