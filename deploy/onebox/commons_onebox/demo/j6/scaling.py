"""J6.2: whoever computes, and whatever becomes of her meanwhile, a run comes out the same."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from ..crew import Crew
from .story import RUN, Story

STEP, RULE = "J6.2", "WHOEVER_COMPUTES"
WORKERS, VICTIM = 4, "matching-4"
UNDER_WAY = {"QUEUED", "RUNNING"}
SECONDS, TRIES = 3.0, 5
"""By then a run of so few has ended, if it can; and each piece of work goes to whoever has waited longest."""


async def one_is_killed_with_work_in_hand(story: Story) -> None:
    """One worked alone until now. Three more come; one of them takes a piece of work, hangs, and is killed."""
    crew = story.stage.crew
    if crew is None:
        story.stage.judge.skips(
            STEP, RULE, "the processes of a platform that runs elsewhere are not the demo's to kill"
        )
        return
    alone = (await story.coordinator.ask(RUN, id=story.tried))["node"]["resultHash"]
    await crew.scale("matching", WORKERS)
    try:
        run, began = await _held_up(story, crew), time.monotonic()
        crew.kill(VICTIM)
        found = await story.computed(run)
        seconds = time.monotonic() - began
    finally:
        await crew.scale("matching", 1)
    held = (found["state"], found["resultHash"]) == ("PROPOSED", alone)
    said = f"{seconds:.0f} s after one of {WORKERS} workers was killed, the hash of one is {alone[:8]}"
    story.says(STEP, RULE, held, said)


async def _held_up(story: Story, crew: Crew) -> str:
    """A run that does not end, because one of those who compute it hangs with work in hand."""
    for _ in range(TRIES):
        run = await story.starts(seed=6, dryRun=True)
        crew.hang(VICTIM)
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                await story.computed(run)
        if (await story.coordinator.ask(RUN, id=run))["node"]["state"] in UNDER_WAY:
            return run
        crew.go_on(VICTIM)
    raise LookupError(f"{VICTIM} had none of the work of {TRIES} runs in hand")
