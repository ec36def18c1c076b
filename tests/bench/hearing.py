"""The toy service that tallies, in a process of its own; notes when each fact was in its hands."""

from __future__ import annotations

import sys
import time

from toy import tallying
from toy.counting import Raised

from commons_chassis import standing
from commons_chassis.run import Process
from commons_chassis.runtime import running
from commons_chassis.service import Service, answers
from commons_chassis.settings import ServiceSettings
from commons_chassis.tx import Tx

from .ends import obey

heard: dict[int, float] = {}


@answers
async def note(event: Raised, tx: Tx) -> None:
    """After the copy of the counter was brought up to date."""
    heard[event.by] = time.monotonic()


service = Service(
    "tallying", tallying.metadata, [standing, tallying, sys.modules[__name__]], migrations="toy.tallying_migrations"
)


async def run(**told: str) -> None:
    async with running(service, ServiceSettings(env="dev", name="tallying", **told)) as runtime:
        process = Process(runtime)
        await process.start()

        async def what_was_heard() -> dict[int, float]:
            return heard

        await obey({"heard": what_was_heard})
        await process.stop(2)
