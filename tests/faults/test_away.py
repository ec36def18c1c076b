"""The broker is away for minutes: nothing is lost or done twice, callers are told soon, and all comes back by itself."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from uuid import UUID

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import eventually

from .acts import calm
from .clients import Pair
from .ground import Ground
from .knocking import ANSWER_SECONDS, PASSING, PATIENCE_SECONDS, Knocker, knocking
from .truths import broken

pytestmark = pytest.mark.faults

SHORT_SECONDS = 8.0
LONG_SECONDS = float(os.environ.get("FAULT_AWAY_SECONDS", "150"))
LENGTHS = [SHORT_SECONDS, pytest.param(LONG_SECONDS, marks=pytest.mark.long)]
CONVERGED_SECONDS = 10.0
FALL_DUE = (0.1, 0.5, 0.9)
"""When, of the time that the broker is away."""


@contextmanager
def no_broker(ground: Ground) -> Iterator[None]:
    """Killed, and kept from coming back: it does not find its folder."""
    folder = ground.home.broker.folder
    aside = folder.with_name("nats-away")
    os.kill(ground.pid("nats"), signal.SIGKILL)
    folder.rename(aside)
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


def _falls_due(ground: Ground, connection: UUID, seconds: float) -> None:
    """The mentor's time to answer is up so many seconds from now."""
    sooner = f"update due set due_at = now() + interval '{seconds} s' where body->>'connection' = '{connection}'"
    assert ground.sql("matching", f"{sooner} and subject like '%expiry%' returning 1")


def _matches(ground: Ground) -> int:
    return int(ground.one("matching", "select count(*) from matches"))


def _state(ground: Ground, connection: UUID) -> str:
    return str(ground.one("matching", f"select state from connections where id = '{connection}'"))


def _asked_for(ground: Ground, pairs: list[Pair]) -> int:
    """How many requests of these mentees there are."""
    mentees = ",".join(f"'{pair.mentee}'" for pair in pairs)
    return int(ground.one("matching", f"select count(*) from connections where mentee in ({mentees})"))


def _failures(ground: Ground) -> int:
    """How many processes ended otherwise than they should, whoever ended them."""
    return sum(log.read_text().count("the process failed") for log in (ground.home.folder / "logs").glob("*.log"))


@dataclass
class Play:
    """Who does what: matched just before, asked before and left unanswered, asking meanwhile, asking once and going."""

    matched: list[Pair]
    silent: list[Pair]
    asking: list[Pair]
    gone: list[Pair]
    expired: list[UUID] = field(default_factory=list)
    returned: float = 0.0

    @classmethod
    def of(cls, unmatched: Iterator[Pair]) -> Play:
        return cls(*(list(islice(unmatched, n)) for n in (3, len(FALL_DUE), 2, 1)))

    async def run(self, ground: Ground, seconds: float) -> Knocker:
        keys = {pair: str(new_id()) for pair in (*self.asking, *self.gone)}
        async with knocking(ground) as knocker:
            again = [partial(knocker.command, pair, keys[pair]) for pair in self.asking]
            self.expired = [(await knocker.request(pair, str(new_id()))).id for pair in self.silent]
            for pair in self.matched:
                await knocker.accept(pair, await knocker.request(pair, str(new_id())))
            with no_broker(ground):
                for connection, share in zip(self.expired, FALL_DUE, strict=True):
                    _falls_due(ground, connection, seconds * share)
                for pair in self.gone:
                    assert await knocker.command(pair, keys[pair]) in PASSING
                await knocker.meanwhile(seconds, *again)
            self.returned = time.monotonic()
            await knocker.answered()
            assert await eventually(knocker.served, seconds=PATIENCE_SECONDS)
            for pair in self.asking:
                await knocker.request(pair, keys[pair])
        return knocker


@pytest.mark.parametrize("seconds", LENGTHS)
def test_the_broker_comes_back_after_a_while(lasting, unmatched, seconds, capsys):
    before, play = lasting.started, Play.of(unmatched)
    matches, failures = _matches(lasting), _failures(lasting)
    knocker = asyncio.run(play.run(lasting, seconds))
    first = time.monotonic() - play.returned
    settled = calm(lasting)
    calmed, after = time.monotonic() - play.returned, lasting.started
    said = {
        "told meanwhile": {kind: str(told) for kind, told in knocker.told.items()},
        "first answer after": round(first, 1),
        "calm after": round(calmed, 1),
        "started again": sorted(name for name in after if after[name] != before.get(name)),
        "broken": broken(lasting),
    }
    with capsys.disabled():
        print(f"\nthe broker away for {seconds:.0f} s: {json.dumps(said, indent=1)}")
    assert settled
    assert said["broken"] == []
    assert knocker.all_codes() <= PASSING
    assert knocker.longest() <= ANSWER_SECONDS
    assert calmed <= CONVERGED_SECONDS
    assert {_state(lasting, connection) for connection in play.expired} == {"EXPIRED"}
    assert (_asked_for(lasting, play.asking), _asked_for(lasting, play.gone)) == (len(play.asking), 0)
    assert _matches(lasting) == matches + len(play.matched)
    assert _failures(lasting) == failures
