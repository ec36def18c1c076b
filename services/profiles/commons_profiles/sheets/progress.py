"""How far the work on a table has come, told while it goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

STEP = 500
"""Rows at a time."""
Told = Callable[[int, int], Awaitable[None]]
"""Called with how many rows are done, of how many."""


async def untold(done: int, of: int) -> None:
    """Nobody wants to know."""
