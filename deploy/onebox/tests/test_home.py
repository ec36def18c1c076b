"""A home keeps what it was given, and has one platform at a time."""

import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commons_onebox import procs
from commons_onebox.home import SERVICES, Home, HomeError, Run

HOLD = """
import sys, time
from pathlib import Path
from commons_onebox.home import Home
with Home(Path(sys.argv[1])).locked():
    print("held", flush=True)
    time.sleep(60)
"""


def _home(folder: Path) -> Home:
    home = Home(folder)
    home.prepare()
    return home


def test_passwords_and_ports_stay_the_same(tmp_path: Path) -> None:
    first, second = _home(tmp_path), _home(tmp_path)
    assert (first.passwords, first.ports) == (second.passwords, second.ports)
    assert len(set(first.ports.values())) == len(first.ports)


def test_two_homes_share_no_password(tmp_path: Path) -> None:
    one, other = _home(tmp_path / "one"), _home(tmp_path / "other")
    assert not set(one.passwords.values()) & set(other.passwords.values())


def test_a_port_that_someone_took_is_chosen_again(tmp_path: Path) -> None:
    before = _home(tmp_path).ports
    with socket.create_server(("127.0.0.1", before["nats"])):
        after = _home(tmp_path).ports
    assert after["nats"] != before["nats"]
    assert after | {"nats": 0} == before | {"nats": 0}


def test_only_we_read_the_passwords(tmp_path: Path) -> None:
    home = _home(tmp_path)
    assert stat.S_IMODE((home.folder / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home.folder / "keys").stat().st_mode) == 0o700


def test_every_service_of_the_workspace_is_served() -> None:
    services = Path(__file__).parents[3] / "services"
    assert {folder.name for folder in services.iterdir() if (folder / "pyproject.toml").exists()} == set(SERVICES)


def _run_of(pid: int) -> Run:
    process = procs.seen(pid)
    assert process is not None
    return Run(
        pid=pid,
        url="http://127.0.0.1:8080",
        ready=True,
        processes={"supervisor": pid},
        started={"supervisor": process.started},
    )


def test_a_second_start_is_refused_in_a_sentence(tmp_path: Path) -> None:
    home = _home(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        home.write_run(_run_of(holder.pid))
        try:
            asked = time.monotonic()
            with pytest.raises(HomeError, match=f"already runs on .*process {holder.pid}, http.*COMMONS_HOME"):
                home.locked().__enter__()
            assert time.monotonic() - asked < 5
        finally:
            holder.kill()


def test_a_killed_start_does_not_stand_in_the_way(tmp_path: Path) -> None:
    home = _home(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        home.write_run(_run_of(holder.pid))
        holder.kill()
    with home.locked():
        assert home.run is not None
        assert not home.run.alive()


def test_a_pid_that_is_used_again_is_not_mistaken(tmp_path: Path) -> None:
    home = _home(tmp_path)
    run = _run_of(os.getpid())
    home.write_run(Run(**{**vars(run), "started": {"supervisor": run.started["supervisor"] - 1}}))
    assert home.run is not None
    assert not home.run.alive()


def test_a_long_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _home(tmp_path)
    home.log("gateway").write_text("long ago")
    monkeypatch.setattr("commons_onebox.home.LONGEST_LOG", 5)
    assert not home.log("gateway").exists()
    assert (home.folder / "logs" / "gateway.log.1").read_text() == "long ago"


def test_a_folder_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="cannot be used: Not a directory"), Home(tmp_path / "file" / "home").locked():
        pass


@pytest.mark.parametrize("name", ["secrets.json", "ports.json", "run.json"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    home = _home(tmp_path)
    (tmp_path / name).write_text('{"postgres": ')
    with pytest.raises(HomeError, match=rf"{name} is damaged\."):
        print(home.run, Home(tmp_path).passwords, Home(tmp_path).ports)
