"""A backup of a platform at work, restored to another home: whole, of one moment, and nothing happens twice."""

from __future__ import annotations

import stat
import subprocess
import threading
from itertools import islice
from pathlib import Path

import pytest

from commons_onebox import manifest
from commons_onebox.backup import KEYS_DUMP, key_files
from commons_onebox.home import Home
from commons_onebox.house import running
from commons_onebox.postgres import binaries

from .acts import NOTICES_OF_A_YES, YES, calm, match
from .ground import Ground
from .restoring import commons, differences
from .truths import broken

pytestmark = pytest.mark.faults

BEFORE, MEANWHILE = 2, 8
"""Matches that were made before the backup began, and that are made while it is written."""


@pytest.fixture(scope="module")
def monday(lasting, unmatched, tmp_path_factory):
    """A backup that was written while people went on; where it is, and what they had done before it began."""
    folder = tmp_path_factory.mktemp("backups") / "monday"
    match(lasting, islice(unmatched, BEFORE))
    known = {id for (id,) in lasting.sql("matching", "select id from matches")}
    at_work = threading.Thread(target=match, args=(lasting, list(islice(unmatched, MEANWHILE))))
    at_work.start()
    print(commons(lasting.home.folder, "backup", str(folder)))
    at_work.join()
    return folder, known


def _entries(folder: Path):
    return [folder, *folder.rglob("*")]


def test_only_its_owner_may_read_it(monday):
    folder, _ = monday
    for entry in (*_entries(folder), *_entries(folder.with_name("monday-keys"))):
        assert stat.S_IMODE(entry.stat().st_mode) == (0o700 if entry.is_dir() else 0o600), entry


def test_no_secret_lies_beside_what_it_opens(lasting, monday):
    """Not in the dumps either, which are compressed: they are looked at as SQL."""
    folder, _ = monday
    secrets = [file.read_bytes().strip() for file in key_files(lasting.home)]
    secrets += [word.encode() for word in lasting.home.passwords.values()]
    told = [file.read_bytes() for file in folder.iterdir()]
    for dump in folder.glob("*.dump"):
        as_sql = [str(binaries() / "pg_restore"), "--file=-", str(dump)]
        told.append(subprocess.run(as_sql, capture_output=True, check=True).stdout)
    assert min(map(len, secrets)) > 8
    assert [secret for secret in secrets if any(secret in text for text in told)] == []
    keys = manifest.read_keys(folder.with_name("monday-keys"), manifest.read(folder).backup)
    copied = {str(f.relative_to(lasting.home.folder)) for f in key_files(lasting.home)}
    assert {file.name for file in keys.files} == {*copied, KEYS_DUMP}


def test_what_is_restored_is_whole_and_nothing_happens_twice(lasting, monday, tmp_path):
    folder, known = monday
    backed_up = manifest.read(folder)
    home = tmp_path / "other"
    print(commons(home, "restore", str(folder)))
    with running(home, environment={"COMMONS_ENV": "dev"}):
        ground = Ground(Home(home))
        assert calm(ground)
        matches = {id for (id,) in ground.sql("matching", "select id from matches")}
        assert known <= matches
        assert broken(ground) == []
        assert differences(ground) == []
        assert ground.one("profiles", YES) == NOTICES_OF_A_YES * len(matches)
        for name in ("profiles", "matching"):
            assert ground.one(name, "select count(*) from event_log") >= backed_up.services[name].facts
        assert ground.home.passwords == lasting.home.passwords
