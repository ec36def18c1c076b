"""J2.9 and J2.10: one pair comes all its way, another one ends without fault."""

from __future__ import annotations

from commons_contracts.codes import RefusalCode

from .story import TERMS, Story

FIELDS = '{ __type(name: "MentorshipInput") { inputFields { name } } }'
GRADES = [{"question": name, "grade": 5} for name in ("quality", "effectiveness")]
NO_TEXT = {"mentorship", "project", "idempotencyKey"}


async def it_is_completed(story: Story) -> None:
    step, pair, ask = "J2.9", story.finishing, "completeMentorship"
    no, why = RefusalCode.PHASE_FORBIDS, "while they are at work"
    await story.refuses(step, no, pair, pair.mentee, ask, why=why)
    await story.goes_on(pair, "CLOSURE")
    items = [line["item"] for line in (await story.seen(pair))["checklist"]]
    no, missing = RefusalCode.CHECKLIST_INCOMPLETE, {"missing": items}
    await story.refuses(step, no, pair, pair.mentor, ask, params=missing, why="nothing is ticked")
    await story.ticks(pair)
    no, missing = RefusalCode.FINAL_EVALUATION_REQUIRED, {"missing": ["MENTOR", "MENTEE"]}
    await story.refuses(step, no, pair, pair.mentor, ask, params=missing, why="nobody has evaluated it")
    answers = [{"question": "goals", "words": "Praktikplatsen blev min."}, *GRADES]
    await pair.mentor.does("submitFinalEvaluation", mentorship=pair.id, answers=answers)
    missing, why = {"missing": ["MENTEE"]}, "the mentee has not evaluated it"
    await story.refuses(step, no, pair, pair.mentor, ask, params=missing, why=why)
    await pair.mentee.does("submitFinalEvaluation", mentorship=pair.id, answers=answers)
    await pair.mentee.does(ask, mentorship=pair.id)
    await story.stage.quiet()
    seen, places = await story.seen(pair, pair.mentor), await story.places(pair.mentor)
    told = [len(await story.told(one, "MENTORSHIP_COMPLETED", pair)) for one in pair.both]
    held = seen["state"] == "COMPLETED" and told == [0, 1]
    story.says(step, "COMPLETED", held, "and the other one is told")
    story.says(step, "PLACE_GIVEN_BACK", places == (0, 1), f"{places[1]} place free again")


async def either_ends_it(story: Story) -> None:
    step, pair = "J2.10", story.ending
    fields = (await pair.mentee.ask(FIELDS))["__type"]["inputFields"]
    names = {field["name"] for field in fields}
    story.says(step, "NO_WORDS", names == NO_TEXT, "there is no field that a word to the other one would fit in")
    await pair.mentee.does("endMentorship", mentorship=pair.id)
    await story.stage.quiet()
    seen, told = await story.seen(pair, pair.mentor), await story.told(pair.mentor, "MENTORSHIP_ENDED", pair)
    to_herself = await story.told(pair.mentee, "MENTORSHIP_ENDED", pair)
    held = seen["state"] == "ENDED_NO_FAULT" and (told, to_herself) == ([None], [])
    story.says(step, "ENDED_NO_FAULT", held, "one neutral message to the other, and none to who ended it")
    places = await story.places(pair.mentor)
    story.says(step, "PLACE_GIVEN_BACK", places == (0, 1), f"{places[1]} place free again, once")
    no, closed = RefusalCode.RELATIONSHIP_CLOSED, {"state": "ENDED_NO_FAULT"}
    why = "the other one ends it, too"
    await story.refuses(step, no, pair, pair.mentor, "endMentorship", params=closed, why=why)
    why = "something is ticked afterwards"
    await story.refuses(step, no, pair, pair.mentee, "tickItem", item="TRUST_BUILT", params=closed, why=why)
    why = "something is agreed on afterwards"
    await story.refuses(step, no, pair, pair.mentor, "proposeAgreement", params=closed, why=why, **TERMS)
