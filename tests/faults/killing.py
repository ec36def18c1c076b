"""Ends processes as a power switch would, one after the other, while others work."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from dataclasses import dataclass, field

from .ground import Ground

VICTIMS = ("matching", "nats", "mentoring", "postgres", "community", "profiles", "matching", "postgres")


@dataclass
class Killer:
    """Kills when so much of the work is done, evenly spread, so that every size of the work sees every victim."""

    ground: Ground
    kills: int
    killed: list[tuple[str, float]] = field(default_factory=list)
    """Who, and when."""

    async def run(self, progress, total: int) -> None:
        """`progress()` tells how much of `total` is done; the last tenth is left in peace."""
        for nth, victim in enumerate(itertools.islice(itertools.cycle(VICTIMS), self.kills), start=1):
            while progress() < total * 0.9 * nth / (self.kills + 1):  # noqa: ASYNC110 - polled, so that nobody need tell
                await asyncio.sleep(0.02)
            await self.kill(victim)

    async def kill(self, victim: str) -> None:
        """The process of now: a victim that is still being started again is waited for."""
        while True:
            pid = self.ground.pid(victim)
            if pid is not None:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                else:
                    break
            await asyncio.sleep(0.05)
        self.killed.append((victim, time.monotonic()))
