"""What a socket must do before it is listened to, and how it ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from commons_chassis.clock import real_now
from commons_contracts.matching import ConnectionsSince
from commons_gateway import lines, sockets
from commons_gateway.app import build

CHANGED = "subscription { connectionChanged { connections { id } } }"
SPEAKS = "graphql-transport-ws"


def almost_over():
    """A token that has run out, but for two seconds of the leeway."""
    return {"now": real_now() - timedelta(hours=1), "hours": 1 - 58 / 3600}


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
            "client": ["192.0.2.7", 4711],
            "headers": [(b"host", b"gateway"), *headers],
            "subprotocols": [protocol],
        }
        self.sent.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self.sent.get, self.received.put))

    async def event(self, seconds=2):
        return await asyncio.wait_for(self.received.get(), seconds)

    def raw(self, **message):
        self.sent.put_nowait({"type": "websocket.receive", **message})

    def send(self, message):
        self.raw(text=json.dumps(message))

    async def message(self):
        return json.loads((await self.event())["text"])

    async def introduce(self, token):
        assert (await self.event())["subprotocol"] == SPEAKS
        self.send(introduction(token))
        assert await self.message() == {"type": "connection_ack"}

    async def closed(self, seconds=2):
        event = await self.event(seconds)
        assert event["type"] == "websocket.close", event
        return event["code"]


@pytest.fixture
def app(gateway):
    return build(gateway.settings, gateway.asker)


@pytest.fixture
def opened(app):
    @asynccontextmanager
    async def opened(protocol=SPEAKS, headers=()):
        socket = Socket(app, protocol, headers)
        yield socket
        socket.sent.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(socket.task, 2)

    return opened


def introduction(token, **payload):
    return {
        "type": "connection_init",
        "payload": {"Authorization": f"Bearer {token}", "Accept-Language": "sv", **payload},
    }


def subscribing(id, query, **payload):
    return {"type": "subscribe", "id": id, "payload": {"query": query, **payload}}


async def test_one_introduces_oneself_and_is_told(gateway, opened):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        socket.send(subscribing("1", CHANGED))
        told = await socket.message()
        assert (told["id"], told["type"]) == ("1", "next")
        assert told["payload"]["data"]["connectionChanged"]["connections"]
    actor = next(actor for request, actor, _ in gateway.asker.asked if isinstance(request, ConnectionsSince))
    assert (actor.person, actor.project) == (gateway.person("ada"), gateway.project("westem"))
    assert actor.language == "sv"


async def test_questions_are_answered_once_and_the_id_is_free_again(gateway, opened):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        for _ in range(2):
            variables = {"slug": "westem"}
            query = "query a($slug: String!) { project(slug: $slug) { slug } } query b { __typename }"
            socket.send(subscribing("same", query, variables=variables, operationName="a", extensions={}))
            told = await socket.message()
            assert told["payload"]["data"] == {"project": {"slug": "sample"}}
            assert told["payload"]["extensions"]["cost"]
            assert await socket.message() == {"type": "complete", "id": "same"}


async def test_what_is_not_wanted_any_more_ends(gateway, opened, app):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        for _ in range(2):
            socket.send(subscribing("1", CHANGED))
            assert (await socket.message())["type"] == "next"
            assert waiting(app, gateway) == 2  # one for the token, one for the subscription
            socket.send({"type": "complete", "id": "1"})
            socket.send({"type": "ping", "payload": {"any": "thing"}})
            assert await socket.message() == {"type": "pong"}
        await asyncio.sleep(0.01)
        assert waiting(app, gateway) == 1
    assert waiting(app, gateway) == 0


def waiting(app, gateway):
    return len(app.state.desk.newsroom._waiting.get(gateway.person("ada"), ()))


async def test_errors_are_masked_here_too(gateway, opened):
    ids = set()
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        for id in "12":
            socket.send(subscribing(id, "{ viewe { id } }"))
            told = await socket.message()
            assert told["type"] == "error"
            (error,) = told["payload"]
            assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
            assert "Did you mean" not in error["message"]
            ids.add(error["extensions"]["requestId"])
    assert len(ids) == 2


async def test_a_bug_ends_its_operation_and_tells_nothing(gateway, opened, monkeypatch, capsys):
    async def broken(*_, **__):
        raise ZeroDivisionError("her secret words")

    monkeypatch.setattr(sockets.schema, "stream", broken)
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        socket.send(subscribing("1", "{ __typename }"))
        told = await socket.message()
        assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
        socket.send({"type": "ping"})
        assert await socket.message() == {"type": "pong"}
    printed = capsys.readouterr()
    assert (printed.out + printed.err).count("ZeroDivisionError") == 1
    assert "secret" not in printed.out + printed.err + json.dumps(told)


async def test_a_socket_takes_twenty_subscriptions(gateway, opened):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        for number in range(21):
            socket.send(subscribing(str(number), CHANGED))
        told = [await socket.message() for _ in range(21)]
        assert sorted(one["type"] for one in told) == ["error"] + ["next"] * 20
        (no,) = next(one["payload"] for one in told if one["type"] == "error")
        assert no["extensions"]["code"] == "RATE_LIMITED"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}, 4403),
        ({"type": "connection_init", "payload": 7}, 4400),
        (subscribing("1", CHANGED), 4401),
        ({"type": "connection_init", "payload": {"x": "x" * 70_000}}, 1009),
        ({"type": "connection_init", "payload": {"x": "å" * 33_000}}, 1009),
        ({"type": "connection_init", "payload": {"x": "a\0b"}}, 4400),
        ([], 4400),
        (None, 4400),
        ({}, 4400),
        ({"type": []}, 4400),
        ({"type": "next", "id": "1"}, 4400),
        ({"type": "complete"}, 4400),
        ({"type": "complete", "id": {}}, 4400),
    ],
)
async def test_a_socket_is_closed_on_whoever_does_not(gateway, opened, message, code):
    async with opened() as socket:
        await socket.event()
        socket.send(message)
        assert await socket.closed() == code
    assert gateway.asker.asked == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "{"}, 4400),
        ({"text": '{"type": "ping", "type": "pong"}'}, 4400),
        ({"text": '{"type": "ping", "payload": %s}' % ("[" * 40 + "]" * 40)}, 4400),
        ({"text": '{"type": "ping", "payload": NaN}'}, 4400),
        ({"text": '{"type": "ping", "payload": "\\ud800"}'}, 4400),
        ({"bytes": b'{"type": "ping"}'}, 1003),
    ],
)
async def test_a_socket_hears_json_in_text_alone(opened, message, code):
    async with opened() as socket:
        await socket.event()
        socket.raw(**message)
        assert await socket.closed() == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (introduction("x"), 4429),
        (subscribing("", CHANGED), 4400),
        (subscribing("x" * 200, CHANGED), 4400),
        (subscribing(7, CHANGED), 4400),
        ({"type": "subscribe", "id": "1"}, 4400),
        ({"type": "subscribe", "id": "1", "payload": [{"query": "{a}"}]}, 4400),
        (subscribing("1", None), 4400),
        (subscribing("1", "{a}", variables=[]), 4400),
        (subscribing("1", '{ a(b: "\\u{0}") }'), 4400),
        (subscribing("taken", CHANGED), 4409),
    ],
)
async def test_the_protocol_is_kept_to_the_letter(gateway, opened, message, code):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        socket.send(subscribing("taken", CHANGED))
        await socket.message()
        socket.send(message)
        assert await socket.closed() == code


async def test_who_does_not_introduce_himself_is_not_waited_for(opened, monkeypatch):
    assert sockets.INTRODUCTION_SECONDS == 10
    monkeypatch.setattr(sockets, "INTRODUCTION_SECONDS", 0.05)
    async with opened() as socket:
        await socket.event()
        socket.send({"type": "ping"})
        assert await socket.message() == {"type": "pong"}
        assert await socket.closed() == 4408


async def test_a_socket_on_which_nothing_happens_is_closed(gateway, opened, monkeypatch):
    monkeypatch.setattr(sockets, "IDLE_SECONDS", 0.15)
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        socket.send(subscribing("1", CHANGED))
        await socket.message()
        with pytest.raises(TimeoutError):
            await socket.event(0.3)
        socket.send({"type": "complete", "id": "1"})
        assert await socket.closed() == 1000


async def test_a_socket_ends_with_its_token(gateway, opened, monkeypatch):
    async with opened() as socket:
        token = gateway.token("ada", **almost_over())
        await socket.introduce(token)
        socket.send(subscribing("1", CHANGED))
        kinds = set()
        while (event := await socket.event(3))["type"] == "websocket.send":
            kinds.add(json.loads(event["text"])["type"])
        assert event["code"] == 4403
        assert "next" in kinds


async def test_who_talks_without_end_is_not_listened_to(gateway, opened):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        for _ in range(sockets.MESSAGES_AT_ONCE + 5):
            socket.send({"type": "pong"})
        assert await socket.closed() == 4429


async def test_a_person_holds_so_many_sockets_and_no_more(gateway, opened, app):
    app.state.desk.lines.most_each = 2
    async with opened() as first, opened() as second, opened() as third, opened() as other:
        for socket in (first, second):
            await socket.introduce(gateway.token("ada"))
        await third.event()
        third.send(introduction(gateway.token("ada")))
        assert await third.closed() == 4429
        await other.introduce(gateway.token("berit"))
    assert (app.state.desk.lines.open, app.state.desk.lines.held) == (set(), {})


async def test_a_process_holds_so_many_and_no_more(gateway, opened, app):
    app.state.desk.lines.most = 1
    async with opened() as first:
        await first.introduce(gateway.token("ada"))
        async with opened() as second:
            assert (await second.event())["type"] == "websocket.accept"
            assert await second.closed() == lines.LATER
    async with opened() as third:
        await third.introduce(gateway.token("ada"))


async def test_an_address_opens_so_many_that_say_nothing_and_no_more(gateway, opened, monkeypatch):
    assert lines.MOST_UNKNOWN <= lines.MOST / 10
    monkeypatch.setattr(sockets, "MOST_UNKNOWN", 2)
    async with opened() as first, opened() as second, opened() as third:
        await first.event()
        await second.event()
        await third.event()
        assert await third.closed() == lines.LATER
        first.send(introduction(gateway.token("ada")))
        assert await first.message() == {"type": "connection_ack"}
        async with opened() as fourth:
            await fourth.introduce(gateway.token("ada"))


async def test_sockets_end_with_the_process(gateway, opened, app):
    async with opened() as socket:
        await socket.introduce(gateway.token("ada"))
        app.state.desk.lines.end_all(lines.GOING)
        assert await socket.closed() == 1012


async def test_only_the_newer_protocol_is_spoken(opened):
    async with opened("graphql-ws") as socket:
        assert (await socket.event())["type"] == "websocket.accept"
        assert await socket.closed() == 4406


@pytest.mark.parametrize("origin", [b"https://elsewhere.example", b"null", b"http://gateway.elsewhere.example"])
async def test_a_page_of_another_site_opens_no_socket(opened, origin):
    async with opened(headers=[(b"origin", origin)]) as socket:
        assert (await socket.event())["type"] == "websocket.close"


async def test_our_own_page_does(gateway, opened):
    async with opened(headers=[(b"origin", b"https://gateway")]) as socket:
        await socket.introduce(gateway.token("ada"))


async def test_a_message_cannot_say_where_it_comes_from(gateway, opened, monkeypatch):
    seen = []

    async def introduced(desk, headers, method, **_):
        assert method == "WS"
        seen.append(headers)
        return gateway.context("ada")

    monkeypatch.setattr(sockets, "introduced", introduced)
    async with opened(headers=[(b"origin", b"http://gateway"), (b"cookie", b"real")]) as socket:
        await socket.event()
        socket.send(introduction("t", Cookie="false", Origin="http://else", Host="else", **{"Commons-Project": "x"}))
        await socket.message()
    (headers,) = seen
    assert (headers["cookie"], headers["origin"], headers["host"]) == ("real", "http://gateway", "gateway")
    assert (headers["authorization"], headers["commons-project"]) == ("Bearer t", "x")
