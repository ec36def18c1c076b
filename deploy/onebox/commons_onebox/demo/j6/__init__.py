"""Journey J6: coordinators, and a match run in the recruitment rush."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..stage import Stage
from . import deciding, explaining, fairness, publishing, starting
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["AFTERWARDS", "PROJECT", "SEEDED_AT", "play"]

PROJECT = "women-stem-up"
AFTERWARDS = "The business clock stands still on 17 August 2027: the pairs of a match run have just been published."
"""What someone should know who goes on where the play ended."""
Scene = Callable[[Story], Awaitable[None]]
SCENES: tuple[tuple[str, str, Scene], ...] = (
    ("J6.1", "A run is started once", starting.a_run_is_started_once),
    ("J6.2", "It is followed, and comes out the same again", starting.it_can_be_followed_and_repeated),
    ("J6.4", "Every pair has its reasons", explaining.every_pair_has_its_reasons),
    ("J6.5", "Everyone who is left hears why", explaining.everyone_left_hears_why),
    ("J6.8", "Fair to whom", fairness.fair_to_whom),
    ("J6.6", "A coordinator decides otherwise", deciding.a_coordinator_decides_otherwise),
    ("J6.7", "All of it is published, or nothing", publishing.all_or_nothing),
    ("J6", "Strangers learn nothing", publishing.strangers_learn_nothing),
)


async def play(stage: Stage, begins: Callable[[str, str], None]) -> None:
    """All scenes in their order; `begins` hears the step and title of each. A scene that breaks off is a rule that failed."""
    await stage.clock(BEGINS)
    coordinator = await stage.player(f"coordinator@{PROJECT}").known()
    story = Story(stage=stage, coordinator=coordinator)
    stage.witnesses.append(story.look)
    try:
        for step, title, scene in SCENES:
            begins(step, title)
            try:
                await scene(story)
            except Exception as broken:  # noqa: BLE001 - whatever it is, the other scenes are still to be seen
                story.says(step, "PLAYED_TO_THE_END", False, f"{title}: {type(broken).__name__}: {broken}")
    finally:
        stage.witnesses.remove(story.look)
