"""`commons repeat`: what it shows of a run and of the same computed again, and how it ends."""

from __future__ import annotations

import json

import httpx
import pytest
from typer.testing import CliRunner

from commons_onebox import repeating
from commons_onebox.cli import app

RUN = {"seed": 7, "mentors": 2, "mentees": 3, "places": 2, "identity": "a" * 64, "resultHash": "b" * 64}
FIRST = RUN | {"state": "PUBLISHED", "failure": None}
SAME = RUN | {"state": "REPEATED", "failure": None}
OTHER = RUN | {"state": "FAILED", "failure": "DIFFERENT", "resultHash": "c" * 64}
REFUSED = {"code": "INVALID_TRANSITION", "message": "It is forgotten."}


@pytest.fixture
def platform(monkeypatch):
    """Answers what `played` has, one after the other; what was asked stands in `asked`."""

    class Platform:
        played: list[object] = []
        asked: list[dict[str, object]] = []

        def answer(self, request: httpx.Request) -> httpx.Response:
            self.asked.append(json.loads(request.content)["variables"])
            found = self.played.pop(0)
            return httpx.Response(200, json={"data": found})

    it = Platform()
    it.played, it.asked = [], []
    opened = httpx.Client
    monkeypatch.setattr(
        repeating.httpx,
        "Client",
        lambda **how: opened(transport=httpx.MockTransport(it.answer), base_url=how["base_url"]),
    )
    monkeypatch.setattr(repeating, "PAUSE_SECONDS", 0)
    return it


def repeat():
    wanted = ["repeat", "r1", "--project", "westem", "--url", "http://x", "--token", "t"]
    return CliRunner().invoke(app, wanted)


def test_the_same_ends_well(platform):
    going = SAME | {"state": "RUNNING"}
    platform.played = [{"node": FIRST}, {"done": {"id": "r2"}}, {"node": going}, {"node": SAME}]
    ended = repeat()
    assert (ended.exit_code, "The same came of it." in ended.output) == (0, True)
    assert ended.output.count("same") == len(repeating.SHOWN) + 1
    assert "DIFFERENT" not in ended.output
    assert [asked.get("id") for asked in platform.asked] == ["r1", None, "r2", "r2"]
    assert platform.asked[1]["input"]["run"] == "r1"


def test_what_is_different_is_named_and_ends_with_1(platform):
    platform.played = [{"node": FIRST}, {"done": {"id": "r2"}}, {"node": OTHER}]
    ended = repeat()
    assert (ended.exit_code, "It is not the same: DIFFERENT." in ended.output) == (1, True)
    (line,) = [line for line in ended.output.splitlines() if "pairs and" in line]
    assert ("b" * 16 in line, "c" * 16 in line, "DIFFERENT" in line) == (True, True, True)


@pytest.mark.parametrize("played", [[{"node": None}], [{"node": FIRST}, {"done": REFUSED}]])
def test_what_cannot_be_repeated_ends_with_1(platform, played):
    platform.played = played
    ended = repeat()
    assert ended.exit_code == 1
    assert "as it was" not in ended.output
