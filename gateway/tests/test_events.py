"""Following something without a socket: one event stream an operation."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from commons_chassis.clock import real_now
from commons_contracts.codes import ConnectionState
from commons_contracts.matching import ConnectionNews, ConnectionsSince, ConnectionView
from commons_gateway import events, lines
from commons_gateway.app import build
from commons_gateway.testing import sample

CHANGED = "subscription($since: String) { connectionChanged(since: $since) { cursor connections { state } } }"


def almost_over():
    """A token that has run out, but for two seconds of the leeway."""
    return {"now": real_now() - timedelta(hours=1), "hours": 1 - 58 / 3600}


class Stream:
    """A client's end of an event stream, on a connection that it can drop."""

    def __init__(self, app, body, headers, method="POST"):
        self._heard, self._gone = asyncio.Queue(), asyncio.Event()
        self._body, self._left = body, b""
        scope = {
            "type": "http",
            "method": method,
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "client": ["192.0.2.7", 4711],
            "headers": [(b"host", b"gateway"), (b"content-type", b"application/json"), *headers],
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._heard.put))

    async def _receive(self):
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def begun(self):
        message = await asyncio.wait_for(self._heard.get(), 2)
        return message["status"], {name.decode(): value.decode() for name, value in message["headers"]}

    async def event(self, seconds=2):
        """The next event's name and content; "" for a comment, None at the end."""
        while b"\n\n" not in self._left:
            message = await asyncio.wait_for(self._heard.get(), seconds)
            self._left += message.get("body", b"")
            if not message.get("more_body") and not self._left:
                return None
        event, _, self._left = self._left.partition(b"\n\n")
        if event.startswith(b":"):
            return ""
        name, content = event.decode().split("\n")
        written = content.removeprefix("data:").strip()
        return name.removeprefix("event: "), json.loads(written) if written else None

    def hang_up(self):
        self._gone.set()


@pytest.fixture
def app(gateway):
    return build(gateway.settings, gateway.asker)


@pytest.fixture
def following(gateway, app):
    @asynccontextmanager
    async def following(query=CHANGED, variables=None, token=None, accept=b"text/event-stream"):
        bearer = f"Bearer {token or gateway.token('ada')}".encode()
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        stream = Stream(app, body, [(b"accept", accept), (b"authorization", bearer)])
        listening = asyncio.create_task(app.state.desk.newsroom.listen())
        try:
            yield stream
            stream.hang_up()
            await asyncio.wait_for(stream.task, 2)
        finally:
            listening.cancel()
            await asyncio.wait([listening])

    return following


@pytest.fixture
def journal(gateway):
    """What matching has to tell; the cursor is the number of the last."""
    entries = []

    def since(request, actor):
        start = len(entries) if request.cursor is None else int(request.cursor)
        return ConnectionNews(items=tuple(entries[start:]), cursor=str(len(entries)))

    gateway.asker.answers[ConnectionsSince] = since
    return entries


def change(state):
    return sample(ConnectionView).model_copy(update={"state": state})


async def told(stream):
    kind, content = await stream.event()
    assert kind == "next", (kind, content)
    return content["data"]["connectionChanged"]


async def test_a_subscription_is_followed_and_resumed(gateway, following, journal):
    async with following() as stream:
        status, headers = await stream.begun()
        assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert "no-store" in headers["cache-control"]
        assert await stream.event() == ""
        assert (await told(stream))["connections"] == []
        journal.append(change(ConnectionState.ACCEPTED))
        gateway.asker.tell(gateway.person("ada"))
        first = await told(stream)
        assert first["connections"] == [{"state": "ACCEPTED"}]
    journal.append(change(ConnectionState.DECLINED))
    async with following(variables={"since": first["cursor"]}) as stream:
        await stream.begun()
        await stream.event()
        assert (await told(stream))["connections"] == [{"state": "DECLINED"}]


async def test_a_question_is_one_event(following):
    async with following("{ __typename }") as stream:
        assert (await stream.begun())[0] == 200
        assert await stream.event() == ""
        kind, content = await stream.event()
        assert (kind, content["data"]) == ("next", {"__typename": "Query"})
        assert await stream.event() == ("complete", None)
        await asyncio.wait_for(stream.task, 1)


@pytest.mark.parametrize("query", ["{", "{ nonsense }", "subscription { nonsense }"])
async def test_what_is_wrong_with_a_document_is_an_event(following, query):
    async with following(query) as stream:
        assert (await stream.begun())[0] == 200
        await stream.event()
        kind, content = await stream.event()
        assert kind == "next"
        assert content["errors"][0]["extensions"]["code"] in {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
        assert await stream.event() == ("complete", None)


async def test_who_is_nobody_known_is_told_by_the_status(following, gateway):
    async with following(token="nonsense") as stream:
        status, headers = await stream.begun()
        assert (status, headers["content-type"]) == (401, "application/json; charset=utf-8")


async def test_quiet_streams_have_a_heartbeat(following, journal, monkeypatch):
    assert events.HEARTBEAT_SECONDS <= 15
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    async with following() as stream:
        await stream.begun()
        await stream.event()
        await told(stream)
        assert [await stream.event(), await stream.event()] == ["", ""]


async def test_who_hangs_up_is_not_worked_for(gateway, following, journal, app):
    async with following() as stream:
        await stream.begun()
        await stream.event()
        await told(stream)
        assert app.state.desk.newsroom._waiting
        assert len(app.state.desk.lines.open) == 1
    assert not app.state.desk.newsroom._waiting
    assert (app.state.desk.lines.open, app.state.desk.lines.held) == (set(), {})


async def test_a_stream_ends_with_its_token(gateway, following, journal):
    async with following(token=gateway.token("ada", **almost_over())) as stream:
        await stream.begun()
        await stream.event()
        await told(stream)
        ends = []
        while (event := await stream.event(4)) != ("complete", None):
            ends.append(event[1]["errors"][0]["extensions"]["code"])
        assert set(ends) == {"UNAUTHENTICATED"}


async def test_a_stream_ends_with_the_process_and_is_not_complete(following, journal, app):
    async with following() as stream:
        await stream.begun()
        await stream.event()
        await told(stream)
        app.state.desk.lines.end_all(lines.GOING)
        assert await stream.event() is None


async def test_a_person_follows_so_much_and_no_more(following, journal, app):
    app.state.desk.lines.most_each = 1
    async with following() as stream:
        await stream.begun()
        await stream.event()
        await told(stream)
        async with following() as second:
            status, headers = await second.begun()
            assert (status, headers["retry-after"]) == (429, "5")


async def test_a_process_carries_so_many_and_no_more(following, journal, app):
    app.state.desk.lines.most = 0
    async with following() as stream:
        assert (await stream.begun())[0] == 503


async def test_who_takes_nothing_is_let_go(gateway, app, monkeypatch, capsys):
    monkeypatch.setattr(events, "SENDING_SECONDS", 0.05)
    bearer = f"Bearer {gateway.token('ada')}".encode()
    stream = Stream(app, b"{}", [(b"accept", b"text/event-stream"), (b"authorization", bearer)])
    stream.task.cancel()
    stuck = asyncio.Event()

    async def send(message):
        if message["type"] == "http.response.body":
            await stuck.wait()

    body = [{"type": "http.request", "body": json.dumps({"query": CHANGED}).encode(), "more_body": False}]

    async def receive():
        if body:
            return body.pop()
        await stuck.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"accept", b"text/event-stream"),
            (b"authorization", bearer),
        ],
    }
    await asyncio.wait_for(app(scope, receive, send), 1)
    assert not app.state.desk.lines.open
    assert "failed" not in "".join(capsys.readouterr())


async def test_a_socketless_caller_may_ask_for_json_first(following):
    async with following("{ __typename }", accept=b"application/json, text/event-stream") as stream:
        assert (await stream.begun())[1]["content-type"] == "application/json; charset=utf-8"
