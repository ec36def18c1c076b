"""A backup of a platform that goes on serving: all databases as of one moment, and the keys in a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_onebox import manifest
from commons_onebox.home import KEY_STORE, SERVICES, Home, HomeError
from commons_onebox.keys import to_disk
from commons_onebox.manifest import OWNER_ONLY_FOLDER, Dump, Keys, Manifest
from commons_onebox.postgres import binaries

Tell = Callable[[str, int], None]
"""Told on the way: whose database is being written, and how many more bytes of it are."""

FOR_THE_OWNER_ALONE = 0o077
UNFINISHED = ".unfinished"
KEYS_DUMP = "authors.dump"
"""The key store: it lies with what opens the data, never with the data."""
PATIENCE_FOR_A_PAUSE = "1s"
TRIES, BETWEEN_TRIES_SECONDS = 20, 0.5
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Snapshot:
    """What one database held at the moment, for as long as the connection is open."""

    connection: psycopg.Connection
    id: str

    def one(self, question: str) -> Any:
        """The first column of the first row."""
        row = self.connection.execute(question).fetchone()
        return row[0] if row else None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A platform that runs: its server's administrator, and the files below `root` that open something."""

    admin_dsn: str
    root: Path
    keys: Sequence[Path] = ()
    seeded: bool = False

    @classmethod
    def of_home(cls, home: Home) -> Source:
        return cls(
            admin_dsn=home.postgres.admin_dsn, root=home.folder, keys=key_files(home), seeded=home.seeded.exists()
        )


def backup(source: Source, folder: Path, keys: Path, tell: Tell) -> Manifest:
    """Write the data to `folder` and what opens it to `keys`, both new. The platform goes on.

    Only a finished backup gets the names that were asked for. Raises HomeError.
    """
    _in_different_places(folder, keys, source.root)
    with _whole_or_not_at_all(keys) as keys_there, _whole_or_not_at_all(folder) as data_there:
        written = _dump_all(source, data_there, tell)
        manifest.write(data_there, written)
        copied = [*_copy_keys(source, keys_there), _dump_authors(source, keys_there)]
        files = [manifest.described(keys_there, file) for file in copied]
        manifest.write(keys_there, Keys(backup=written.backup, files=files))
    return written


def _in_different_places(folder: Path, keys: Path, home: Path) -> None:
    """Keys beside what they open make one stolen copy enough; a backup within the home is lost with it."""
    for one, other in ((folder, keys), (keys, folder), (folder, home), (keys, home)):
        if one.is_relative_to(other):
            raise HomeError(f"{one} lies within {other}; the data, the keys and the home belong apart.")


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    if folder.exists():
        raise HomeError(f"{folder} is there already, and a backup is never written over. Choose another name.")
    fresh = folder.with_name(folder.name + UNFINISHED)
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(mode=OWNER_ONLY_FOLDER, parents=True)
        yield fresh
        fresh.rename(folder)
        to_disk(folder.parent)
    except OSError as refused:
        raise HomeError(f"{folder} could not be written: {refused.strerror}.") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _dump_all(source: Source, folder: Path, tell: Tell) -> Manifest:
    with one_moment(source.admin_dsn) as snapshots:
        moment = real_now()
        dumps = {name: _dump(source, folder, name, snapshot, tell) for name, snapshot in snapshots.items()}
        server = str(next(iter(snapshots.values())).one("show server_version"))
    return Manifest(
        backup=new_id(),
        moment=moment,
        versions={"commons": version("commons-onebox"), "postgres": server},
        seeded=source.seeded,
        services=dumps,
    )


# ------------------------------------------------------------ one moment
@contextmanager
def one_moment(admin_dsn: str, services: Sequence[str] = SERVICES) -> Iterator[Mapping[str, Snapshot]]:
    """A snapshot of every database, taken while nobody anywhere can commit a fact.

    So nobody has heard, in one snapshot, what its owner lacks in another. Commands wait for it, some milliseconds and no
    longer than a second; none is refused. Raises HomeError where no such moment comes.
    """
    with ExitStack() as stack:
        readers = {name: stack.enter_context(_reading(admin_dsn, name)) for name in services}
        for _ in range(TRIES):
            try:
                with _nobody_tells(admin_dsn, services):
                    found = {name: Snapshot(c, _export(c)) for name, c in readers.items()}
                break
            except psycopg.errors.LockNotAvailable:
                time.sleep(BETWEEN_TRIES_SECONDS)
        else:
            raise HomeError("A transaction of many seconds keeps a log busy. Try again when the platform is calmer.")
        yield found


@contextmanager
def _nobody_tells(admin_dsn: str, services: Sequence[str]) -> Iterator[None]:
    """Every log is held still; who wants to write a fact waits. Given up as a whole when one cannot be held soon."""
    with ExitStack() as stack:
        for name in services:
            held = stack.enter_context(_connected(admin_dsn, name))
            held.execute(sql.SQL("set lock_timeout = {}").format(sql.Literal(PATIENCE_FOR_A_PAUSE)))
            held.execute("lock table event_log in share mode")
        yield


@contextmanager
def _reading(admin_dsn: str, service: str) -> Iterator[psycopg.Connection]:
    with _connected(admin_dsn, service) as c:
        c.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        c.read_only = True
        yield c


def _connected(admin_dsn: str, service: str) -> psycopg.Connection:
    return psycopg.connect(admin_dsn, dbname=f"commons_{service}")


def _export(c: psycopg.Connection) -> str:
    row = c.execute("select pg_export_snapshot()").fetchone()
    return str(row[0]) if row else ""


# ------------------------------------------------------------ what is written
def _dump(source: Source, folder: Path, service: str, snapshot: Snapshot, tell: Tell) -> Dump:
    file = folder / f"{service}.dump"
    _pg_dump(source, file, f"commons_{service}", [f"--snapshot={snapshot.id}"], partial(tell, service))
    return Dump(
        file=manifest.described(folder, file),
        revision=str(snapshot.one("select version_num from alembic_version")),
        facts=int(snapshot.one("select count(*) from event_log")),
        rows=rows(snapshot.connection),
    )


def _dump_authors(source: Source, folder: Path) -> Path:
    """After the data, so that whatever is sealed there has its key here, unless that was destroyed meanwhile."""
    file = folder / KEYS_DUMP
    _pg_dump(source, file, KEY_STORE, ["--data-only", "--table=data_keys"], lambda _: None)
    return file


def _pg_dump(source: Source, file: Path, database: str, more: Sequence[str], tell: Callable[[int], None]) -> None:
    command = [str(binaries() / "pg_dump"), "--format=custom", "--no-password", *more]
    command += [f"--file={file}", f"--dbname={database}"]
    with subprocess.Popen(
        command,
        env=client_environment(source.admin_dsn),
        stderr=subprocess.PIPE,
        text=True,
        umask=FOR_THE_OWNER_ALONE,
    ) as dumping:
        try:
            _watch(dumping, file, tell)
        finally:
            dumping.kill()
        said = dumping.stderr.read() if dumping.stderr else ""
    if dumping.returncode:
        raise HomeError(f"{database} could not be backed up: {said.strip()}")


def _watch(dumping: subprocess.Popen[str], file: Path, tell: Callable[[int], None]) -> None:
    written = 0
    while True:
        ended = dumping.poll() is not None
        size = file.stat().st_size if file.exists() else 0
        tell(size - written)
        written = size
        if ended:
            return
        time.sleep(LOOK_SECONDS)


def rows(c: psycopg.Connection) -> dict[str, int]:
    """How many rows each table of a service's database has."""
    tables = [
        str(name) for (name,) in c.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    ]
    count = sql.SQL("select count(*) from {}")
    found = {name: c.execute(count.format(sql.Identifier(name))).fetchone() for name in tables}
    return {name: int(row[0]) if row else 0 for name, row in found.items()}


def client_environment(admin_dsn: str) -> dict[str, str]:
    """How PostgreSQL's own programs are told where it is; a password on a command line could be read by others."""
    parts = conninfo_to_dict(admin_dsn)
    told = {"PGHOST": parts["host"], "PGPORT": parts["port"], "PGUSER": parts["user"], "PGPASSWORD": parts["password"]}
    return {**os.environ, **{name: str(value) for name, value in told.items()}}


def _copy_keys(source: Source, folder: Path) -> Iterator[Path]:
    for file in source.keys:
        there = manifest.place(folder, str(file.relative_to(source.root)))
        there.write_bytes(file.read_bytes())
        yield there


def key_files(home: Home) -> list[Path]:
    """All that opens something: passwords, and keys of any kind."""
    folders = (home.folder / "keys", home.folder / "secrets")
    below = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return [file for file in (home.folder / "secrets.json", *below) if file.exists()]
