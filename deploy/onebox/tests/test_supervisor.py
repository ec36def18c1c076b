"""The supervisor heals what dies and leaves nothing behind, however it ends itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, Signals

import psycopg
import pytest

from commons_onebox import procs
from commons_onebox.home import Home
from commons_onebox.server import wait_until

SCRIPT = """
import json, os, signal, subprocess, sys, time
from pathlib import Path
from commons_onebox.home import Home
from commons_onebox.supervisor import Child, Stopped, Supervisor, TaskFailed

folder = Path(sys.argv[1])
home = Home(folder)
home.prepare()

def write(pids):
    (folder / "pids.new").write_text(json.dumps(pids))
    (folder / "pids.new").replace(folder / "pids.json")

def with_grandchild():
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    time.sleep(600)

def deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)

def ordered(name):
    def leave(*_):
        time.sleep(0.2)
        with (folder / "order").open("a") as order:
            order.write(name + " ")
        sys.exit(0)
    def body():
        signal.signal(signal.SIGTERM, leave)
        time.sleep(600)
    return body

def child(name):
    kinds = {
        "postgres": lambda: Child.serving(home.postgres, home.log("postgres")),
        "nats": lambda: Child.serving(home.broker, home.log("nats")),
        "parent": lambda: Child(name=name, body=with_grandchild, log=home.log(name)),
        "deaf": lambda: Child(name=name, body=deaf, log=home.log(name), grace=0.5),
        "first": lambda: Child(name=name, body=ordered(name), log=home.log(name), floor=1),
        "second": lambda: Child(name=name, body=ordered(name), log=home.log(name), floor=2),
        "stuck": lambda: Child(name=name, body=lambda: time.sleep(600), log=home.log(name), stuck=(folder / "stuck").exists),
        "hasty": lambda: Child(name=name, body=lambda: None, log=home.log(name)),
    }
    return kinds[name]()

with Supervisor(lambda line: print(line, flush=True), write) as supervisor:
    try:
        supervisor.start(*(child(name) for name in sys.argv[2:]))
        print("started", flush=True)
        while True:
            supervisor.watch()
            kind = (folder / "successor").read_text()
            try:
                supervisor.replace("first", child(kind), (folder / "ready").exists, 2)
            except TaskFailed as failed:
                print(failed, flush=True)
            print("replaced", flush=True)
    except Stopped:
        pass
"""


@contextmanager
def _supervisor(folder: Path, *children: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SCRIPT, str(folder), *children]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        try:
            yield process
        finally:
            process.kill()


def _pids(folder: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((folder / "pids.json").read_text())
    return found


def _run(pids: list[int]) -> list[int]:
    return [pid for pid in pids if procs.seen(pid)]


def _ready(folder: Path, name: str, not_pid: int = 0) -> bool:
    home = Home(folder)
    server = home.postgres if name == "postgres" else home.broker
    pid = _pids(folder).get(name, 0)
    return pid not in {0, not_pid} and server.ready(pid)


def test_a_killed_child_is_started_again_and_the_others_are_left_alone(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "first", "second"):
        before = _pids(tmp_path)
        os.kill(before["first"], SIGKILL)
        assert wait_until(lambda: _pids(tmp_path).get("first", 0) not in {0, before["first"]}, 5)
        assert procs.seen(_pids(tmp_path)["first"])
        assert _pids(tmp_path)["second"] == before["second"]


def test_a_child_that_runs_and_cannot_work_is_started_again(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "stuck", "second"):
        before = _pids(tmp_path)
        (tmp_path / "stuck").touch()
        assert wait_until(lambda: _pids(tmp_path).get("stuck", 0) not in {0, before["stuck"]}, 10)
        assert _pids(tmp_path)["second"] == before["second"]


def test_postgres_heals_from_a_kill_with_a_session_open(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "postgres"):
        assert wait_until(lambda: _ready(tmp_path, "postgres"), 20)
        dsn = Home(tmp_path).postgres.admin_dsn
        connection = psycopg.connect(dsn)
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        connection.commit()
        connection.execute("INSERT INTO kept VALUES (8)")
        killed = _pids(tmp_path)["postgres"]
        os.kill(killed, SIGKILL)
        assert wait_until(lambda: _ready(tmp_path, "postgres", not_pid=killed), 10)
        connection.close()
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_the_broker_heals_from_a_kill(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "nats"):
        assert wait_until(lambda: _ready(tmp_path, "nats"), 20)
        killed = _pids(tmp_path)["nats"]
        os.kill(killed, SIGKILL)
        assert wait_until(lambda: _ready(tmp_path, "nats", not_pid=killed), 5)


@pytest.mark.parametrize("send", [os.kill, os.killpg])
@pytest.mark.parametrize("asked", [SIGINT, SIGTERM, SIGHUP])
def test_a_signal_stops_everything_in_order(
    tmp_path: Path, asked: Signals, send: Callable[[int, Signals], None]
) -> None:
    with _supervisor(tmp_path, "postgres", "nats", "parent", "first", "second") as process:
        assert wait_until(lambda: _ready(tmp_path, "postgres") and _ready(tmp_path, "nats"), 20)
        everyone = procs.tree(process.pid)
        assert len(everyone) > 8
        # A terminal sends Ctrl-C to the whole group.
        send(process.pid, asked)
        assert process.wait(20) == 0
        assert _run(everyone) == []
    assert (tmp_path / "order").read_text() == "second first "
    assert "database system is shut down" in (tmp_path / "logs" / "postgres.log").read_text()


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "postgres", "nats", "first") as process:
        assert wait_until(lambda: _ready(tmp_path, "postgres") and _ready(tmp_path, "nats"), 20)
        everyone = procs.tree(process.pid)
        process.kill()
        assert wait_until(lambda: _run(everyone) == [], 10)


def _asked_to_replace(process: subprocess.Popen[str], folder: Path, successor: str) -> None:
    (folder / "successor").write_text(successor)
    process.send_signal(SIGUSR1)


def _said_until(process: subprocess.Popen[str], last: str) -> str:
    assert process.stdout is not None
    return "".join(iter(process.stdout.readline, f"{last}\n"))


def test_a_fresh_process_works_before_the_old_one_ends(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "first", "second") as process:
        before = _pids(tmp_path)
        _asked_to_replace(process, tmp_path, "first")
        assert wait_until(lambda: "first (next)" in _pids(tmp_path), 5)
        time.sleep(0.3)
        assert _pids(tmp_path)["first"] == before["first"]
        (tmp_path / "ready").touch()
        assert _said_until(process, "replaced") == ""
        after = _pids(tmp_path)
        assert after.keys() == before.keys()
        assert (after["first"] != before["first"], after["second"]) == (True, before["second"])
        assert _run([before["first"]]) == []
        assert (tmp_path / "order").read_text() == "first "


@pytest.mark.parametrize(("successor", "why"), [("hasty", "ended as it began"), ("second", "was not ready within 2 s")])
def test_who_is_not_followed_goes_on(tmp_path: Path, successor: str, why: str) -> None:
    with _supervisor(tmp_path, "first") as process:
        before = _pids(tmp_path)
        _asked_to_replace(process, tmp_path, successor)
        assert why in _said_until(process, "replaced")
        assert _pids(tmp_path) == before
        assert _run([before["first"]])
        os.kill(before["first"], SIGKILL)
        assert wait_until(lambda: _pids(tmp_path).get("first", 0) not in {0, before["first"]}, 5)


def test_who_does_not_listen_is_ended_after_the_grace(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "deaf") as process:
        deaf = _pids(tmp_path)["deaf"]
        assert wait_until((tmp_path / "logs" / "deaf.log").exists, 5)
        time.sleep(0.2)
        process.terminate()
        assert process.wait(5) == 0
        assert process.stdout is not None
        assert "deaf did not stop in time" in process.stdout.read()
        assert _run([deaf]) == []


def test_who_dies_at_once_is_started_more_and_more_slowly(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "hasty") as process:
        time.sleep(2)
        process.terminate()
        assert process.stdout is not None
        starts = process.stdout.read().count("hasty ended with code 0")
    assert 3 <= starts <= 7
