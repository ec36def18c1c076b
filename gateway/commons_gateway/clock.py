"""The business clock, for what is reckoned where it is shown: days left, and which day it is."""

from __future__ import annotations

import time
from datetime import datetime

from commons_chassis.ask import Asker
from commons_chassis.clock import real_now

FRESH_SECONDS = 0.5


class BusinessClock:
    """Real time in production, where nobody can move it; in development what the platform says, asked at most twice a second."""

    def __init__(self, asker: Asker, *, movable: bool) -> None:
        self._asker, self._movable = asker, movable
        self._said: datetime | None = None
        self._asked = 0.0

    async def now(self) -> datetime:
        if not self._movable:
            return real_now()
        if self._said is None or time.monotonic() - self._asked > FRESH_SECONDS:
            self._said, self._asked = await self._asker.operations.clock(), time.monotonic()
        return self._said

    def moved(self, to: datetime) -> None:
        self._said, self._asked = to, time.monotonic()
