"""J6.7: all pairs become mentorships, or none; what changed meanwhile is named, and only that is computed anew."""

from __future__ import annotations

from typing import Any

from commons_contracts.codes import RefusalCode, Style

from ..j1.walls import answered_alike
from ..player import Player
from .story import HERS, Story, pairs


async def all_or_nothing(story: Story) -> None:
    step, coordinator = "J6.7", story.coordinator
    before = await story.computed(story.run)
    proposed = pairs(before)
    mentor, mentee = _a_pair_in_hand(story, proposed)
    waits = next(one for one in story.mentees if one.id in proposed and one is not mentee)
    asked = await _asks(story, waits, story.mentors[0])
    request = await _asks(story, mentee, mentor)
    await mentor.does("acceptConnection", connection=request)
    await story.stage.quiet()
    publish, both = {"run": story.run}, [mentee, waits]
    no, why = RefusalCode.MATCH_SNAPSHOT_STALE, "someone accepted a request meanwhile"
    answer = await story.stage.refuses(step, no, coordinator, "publishMatchRun", publish, why=why, beside=both)
    changed = {(one["why"], one.get("mentee", ""), one["mentor"]) for one in answer.params.get("changed", ())}
    held = ("MATCHED", mentee.id, proposed[mentee.id]) in changed and answer.params.get("count") == len(changed)
    story.says(step, "CHANGED", held, "the refusal names the pairs that something has happened to")
    again = await coordinator.does("rerunMatchRun", run=story.run)
    rerun = await story.computed(again["id"])
    now = pairs(rerun)
    kept = sum(now.get(one) == whose for one, whose in proposed.items() if one != mentee.id)
    held = rerun["basedOn"] == story.run and mentee.id not in now and kept + rerun["moved"] >= len(now) - 1
    story.says(step, "RERUN", held, f"{kept} pairs are kept, {rerun['moved']} moved, the matched one is left alone")
    story.run = again["id"]
    done = await coordinator.does("publishMatchRun", run=story.run)
    await story.stage.quiet()
    seen = [(await one.ask(HERS))["viewer"] for one in story.mentees if one.id in now]
    held = done["state"] == "PUBLISHED" and all(len(each["mentorships"]["nodes"]) == 1 for each in seen)
    story.says(step, "PUBLISHED", held and len(seen) > 1, f"{len(seen)} mentorships are opened at once")
    state = {one["id"]: one["state"] for one in (await waits.ask(HERS))["viewer"]["connections"]["nodes"]}
    gone = state.get(asked) == "WITHDRAWN_MATCHED_ELSEWHERE" or waits.id not in now
    story.says(step, "WITHDRAWN_MATCHED_ELSEWHERE", gone, "her open request is taken back")
    no, why = RefusalCode.INVALID_TRANSITION, "it is published a second time"
    await story.stage.refuses(step, no, coordinator, "publishMatchRun", {"run": story.run}, why=why, beside=both)


def _a_pair_in_hand(story: Story, proposed: dict[str, str]) -> tuple[Player, Player]:
    """A mentor with more than one place, and one of those who are proposed to her."""
    ids = {mentor.id: mentor for mentor in story.mentors[1:]}
    mentee = next(one for one in story.mentees if proposed.get(one.id) in ids)
    return ids[proposed[mentee.id]], mentee


async def _asks(story: Story, mentee: Player, mentor: Player) -> str:
    wish: dict[str, Any] = {"round": story.round, "mentor": mentor.id, "style": Style.TRADITIONAL, "message": "Hej!"}
    request: str = (await mentee.does("requestConnection", **wish))["id"]
    return request


async def strangers_learn_nothing(story: Story) -> None:
    """What this journey has made is tried from another project."""
    made = {"MatchRun": story.run, "Round": story.round}
    await answered_alike(story.stage, "J6", "stranger-of-runs", made)
