"""The whole platform: it starts, heals, says how it is, refuses a twin, and leaves nothing behind."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from signal import SIGKILL

import psycopg
import pytest

from commons_onebox import procs, scaling
from commons_onebox.home import GATEWAY, SERVICES, Home, HomeError, Run
from commons_onebox.house import running
from commons_onebox.server import wait_until
from commons_onebox.web import answers

EVERYONE = {"supervisor", "postgres", "nats", *SERVICES, GATEWAY}
TYPENAME = b'{"query": "{ __typename }"}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[Run]:
    with running(folder, environment={"COMMONS_SEEN_BY_ALL": "yes"}) as run:
        yield run


def _commons(*arguments: str, home: Path, port: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commons_onebox", *arguments],
        env={**os.environ, "COMMONS_HOME": str(home), "COMMONS_PORT": port},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _now(folder: Path) -> Run:
    run = Home(folder).run
    assert run is not None
    return run


def test_every_process_is_named_in_the_run_file(house: Run) -> None:
    assert set(house.processes) == EVERYONE
    assert all(procs.seen(pid) for pid in house.processes.values())


def test_it_answers_in_graphql(house: Run) -> None:
    assert answers(f"{house.url}/graphql", TYPENAME)


def test_the_environment_reaches_every_process(house: Run) -> None:
    for name, pid in house.processes.items():
        inherited = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"COMMONS_SEEN_BY_ALL=yes" in inherited, name


@pytest.mark.parametrize("name", [*SERVICES, GATEWAY, "nats", "postgres"])
def test_it_heals_from_a_kill_of(house: Run, folder: Path, name: str) -> None:
    before = _now(folder).processes
    os.kill(before[name], SIGKILL)
    assert wait_until(lambda: _now(folder).processes.get(name, before[name]) != before[name], 6), "not started again"
    home = Home(folder)
    for service in SERVICES:
        ready = f"http://127.0.0.1:{home.ports[service]}/readyz"
        assert wait_until(partial(answers, ready), 15, pause=0.1), service
    assert answers(f"{house.url}/graphql", TYPENAME)


def test_a_request_waits_while_the_gateway_starts_again(house: Run, folder: Path) -> None:
    killed = _now(folder).processes[GATEWAY]
    os.kill(killed, SIGKILL)
    assert wait_until(lambda: procs.seen(killed) is None, 5)
    with urllib.request.urlopen(f"{house.url}/livez", timeout=10) as answer:  # noqa: S310  our own
        assert answer.status == 200


def test_every_process_of_ours_gives_way_to_a_fresh_one(house: Run, folder: Path) -> None:
    before = _now(folder)
    rolled = _commons("roll", home=folder)
    assert rolled.returncode == 0, rolled.stderr
    after = _now(folder)
    assert after.processes.keys() == before.processes.keys()
    assert {n for n in EVERYONE if before.processes[n] == after.processes[n]} == {"supervisor", "postgres", "nats"}
    assert all(f"process {after.processes[name]} in place of" in rolled.stdout for name in (*SERVICES, GATEWAY))
    assert not [name for name in (*SERVICES, GATEWAY) if not before.gone(name)]


def test_one_that_does_not_come_up_leaves_everyone_at_work(house: Run, folder: Path) -> None:
    before, seed = _now(folder), Home(folder).seed_file("mentoring")
    kept = seed.read_text()
    try:
        seed.write_text("no key")
        rolled = _commons("roll", home=folder)
    finally:
        seed.write_text(kept)
    after = _now(folder)
    assert rolled.returncode == 1
    assert "mentoring ended as it began" in rolled.stderr
    left = {name for name in EVERYONE if before.processes[name] == after.processes[name]}
    assert left == EVERYONE - {"profiles", "matching"}
    assert answers(f"{house.url}/graphql", TYPENAME)


def test_it_is_small(house: Run) -> None:
    assert procs.pss(procs.tree(house.pid)) < 700_000_000


def test_status_shows_everyone(house: Run, folder: Path) -> None:
    shown = _commons("status", home=folder)
    assert shown.returncode == 0, shown.stderr
    assert all(name in shown.stdout for name in EVERYONE)
    assert "no answer" not in shown.stdout
    assert house.url in shown.stdout


DEAD = """
    INSERT INTO dead_letters (owner, aggregate, seq, subject, headers, body, error)
    VALUES ('geo', %s, 0, 'due.geo.something', %s, '{}', 'SomeError')
"""


@pytest.fixture
def letter(house: Run, folder: Path) -> Iterator[str]:
    """A deadline that could not be met, named as the command line names it; far away, so that nothing tries it."""
    aggregate = uuid.uuid4()
    headers = {"project": str(uuid.uuid4()), "key": str(aggregate), "due_at": "2999-01-01T00:00:00+00:00"}
    with psycopg.connect(Home(folder).dsn("geo", "engine")) as connection:
        connection.execute(DEAD, [aggregate, json.dumps(headers)])
    yield f"geo/geo/{aggregate}/0"
    with psycopg.connect(Home(folder).dsn("geo", "engine")) as connection:
        connection.execute("DELETE FROM dead_letters WHERE aggregate = %s", [aggregate])
        connection.execute("DELETE FROM due WHERE key = %s", [str(aggregate)])


def _listed(folder: Path, letter: str) -> bool:
    shown = _commons("dlq", "list", home=folder)
    assert shown.returncode == 0, shown.stderr
    return letter.rsplit("/", 2)[1][:8] in shown.stdout


def test_a_dead_letter_is_shown_and_dropped(folder: Path, letter: str) -> None:
    assert _listed(folder, letter)
    dropped = _commons("dlq", "drop", letter, home=folder)
    assert (dropped.returncode, dropped.stdout) == (0, f"{letter}: dropped\n"), dropped.stderr
    assert not _listed(folder, letter)


def test_a_dead_letter_is_tried_again(folder: Path, letter: str) -> None:
    tried = _commons("dlq", "redrive", letter, home=folder)
    assert (tried.returncode, tried.stdout) == (0, f"{letter}: done\n"), tried.stderr
    assert not _listed(folder, letter)


def test_an_unknown_letter_is_refused_before_another_is_dropped(folder: Path, letter: str) -> None:
    refused = _commons("dlq", "drop", letter, "geo/geo/none/1", home=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "There is no dead letter 'geo/geo/none/1'." in refused.stderr
    assert _listed(folder, letter)


def test_replay_leaves_a_running_platform_alone(house: Run, folder: Path) -> None:
    refused = _commons("replay", home=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"already runs on {folder}" in refused.stderr
    assert answers(f"{house.url}/graphql", TYPENAME)


def test_a_second_start_on_this_home_is_refused(house: Run, folder: Path) -> None:
    refused = _commons("up", home=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"The platform already runs on {folder} (process {house.pid}, {house.url}). "
        "Stop it first, or choose another folder with COMMONS_HOME.\n"
    )


def test_it_is_filled_once(house: Run, folder: Path) -> None:
    (folder / "seeded.json").touch()
    again = _commons("seed", home=folder)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(f"{folder} was filled before.")


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "1e12"])
def test_a_token_that_nobody_could_use_is_refused(house: Run, folder: Path, hours: str) -> None:
    refused = _commons("token", "--as", "MENTEE@westem", "--hours", hours, home=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "A token is valid for more than 0 and at most 8784 hours.\n"


def test_a_taken_port_is_refused(house: Run, tmp_path: Path) -> None:
    port = house.url.rpartition(":")[2]
    refused = _commons("up", home=tmp_path, port=port)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"Port {port} is taken by another program. ")


def _crowd() -> float:
    """How many want each processor: beside other tests we get that part of it, and the promise is for a machine at rest."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_it_starts_again_within_ten_seconds_on_the_same_data_and_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        everyone = procs.tree(first.pid)
        passwords = Home(tmp_path).passwords
    assert not [pid for pid in everyone if procs.seen(pid)]
    assert Home(tmp_path).run is None
    replayed = _commons("replay", home=tmp_path)
    assert replayed.returncode == 0, replayed.stderr
    assert "facts will be told again" in replayed.stdout
    began = time.monotonic()
    with running(tmp_path) as second:
        assert time.monotonic() - began < 10 * _crowd()
        assert second.pid != first.pid
        assert Home(tmp_path).passwords == passwords
        os.kill(second.pid, SIGKILL)
        everyone = list(second.processes.values())
        assert wait_until(lambda: not [pid for pid in everyone if procs.seen(pid)], 10)


@pytest.mark.parametrize("command", ["status", "seed", "roll"])
def test_a_look_at_nothing_is_answered_in_a_sentence(tmp_path: Path, command: str) -> None:
    refused = _commons(command, home=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "does not run" in refused.stderr


def test_a_service_has_as_many_processes_as_are_asked_for(house: Run, folder: Path) -> None:
    def matching() -> dict[str, int]:
        return {name: pid for name, pid in _now(folder).processes.items() if name.startswith("matching")}

    with ThreadPoolExecutor() as beside:
        asked = beside.submit(_commons, "scale", "matching", "3", home=folder)
        assert wait_until(lambda: _now(folder).rolling, 20)
        with pytest.raises(HomeError, match="changes already"):
            scaling.ask(Home(folder), _now(folder), "matching", 2, print)
    more = asked.result()
    assert more.returncode == 0, more.stderr
    assert "matching has 3 processes now." in more.stdout
    before = matching()
    assert set(before) == {"matching", "matching-2", "matching-3"}
    assert "matching-3" in _commons("status", home=folder).stdout
    os.kill(before["matching-2"], SIGKILL)
    assert wait_until(lambda: matching().get("matching-2", before["matching-2"]) != before["matching-2"], 6)

    fewer = _commons("scale", "matching", "1", home=folder)
    assert "matching-3: process" in fewer.stdout
    assert matching() == {"matching": before["matching"]}
    assert procs.seen(before["matching-3"]) is None


@pytest.mark.parametrize(
    ("told", "says"), [(("postgres", "2"), "There is no service"), (("matching", "0"), "from 1 to 16")]
)
def test_what_cannot_be_scaled_is_refused(house: Run, folder: Path, told: tuple[str, ...], says: str) -> None:
    refused = _commons("scale", *told, home=folder)
    assert (refused.returncode, says in refused.stderr) == (2, True), refused.stderr
