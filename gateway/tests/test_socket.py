"""What a socket must do before it is listened to."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from commons_contracts.matching import ConnectionsSince
from commons_gateway.app import build

CHANGED = "subscription { connectionChanged { connections { id } } }"
SPEAKS = "graphql-transport-ws"


class Socket:
    """A browser's end of a socket."""

    def __init__(self, app, protocol, headers):
        self.sent, self.received = asyncio.Queue(), asyncio.Queue()
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "scheme": "ws",
            "query_string": b"",
            "headers": [(b"host", b"gateway"), *headers],
            "subprotocols": [protocol],
        }
        self.sent.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self.sent.get, self.received.put))

    async def event(self):
        return await asyncio.wait_for(self.received.get(), 2)

    def send(self, message):
        self.sent.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def message(self):
        return json.loads((await self.event())["text"])


@pytest.fixture
def opened(gateway):
    app = build(gateway.settings, gateway.asker)

    @asynccontextmanager
    async def opened(protocol=SPEAKS, headers=()):
        socket = Socket(app, protocol, headers)
        yield socket
        socket.sent.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(socket.task, 2)

    return opened


def introduction(token):
    return {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}", "Accept-Language": "sv"}}


def subscribing(id, query):
    return {"type": "subscribe", "id": id, "payload": {"query": query}}


async def test_one_introduces_oneself_and_is_told(gateway, opened):
    async with opened() as socket:
        assert (await socket.event())["subprotocol"] == SPEAKS
        socket.send(introduction(gateway.token("ada")))
        assert await socket.message() == {"type": "connection_ack"}
        socket.send(subscribing("1", CHANGED))
        told = await socket.message()
        assert (told["id"], told["type"]) == ("1", "next")
        assert told["payload"]["data"]["connectionChanged"]["connections"]
    actor = next(actor for request, actor, _ in gateway.asker.asked if isinstance(request, ConnectionsSince))
    assert (actor.person, actor.project) == (gateway.person("ada"), gateway.project("westem"))
    assert actor.language == "sv"


async def test_errors_are_masked_here_too(gateway, opened):
    async with opened() as socket:
        await socket.event()
        socket.send(introduction(gateway.token("ada")))
        await socket.message()
        socket.send(subscribing("1", "{ viewe { id } }"))
        told = await socket.message()
        assert told["type"] == "error"
        (error,) = told["payload"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert "Did you mean" not in error["message"]


async def test_a_socket_takes_twenty_subscriptions(gateway, opened):
    async with opened() as socket:
        await socket.event()
        socket.send(introduction(gateway.token("ada")))
        await socket.message()
        for number in range(21):
            socket.send(subscribing(str(number), CHANGED))
        kinds = [(await socket.message())["type"] for _ in range(21)]
        assert sorted(kinds) == ["error"] + ["next"] * 20


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}, 4403),
        (subscribing("1", CHANGED), 4401),
        ({"type": "connection_init", "payload": {"x": "x" * 70_000}}, 1009),
        ({"type": "connection_init", "payload": {"x": "a\0b"}}, 1007),
    ],
)
async def test_a_socket_is_closed_on_whoever_does_not(gateway, opened, message, code):
    async with opened() as socket:
        await socket.event()
        socket.send(message)
        closed = await socket.event()
        assert (closed["type"], closed["code"]) == ("websocket.close", code)
    assert gateway.asker.asked == []


async def test_only_the_newer_protocol_is_spoken(opened):
    async with opened("graphql-ws") as socket:
        assert (await socket.event())["type"] == "websocket.accept"
        assert (await socket.event())["code"] == 4406


async def test_a_page_of_another_site_opens_no_socket(opened):
    async with opened(headers=[(b"origin", b"https://elsewhere.example")]) as socket:
        assert (await socket.event())["type"] == "websocket.close"
