"""How much of the machine went to processes that are not ours: what milliseconds mean depends on it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from commons_onebox import procs

CALM = 0.05
"""Of the machine: where others take more than that of it, a clock tells of them and not of us."""
BUSY = "others took too much of the machine to judge a clock; it was read all the same"
IDLE, WAITING, GUESTS = 3, 4, slice(8, None)


class Moment(NamedTuple):
    """Ticks since boot: of all processors, of them busy, and of them ours."""

    total: int
    busy: int
    ours: int

    @classmethod
    def now(cls) -> Moment:
        ticks = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]))
        del ticks[GUESTS]  # counted among the users' already
        idle = ticks[IDLE] + ticks[WAITING]
        return cls(sum(ticks), sum(ticks) - idle, ticks_of(procs.tree(os.getpid())))

    def others(self) -> float:
        """The part of the machine that others have taken since, from 0 to 1."""
        now = Moment.now()
        taken = (now.busy - self.busy) - (now.ours - self.ours)
        return max(0.0, taken / max(1, now.total - self.total))


def without(word: bytes, pids: list[int]) -> list[int]:
    """Those of them whose command line does not have this in it; one that has ended has nothing in it."""
    found = []
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            if word not in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def ticks_of(pids: list[int]) -> int:
    """What they, and the children they saw end, have taken of the processor."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks
