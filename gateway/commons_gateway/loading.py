"""Things of one kind, asked for together and once: whoever wants one is answered with all others that are wanted now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

TURNS = 2
"""So many turns of the loop longer it waits for others: of lists within lists GraphQL comes to short ones earlier."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Stands for a thing whose owner did not answer."""

    why: Exception


class Loader(Generic[K, V]):
    """Remembers what it has brought, and what it could not bring, for the length of one answer."""

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        """`ask` brings those of the things that there are."""
        self._ask = ask
        self._found: dict[K, V | Missed | None] = {}
        self._coming: dict[K, asyncio.Event] = {}
        self._next: asyncio.Event | None = None

    def know(self, key: K, value: V) -> None:
        """What came otherwise need not be asked for."""
        self._found.setdefault(key, value)

    def found(self, key: K) -> V | None:
        """What was brought; None where there is none. Raises what the asking raised."""
        value = self._found[key]
        if isinstance(value, Missed):
            raise value.why
        return value

    async def load(self, key: K) -> V | None:
        """One thing, with all that are wanted before the loop has turned a few times. Raises what the asking raised."""
        while key not in self._found:
            if key not in self._coming:
                self._want(key)
            await self._coming[key].wait()
        return self.found(key)

    async def fetch(self, keys: Sequence[K]) -> None:
        """All of these at once. What it could not bring `found` tells."""
        missing = [key for key in keys if key not in self._found and key not in self._coming]
        elsewhere = {self._coming[key] for key in keys if key in self._coming}
        if missing:
            await self._bring(missing, self._comes(missing, asyncio.Event()))
        for event in elsewhere:
            await event.wait()

    def _want(self, key: K) -> None:
        if self._next is None:
            self._next = asyncio.Event()
            self._soon(TURNS, self._next)
        self._coming[key] = self._next

    def _soon(self, turns: int, event: asyncio.Event) -> None:
        again = (self._soon, turns - 1, event) if turns else (self._begin, event)
        asyncio.get_running_loop().call_soon(*again)

    def _begin(self, event: asyncio.Event) -> None:
        self._next = None
        keys = [key for key, comes in self._coming.items() if comes is event]
        self._task = asyncio.create_task(self._bring(keys, event))

    def _comes(self, keys: Sequence[K], event: asyncio.Event) -> asyncio.Event:
        self._coming.update(dict.fromkeys(keys, event))
        return event

    async def _bring(self, keys: Sequence[K], event: asyncio.Event) -> None:
        try:
            things = await self._ask(keys)
            self._found.update((key, things.get(key)) for key in keys)
        except Exception as broken:  # noqa: BLE001 - told to whoever looks for one of them
            self._found.update(dict.fromkeys(keys, Missed(broken)))
        finally:
            for key in keys:
                del self._coming[key]
            event.set()
