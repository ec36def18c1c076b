"""The stage sees what a refusal leaves behind, on a platform that is made of answers."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from commons_onebox.demo.judge import Judge
from commons_onebox.demo.player import Player
from commons_onebox.demo.stage import Stage

ASK = "requestConnection"


@dataclass
class Platform:
    """Knows one fact, which everybody sees. `refusing` is what it does on the way to a no."""

    fact: int = 0
    code: str = "SELF_REQUEST"
    refusing: Callable[["Platform"], None] = lambda _: None
    looks: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = json.loads(request.content)["query"]
        return httpx.Response(200, json={"data": self._data(query, request.headers["Authorization"])})

    def _data(self, query: str, who: str) -> dict[str, Any]:
        if query.startswith("mutation ($input"):
            self.refusing(self)
            return {"done": {"__typename": "Refused", "code": self.code, "message": "No.", "params": {}}}
        if query.startswith("mutation"):
            self.fact += 1
            return {"done": {"__typename": "Viewer"}}
        if "services" in query:
            return {"platform": {"services": [{"outbox": 0, "due": 0, "unheard": 0}]}}
        if "connections" in query:
            self.looks.append(who)
        return {"viewer": {"fact": self.fact}}


def played(platform: Platform, *scenes: Callable[[Stage, Player], Any]) -> list[bool]:
    """Whether each rule held that the scenes try."""

    async def on_stage() -> list[bool]:
        transport = httpx.MockTransport(platform.answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://platform") as http:
            stage = Stage(http=http, issue=lambda subject, *_: subject, judge=Judge("J"), project="westem")
            for scene in scenes:
                await scene(stage, stage.player("ebba"))
            return [verdict.passed for verdict in stage.judge.verdicts]

    return asyncio.run(on_stage())


async def refused(stage: Stage, ebba: Player) -> None:
    await stage.refuses("J.1", "SELF_REQUEST", ebba, ASK, {}, why="herself", beside=[ebba, stage.player("astrid")])


async def changed(stage: Stage, ebba: Player) -> None:
    await ebba.raw("mutation { done }")


def test_a_refusal_that_leaves_nothing_holds() -> None:
    assert played(Platform(), refused, refused, changed, refused) == [True, True, True]


def test_one_that_leaves_something_does_not_nor_one_with_another_code() -> None:
    def leaves(platform: Platform) -> None:
        platform.fact += 1

    assert played(Platform(refusing=leaves), refused, refused) == [False, False]
    assert played(Platform(code="NOT_FOUND"), refused) == [False]


def test_what_comes_late_of_a_refusal_is_seen_at_the_next_one() -> None:
    platform = Platform()

    async def late(_stage: Stage, _ebba: Player) -> None:
        platform.fact += 1

    assert played(platform, refused, late, refused) == [True, False]


@pytest.mark.parametrize(
    ("scenes", "looks"), [((refused,), 4), ((refused, refused), 6), ((refused, changed, refused), 8)]
)
def test_each_looks_once_and_again_only_where_something_may_have_changed(scenes: tuple[Any, ...], looks: int) -> None:
    platform = Platform()
    played(platform, *scenes)
    assert len(platform.looks) == looks
