"""A backup without a home: all databases of one server, back on an empty one."""

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from commons_onebox import manifest
from commons_onebox.cli import app
from commons_onebox.home import KEY_STORE, SERVICES
from commons_onebox.installation import Secrets, run

LOGGED = """
    with told as (insert into event_log (id, aggregate, seq, subject, project, at, about, body)
      values (gen_random_uuid(), %(thing)s, 1, 'evt.profiles.x.v1', %(thing)s, now(), '{}', '{}') returning aggregate)
    insert into sequences select aggregate, 1 from told
"""
HEARD = "insert into heard (owner, aggregate, seq) values ('profiles', %(thing)s, %(seq)s)"


def _commons(*words: str, ends: int = 0) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
    assert done.exit_code == ends, done.output
    return done.output


def _admin(told: Secrets) -> str:
    return (told.root / "deploy" / "admin_dsn").read_text()


def _sql(told: Secrets, database: str, question: str, **given: object) -> list[tuple[object, ...]]:
    with psycopg.connect(_admin(told), dbname=database, autocommit=True) as c:
        found = c.execute(question, given)
        return found.fetchall() if found.description else []


def _empty(told: Secrets) -> None:
    for name in (*(f"commons_{each}" for each in SERVICES), KEY_STORE):
        _sql(told, "postgres", f"drop database {name} with (force)")


def _databases(told: Secrets) -> set[object]:
    return {
        name for (name,) in _sql(told, "postgres", "select datname from pg_database where datname like 'commons%%'")
    }


@pytest.fixture
def saved(told: Secrets, tmp_path: Path) -> Path:
    """A backup of a platform in containers, and a server that has been emptied since."""
    run()
    thing, author = uuid4(), uuid4()
    _sql(told, "commons_profiles", LOGGED, thing=thing)
    _sql(told, "commons_matching", HEARD, thing=thing, seq=1)
    _sql(told, KEY_STORE, "insert into data_keys values (%(one)s, %(one)s, %(key)s)", one=author, key=b"wrapped")
    folder = tmp_path / "backups" / "monday"
    assert "The volume of the secrets belongs to the keys" in _commons("backup", str(folder))
    _empty(told)
    return folder


def test_an_empty_server_gets_all_that_was_saved_and_the_deploy_step_goes_on_from_there(
    told: Secrets, saved: Path
) -> None:
    assert "with 1 facts, are on the server" in _commons("restore", str(saved))
    assert _sql(told, "commons_profiles", "select count(*) from event_log") == [(1,)]
    assert _sql(told, KEY_STORE, "select wrapped from data_keys") == [(b"wrapped",)]
    assert run() == 1, "no stream: the fact is told again"
    with psycopg.connect((told.root / "matching" / "app_dsn").read_text()) as c:
        assert c.execute("select current_user").fetchone() == ("matching_app",)
    assert "to an empty one" in _commons("restore", str(saved), ends=2)


def test_what_is_damaged_or_not_of_one_moment_leaves_nothing_behind(told: Secrets, saved: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    _commons("restore", str(saved))
    _sql(told, "commons_matching", HEARD, thing=uuid4(), seq=1)
    _commons("backup", str(mixed))
    _empty(told)
    _damage(saved / "geo.dump")
    assert "could not be restored" in _commons("restore", str(saved), ends=2)
    assert _databases(told) == set()
    assert "not of one moment" in _commons("restore", str(mixed), ends=2)
    assert _databases(told) == set()
    assert "matching has heard 1 facts of profiles" in _commons("restore", str(mixed), "--replay")
    assert _sql(told, "commons_matching", "select count(*) from heard") == [(0,)]


def _damage(dump: Path) -> None:
    """It has the right hash, and cannot be read all the same."""
    dump.write_bytes(dump.read_bytes()[:-100])
    found = manifest.Manifest.model_validate_json((dump.parent / "manifest.json").read_bytes())
    found.services["geo"].file = manifest.described(dump.parent, dump)
    manifest.write(dump.parent, found)


def test_what_needs_a_home_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_ADMIN_DSN_FILE", "/nowhere")
    assert "there is no home" in _commons("restore", "/nowhere", "--drill", ends=2)


def test_without_the_administrators_address_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMONS_ADMIN_DSN_FILE", "/nowhere")
    assert "names /nowhere, which cannot be read" in _commons("backup", str(tmp_path / "monday"), ends=1)
