"""J1.1 to J1.3: a coordinator opens recruitment, a mentee joins, and nobody gets in a second too early."""

from __future__ import annotations

from typing import Any

from commons_contracts.codes import Conduct, RefusalCode, Role

from ..play import utc
from ..player import Player
from .story import ENDS_ON, LEAD_DAYS, OPENS, SECOND, STARTS_ON, Story

WRITES: dict[str, dict[str, Any]] = {
    "describeProfile": {"fields": ["0613"]},
    "tickReadiness": {"item": "MANUAL_READ"},
    "registerForProgramme": {"role": "MENTEE"},
    "requestConnection": {"style": "TRADITIONAL"},
    "waitlistForMentor": {},
}
"""Some of what a member may want to write, but for ids."""


async def recruitment_opens(story: Story) -> None:
    """The window follows from the start and the lead, in the project's zone."""
    step, coordinator = "J1.1", story.coordinator
    design = {"recruitmentLeadDays": LEAD_DAYS, "styles": ["TRADITIONAL", "FLASH"], "initiator": "MENTEE"}
    no = RefusalCode.PROGRAMME_DATES_INVALID
    past = design | {"startsOn": "2026-09-07"}
    await story.stage.refuses(step, no, coordinator, "createProgramme", past, why="a start in the past")
    upside_down = design | {"startsOn": STARTS_ON, "endsOn": "2026-09-30"}
    await story.stage.refuses(step, no, coordinator, "createProgramme", upside_down, why="an end before the start")
    draft = await coordinator.does("createProgramme", startsOn=STARTS_ON, endsOn=ENDS_ON, **design)
    published = await coordinator.does("publishProgramme", programme=draft["id"])
    story.programme = published["id"]
    round = await story.round_of(story.programme)
    story.round = round["id"]
    story.things |= {"Programme": story.programme, "Round": story.round}
    window = (round["opensAt"], round["closesAt"], round["open"])
    expected = (utc(OPENS), "2026-09-30T22:00:00Z", False)
    story.says(step, "RECRUITMENT_WINDOW", window == expected, f"{window[0]} to {window[1]}, midnight in Stockholm")


async def a_mentee_joins(story: Story) -> None:
    """Nothing is written before the code of conduct in force is accepted, and again after a new one."""
    step = "J1.2"
    story.ebba = ebba = await story.newcomer("ebba", "Ebba Lindqvist", Role.MENTEE)
    await _nothing_is_written(story, ebba, step, 1)
    await story.accepts(ebba)
    described = await ebba.tries("describeProfile", fields=["0613"], languages=[{"language": "sv", "level": "C2"}])
    story.says(step, "WRITES_AFTER_ACCEPTING", not described.code, "version 1 accepted: her profile is written")
    texts = [{"language": "sv", "text": "Vi möts med respekt. Nytt: vi svarar inom två veckor."}]
    texts.append({"language": "en", "text": "We meet with respect. New: we answer within two weeks."})
    await story.coordinator.does("publishCodeOfConduct", kind=Conduct.COMMUNITY, texts=texts)
    await story.stage.quiet()
    story.code_version = 2
    await _nothing_is_written(story, ebba, step, 2)
    stale = {"kind": Conduct.COMMUNITY, "version": 1}
    no, needs = RefusalCode.CODE_OF_CONDUCT_REQUIRED, {"kind": "COMMUNITY", "version": 2}
    why = "accepting the old version is not enough"
    await story.stage.refuses(step, no, ebba, "acceptCodeOfConduct", stale, params=needs, why=why)
    await story.accepts(ebba)
    described = await ebba.tries("describeProfile", fields=["0613"], languages=_spoken(), country="SE")
    story.says(step, "WRITES_AFTER_NEW_VERSION", not described.code, "version 2 accepted: she writes again")
    await story.accepts(story.coordinator)


async def _nothing_is_written(story: Story, ebba: Player, step: str, version: int) -> None:
    ids = {"round": story.round, "mentor": story.coordinator.id}
    takes = {"registerForProgramme": ("round",), "requestConnection": ("round", "mentor")}
    takes["waitlistForMentor"] = ("round", "mentor")
    for verb, input in WRITES.items():
        await story.stage.refuses(
            step,
            RefusalCode.CODE_OF_CONDUCT_REQUIRED,
            ebba,
            verb,
            input | {name: ids[name] for name in takes.get(verb, ())},
            params={"kind": "COMMUNITY", "version": version},
            why=f"{verb} before version {version} is accepted",
        )


def _spoken() -> list[dict[str, str]]:
    return [{"language": "sv", "level": "C2"}, {"language": "en", "level": "C1"}]


async def the_second_it_opens(story: Story) -> None:
    """At 23:59:59 not yet, at 00:00:00 come in."""
    step, ebba = "J1.3", story.ebba
    await story.stage.clock(OPENS - SECOND)
    wish = {"round": story.round, "role": Role.MENTEE}
    no, params = RefusalCode.RECRUITMENT_CLOSED, {"opensAt": utc(OPENS)}
    why = "at 23:59:59 of the eve, in Stockholm"
    await story.stage.refuses(step, no, ebba, "registerForProgramme", wish, params=params, why=why)
    await story.stage.clock(OPENS)
    answer = await ebba.tries("registerForProgramme", **wish)
    story.says(step, "RECRUITMENT_OPEN", not answer.code, "at 00:00:00 she is registered")
