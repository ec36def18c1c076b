"""The two clocks: business time, movable and freezable outside production, and real time for everything technical."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel


def real_now() -> datetime:
    """For tokens, retention, heartbeats and retries; never for a rule."""
    return datetime.fromtimestamp(time.time(), UTC)


class Setting(BaseModel):
    """Where the business clock stands against the real one: frozen at a time, or running with an offset."""

    frozen: datetime | None = None
    offset_seconds: float = 0.0


class Clock:
    """Business time. Read here and nowhere else; rules are handed its answer."""

    def __init__(self) -> None:
        self.setting = Setting()

    def now(self) -> datetime:
        if self.setting.frozen is not None:
            return self.setting.frozen
        return real_now() + timedelta(seconds=self.setting.offset_seconds)


def setting_for(to: datetime | None, *, frozen: bool) -> Setting:
    """`to` None: real time again (or frozen at the real now)."""
    if frozen:
        return Setting(frozen=to or real_now())
    return Setting(offset_seconds=0.0 if to is None else (to - real_now()).total_seconds())
