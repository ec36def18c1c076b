"""Restores that are refused, replace something, or bring back databases of different moments; and what each leaves."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from commons_contracts.base import Actor
from commons_contracts.codes import Style
from commons_contracts.ids import RoundId
from commons_contracts.matching import RequestConnection
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running
from commons_onebox.server import wait_until

from .acts import PROJECT, asking, calm, match
from .clients import pairs
from .ground import Ground, house
from .restoring import command, commons, contents, differences, environment
from .truths import broken

pytestmark = pytest.mark.faults

DAYS = 30
"""After which a request that nobody answered has been reminded of, and has expired."""
LATER = 3
"""Matches that are made between one backup and the next."""
PATIENCE_SECONDS = 30.0
UNSEALED = "select count(*) from audit where number is null"


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A platform of this module's own: its clock is moved."""
    with house(tmp_path_factory.mktemp("restored") / "home", mentors=40, mentees=12) as ground:
        yield ground


@pytest.fixture(scope="module")
def couples(ours):
    return iter(pairs(ours))


@pytest.fixture(scope="module")
def early(ours, couples, tmp_path_factory):
    """A backup of a platform at rest, on which deadlines fell due; where it is, and all that was in each table."""
    match(ours, [next(couples)])
    _let_expire(ours, next(couples))
    assert calm(ours)
    assert wait_until(lambda: not any(ours.one(name, UNSEALED) for name in SERVICES), PATIENCE_SECONDS, pause=0.2)
    there = contents(ours)
    folder = tmp_path_factory.mktemp("backups") / "early"
    commons(ours.home.folder, "backup", str(folder))
    return folder, there


@pytest.fixture(scope="module")
def late(ours, couples, early):
    """One that was taken some matches later."""
    match(ours, [next(couples) for _ in range(LATER)])
    assert calm(ours)
    folder = early[0].with_name("late")
    commons(ours.home.folder, "backup", str(folder))
    return folder


def _let_expire(ground: Ground, pair) -> None:
    """A request that nobody answers; the clock is moved past its deadlines and back."""

    async def play() -> None:
        async with asking(ground) as asker:
            round = RoundId(ground.one("matching", "select id from rounds limit 1"))
            ask = RequestConnection(round=round, mentor=pair.mentor, style=Style.TRADITIONAL)
            await asker.ask(ask, Actor(person=pair.mentee, project=PROJECT))
            now = await asker.operations.clock()
            await asker.operations.move_clock(now + timedelta(days=DAYS), frozen=False)
            await asker.operations.move_clock(None, frozen=False)

    asyncio.run(play())


@contextmanager
def _serving(home: Path):
    with running(home, environment={"COMMONS_ENV": "dev"}):
        ground = Ground(Home(home))
        assert calm(ground)
        yield ground


def test_every_table_is_exactly_as_it_was_and_no_deadline_falls_due_again(ours, early, tmp_path):
    folder, there = early
    assert ours.one("matching", "select count(*) from event_log where subject like '%expired%'") > 0
    commons(tmp_path / "home", "restore", str(folder))
    with _serving(tmp_path / "home") as ground:
        after = contents(ground)
    assert {table for table in there if after[table] != there[table]} == set()
    assert sum(int(rows.split()[0]) for rows in there.values()) > 1000


def test_a_drill_touches_nothing_and_sees_what_is_not_whole(early, tmp_path):
    before = set(Path(tempfile.gettempdir()).glob("commons-drill-*"))
    home, folder = tmp_path / "home", tmp_path / "copy"
    assert "it can be restored" in commons(home, "restore", str(early[0]), "--drill")
    shutil.copytree(early[0], folder)
    told = json.loads((folder / "manifest.json").read_text())
    told["services"]["geo"]["rows"]["places"] += 1
    (folder / "manifest.json").write_text(json.dumps(told))
    said = commons(home, "restore", str(folder), "--keys", f"{early[0]}-keys", "--drill", ends=2)
    assert "geo.places" in said
    assert "were backed up" in said
    assert not home.exists()
    assert set(Path(tempfile.gettempdir()).glob("commons-drill-*")) == before


def _of_two_moments(early: Path, late: Path, folder: Path) -> Path:
    """The late one, but for matching's database, which is the early one's."""
    shutil.copytree(late, folder)
    shutil.copytree(late.with_name("late-keys"), folder.with_name(f"{folder.name}-keys"))
    shutil.copy(early / "matching.dump", folder / "matching.dump")
    theirs, ours = (json.loads((one / "manifest.json").read_text()) for one in (early, late))
    ours["services"]["matching"] = theirs["services"]["matching"]
    (folder / "manifest.json").write_text(json.dumps(ours))
    return folder


@pytest.mark.long
def test_databases_of_different_moments_are_refused_or_every_copy_is_filled_again(early, late, tmp_path):
    home, mixed = tmp_path / "home", _of_two_moments(early[0], late, tmp_path / "mixed")
    said = commons(home, "restore", str(mixed), ends=2)
    assert "not of one moment" in said
    assert "mentoring has heard" in said
    assert not (home / "postgres").exists()

    said = commons(home, "restore", str(mixed), "--replay")
    lost = [line for line in said.splitlines() if "followed from facts that nobody knows any more" in line]
    with _serving(home) as ground:
        differing = {said.removesuffix(f": 0 missing, {LATER} too many") for said in differences(ground)}
        matches = ground.one("matching", "select count(*) from matches")
        mentorships = ground.one("mentoring", "select count(*) from mentorships")
        left = [what for what in broken(ground) if not what.startswith(("mentorships", "channels"))]
    assert left == []
    assert differing == {"mentorships of matches", "channels of matches"}, "every copy should be as its owner has it"
    assert mentorships - matches == LATER, "what the lost matches brought about should still be there"
    assert any(line.startswith(f"mentoring: {LATER} of") for line in lost), said


@pytest.mark.long
def test_what_is_replaced_is_kept_aside_and_is_a_home_still(early, late, tmp_path):
    home = tmp_path / "home"
    commons(home, "restore", str(early[0]))
    assert "say --replace" in commons(home, "restore", str(late), ends=2)
    keys = (home / "secrets.json").read_bytes()
    said = commons(home, "restore", str(late), "--replace")
    (aside,) = home.glob("replaced-*")
    assert str(aside) in said
    assert (aside / "secrets.json").read_bytes() == keys
    with _serving(home) as ground:
        matches = ground.one("matching", "select count(*) from matches")
    with _serving(aside) as ground:
        assert ground.one("matching", "select count(*) from matches") == matches - LATER


def test_a_backup_that_was_killed_half_way_is_known_as_unfinished(ours, tmp_path):
    folder, half = tmp_path / "monday", tmp_path / "monday.unfinished"
    geo = psycopg.conninfo.make_conninfo(ours.home.postgres.admin_dsn, dbname="commons_geo")
    with psycopg.connect(geo) as busy:
        busy.execute("lock table places in access exclusive mode")  # where the last of the five dumps waits
        words = command("backup", str(folder))
        writing = subprocess.Popen(words, env=environment(ours.home.folder), stderr=subprocess.DEVNULL)
        try:
            assert wait_until((half / "community.dump").exists, PATIENCE_SECONDS)
        finally:
            os.kill(writing.pid, signal.SIGKILL)
            writing.wait()
        busy.rollback()
    assert not folder.exists()
    assert (half / "profiles.dump").stat().st_size > 0
    for there in (folder, half):
        assert "no finished backup" in commons(tmp_path / "home", "restore", str(there), "--new-keys", ends=2)
    commons(ours.home.folder, "backup", str(folder))
    assert not half.exists()
    assert "it can be restored" in commons(tmp_path / "home", "restore", str(folder), "--drill")
