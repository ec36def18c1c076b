"""One filling of a fresh platform: who asks, and on which day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pydantic import BaseModel

from commons_chassis.ask import Asker
from commons_contracts.base import Actor, Request
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, ProjectId, project_of

from ..tokens import OPERATOR
from .people import person_called, subject_of
from .plan import Plan

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")
Tell = Callable[[str, int], None]
"""Called with what has been done, and how much more of it."""

SECONDS = 60.0


@dataclass
class Filling:
    """Every question of it goes over the broker, so that nothing is there but by the services' own rules."""

    asker: Asker
    today: date
    tell: Tell

    async def as_operator(self, request: Request[R], plan: Plan | None = None) -> R:
        return await self._ask(request, Actor(person=operator(), project=_ground(plan), operator=True))

    async def as_person(self, person: PersonId, request: Request[R], plan: Plan | None = None) -> R:
        return await self._ask(request, Actor(person=person, project=_ground(plan)))

    async def as_coordinator(self, request: Request[R], plan: Plan) -> R:
        return await self.as_person(person_called(subject_of(Role.COORDINATOR, plan.slug)), request, plan)

    async def settled(self) -> None:
        """Until everyone has heard everything."""
        await self.asker.operations.settle()

    async def each(self, what: str, things: Sequence[T], do: Callable[[T], Awaitable[int]], *, at_once: int) -> None:
        """Do it for all, so many at once; `do` says how many were done by it."""
        free = asyncio.Semaphore(at_once)

        async def one(thing: T) -> None:
            async with free:
                self.tell(what, await do(thing))

        async with asyncio.TaskGroup() as group:
            for thing in things:
                group.create_task(one(thing))

    async def _ask(self, request: Request[R], actor: Actor) -> R:
        return await self.asker.ask(request, actor, left=SECONDS)


def operator() -> PersonId:
    """Who runs the platform, as her token calls her."""
    return person_called(OPERATOR.lower())


def batches(things: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Slices of at most `size`, in order."""
    rest = list(things)
    for start in range(0, len(rest), size):
        yield tuple(rest[start : start + size])


def _ground(plan: Plan | None) -> ProjectId | None:
    return None if plan is None else project_of(plan.slug)
