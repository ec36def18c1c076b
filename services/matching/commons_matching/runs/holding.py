"""The service's side of its hand: started when there is something to compute, ended when there has been nothing for a while."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from .hand import SIZE, frame

Fetch = Callable[[Sequence[str]], Awaitable[Sequence[bytes]]]
OUTGROWN = "OutgrownError"
SECONDS = 900.0
"""Nothing takes so long: what does will never end."""


class HandLostError(Exception):
    """The process that computes has ended: killed, or without memory. Or it will not come to an end."""


class WorkError(Exception):
    """A job failed; `kind` is the exception's, `at` the lines it passed."""

    def __init__(self, kind: str, at: Sequence[str]) -> None:
        super().__init__(kind)
        self.kind, self.at = kind, at


class Held:
    """One hand, or none at the moment."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def do(self, words: tuple[str, ...], given: object, fetch: Fetch) -> dict[str, Any]:
        """The hand's answer to one job. Raises WorkError, HandLostError, and what `fetch` raises.

        Whatever ends this before the answer is there ends the hand as well: the next job begins with another.
        """
        answer: dict[str, Any] = {}
        try:
            async with asyncio.timeout(SECONDS) as limit:
                answer = await self._answer(words, given, fetch)
                if answer.get("failed") == OUTGROWN:
                    await self.close()
                    answer = await self._answer(words, given, fetch)
        except TimeoutError:
            if not limit.expired():
                raise
            raise HandLostError from None
        finally:
            if not answer:
                await self.close()
        if kind := answer.get("failed"):
            raise WorkError(kind, answer["at"])
        return answer

    async def _answer(self, words: tuple[str, ...], given: object, fetch: Fetch) -> dict[str, Any]:
        if self._process is None:
            command = (sys.executable, "-m", "commons_matching.runs.hand")
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        try:
            await self._say(self._process, (words, given))
            while wants := (answer := await self._hear(self._process)).get("wants"):
                await self._say(self._process, await fetch(wants))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise HandLostError from None
        return answer

    async def _say(self, process: Process, said: object) -> None:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.writelines(frame(said))
        await process.stdin.drain()

    async def _hear(self, process: Process) -> dict[str, Any]:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        size = int.from_bytes(await process.stdout.readexactly(SIZE))
        heard: dict[str, Any] = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - of our own process
        return heard

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
