"""J2.8: what happens where nothing does; and a pair that goes on after all."""

from __future__ import annotations

from commons_contracts.codes import RefusalCode

from .story import BEGINS, DAY, SECOND, Story

STEP = "J2.8"
STUCK = """query ($slug: String!) { project(slug: $slug) {
  mentorshipRecords(first: 50, stuck: true) { nodes { id stillDays } } } }"""


async def nothing_happens(story: Story) -> None:
    """Nobody of them has met. After three weeks both are asked, after five the coordinators see it, after six it rests."""
    pair, stage = story.resting, story.stage
    await stage.clock(BEGINS + 21 * DAY - SECOND)
    before = await _asked(story)
    await stage.clock(BEGINS + 21 * DAY)
    held = (before, await _asked(story)) == ([[], []], [[21], [21]])
    story.says(STEP, "BOTH_ARE_ASKED", held, "after 21 days to the second, once each")
    await stage.clock(BEGINS + 35 * DAY - SECOND)
    early = await _listed(story)
    await stage.clock(BEGINS + 35 * DAY)
    late = await _listed(story)
    story.says(STEP, "COORDINATORS_SEE_IT", pair.id in late - early, "after 35 days it is on their list")
    await stage.clock(BEGINS + 42 * DAY - SECOND)
    state = (await story.seen(pair))["state"]
    await stage.clock(BEGINS + 42 * DAY)
    states = (state, (await story.seen(pair))["state"])
    told = [await story.told(one, "MENTORSHIP_PAUSED", pair) for one in pair.both]
    held = states == ("OPEN", "PAUSED_INACTIVE") and told == [[42], [42]]
    story.says(STEP, "PAUSED_INACTIVE", held, "after 42 days to the second; both are told")
    places = await story.places(pair.mentor)
    story.says(STEP, "PLACE_GIVEN_BACK", places == (0, 1), f"{places[1]} place free for somebody else")
    no, why = RefusalCode.INVALID_TRANSITION, "what rests goes on first"
    item = {"item": "TRUST_BUILT"}
    await story.refuses(STEP, no, pair, pair.mentee, "tickItem", params={"from": "PAUSED_INACTIVE"}, why=why, **item)


async def it_goes_on(story: Story) -> None:
    """Where the mentor has a place; matching is asked, and answers."""
    pair = story.resting
    await pair.mentee.does("resumeMentorship", mentorship=pair.id)
    await story.stage.quiet()
    seen, places = await story.seen(pair, pair.mentor), await story.places(pair.mentor)
    held = (seen["state"], seen["resuming"], places) == ("OPEN", False, (1, 0))
    story.says(STEP, "RESUMED", held, "with its place taken again")
    full = story.merging
    await full.mentor.does("setPlaces", round=story.round, style="TRADITIONAL", most=0)
    await full.mentor.does("resumeMentorship", mentorship=full.id)
    await story.stage.quiet()
    seen = await story.seen(full)
    told = [len(await story.told(one, "NO_PLACE_TO_RESUME", full)) for one in full.both]
    held = (seen["state"], seen["resuming"], told) == ("PAUSED_INACTIVE", False, [1, 1])
    story.says(STEP, "NO_PLACE_TO_RESUME", held, "without a place it rests on, and both are told")


async def _asked(story: Story) -> list[list[int | None]]:
    return [await story.told(one, "STILL_MEETING", story.resting) for one in story.resting.both]


async def _listed(story: Story) -> set[str]:
    found = await story.coordinator.ask(STUCK, slug=story.stage.project)
    return {one["id"] for one in found["project"]["mentorshipRecords"]["nodes"]}
