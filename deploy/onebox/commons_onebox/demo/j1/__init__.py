"""Journey J1: recruitment opens, and a mentee finds a mentor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..stage import Stage
from . import answering, asking, opening, readiness, recruitment, search, silence, waiting, walls
from .story import FIRST_DAY, SEEDED_AT, Story

__all__ = ["AFTERWARDS", "PROJECT", "SEEDED_AT", "play"]

PROJECT = "westem"
AFTERWARDS = (
    "The business clock stands still on 10 November 2026. Who has not accepted version 2 of the code of conduct is asked"
    " to before she writes."
)
"""What someone should know who goes on where the play ended."""
Scene = Callable[[Story], Awaitable[None]]
SCENES: tuple[tuple[str, str, Scene], ...] = (
    ("J1.1", "A coordinator opens recruitment", recruitment.recruitment_opens),
    ("J1.2", "A mentee joins, and accepts the code of conduct", recruitment.a_mentee_joins),
    ("J1.3", "The second in which registration opens", recruitment.the_second_it_opens),
    ("J1.4", "A mentor gets ready", readiness.a_mentor_gets_ready),
    ("J1.5", "The mentee searches", search.a_mentee_searches),
    ("J1.6", "The mentee asks", asking.a_mentee_asks),
    ("J1.7", "Eight ask one mentor", answering.eight_ask_one),
    ("J1.7", "Sixty-four answers at once", answering.sixty_four_at_once),
    ("J1.8", "A match opens a mentorship and a channel", opening.a_match_opens_everything),
    ("J1.8", "It is told at once", opening.it_is_told_at_once),
    ("J1", "The young are safe", walls.the_young_are_safe),
    ("J1.9", "A mentor says no", silence.a_no_has_a_reason),
    ("J1.9", "A mentor says nothing", silence.silence_runs_out),
    ("J1.10", "A place comes free", waiting.a_place_comes_free),
    ("J1.10", "A second round", waiting.the_unmatched_come_first),
    ("J1", "Strangers learn nothing", walls.strangers_learn_nothing),
    ("J1", "One code, many languages", walls.the_grammar_holds),
)


async def play(stage: Stage, begins: Callable[[str, str], None]) -> None:
    """All scenes in their order; `begins` hears the step and title of each. A scene that breaks off is a rule that failed."""
    await stage.clock(FIRST_DAY)
    coordinator = await stage.player(f"coordinator@{PROJECT}").known()
    story = Story(stage=stage, coordinator=coordinator)
    for step, title, scene in SCENES:
        begins(step, title)
        try:
            await scene(story)
        except Exception as broken:  # noqa: BLE001 - whatever it is, the other scenes are still to be seen
            story.says(step, "PLAYED_TO_THE_END", False, f"{title}: {type(broken).__name__}: {broken}")
