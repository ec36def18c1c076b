"""A process beside one of the service's, that computes and nothing else: the loop that answers people never waits for it.

It runs at low priority, loads what is compiled only when there is something to compute, and ends with its parent. A pool
of a few dozen is computed without compiling: the same pairs, in less time than reading compiled code takes.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np

from ..rules.engine.kernel import PLAIN
from .solving import Asked, Kind, Named

NICE: Final = 10
"""Whoever answers a person comes first."""
SMALL: Final = 4_000
"""Pairs of a pool, allowed or not, up to which nothing is compiled."""
DESKS: Final = 2
"""Runs whose people are kept in mind."""
SIZE: Final = 8
"""Bytes that say how long what follows is."""
PR_SET_PDEATHSIG: Final = 1


class Hand:
    """Takes jobs from its parent, one at a time, and asks it for the pieces that they need."""

    def __init__(self, hears: BinaryIO, says: BinaryIO) -> None:
        self.hears, self.says = hears, says
        self.desks: dict[str, Any] = {}

    def run(self) -> None:
        while (asked := read(self.hears)) is not None:
            try:
                answer = self._done(*asked)
            except Exception as broken:  # noqa: BLE001 - the parent says so, and gives the job back
                answer = {"failed": type(broken).__name__, "at": _lines(broken)}
            write(self.says, answer)

    def _done(self, words: tuple[str, str, str, str], given: object) -> dict[str, Any]:
        job = Named.of(*words)
        if job.kind is Kind.SNAPSHOT:
            return self._snapshot(job, given)
        if job.kind is Kind.TARIFF:
            return self._tariff(given)
        desk = self._desk(job.run)
        from . import steps

        done = steps.do(job, desk)
        return {"pieces": dict(done.pieces), "then": done.then, "told": dict(done.told)}

    def _snapshot(self, job: Named, gathered: Any) -> dict[str, Any]:
        from .snapshot import packed

        content, sizes = packed(gathered)
        choose(sizes.mentors * sizes.mentees)
        from . import steps

        return {
            "pieces": {job.content: content},
            "then": steps.first(Asked.unpacked(content)),
            "told": {"sizes": sizes},
        }

    def _tariff(self, everyone: Any) -> dict[str, Any]:
        from .pricing import pool_of, tariff

        pool = pool_of(everyone)
        choose(pool.mentors * pool.mentees)
        return {"tariff": tariff(pool)}

    def _desk(self, run: str) -> Any:
        """The people of a run, read once; those of the one before last are forgotten."""
        if run not in self.desks:
            (content,) = self._fetch([Named(run, Kind.SNAPSHOT, 0, 0).content])
            asked = Asked.unpacked(content)
            choose(asked.pool.mentors * asked.pool.mentees)
            from . import steps, telling

            self.desks[run] = steps.Desk(run, asked, self._fetch, telling.rows)
            for old in list(self.desks)[:-DESKS]:
                del self.desks[old]
        return self.desks[run]

    def _fetch(self, names: Sequence[str]) -> Sequence[bytes]:
        write(self.says, {"wants": list(names)})
        found: Sequence[bytes] | None = read(self.hears)
        if found is None:
            sys.exit()
        return found


def choose(pairs: int) -> None:
    """Compiled or not, before anything that can be is imported; who began without and has outgrown it begins anew."""
    if "numba" not in sys.modules and pairs <= SMALL:
        os.environ[PLAIN] = "1"
        np.seterr(over="ignore")  # the lottery's numbers wrap round, compiled or not
    elif pairs > SMALL and PLAIN in os.environ:
        raise OutgrownError
    elif "numba" not in sys.modules:
        take_compiled()


def take_compiled() -> None:
    """What an image brings compiled goes to where it can be read: numba reads only where it may also write."""
    brought, kept = os.environ.get("COMMONS_COMPILED"), os.environ.get("NUMBA_CACHE_DIR")
    if brought and kept and Path(brought).is_dir() and not Path(kept).exists():
        shutil.copytree(brought, kept)


class OutgrownError(Exception):
    """A process that computes without compiling has been given what is too large for that."""


def read(stream: BinaryIO) -> Any:
    """What the other side said; None where it is gone."""
    size = stream.read(SIZE)
    return pickle.loads(stream.read(int.from_bytes(size))) if size else None  # noqa: S301 - from nobody but our parent


def write(stream: BinaryIO, said: object) -> None:
    """In one piece, to a pipe without a buffer."""
    stream.write(b"".join(frame(said)))


def frame(said: object) -> tuple[bytes, bytes]:
    content = pickle.dumps(said, protocol=pickle.HIGHEST_PROTOCOL)
    return len(content).to_bytes(SIZE), content


def _lines(broken: BaseException) -> list[str]:
    from commons_chassis.log import where

    found: list[str] = where(broken)["at"]
    return found


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    says = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints does not speak to the parent
    Hand(sys.stdin.buffer, cast("BinaryIO", says)).run()


if __name__ == "__main__":
    main()
