"""Clients that never give up: each asks, is declined, asks again and is accepted, with one key a command whatever dies."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from commons_chassis.ask import Asker
from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_contracts.base import Actor, Command
from commons_contracts.codes import DeclineReason, FaultCode, Style
from commons_contracts.ids import PersonId, ProjectId, RoundId, project_of
from commons_contracts.matching import AcceptConnection, DeclineConnection, RequestConnection

from .ground import WESTEM, Ground

R = TypeVar("R", bound=BaseModel)
PASSING = {FaultCode.UNAVAILABLE, FaultCode.DEADLINE_EXCEEDED}
COMMANDS_A_MENTEE = 4
HERE = "style = 'TRADITIONAL' and round = (select id from rounds limit 1)"
FREE = f"""select p.mentor from places p join cards c on c.person = p.mentor and c.introduced and not c.paused,
  generate_series(1, p.most - p.used) where {HERE} order by p.mentor"""
MENTEES = """select person from participations where role = 'MENTEE' and round = (select id from rounds limit 1)
  and person not in (select mentee from connections) order by person"""
DECLINERS = 20
"""Mentors who only decline: their places stay free, so that they can be asked again and again."""


@dataclass(frozen=True)
class Pair:
    mentee: PersonId
    mentor: PersonId
    other: PersonId
    """Who declines her first."""


@dataclass
class Figures:
    done: int = 0
    tries: int = 0
    longest_try: float = 0.0
    """For how long one asking went without even a no."""
    waits: list[tuple[float, float]] = field(default_factory=list)
    """When each command began, and for how long its client waited for the answer."""

    @property
    def longest_stall(self) -> float:
        return max(seconds for _, seconds in self.waits)

    def stall_at(self, moment: float) -> float:
        """The longest wait of those who were waiting then."""
        return max((s for began, s in self.waits if began - 0.5 <= moment <= began + s), default=0.0)


def pairs(ground: Ground) -> list[Pair]:
    """As many as there are mentees and places of those who accept."""
    free = [PersonId(mentor) for (mentor,) in ground.sql("matching", FREE)]
    decliners = sorted(set(free))[-DECLINERS:]
    accepting = [mentor for mentor in free if mentor not in decliners]
    mentees = [PersonId(mentee) for (mentee,) in ground.sql("matching", MENTEES)]
    return [Pair(*three) for three in zip(mentees, accepting, itertools.cycle(decliners), strict=False)]


class Clients:
    """So many at once, over one connection of their own."""

    def __init__(self, ground: Ground, commands: int, at_once: int) -> None:
        self.ground, self.at_once, self.figures = ground, at_once, Figures()
        self.round = RoundId(ground.one("matching", "select id from rounds limit 1"))
        self.project = ProjectId(project_of(WESTEM.slug))
        wanted = pairs(ground)[: commands // COMMANDS_A_MENTEE]
        assert len(wanted) * COMMANDS_A_MENTEE >= commands, f"places for {len(wanted)} pairs only"
        self.left: Iterator[Pair] = iter(wanted)

    async def run(self) -> Figures:
        self.asker = Asker(self.ground.url, name="clients", seed=self.ground.home.seed("gateway"))
        await self.asker.start()
        await asyncio.gather(*(self._client() for _ in range(self.at_once)))
        await self.asker.stop()
        return self.figures

    async def _client(self) -> None:
        for pair in self.left:
            first = await self._ask(pair.other, pair.mentee)
            no = DeclineConnection(connection=first.id, reason=DeclineReason.NO_TIME)
            await self._until_done(no, pair.other)
            second = await self._ask(pair.mentor, pair.mentee)
            await self._until_done(AcceptConnection(connection=second.id), pair.mentor)

    async def _ask(self, mentor, mentee):
        return await self._until_done(
            RequestConnection(round=self.round, mentor=mentor, style=Style.TRADITIONAL), mentee
        )

    async def _until_done(self, command: Command[R], person: PersonId) -> R:
        key, began = str(new_id()), time.monotonic()
        actor = Actor(person=person, project=self.project)
        while True:
            self.figures.tries += 1
            asked = time.monotonic()
            try:
                answer = await self.asker.ask(command, actor, key=key)
            except Fault as fault:
                if fault.code not in PASSING:
                    raise
                continue
            finally:
                self.figures.longest_try = max(self.figures.longest_try, time.monotonic() - asked)
            self.figures.waits.append((began, time.monotonic() - began))
            self.figures.done += 1
            return answer
