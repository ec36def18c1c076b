"""A backup is of one moment, and one that is not whole is not restored."""

from __future__ import annotations

import threading
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from commons_chassis.ids import new_id
from commons_onebox import backup, manifest, restore
from commons_onebox.home import SERVICES, Home, HomeError
from commons_onebox.manifest import Dump, Keys, Manifest
from commons_onebox.testing import start_postgres

OWNER, LISTENER = SERVICES[:2]
LOOKS = 60


@pytest.fixture(scope="module")
def admin_dsn(tmp_path_factory):
    """A server with databases of the services' names, and in them the little that a moment is about."""
    postgres = start_postgres(tmp_path_factory.mktemp("moments"))
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        for name in (OWNER, LISTENER):
            admin.execute(f"create database commons_{name}")
            with psycopg.connect(make_conninfo(postgres.admin_dsn, dbname=f"commons_{name}")) as c:
                c.execute("create table event_log (position bigint generated always as identity, seq int)")
                c.execute("create table heard (seq int)")
    yield postgres.admin_dsn
    postgres.stop()


class Talk:
    """Facts that one tells and the other hears, one after the other, as fast as they can be written."""

    def __init__(self, admin_dsn: str) -> None:
        self.over = threading.Event()
        self.told = 0
        self._dsn = admin_dsn
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self._thread.join()

    def _run(self):
        with ExitStack() as stack:
            owner, listener = (
                stack.enter_context(psycopg.connect(self._dsn, dbname=f"commons_{name}", autocommit=True))
                for name in (OWNER, LISTENER)
            )
            owner.execute("set synchronous_commit = off")
            listener.execute("set synchronous_commit = off")
            self.told = owner.execute("select count(*) from event_log").fetchone()[0]
            while not self.over.is_set():
                self.told += 1
                owner.execute("insert into event_log (seq) values (%s)", [self.told])
                listener.execute("insert into heard values (%s)", [self.told])


def _ahead(admin_dsn):
    """How many facts the listener's snapshot has heard that the owner's does not have."""
    with backup.one_moment(admin_dsn, (OWNER, LISTENER)) as snapshots:
        told = snapshots[OWNER].one("select coalesce(max(seq), 0) from event_log")
        return snapshots[LISTENER].one("select coalesce(max(seq), 0) from heard") - told


def test_nobody_has_heard_what_its_owner_lacks(admin_dsn, monkeypatch):
    with Talk(admin_dsn) as talk:
        ahead = [_ahead(admin_dsn) for _ in range(LOOKS)]
        monkeypatch.setattr(backup, "_nobody_tells", lambda *_: nullcontext())
        ahead_without = [_ahead(admin_dsn) for _ in range(LOOKS)]
    assert talk.told > LOOKS
    assert max(ahead) <= 0
    assert max(ahead_without) > 0, "without the pause this test should see databases of different moments"


def test_a_log_that_somebody_holds_for_long_is_not_waited_for_for_ever(admin_dsn, monkeypatch):
    monkeypatch.setattr(backup, "TRIES", 2)
    monkeypatch.setattr(backup, "BETWEEN_TRIES_SECONDS", 0)
    with psycopg.connect(admin_dsn, dbname=f"commons_{LISTENER}") as busy:
        busy.execute("insert into event_log (seq) values (0)")
        with pytest.raises(HomeError, match="keeps a log busy"), backup.one_moment(admin_dsn, (OWNER, LISTENER)):
            pass
        with psycopg.connect(admin_dsn, dbname=f"commons_{OWNER}") as other:
            other.execute("set lock_timeout = '1s'")
            other.execute("insert into event_log (seq) values (0)")
            other.rollback()
        busy.rollback()


@pytest.fixture
def backed_up(tmp_path):
    """A backup as far as it can be judged without a server: the dumps are no dumps."""
    folder, keys = tmp_path / "monday", tmp_path / "monday-keys"
    folder.mkdir()
    keys.mkdir()
    services = {}
    for name in SERVICES:
        (folder / f"{name}.dump").write_text(f"of {name}")
        file = manifest.described(folder, folder / f"{name}.dump")
        services[name] = Dump(file=file, revision="0001", facts=1, rows={"event_log": 1})
    (keys / "secrets.json").write_text("{}")
    written = Manifest(
        backup=new_id(),
        moment=datetime(2026, 11, 22, tzinfo=UTC),
        versions={"commons": "0.1.0", "postgres": "18.6"},
        seeded=True,
        services=services,
    )
    manifest.write(folder, written)
    manifest.write(keys, Keys(backup=written.backup, files=[manifest.described(keys, keys / "secrets.json")]))
    return folder, keys, written


def _refused(tmp_path, folder, keys, why):
    home = Home(tmp_path / "home")
    with pytest.raises(HomeError, match=why):
        restore.restore(home, folder, keys, replace=False, replay=False, say=print)
    assert not home.folder.exists()


def test_a_flipped_bit_is_noticed(tmp_path, backed_up):
    folder, keys, _ = backed_up
    content = bytearray((folder / "geo.dump").read_bytes())
    content[3] ^= 1
    (folder / "geo.dump").write_bytes(content)
    _refused(tmp_path, folder, keys, "its hash differs")


def test_a_missing_file_is_noticed(tmp_path, backed_up):
    folder, keys, _ = backed_up
    (folder / "geo.dump").unlink()
    _refused(tmp_path, folder, keys, "lacks geo.dump")


def test_a_backup_without_a_manifest_was_never_finished(tmp_path, backed_up):
    folder, keys, _ = backed_up
    (folder / "manifest.json").unlink()
    _refused(tmp_path, folder, keys, "no finished backup")


def test_a_manifest_that_is_none_is_said_to_be_none(tmp_path, backed_up):
    folder, keys, _ = backed_up
    (folder / "manifest.json").write_text('{"format": 1}')
    _refused(tmp_path, folder, keys, "is not the manifest of a backup")


def test_keys_of_another_backup_are_refused(tmp_path, backed_up):
    folder, keys, _written = backed_up
    manifest.write(keys, Keys(backup=new_id(), files=[]))
    _refused(tmp_path, folder, keys, "belong to another backup")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 2}, "reads format 1"),
        ({"versions": {"commons": "9", "postgres": "19.1"}}, "of PostgreSQL 19"),
        ({"services": {}}, "and this platform profiles"),
    ],
)
def test_what_a_later_version_wrote_is_refused(tmp_path, backed_up, change, why):
    folder, keys, written = backed_up
    manifest.write(folder, written.model_copy(update=change))
    _refused(tmp_path, folder, keys, why)


def test_a_migration_that_is_not_known_here_is_refused(tmp_path, backed_up):
    folder, keys, written = backed_up
    later = written.services["geo"].model_copy(update={"revision": "9999"})
    manifest.write(folder, written.model_copy(update={"services": {**written.services, "geo": later}}))
    _refused(tmp_path, folder, keys, "geo was backed up by a newer version")


def test_a_home_that_is_lived_in_is_not_restored_over(tmp_path, backed_up):
    folder, keys, _ = backed_up
    (tmp_path / "home" / "postgres").mkdir(parents=True)
    with pytest.raises(HomeError, match="say --replace"):
        restore.restore(Home(tmp_path / "home"), folder, keys, replace=False, replay=False, say=print)


def _source(folder):
    return backup.Source(admin_dsn="", root=folder / "home")


@pytest.mark.parametrize(
    ("folder", "keys"), [("a", "a/keys"), ("a/b", "a"), ("home/a", "b"), ("a", "home/b"), ("a", "a")]
)
def test_data_keys_and_home_belong_apart(tmp_path, folder, keys):
    with pytest.raises(HomeError, match="belong apart"):
        backup.backup(_source(tmp_path), tmp_path / folder, tmp_path / keys, lambda _name, _bytes: None)


def test_a_backup_is_never_written_over(tmp_path):
    (tmp_path / "monday").mkdir()
    with pytest.raises(HomeError, match="is there already"):
        backup.backup(_source(tmp_path), tmp_path / "monday", tmp_path / "keys", lambda _name, _bytes: None)
    assert [entry.name for entry in Path(tmp_path).iterdir()] == ["monday"]
