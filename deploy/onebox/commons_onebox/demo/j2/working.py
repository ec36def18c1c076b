"""J2.7, J2.8 and J2.11: goals that change, a later end, and half of the time."""

from __future__ import annotations

from datetime import datetime

from commons_contracts.codes import RefusalCode

from ..play import ZONE
from .story import SECOND, Story

LATER = "2026-12-21"
HALFWAY = datetime(2026, 12, 7, tzinfo=ZONE)
"""Of 23 November to 21 December."""


async def goals_are_revised_by_both(story: Story) -> None:
    step, pair, ask = "J2.7", story.finishing, "reviseGoal"
    early = story.merging
    no, why = RefusalCode.PHASE_FORBIDS, "before they work on them"
    await story.refuses(step, no, early, early.mentee, ask, goal={"text": "Ett mål"}, why=why)
    (first,) = (await story.seen(pair))["agreements"][0]["goals"]
    changed = {"key": first["key"], "text": "Söka två praktikplatser", "state": "ACTIVE"}
    version = (await pair.mentee.does(ask, mentorship=pair.id, goal=changed))["version"]
    await pair.mentee.does("signAgreement", mentorship=pair.id, version=version)
    one_sided = (await story.seen(pair))["agreement"]["version"]
    await pair.mentor.does("signAgreement", mentorship=pair.id, version=version)
    agreed = await story.seen(pair)
    words = agreed["agreements"][0]["goals"]
    held = (one_sided, agreed["agreement"]["version"]) == (2, 3) and words[0]["text"] == changed["text"]
    story.says(step, "REVISED_BY_BOTH", held and words[0]["key"] == first["key"], "version 3, when both have signed")
    for number in (2, 3):
        version = (await pair.mentor.does(ask, mentorship=pair.id, goal={"text": f"Mål {number}"}))["version"]
        for one in pair.both:
            await one.does("signAgreement", mentorship=pair.id, version=version)
    no, params = RefusalCode.GOAL_LIMIT_EXCEEDED, {"max": 3}
    await story.refuses(step, no, pair, pair.mentee, ask, goal={"text": "Mål 4"}, params=params, why="a fourth goal")
    reached = changed | {"state": "REACHED"}
    version = (await pair.mentee.does(ask, mentorship=pair.id, goal=reached))["version"]
    for one in pair.both:
        await one.does("signAgreement", mentorship=pair.id, version=version)
    room = await pair.mentee.tries(ask, mentorship=pair.id, goal={"text": "Mål 4"})
    story.says(step, "ROOM_FOR_ANOTHER", not room.code, "one is reached, so another may come")


async def both_extend_it(story: Story) -> None:
    step, pair = "J2.11", story.finishing
    no, missing = RefusalCode.CONSENT_OF_BOTH_REQUIRED, {"missing": ["MENTEE"]}
    await story.refuses(step, no, pair, pair.mentor, "extendMentorship", endsOn=LATER, params=missing, why="one alone")
    await pair.mentee.does("proposeExtension", mentorship=pair.id, endsOn=LATER)
    missing = {"missing": ["MENTOR"]}
    why = "who proposed it cannot say yes for both"
    await story.refuses(step, no, pair, pair.mentee, "extendMentorship", endsOn=LATER, params=missing, why=why)
    no, params = RefusalCode.DURATION_OUT_OF_RANGE, {"max": 4, "latest": "2027-03-23"}
    why = "a day over four months in all"
    await story.refuses(step, no, pair, pair.mentor, "proposeExtension", endsOn="2027-03-24", params=params, why=why)
    longer = await pair.mentor.does("extendMentorship", mentorship=pair.id, endsOn=LATER)
    seen = await story.seen(pair)
    held = longer["endsOn"] == LATER and seen["agreements"][0]["state"] == "IN_FORCE" and seen["extensionTo"] is None
    story.says(step, "EXTENDED_BY_BOTH", held, f"to {seen['endsOn']}, as version {seen['agreement']['version']}")


async def half_of_the_time_is_over(story: Story) -> None:
    step, pair = "J2.8", story.finishing
    await story.stage.clock(HALFWAY - SECOND)
    before = (await story.seen(pair))["halfwayAt"]
    await story.stage.clock(HALFWAY)
    after = (await story.seen(pair))["halfwayAt"]
    notices = [len(await story.told(one, "HALFWAY_REFLECTION", pair)) for one in pair.both]
    held = before is None and after is not None and notices == [1, 1]
    story.says(step, "HALFWAY_BY_DATE", held, f"to the second, at midnight in Stockholm: {after}; both told once")
    answer = {"question": "progress", "words": "Jag vågar mer."}
    written = await pair.mentee.tries("submitMidPointReflection", mentorship=pair.id, answers=[answer])
    sets = (await pair.mentee.ask(QUESTIONS, id=pair.id))["node"]["evaluationQuestions"]
    asked = next(one["questions"] for one in sets if one["kind"] == "MID_POINT")
    story.says(step, "FOUR_QUESTIONS", not written.code and len(asked) == 4, f"{len(asked)} to look back with")  # noqa: PLR2004


QUESTIONS = (
    "query ($id: ID!) { node(id: $id) { ... on Mentorship { evaluationQuestions { kind questions { key } } } } }"
)
