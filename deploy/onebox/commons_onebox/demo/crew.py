"""The processes of a platform on this machine: more of a service or fewer, and what a machine may do to one of them."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass

from ..home import Home, HomeError, Run
from ..scaling import ask


@dataclass(frozen=True)
class Crew:
    home: Home

    async def scale(self, service: str, count: int) -> None:
        """As many processes as are wanted. Raises HomeError, or TaskFailed where one does not start."""
        await asyncio.to_thread(ask, self.home, self._run(), service, count, lambda _: None)

    def hang(self, name: str) -> None:
        """It keeps what it has in hand, and does nothing."""
        self._tell(name, signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        self._tell(name, signal.SIGCONT)

    def kill(self, name: str) -> None:
        self._tell(name, signal.SIGKILL)

    def _tell(self, name: str, what: signal.Signals) -> None:
        os.kill(self._run().processes[name], what)

    def _run(self) -> Run:
        run = self.home.run
        if run is None:
            raise HomeError(f"Nobody runs on {self.home.folder}.")
        return run
