"""The two servers from the wheels: they answer, they ask for passwords, and they end with whoever started them."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nats
import psycopg
import pytest

from commons_onebox.postgres import PostgresServer
from commons_onebox.server import wait_until
from commons_onebox.testing import Pair, Running, shared_servers, start_nats, start_postgres

STARTED_ELSEWHERE = """
import sys, time
from pathlib import Path
from commons_onebox.testing import start_nats, start_postgres
folder = Path(sys.argv[1])
print(start_postgres(folder).process.pid, start_nats(folder).process.pid, flush=True)
time.sleep(60)
"""


def _runs(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_postgres_is_the_version_we_promise(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        assert connection.info.server_version // 10000 == 18
        row = connection.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'")
        assert row.fetchone() == ("b", "C.UTF-8")


@pytest.mark.parametrize("password", ["", "password=guess"])
def test_a_wrong_password_or_none_is_refused(postgres_dsn: str, password: str) -> None:
    asked = psycopg.conninfo.conninfo_to_dict(postgres_dsn)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"host=127.0.0.1 port={asked['port']} user=postgres dbname=postgres {password}")


def test_the_socket_asks_for_a_password_as_well() -> None:
    # Not tmp_path: with the name of the test in it, the path is too long for a socket.
    with tempfile.TemporaryDirectory() as folder:
        postgres = start_postgres(Path(folder))
        try:
            assert isinstance(postgres.server, PostgresServer)
            place = f"host={postgres.server.folder} port={postgres.server.port} user=postgres dbname=postgres"
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                psycopg.connect(place)
            psycopg.connect(f"{place} password=test").close()
        finally:
            postgres.stop()


def test_passwords_are_kept_as_scram_secrets(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'").fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$")


def test_the_broker_keeps_streams_in_files(tmp_path: Path) -> None:
    broker = start_nats(tmp_path, durable=True)

    async def write() -> None:
        connection = await nats.connect(broker.url)
        stream = connection.jetstream()
        await stream.add_stream(name="KEPT", subjects=["kept.>"])
        await stream.publish("kept.one", b"1")
        await connection.close()

    try:
        asyncio.run(write())
    finally:
        broker.kill()
    assert list((tmp_path / "nats").rglob("*.blk"))


def test_what_was_committed_outlives_a_kill(tmp_path: Path) -> None:
    first = start_postgres(tmp_path, durable=True)
    with psycopg.connect(first.admin_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    first.kill()
    second = start_postgres(tmp_path, durable=True)
    try:
        with psycopg.connect(second.admin_dsn) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        second.stop()


def test_both_end_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTED_ELSEWHERE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pids = [int(word) for word in starter.stdout.readline().split()]
        assert len(pids) == 2
        assert all(_runs(pid) for pid in pids)
        os.kill(starter.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(_runs(pid) for pid in pids), 10)


def test_a_run_has_one_pair(postgres_dsn: str, nats_url: str) -> None:
    assert shared_servers() == Pair(postgres_dsn, nats_url)


@pytest.mark.parametrize("start", [start_postgres, start_nats])
def test_stopping_ends_in_order(tmp_path: Path, start: Callable[[Path], Running]) -> None:
    running = start(tmp_path)
    running.stop()
    assert running.process.returncode == 0
