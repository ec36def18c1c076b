"""J5.4 at work: nobody mentors without the programme's training, and what she learnt does not hold for ever."""

from __future__ import annotations

from datetime import timedelta

from commons_contracts.codes import Method, RefusalCode, Role

from ..player import Player
from .story import BEGINS, Story

STEP = "J5.4"
MODULES = ["MENTOR_BASICS", "GENDER", "GROUP_FACILITATION"]
"""The programme's for mentors, and what groups ask for beside."""


async def training_comes_first(story: Story) -> None:
    opened, new = await story.opens(Method.ONE_WAY_MENTEE), await _someone_new(story)
    no, input = RefusalCode.TRAINING_REQUIRED, {"round": opened.id, "role": Role.MENTOR}
    why = "a mentor who has taken part in nothing"
    await story.stage.refuses(STEP, no, new, "registerForProgramme", input, params={"modules": MODULES}, why=why)
    long_ago = (BEGINS - timedelta(days=366)).date().isoformat()
    await _record(story, new, MODULES, long_ago)
    why = "training of 366 days ago"
    await story.stage.refuses(STEP, no, new, "registerForProgramme", input, params={"modules": MODULES}, why=why)
    lately = BEGINS.date().isoformat()
    await _record(story, new, MODULES[:-1], lately)
    why, params = "all but the training for groups", {"modules": MODULES[-1:]}
    await story.stage.refuses(STEP, no, new, "registerForProgramme", input, params=params, why=why)
    await _record(story, new, MODULES[-1:], lately)
    taken = await new.does("registerForProgramme", **input)
    story.says(
        STEP, "TRAINED", taken["role"] == Role.MENTOR, "with all of it, recorded by the coordinator, she takes part"
    )


async def _record(story: Story, who: Player, modules: list[str], held_on: str) -> None:
    for module in modules:
        await story.coordinator.does("recordTraining", person=who.id, module=module, heldOn=held_on)
    await story.stage.quiet()


async def _someone_new(story: Story) -> Player:
    """A mentor who has just joined."""
    new = story.stage.player(f"trainee@{story.stage.project}")
    await new.does("registerPerson", displayName="Tora", birthYear=1985, birthMonth=3, country="SE")
    await new.does("joinProject", roles=[Role.MENTOR])
    new = await new.known()
    await story.stage.accepts(new)
    await story.stage.quiet()
    return new
