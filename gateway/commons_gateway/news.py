"""Who waits for news: one ear on the broker for all sockets, and each is woken only for what is about its person."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from commons_chassis.ask import Asker, News
from commons_contracts.profiles import MembershipEnded, RolesRevoked

PAUSE_SECONDS = 0.5
STANDING = {MembershipEnded.subject, RolesRevoked.subject}
ECHO_SECONDS = 1.0
"""Whoever is asked again at once may not have heard yet what she is no more: she is asked once more."""


class Newsroom:
    """Wakes; what has happened is asked for again by whoever is woken, as that viewer."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self.listeners: list[Callable[[News], None]] = []
        """Told of everything, before anybody is woken."""

    async def listen(self) -> None:
        """Never ends. After an interruption everyone is woken, because something may have been missed."""
        while True:
            async for news in self._asker.news():
                for listen in self.listeners:
                    listen(news)
                for person in news.about:
                    self._wake(person)
                    if news.subject in STANDING:
                        asyncio.get_running_loop().call_later(ECHO_SECONDS, self._wake, person)
            for person in list(self._waiting):
                self._wake(person)
            await asyncio.sleep(PAUSE_SECONDS)

    @contextmanager
    def waiting(self, person: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever something about `person` was told; the waiter clears it."""
        woken = asyncio.Event()
        self._waiting[person].add(woken)
        try:
            yield woken
        finally:
            self._waiting[person].discard(woken)
            if not self._waiting[person]:
                del self._waiting[person]

    def _wake(self, person: UUID) -> None:
        for woken in self._waiting.get(person, ()):
            woken.set()
