"""Journey J3: flash mentoring in one sitting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..stage import Stage
from . import calendar, closing, offering, sitting
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["AFTERWARDS", "PROJECT", "SEEDED_AT", "play"]

PROJECT = "westem"
AFTERWARDS = "The business clock stands still on 18 January 2027: a flash session has just become a mentorship."
"""What someone should know who goes on where the play ended."""
Scene = Callable[[Story], Awaitable[None]]
SCENES: tuple[tuple[str, str, Scene], ...] = (
    ("J3.1", "A mentor offers two hours", offering.a_mentor_offers_slots),
    ("J3.1", "Sixty-four mentees ask for one", offering.sixty_four_ask_for_one),
    ("J3", "It stands in both calendars", calendar.it_can_be_followed),
    ("J3.2", "Three phases, not four", sitting.there_are_three_phases),
    ("J3.3", "One session, with an agreement or without", sitting.there_is_one_session),
    ("J3.4", "The session is evaluated before the end", closing.it_is_evaluated_first),
    ("J3.5", "It goes on", closing.it_goes_on),
    ("J3", "Strangers learn nothing", closing.strangers_learn_nothing),
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
