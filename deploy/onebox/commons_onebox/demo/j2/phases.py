"""J2.1: a phase has its checklist, and nobody goes on before it is ticked by whom it is asked of."""

from __future__ import annotations

from commons_contracts.codes import RefusalCode

from ..stage import together
from .story import ENDS_ON, LEAD_DAYS, STARTS_ON, Story

STEP = "J2.1"
MENTORS, MENTEES = (20, 21, 22, 23), (85, 86, 87, 88)
ROUND = "query ($id: ID!) { node(id: $id) { ... on Programme { round { id open } } } }"


async def four_pairs_begin(story: Story) -> None:
    coordinator = story.coordinator
    draft = await coordinator.does(
        "createProgramme", startsOn=STARTS_ON, endsOn=ENDS_ON, recruitmentLeadDays=LEAD_DAYS, initiator="MENTEE"
    )
    published = await coordinator.does("publishProgramme", programme=draft["id"])
    await story.stage.quiet()
    round = (await coordinator.ask(ROUND, id=published["id"]))["node"]["round"]
    story.round = round["id"]
    story.pairs = await together(story.pair(a, b) for a, b in zip(MENTORS, MENTEES, strict=True))
    story.things |= {"Programme": published["id"], "Round": story.round, "Mentorship": story.finishing.id}
    begun = [(await story.seen(pair))["phase"] for pair in story.pairs]
    story.says("J2", "FOUR_PAIRS", begun == ["PREPARATION"] * 4, "each opened by its match")


async def the_checklist_is_a_gate(story: Story) -> None:
    pair = story.finishing
    seen = await story.seen(pair)
    items = [line["item"] for line in seen["checklist"]]
    undone = not any(line["done"] for line in seen["checklist"])
    held = seen["phase"] == "PREPARATION" and len(items) == 7 and undone  # noqa: PLR2004 - as the manual has it
    story.says(STEP, "CHECKLIST_OF_SEVEN", held, f"{len(items)} things to do in {seen['phase']}")
    no, ask = RefusalCode.CHECKLIST_INCOMPLETE, "advancePhase"
    missing = {"missing": items}
    await story.refuses(STEP, no, pair, pair.mentee, ask, to="NEGOTIATION", params=missing, why="nothing is ticked")
    await story.ticks(pair, but=["TRUST_BUILT"])
    missing = {"missing": ["TRUST_BUILT"]}
    await story.refuses(STEP, no, pair, pair.mentor, ask, to="NEGOTIATION", params=missing, why="one line is open")
    no, why = RefusalCode.ROLE_NOT_ALLOWED, "the mentor ticks what the mentee is asked"
    params = {"roles": ["MENTEE"]}
    await story.refuses(STEP, no, pair, pair.mentor, "tickItem", item="GOALS_CONSIDERED", params=params, why=why)
    no, skipped = RefusalCode.INVALID_TRANSITION, {"from": "PREPARATION", "to": "CLOSURE"}
    await story.refuses(STEP, no, pair, pair.mentee, ask, to="CLOSURE", params=skipped, why="phases are not skipped")
    no, why = RefusalCode.NOT_FOUND, "somebody else tries"
    await story.refuses(STEP, no, pair, story.ending.mentee, ask, to="NEGOTIATION", why=why)
    await pair.mentor.does("tickItem", mentorship=pair.id, item="TRUST_BUILT")
    lines = {line["item"]: line for line in (await story.seen(pair))["checklist"]}
    by = lines["TRUST_BUILT"]["doneBy"]["id"]
    story.says(STEP, "DONE_BY", by == pair.mentor.id, "it says who ticked it")
    await pair.mentee.does("advancePhase", mentorship=pair.id, to="NEGOTIATION")
    seen = await story.seen(pair, pair.mentor)
    fresh = seen["phase"] == "NEGOTIATION" and not any(line["done"] for line in seen["checklist"])
    story.says(STEP, "NEXT_PHASE", fresh, f"{seen['phase']}, with a checklist of its own")


async def two_phases_in_one_meeting(story: Story) -> None:
    """The first meeting may hold preparation and negotiation; then both checklists are open."""
    pair = story.merging
    await pair.mentee.does("advancePhase", mentorship=pair.id, to="NEGOTIATION", mergeWithNext=True)
    seen = await story.seen(pair)
    held = (seen["phase"], seen["merged"], len(seen["checklist"])) == ("NEGOTIATION", "PREPARATION", 14)
    story.says(STEP, "MERGED_FIRST_MEETING", held, f"{len(seen['checklist'])} lines of both phases are open")
    no, why = RefusalCode.CHECKLIST_INCOMPLETE, "the lines of both phases are still to be ticked"
    await story.refuses(STEP, no, pair, pair.mentee, "advancePhase", to="ENABLING", why=why)
    no, why = RefusalCode.PHASE_FORBIDS, "only the first meeting holds two"
    ask = "advancePhase"
    await story.refuses(STEP, no, pair, pair.mentee, ask, to="ENABLING", mergeWithNext=True, why=why)
