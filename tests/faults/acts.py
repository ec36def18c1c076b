"""What a fault is tried with: a mentee and her mentor who find each other, and a platform that comes to rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from commons_chassis.ask import Asker
from commons_chassis.testing import eventually
from commons_contracts.base import Actor
from commons_contracts.codes import Style
from commons_contracts.ids import ProjectId, RoundId, project_of
from commons_contracts.matching import AcceptConnection, RequestConnection
from commons_onebox.home import SERVICES

from .clients import Pair
from .ground import WESTEM, Ground

PROJECT = ProjectId(project_of(WESTEM.slug))
NOTICES_OF_A_MATCH = 4
"""Of the request and of the yes, to both."""
NOTICES_OF_A_YES = 3
YES = "select count(*) from notices where code in ('CONNECTION_ACCEPTED', 'MENTORSHIP_OPENED')"
"""Those that there are of a match alone, whatever became of other requests."""


@asynccontextmanager
async def asking(ground: Ground) -> AsyncIterator[Asker]:
    asker = Asker(ground.url, name="acts", seed=ground.home.seed("gateway"))
    await asker.start()
    try:
        yield asker
    finally:
        await asker.stop()


def match(ground: Ground, wanted: Iterable[Pair]) -> None:
    """Each mentee asks her mentor, who accepts: facts of matching, heard in mentoring, community and profiles."""

    async def all_of_them() -> None:
        round = RoundId(ground.one("matching", "select id from rounds limit 1"))
        async with asking(ground) as asker:
            for pair in wanted:
                ask = RequestConnection(round=round, mentor=pair.mentor, style=Style.TRADITIONAL)
                asked = await asker.ask(ask, Actor(person=pair.mentee, project=PROJECT))
                yes = AcceptConnection(connection=asked.id)
                await asker.ask(yes, Actor(person=pair.mentor, project=PROJECT))

    asyncio.run(all_of_them())


def calm(ground: Ground, *, seconds: float = 60) -> bool:
    """Everyone is back, and nothing is untold, due or unheard any more."""

    async def settled() -> bool:
        async with asking(ground) as asker:
            began = None
            while (
                began != ground.started
            ):  # who ends meanwhile, to begin anew, says nothing of what she has left to tell
                began = ground.started
                await eventually(lambda: _everyone(asker), seconds=seconds)
                if not await asker.operations.settle(seconds=seconds):
                    return False
            return True

    return asyncio.run(settled())


async def _everyone(asker: Asker) -> bool:
    return set(SERVICES) <= set(await asker.operations.processes())
