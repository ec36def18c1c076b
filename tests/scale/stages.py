"""How long each stage of a long story takes, and whose processor time it is; told as it goes."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commons_onebox import procs
from commons_onebox.home import SERVICES, Home
from commons_onebox.rolling import service_of

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Stages:
    home: Home
    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began, before = time.perf_counter(), self._spent()
        yield
        took, spent = time.perf_counter() - began, self._spent() - before
        used = {whose: round(seconds, 1) for whose, seconds in spent.most_common() if seconds >= 0.1}
        self.found[name] = {"seconds": round(took, 1), "processor": used}
        print(f"{name}: {took:.1f} s; processor: {', '.join(f'{w} {s}' for w, s in used.items())}", flush=True)

    def _spent(self) -> Counter[str]:
        """Processor seconds of every process that runs now, by what it belongs to."""
        run = self.home.run
        assert run is not None
        named = {pid: service_of(name) for name, pid in run.processes.items()}
        spent: Counter[str] = Counter()
        for pid in procs.tree(run.pid):
            parts = _stat(pid)
            if parts is not None:
                whose = named.get(pid) or named.get(int(parts[1])) or "rest"
                spent[_database(pid) or whose] += (int(parts[11]) + int(parts[12])) / TICKS
        return spent


def _stat(pid: int) -> list[str] | None:
    """What stands behind the name in its line; None where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _database(pid: int) -> str:
    """For whom a process of PostgreSQL works; empty where it is none."""
    try:
        title = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
    if not title.startswith("postgres:"):
        return ""
    return next((f"database of {name}" for name in SERVICES if f"commons_{name}" in title), "PostgreSQL")
