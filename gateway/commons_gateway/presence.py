"""That someone was here today: noted once a day and membership, beside her request and never in its way."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date

from commons_chassis.ask import Asker
from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.profiles import NoteActivity

from .clock import BusinessClock

PATIENCE_SECONDS = 5.0


class Presence:
    """Remembers whom it has noted today; after a restart someone may be noted twice, which changes nothing."""

    def __init__(self, asker: Asker, clock: BusinessClock) -> None:
        self._asker, self._clock = asker, clock
        self._day: date | None = None
        self._noted: set[tuple[PersonId, ProjectId]] = set()
        self._running: set[asyncio.Task[None]] = set()

    async def note(self, actor: Actor) -> None:
        if actor.person is None or actor.project is None or actor.operator:
            return
        today = (await self._clock.now()).date()
        if today != self._day:
            self._day, self._noted = today, set()
        who = (actor.person, actor.project)
        if who not in self._noted:
            self._noted.add(who)
            task = asyncio.create_task(self._tell(actor, who))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _tell(self, actor: Actor, who: tuple[PersonId, ProjectId]) -> None:
        # A stranger's or a resting service's no is no concern of her request; she is noted with a later one.
        with suppress(Refusal, Fault):
            await self._asker.ask(NoteActivity(), actor, key=None, left=PATIENCE_SECONDS)
            return
        self._noted.discard(who)
