"""J2.6: what one writes after a session is for oneself alone, until one shares an answer or destroys one's key."""

from __future__ import annotations

from typing import Any

from ..player import Player
from .story import Story

WORDS = "Jag vågade säga emot."
READ = "query ($id: ID!) { node(id: $id) { ... on Evaluation { answers { words } destroyed } } }"
NOTES = "query ($id: ID!) { node(id: $id) { ... on Mentorship { sharedNotes { question words } } } }"
CLOSED = {"answers": None, "destroyed": None}


async def hers_alone(story: Story) -> None:
    step, pair = "J2.6", story.finishing
    answers = [{"question": "purpose", "words": WORDS}]
    written = await pair.mentee.does(
        "submitSessionEvaluation", mentorship=pair.id, session=story.session, answers=answers
    )
    mine = await pair.mentee.ask(READ, id=written["id"])
    held = mine["node"] == {"answers": [{"words": WORDS}], "destroyed": False}
    story.says(step, "HER_OWN", held, "its author reads it")
    others = {"her partner": pair.mentor, "a coordinator": story.coordinator, "the operator": story.stage.operator}
    for name, who in others.items():
        answer = await who.raw(READ, id=written["id"])
        story.says(step, "PRIVATE_EVALUATION", _refused(answer), f"{name} asks: null, with a reason")
    before = await _notes(pair.mentor, pair.id)
    await pair.mentee.does("shareNote", evaluation=written["id"], question="purpose")
    await story.stage.quiet()
    after, told = await _notes(pair.mentor, pair.id), await story.told(pair.mentor, "NOTE_SHARED", pair)
    held = (before, after) == ([], [{"question": "purpose", "words": WORDS}]) and told == [None]
    story.says(
        step, "SHARED_BY_SAYING_SO", held, "one answer, by an act of its own; the other one is told that it is there"
    )
    closed = _refused(await pair.mentor.raw(READ, id=written["id"]))
    await pair.mentee.does("destroyPrivateAnswers")
    gone = (await pair.mentee.ask(READ, id=written["id"]))["node"] == {"answers": [], "destroyed": True}
    held = closed and gone and await _notes(pair.mentor, pair.id) == []
    story.says(step, "GONE_WITH_THE_KEY", held, "nobody reads it any more: neither she nor who was shown a part of it")


def _refused(answer: dict[str, Any]) -> bool:
    codes = {error["extensions"].get("refusal", {}).get("code") for error in answer.get("errors", ())}
    return answer["data"]["node"] == CLOSED and codes == {"PRIVATE_EVALUATION"} and WORDS not in str(answer)


async def _notes(who: Player, id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.ask(NOTES, id=id))["node"]["sharedNotes"]
    return found
