"""What the demo prints and answers; that J1's rules hold is played in tests/journeys."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commons_onebox.demo import JOURNEYS, held
from commons_onebox.demo.judge import Judge, Verdict
from commons_onebox.demo.show import JsonView, TerminalView, View


def _judged(view: View) -> list[Verdict]:
    judge = Judge("J1", view.verdict)
    judge.says("J1.7", "MENTOR_AT_CAPACITY", True, "her only place is [taken]")
    judge.says("J1.8", "ONE_CHANNEL", False, "there were two")
    return judge.verdicts


def test_json_is_one_object_a_rule_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    view = JsonView()
    view.starting()
    view.scene("J1.7", "Eight ask one mentor")
    with view.seeding() as tell:
        tell("people", 50)
    view.score(_judged(view))
    view.serving("http://127.0.0.1:8080", "/home", {"MENTOR@westem": "token"}, "It is late.")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    detail = "her only place is [taken]"
    expected = {"journey": "J1", "step": "J1.7", "rule": "MENTOR_AT_CAPACITY", "passed": True, "detail": detail}
    expected |= {"skipped": False}
    assert (first, second["passed"]) == (expected, False)


def test_people_read_each_rule_the_score_and_where_it_serves(capsys: pytest.CaptureFixture[str]) -> None:
    view = TerminalView()
    with view.seeding() as tell:
        tell("people", 1234)
    view.scene("J1.7", "Eight ask one mentor")
    view.score(_judged(view))
    view.serving("http://127.0.0.1:8080", "/home", {"MENTOR@westem": "a" * 300}, "It is late.")
    shown = capsys.readouterr().out
    lines = (
        "Seeded 1,234 people",
        "Eight ask one mentor",
        "her only place is [taken]",
        "1 of 2 rules held",
        "a" * 300,
        "It is late.",
    )
    assert [line for line in lines if line not in shown] == []
    assert shown.count("FAIL") == 2


def test_every_rule_must_have_held() -> None:
    verdicts = _judged(JsonView())
    assert [held(verdicts), held(verdicts[:1]), held([])] == [False, True, False]


def test_what_cannot_be_tried_is_counted_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    view = TerminalView()
    judge = Judge("J6", view.verdict)
    judge.skips("J6.2", "WHOEVER_COMPUTES", "not ours to kill")
    assert not held(judge.verdicts)
    judge.says("J6.2", "FOLLOWED", True, "to its end")
    assert held(judge.verdicts)
    view.score(judge.verdicts)
    shown = capsys.readouterr().out
    lines = ("SKIP  WHOEVER_COMPUTES", "not ours to kill", "1 of 1 rules held, 1 skipped")
    assert [line for line in lines if line not in shown] == []


def test_an_unknown_journey_is_said_before_anything_starts(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "commons_onebox", "demo", "--once", "--json", "J99"],
        env={**os.environ, "COMMONS_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert all(name in done.stderr for name in ("J99", *JOURNEYS))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "key", "sentence"),
    [
        ("http://127.0.0.1:1", "", "--against and --key go together"),
        ("", "key.json", "--against and --key go together"),
        ("http://127.0.0.1:1", "nowhere.json", "There is no key in"),
        ("http://127.0.0.1:1", "key.json", "Nobody answers at http://127.0.0.1:1"),
    ],
)
def test_a_platform_elsewhere_needs_an_address_and_the_key_of_its_issuer(
    tmp_path: Path, url: str, key: str, sentence: str
) -> None:
    (tmp_path / "key.json").touch()
    asked = (["--against", url] if url else []) + (["--key", str(tmp_path / key)] if key else [])
    done = subprocess.run(
        [sys.executable, "-m", "commons_onebox", "demo", *asked],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--journey", "J1"], "--journey goes with --broker"),
        (["--broker", "nats://127.0.0.1:1", "--journey", "J99"], "There is no journey 'J99'"),
    ],
)
def test_seeding_elsewhere_says_what_it_needs(asked: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", "commons_onebox", "seed", *asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
