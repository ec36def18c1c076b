"""Journey J5: a university designs how people are brought together, and both sides choose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..stage import Stage
from . import incomplete, method, notice, ranking, stable, supervision, training
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["AFTERWARDS", "PROJECT", "SEEDED_AT", "play"]

PROJECT = "women-stem-up"
AFTERWARDS = "The business clock stands still on 8 March 2027: pairs that both sides chose have just been published."
"""What someone should know who goes on where the play ended."""
Scene = Callable[[Story], Awaitable[None]]
SCENES: tuple[tuple[str, str, Scene], ...] = (
    ("J5.2", "The method says who begins", method.the_method_says_who_begins),
    ("J5.8", "Everyone reads how matching works", notice.everyone_reads_how_it_works),
    ("J5.4", "Training comes first", training.training_comes_first),
    ("J5.5", "What counts is told, or skipped and said so", incomplete.what_counts_is_told_or_skipped),
    ("J5.7", "A supervisor is no mentor", supervision.a_supervisor_is_no_mentor),
    ("J5.6", "Both sides rank each other", ranking.both_sides_rank),
    ("J5.6", "The lists close at midnight", ranking.lists_close_at_midnight),
    ("J5.6", "Nobody would rather have another", stable.nobody_would_rather_have_another),
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
