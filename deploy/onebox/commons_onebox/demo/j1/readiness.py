"""J1.4: a mentor introduces herself once her checklist is done, and is told exactly what is missing until then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from commons_contracts.codes import Conduct, ReadinessItem, RefusalCode, Role, TrainingModule

from ..player import Player
from .story import Story

STEP = "J1.4"
Item = ReadinessItem
INTRODUCTION = {
    "title": "Ingenjör som gärna tänker högt",
    "text": "Jag arbetar med programvara i Uppsala och lyssnar hellre än jag ger färdiga svar.",
    "language": "sv",
}


async def a_mentor_gets_ready(story: Story) -> None:
    story.astrid = astrid = await story.newcomer("astrid", "Astrid Holmgren", Role.MENTOR, born=1979)
    await story.accepts(astrid)
    await _is_refused(story, astrid, list(Item)[:5], "nothing done yet")
    await astrid.does("registerForProgramme", round=story.round, role=Role.MENTOR)
    missing = [Item.CONDUCT_MENTORING, Item.MANUAL_READ, Item.PREPARATION_MEETING, Item.PRESENTATION]
    await _is_refused(story, astrid, missing, "registered")
    held = {"person": astrid.id, "module": TrainingModule.PREPARATION_MEETING, "heldOn": "2026-09-09"}
    doing: dict[ReadinessItem, Callable[[], Awaitable[object]]] = {
        Item.CONDUCT_MENTORING: lambda: story.accepts(astrid, Conduct.MENTOR),
        Item.MANUAL_READ: lambda: astrid.does("tickReadiness", item=Item.MANUAL_READ),
        Item.PREPARATION_MEETING: lambda: story.coordinator.does("recordTraining", **held),
    }
    for item, do in doing.items():
        await do()
        missing.remove(item)
        await _is_refused(story, astrid, missing, f"{item} done")
    await astrid.does("writeIntroduction", **INTRODUCTION)
    await astrid.does("describeProfile", fields=["0613"], languages=[{"language": "sv", "level": "C2"}], country="SE")
    answer = await astrid.tries("publishIntroduction")
    out = not answer.code and answer.shown["introduction"]["published"]
    story.says(STEP, "INTRODUCTION_PUBLISHED", out, "all five items done: her introduction is out")


async def _is_refused(story: Story, mentor: Player, missing: list[ReadinessItem], why: str) -> None:
    params = {"missing": [item.value for item in missing]}
    no, said = RefusalCode.MENTOR_NOT_READY, f"{why}; missing {', '.join(missing)}"
    await story.stage.refuses(STEP, no, mentor, "publishIntroduction", {}, params=params, why=said)
