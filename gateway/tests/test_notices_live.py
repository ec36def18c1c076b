"""Notices as they arrive, on a real port: each once and in order, however often the connection breaks."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import websockets

from commons_contracts.codes import Language, NoticeCode
from commons_contracts.profiles import NoticeNews, NoticesSince, NoticeView, Viewer
from commons_gateway import live, serving
from commons_gateway.relay import global_id
from commons_gateway.testing import sample

ARRIVED = "subscription($since: String) { noticeArrived(since: $since) { cursor notices { id message } } }"
AT_ONCE = 3
"""How many notices profiles gives in one answer here."""


class Kept:
    """What profiles keeps for ada; the cursor is the number of the last."""

    def __init__(self, gateway):
        self._gateway, self.views = gateway, []
        gateway.asker.answers[NoticesSince] = self._since

    def add(self, code=NoticeCode.SESSION_ACCEPTED):
        self.views.append(sample(NoticeView).model_copy(update={"id": uuid4(), "code": code}))
        self._gateway.asker.tell(self._gateway.person("ada"))

    @property
    def ids(self):
        return [global_id("Notice", view.id) for view in self.views]

    def _since(self, request, actor):
        assert actor.person == self._gateway.person("ada")
        start = len(self.views) if request.cursor is None else int(request.cursor)
        shown = tuple(self.views[start : start + AT_ONCE])
        return NoticeNews(items=shown, cursor=str(start + len(shown)), more=len(self.views) > start + AT_ONCE)


@pytest.fixture
def kept(gateway):
    return Kept(gateway)


@pytest.fixture
async def address(gateway):
    """A gateway that serves on a port of its own, in this process."""
    door = socket.create_server(("127.0.0.1", 0))
    served = serving.server(gateway.settings, gateway.asker)
    served.config.lifespan = "off"  # which would set up the log of the whole process
    serves = asyncio.create_task(served.serve(sockets=[door]))
    listening = asyncio.create_task(served.config.app.state.desk.newsroom.listen())
    yield f"ws://127.0.0.1:{door.getsockname()[1]}/graphql"
    served.should_exit = True
    await serves
    listening.cancel()
    await asyncio.wait([listening])


@pytest.fixture
def following(gateway, address):
    """A socket of ada's that follows her notices from a cursor on: call it for the next answer; `broken()` tears it."""

    @asynccontextmanager
    async def following(since=None, **payload):
        async with websockets.connect(address, subprotocols=["graphql-transport-ws"]) as there:
            introduction = {"Authorization": f"Bearer {gateway.token('ada')}", **payload}
            await there.send(json.dumps({"type": "connection_init", "payload": introduction}))
            assert json.loads(await there.recv())["type"] == "connection_ack"
            asked = {"query": ARRIVED, "variables": {"since": since}}
            await there.send(json.dumps({"type": "subscribe", "id": "1", "payload": asked}))

            async def answer(seconds=3.0):
                told = json.loads(await asyncio.wait_for(there.recv(), seconds))
                return told["payload"]["data"]["noticeArrived"]

            yield answer
            there.transport.abort()

    return following


async def test_each_notice_is_told_once_and_in_order_through_forty_broken_sockets(kept, following):
    chance = random.Random(7)
    kept.add()
    seen, cursor = [], None
    async with following() as answer:
        cursor = (await answer())["cursor"]
    before = len(kept.views)
    for _ in range(40):
        for _ in range(chance.randrange(8)):
            kept.add()
        async with following(cursor) as answer:
            for _ in range(chance.randrange(4)):
                if chance.random() < 0.5:
                    kept.add()
                if len(seen) == len(kept.views) - before:
                    break
                told = await answer()
                seen += [notice["id"] for notice in told["notices"]]
                cursor = told["cursor"]
    async with following(cursor) as answer:
        while len(seen) < len(kept.views) - before:
            told = await answer()
            seen += [notice["id"] for notice in told["notices"]]
    assert seen == kept.ids[before:]
    assert len(seen) > 100


async def test_more_than_one_answer_holds_comes_at_once(kept, following, monkeypatch):
    monkeypatch.setattr(live, "TICK_SECONDS", 60)
    async with following() as answer:
        cursor = (await answer())["cursor"]
    for _ in range(3 * AT_ONCE + 1):
        kept.add()
    async with following(cursor) as answer:
        sizes = [len((await answer())["notices"]) for _ in range(4)]
    assert sizes == [AT_ONCE, AT_ONCE, AT_ONCE, 1]


async def test_one_that_is_kept_a_moment_after_it_was_wanted_is_told(gateway, kept, following):
    async with following() as answer:
        assert (await answer())["notices"] == []
        gateway.asker.tell(gateway.person("ada"))
        await asyncio.sleep(0.1)
        kept.views.append(sample(NoticeView).model_copy(update={"id": uuid4()}))
        assert [notice["id"] for notice in (await answer())["notices"]] == kept.ids


async def test_it_is_said_in_the_language_that_she_has_by_then(gateway, kept, following):
    account = sample(Viewer.reply)
    gateway.asker.answers[Viewer] = account.model_copy(update={"language": Language.SV})
    async with following() as answer:
        await answer()
        kept.add()
        assert (await answer())["notices"][0]["message"] == "Ditt förslag är antaget: träffen blir av."
        gateway.asker.answers[Viewer] = account.model_copy(update={"language": Language.NB})
        kept.add()
        assert (await answer())["notices"][0]["message"] == "Forslaget ditt er godtatt: møtet blir holdt."
