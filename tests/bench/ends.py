"""Processes that are measured one by one: each does what it is told, a line of JSON at a time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
Order = Callable[..., Awaitable[Any]]


class End:
    """Seen from outside: a process of its own, so that what it takes of the processor is its alone."""

    def __init__(self, kind: str, **told: str) -> None:
        """`kind` is one of those that `tests.bench.begin` knows; `told` reaches it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.begin", kind, json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "chassis" / "tests"), *sys.path])},
            text=True,
        )
        self.ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """It ends when nobody is left to give it orders."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def does(self, what: str, **how: Any) -> Any:
        """What came of it. The first order waits for the process to be ready, so that several can start side by side."""
        if not self.ready:
            self.ready = self._answer() is None
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": what, **how}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the process ended; what it said stands above"
        return json.loads(line)


async def obey(orders: Mapping[str, Order]) -> None:
    """Seen from inside: say that it is ready, and then do what is asked until the asker is gone."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    loop = asyncio.get_running_loop()
    _say(answers, None)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        what = order.pop("do")
        _say(answers, time.process_time() if what == "processor_seconds" else await orders[what](**order))


def _say(answers: Any, found: object) -> None:
    answers.write(json.dumps(found) + "\n")
    answers.flush()


async def timed(things: Iterable[Any], do: Callable[[Any], Awaitable[object]], *, at_once: int) -> dict[str, float]:
    """Do it for all of them, so many at once: how many there were, and the seconds of the clock and of the processor."""
    waiting, done = iter(things), 0

    async def one_after_another() -> None:
        nonlocal done
        for thing in waiting:
            await do(thing)
            done += 1

    began, taken = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return {"count": done, "clock": time.perf_counter() - began, "processor": time.process_time() - taken}
