"""The server itself, on a real port: heads that do not end, sockets that say nothing, and an end in order."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import websockets

QUICK = {"HEAD_SECONDS": 0.4, "PING_SECONDS": 0.3, "IDLE_SECONDS": 1}
SERVE = Path(__file__).with_name("serve.py")
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n"


class Served:
    def __init__(self, folder, **changes):
        command = [sys.executable, str(SERVE), str(folder), json.dumps(changes)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.port, self.token = told["port"], told["token"]
        self.url = f"http://127.0.0.1:{self.port}/graphql"

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        _, error = self.process.communicate(timeout=20)
        return self.process.returncode, error


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("gateway"), **QUICK)
    yield served
    assert "Traceback" not in served.end()[1]


def heard(connection):
    """All that comes until the other side hangs up."""
    parts = []
    with connection:
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_it_answers(served):
    answer = httpx.post(served.url, json={"query": "{ __typename }"})
    assert (answer.status_code, answer.headers.get("server")) == (200, None)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_head_that_does_not_end_is_not_waited_for(served):
    for beginning in (b"", GET):
        connection, began = served.connect(), time.monotonic()
        connection.sendall(beginning)
        assert heard(connection) == b""
        assert time.monotonic() - began < 3


def test_nor_one_that_trickles(served):
    began = time.monotonic()
    with served.connect() as connection, suppress(OSError):  # broken pipe or reset, as the system has it
        connection.sendall(b"GET /livez HTTP/1.1\r\n")
        while time.monotonic() - began < 10:
            connection.sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X-Long: " + b"a" * 40_000 + b"\r\n\r\n",
        GET + b"X-Long: " + b"a" * 400_000,
        GET + b"".join(b"X-%d: 1\r\n" % n for n in range(150)) + b"\r\n",
        b"GET /livez?" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_a_head_without_measure_is_refused(served, head):
    connection = served.connect()
    try:
        connection.sendall(head)
        assert b" 400 " in heard(connection).split(b"\r\n")[0]
    except OSError:
        pass  # it hung up on what was still being sent


def test_one_connection_serves_many_requests(served):
    with httpx.Client() as client:
        for _ in range(5):
            assert client.get(served.url, params={"query": "{ __typename }"}).status_code == 200
            time.sleep(0.2)


def test_a_slow_client_is_served_while_it_goes_on(served):
    connection = served.connect()
    for part in (GET, b"X-A: 1\r\n", b"Connection: close\r\n\r\n"):
        connection.sendall(part)
        time.sleep(0.1)
    assert b"200 OK" in heard(connection)


async def test_a_socket_that_is_not_there_any_more_is_closed(served):
    upgrade = (
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    connection, began = served.connect(), time.monotonic()
    connection.sendall(upgrade)
    assert b"101 Switching Protocols" in await asyncio.to_thread(heard, connection)
    assert time.monotonic() - began < 3


async def test_a_socket_stays_while_it_answers(served):
    address = served.url.replace("http", "ws")
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"]) as there:
        await there.send(
            json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {served.token}"}})
        )
        assert json.loads(await there.recv()) == {"type": "connection_ack"}
        await asyncio.sleep(1.2)
        await there.send(json.dumps({"type": "ping"}))
        assert json.loads(await there.recv()) == {"type": "pong"}


async def test_a_message_that_is_too_large_is_not_even_read(served):
    address = served.url.replace("http", "ws")
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"]) as there:
        with suppress(websockets.ConnectionClosed):
            await there.send("x" * 5_000_000)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await there.recv()
        assert closed.value.rcvd.code == 1009
        assert "exceeds limit of 65536 bytes" in closed.value.rcvd.reason  # the server's words: ours come without any


async def test_a_page_of_another_site_is_refused_before_the_socket_opens(served):
    address = served.url.replace("http", "ws")
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(address, subprotocols=["graphql-transport-ws"], origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403


async def test_it_ends_at_once_with_a_word_to_those_who_follow(tmp_path):
    served = Served(tmp_path)
    address = served.url.replace("http", "ws")
    follows = {"query": "subscription { connectionChanged { cursor } }"}
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {served.token}"}
    async with (
        websockets.connect(address, subprotocols=["graphql-transport-ws"]) as there,
        httpx.AsyncClient() as client,
    ):
        await there.send(
            json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {served.token}"}})
        )
        await there.recv()
        async with client.stream("POST", served.url, json=follows, headers=headers) as stream:
            lines = stream.aiter_lines()
            while "data" not in await anext(lines):
                pass
            began = time.monotonic()
            code, error = await asyncio.to_thread(served.end)
            assert (code, error) == (0, "") or "Traceback" not in error
            assert time.monotonic() - began < 3
            assert "complete" not in [line async for line in lines]
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await there.recv()
            assert closed.value.rcvd.code == 1012


async def test_a_question_that_is_on_its_way_is_answered_before_it_ends(tmp_path):
    """Connections that are kept: one is asked on after the signal, one stays silent."""
    served = Served(tmp_path, LAST_SECONDS=1.5)
    ask = GET + b"\r\n"
    with served.connect() as asked, served.connect() as silent:
        for connection in (asked, silent):
            connection.sendall(ask)
            while not connection.recv(65536).endswith(b"ok\n"):
                pass
        began = time.monotonic()
        ending = asyncio.create_task(asyncio.to_thread(served.end))
        await asyncio.sleep(0.7)
        asked.sendall(ask)
        answer = await asyncio.to_thread(heard, asked)
        assert b"200 OK" in answer
        assert b"connection: close" in answer.lower()
        assert time.monotonic() - began < 1.5
        assert await asyncio.to_thread(heard, silent) == b""
        error = (await ending)[1]
    assert "Traceback" not in error
    assert time.monotonic() - began < 5
