"""J3.1: a mentor offers slots; the first who asks for one has it, and who comes too late is told of the next."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from commons_contracts.codes import RefusalCode, Role, Style

from ..play import utc
from ..stage import together
from .story import ENDS_ON, FIRST, HOUR, LEAD_DAYS, MENTEES, MENTOR, ROUND, SECOND, STARTS_ON, Story

STEP = "J3.1"
TOPICS = ["FIRST_JOB", "CONFIDENCE"]
QUESTION = "Hur visste du att det var rätt jobb?"
SLOTS = """query ($id: ID!, $topics: [Goal!]) { node(id: $id) { ... on Round { flashSlots(topics: $topics) { nodes {
  id startsAt minutes state topics mentor { id } mentee { id } } } } } }"""


async def a_mentor_offers_slots(story: Story) -> None:
    await _a_round_opens(story)
    story.birgit = birgit = await story.takes_part(f"mentor-{MENTOR}", Role.MENTOR)
    first = _wish(story, FIRST)
    no, why = RefusalCode.TOPIC_REQUIRED, "without a topic"
    await story.stage.refuses(STEP, no, birgit, "offerFlash", first | {"topics": []}, why=why)
    no, why = RefusalCode.SESSION_LENGTH_OUT_OF_RANGE, "longer than a session is in this programme"
    long = _wish(story, FIRST, minutes=90)
    await story.stage.refuses(STEP, no, birgit, "offerFlash", long, params={"min": 20, "max": 60}, why=why)
    made = await birgit.does("offerFlash", **_wish(story, FIRST, SECOND))
    story.slots = [slot["id"] for slot in made["slots"]]
    no, why = RefusalCode.SESSION_CONFLICT, "two of her own slots at once"
    await story.stage.refuses(STEP, no, birgit, "offerFlash", _wish(story, FIRST + HOUR / 4), why=why)
    story.says(STEP, "SLOTS_OFFERED", len(story.slots) == 2, "two slots with two topics")  # noqa: PLR2004


async def _a_round_opens(story: Story) -> None:
    wish = {"startsOn": STARTS_ON, "endsOn": ENDS_ON, "recruitmentLeadDays": LEAD_DAYS, "initiator": "MENTEE"}
    draft = await story.coordinator.does("createProgramme", styles=["TRADITIONAL", "FLASH"], **wish)
    published = await story.coordinator.does("publishProgramme", programme=draft["id"])
    await story.stage.quiet()
    story.round = (await story.coordinator.ask(ROUND, id=published["id"]))["node"]["round"]["id"]


def _wish(story: Story, *times: Any, minutes: int = 30) -> dict[str, Any]:
    slots = [{"startsAt": at.isoformat(), "minutes": minutes} for at in times]
    return {"round": story.round, "topics": TOPICS, "slots": slots}


async def sixty_four_ask_for_one(story: Story) -> None:
    stage = story.stage
    crowd = await together(story.takes_part(f"mentee-{n}", Role.MENTEE) for n in MENTEES)
    found = (await crowd[0].ask(SLOTS, id=story.round, topics=["CONFIDENCE"]))["node"]["flashSlots"]["nodes"]
    shown = [(slot["id"], slot["startsAt"]) for slot in found if slot["mentor"]["id"] == story.birgit.id]
    story.says(STEP, "SLOTS_FOUND", shown == list(zip(story.slots, map(utc, (FIRST, SECOND)), strict=True)), "by topic")
    slot, second = story.slots
    story.winner, story.other = crowd[0], crowd[1]
    no, input = RefusalCode.TOPIC_REQUIRED, {"slot": slot, "question": "  "}
    await stage.refuses(STEP, no, crowd[0], "requestFlash", input, why="without a question", beside=[story.birgit])
    answers = await asyncio.gather(*(one.tries("requestFlash", slot=slot, question=QUESTION) for one in crowd))
    await stage.quiet()
    codes = Counter(answer.code for answer in answers)
    won = next(n for n, answer in enumerate(answers) if not answer.code)
    story.winner, story.other = crowd[won], crowd[1 if won == 0 else 0]
    told = all(a.params.get("next") == utc(SECOND) and a.params.get("nextSlot") == second for a in answers if a.code)
    held = dict(codes) == {"": 1, RefusalCode.SLOT_TAKEN.value: len(crowd) - 1} and told
    story.says(STEP, "SIXTY_FOUR_AT_ONCE", held, f"{codes['']} has it, {codes['SLOT_TAKEN']} are told of the next")
    no, params = RefusalCode.SLOT_TAKEN, {"next": utc(SECOND), "nextSlot": second}
    why, input = "it is taken; the next is on the day after", {"slot": slot, "question": QUESTION}
    await stage.refuses(STEP, no, story.other, "requestFlash", input, params=params, why=why, beside=[story.birgit])
    await _it_opens_a_mentorship(story, answers[won].shown["match"]["id"])


async def _it_opens_a_mentorship(story: Story, match: str) -> None:
    hers = (await story.winner.ask("{ viewer { mentorships(first: 20) { nodes { id match { id } } } } }"))["viewer"]
    opened = [one["id"] for one in hers["mentorships"]["nodes"] if one["match"] and one["match"]["id"] == match]
    story.match, story.flash = match, opened[0]
    seen = await story.seen(story.birgit)
    sessions = seen["sessions"]["nodes"]
    story.session = sessions[0]["id"]
    when = [(one["state"], one["startsAt"], one["minutes"]) for one in sessions]
    held = (seen["style"], seen["phase"]) == ("FLASH", "PREPARATION") and when == [("SCHEDULED", utc(FIRST), 30)]
    story.says(
        STEP, "FLASH_OPENED", held and len(opened) == 1, "one mentorship with its one session, at the slot's time"
    )
    flash, season = await story.places(Style.FLASH), await story.places(Style.TRADITIONAL)
    story.says(STEP, "OWN_PLACES", (flash[0], season[0]) == (1, 0), f"{flash[0]} flash place taken, {season[0]} others")
    told = len(await story.notices(story.birgit, "FLASH_TAKEN"))
    story.says(STEP, "MENTOR_TOLD", told == 1, "the mentor is told once")
