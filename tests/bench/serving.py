"""The toy service that counts, in a process of its own; notes when each of its transactions was committed."""

from __future__ import annotations

import time
from typing import Any

from pydantic import BaseModel
from toy.counting import Raise

from commons_chassis.rpc import Answerer
from commons_chassis.run import Process
from commons_chassis.runtime import Runtime, running
from commons_chassis.settings import ServiceSettings
from commons_contracts.base import Actor, Request

from . import cards
from .ends import obey


class Watched(Answerer):
    """Answers as ever, but for cards without a transaction; `committed` says by which number was raised, and when."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.committed: dict[int, float] = {}

    async def _transact(self, request: Request[Any], actor: Actor, key: str | None) -> tuple[BaseModel, list[str]]:
        if isinstance(request, cards.Cards) and not request.transaction:
            return await cards.page(request.seconds), []
        done = await super()._transact(request, actor, key)
        if isinstance(request, Raise):
            self.committed[request.by] = time.monotonic()
        return done


async def run(**told: str) -> None:
    async with running(cards.service, ServiceSettings(env="dev", name="counting", **told)) as runtime:
        process = Process(runtime)
        process.answerer = watched = Watched(runtime)
        await process.start()

        async def committed() -> dict[int, float]:
            return watched.committed

        await obey({"committed": committed})
        await process.stop(2)
