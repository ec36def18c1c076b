"""What the kernel says of processes: who runs, who started whom, and how much memory they really take."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
ZOMBIE = "Z"


@dataclass(frozen=True)
class Seen:
    """A process at one moment; `started` (clock ticks since boot) tells it from a later one with the same pid."""

    pid: int
    parent: int
    state: str
    started: int


def seen(pid: int) -> Seen | None:
    """The process, or None when it ended (one that waits to be collected by its parent has ended)."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = Seen(pid, int(fields[1]), fields[0], int(fields[19]))
    return None if found.state == ZOMBIE else found


def age(process: Seen) -> float:
    """Seconds since the process began."""
    up = float((PROC / "uptime").read_text().split()[0])
    return up - process.started / os.sysconf("SC_CLK_TCK")


def tree(root: int, without: Collection[int] = ()) -> list[int]:
    """The pids of a process and of all that it started, theirs included, but for those `without` and below."""
    found = (seen(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit())
    children: dict[int, list[int]] = {}
    for process in found:
        if process is not None:
            children.setdefault(process.parent, []).append(process.pid)
    pids, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        pids.append(pid)
        waiting.extend(child for child in children.get(pid, ()) if child not in without)
    return pids


def pss(pids: Iterable[int]) -> int:
    """Proportional set size in bytes: own memory, and of what is shared a fair part, so that sums are true."""
    return sum(_pss(pid) for pid in pids)


def _pss(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
