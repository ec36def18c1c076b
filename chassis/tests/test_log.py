"""What a process says of itself: one line an event, in JSON where it is not for a developer, without anybody's words."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CANARY = "kanarienvogel"
PROGRAM = """
import asyncio, logging, sys
from commons_chassis import log, telemetry

log.set_up("toy", "INFO", dev={dev})
telemetry.begin()
log.logger.info("command", message="start", outcome="done", at=["a b:1", "c"])
log.logger.debug("too much")
logging.getLogger("somebodys").warning("{canary} %s", "{canary}")
try:
    raise ValueError("{canary}")
except ValueError as wrong:
    log.logger.error("broken", **log.where(wrong))
    logging.getLogger("somebodys").exception("{canary}")

async def main():
    log.listen(asyncio.get_running_loop())
    async def breaks():
        raise KeyError("{canary}")
    task = asyncio.create_task(breaks())
    await asyncio.sleep(0.01)
    del task
    asyncio.get_running_loop().call_soon(lambda: {{}}["{canary}"])
    await asyncio.sleep(0.01)

asyncio.run(main())
raise RuntimeError("{canary}")
"""


def said(*, dev):
    program = PROGRAM.format(canary=CANARY, dev=dev)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


@pytest.mark.parametrize("dev", [True, False])
def test_nobodys_words_are_in_any_line_however_a_process_ends(dev):
    text = said(dev=dev)
    assert CANARY not in text
    for kind in ("ValueError", "KeyError", "RuntimeError"):
        assert kind in text


def test_outside_development_each_line_is_json():
    lines = [json.loads(line) for line in said(dev=False).splitlines()]
    assert [line["event"] for line in lines] == [
        "command",
        "a library has something to say",
        "broken",
        "a library has something to say",
        *["nobody caught an exception"] * 2,
        "the process failed",
    ]
    assert {line["service"] for line in lines} == {"toy"}
    assert len({line["trace"] for line in lines[:4]}) == 1
    assert len(lines[0]["trace"]) == 32
    assert {"timestamp", "level"} <= lines[0].keys()
    assert (lines[1]["logger"], lines[3]["error"]) == ("somebodys", "ValueError")


def test_for_a_developer_each_line_can_be_read():
    first = said(dev=True).splitlines()[0]
    assert first.startswith("timestamp=")
    assert 'level=info service=toy event=command message=start outcome=done at="a b:1,c"' in first
