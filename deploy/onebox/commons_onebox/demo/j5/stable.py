"""J5.6: the run makes pairs of the lists, and a checker that knows nothing of how they were found finds nothing to mend."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .story import Story

STEP = "J5.6"
TRIES, PAUSE_SECONDS = 600, 0.1
OVER = {"PROPOSED", "CANCELLED", "FAILED"}
RUN = """query ($id: ID!) { node(id: $id) { ... on MatchRun { state failure matched blockingPairs
  proposals(first: 50) { nodes { mentor { id } mentee { id } score explanation { contribution } } }
  unmatched(first: 50) { nodes { mentee { id } reason } } } } }"""


async def nobody_would_rather_have_another(story: Story) -> None:
    run = await story.coordinator.does("startMatchRun", round=story.two_way.id)
    seen = await _computed(story, run["id"])
    pairs = [(one["mentor"]["id"], one["mentee"]["id"]) for one in seen["proposals"]["nodes"]]
    sums = all(sum(p["contribution"] for p in one["explanation"]) == one["score"] for one in seen["proposals"]["nodes"])
    rather = list(_blocking([one.id for one in story.mentors], story.lists, pairs, places=2))
    held = seen["state"] == "PROPOSED" and bool(pairs) and sums and not rather and seen["blockingPairs"] == 0
    story.says(
        STEP, "STABLE", held, f"{len(pairs)} pairs; checked over all lists by SQL and by the play: {len(rather)}"
    )
    left = {one["mentee"]["id"]: one["reason"] for one in seen["unmatched"]["nodes"]}
    out = left.get(story.mentees[-1].id) == "NOT_ACKNOWLEDGED"
    story.says("J5.8", "LEFT_OUT", out, "who has not confirmed how matching works is in no pair, and is told why")
    await story.coordinator.does("publishMatchRun", run=run["id"])
    await story.stage.quiet()
    mine = "{ viewer { mentorships(first: 20) { nodes { match { mentor { id } round { id } } } } } }"
    (mentor, mentee) = pairs[0]
    player = next(one for one in story.mentees if one.id == mentee)
    opened = (await player.ask(mine))["viewer"]["mentorships"]["nodes"]
    found = [(one["match"]["mentor"]["id"], one["match"]["round"]["id"]) for one in opened if one["match"]]
    story.says(STEP, "PUBLISHED", (mentor, story.two_way.id) in found, "the coordinator publishes; mentorships open")


async def _computed(story: Story, run: str) -> dict[str, Any]:
    for _ in range(TRIES):
        seen: dict[str, Any] = (await story.coordinator.ask(RUN, id=run))["node"]
        if seen["state"] in OVER:
            return seen
        await asyncio.sleep(PAUSE_SECONDS)
    raise TimeoutError


def _blocking(
    mentors: Sequence[str], lists: Mapping[str, Sequence[str]], pairs: Sequence[tuple[str, str]], *, places: int
) -> Iterator[tuple[str, str]]:
    """Two who stand on each other's lists, are no pair, and would both rather be one."""
    has = {mentee: mentor for mentor, mentee in pairs}
    for mentor in mentors:
        hers = lists.get(mentor, ())
        taken = [mentee for one, mentee in pairs if one == mentor]
        for mentee in hers:
            mine = lists.get(mentee, ())
            if mentor not in mine or has.get(mentee) == mentor:
                continue
            wants = mentee not in has or mine.index(mentor) < mine.index(has[mentee])
            wanted = len(taken) < places or any(hers.index(mentee) < hers.index(other) for other in taken)
            if wants and wanted:
                yield mentor, mentee
