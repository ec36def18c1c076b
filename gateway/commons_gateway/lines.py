"""Open sockets and event streams of this process: so many and no more, and each ends when it must."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode

from .identity import Caller, Identity
from .metrics import LINES

GOING, LATER, BROKEN, FORBIDDEN = 1012, 1013, 1011, 4403
"""Why a line ends, in WebSocket's numbers. Clients come back by themselves after all of them, with a fresh token."""
MOST = 2_000
MOST_EACH = 20
MOST_UNKNOWN = 200
"""Of one address, sockets that have not said yet whose they are: behind one may be a school."""
BACK_IN_SECONDS = 5.0


class Line:
    """One connection that stays: `ended` is set once, by whoever has a reason first."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._whose: Hashable = None
        self.ended: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    def end(self, code: int | None) -> None:
        """`code`: WebSocket's, also for what is none; None where the other side has gone already."""
        if not self.ended.done():
            self.ended.set_result(code)

    def belong(self, whose: Hashable, most: int = 0) -> None:
        """To a person, or to an address, and to nobody else any more. `most`: as many as one may have, if not as usual.

        Raises Fault RATE_LIMITED where there are as many already.
        """
        held = self._lines.held
        self._free()
        if held[whose] >= (most or self._lines.most_each):
            raise Fault(FaultCode.RATE_LIMITED, retry_after=BACK_IN_SECONDS)
        held[whose] += 1
        self._whose = whose

    def leave(self) -> None:
        self._lines.open.discard(self)
        self._free()

    def _free(self) -> None:
        held, whose, self._whose = self._lines.held, self._whose, None
        if whose is not None:
            held[whose] -= 1
            if not held[whose]:
                del held[whose]


class Lines:
    """All of them."""

    def __init__(self, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self.most, self.most_each = most, most_each
        self.open: set[Line] = set()
        self.held: Counter[Hashable] = Counter()

    @contextmanager
    def line(self) -> Iterator[Line]:
        """One more, for as long as it is open. Raises Fault UNAVAILABLE where there are too many."""
        if len(self.open) >= self.most:
            raise Fault(FaultCode.UNAVAILABLE, retry_after=BACK_IN_SECONDS)
        line = Line(self)
        self.open.add(line)
        try:
            with LINES.track_inprogress():
                yield line
        finally:
            line.leave()

    def end_all(self, code: int) -> None:
        for line in list(self.open):
            line.end(code)


async def until_over(identity: Identity, caller: Caller, line: Line) -> None:
    """Ends the line when its caller's token has run out, or her session was ended."""
    await identity.over(caller)
    line.end(FORBIDDEN)
