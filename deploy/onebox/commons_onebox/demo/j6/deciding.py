"""J6.6: a coordinator decides otherwise, with a reason, and never over a hard rule; later runs remember."""

from __future__ import annotations

from typing import Any

from commons_contracts.codes import RefusalCode

from .story import RUNS, Story, pairs

REASON = "De känner varandra från kören."


async def a_coordinator_decides_otherwise(story: Story) -> None:
    step, coordinator = "J6.6", story.coordinator
    story.run = await story.starts(seed=6)
    run = await story.computed(story.run)
    proposed = pairs(run)
    mentor = story.mentors[0]
    hers = next(mentee for mentee in story.mentees if proposed.get(mentee.id) == mentor.id)
    left = next(mentee for mentee in story.mentees if mentee.id not in proposed)
    override = {"run": story.run, "mentee": left.id, "mentor": mentor.id, "reason": REASON}
    blocked = {"mentee": story.left["ALL_BLOCKED"].id, "mentor": story.mentors[-1].id}
    tries: tuple[tuple[RefusalCode, dict[str, Any], dict[str, Any], str], ...] = (
        (RefusalCode.REASON_REQUIRED, {"reason": "  "}, {}, "without a reason"),
        (RefusalCode.LANGUAGE_MISMATCH, {"mentee": story.left["NO_COMMON_LANGUAGE"].id}, {}, "no language in common"),
        (RefusalCode.RULE_NOT_OVERRIDABLE, blocked, {"rule": "MENTOR_UNAVAILABLE"}, "she has blocked this mentor"),
        (RefusalCode.MENTOR_AT_CAPACITY, {}, {}, "all her places are given in this run"),
        (RefusalCode.NOT_FOUND, {"mentor": hers.id}, {}, "somebody who is no mentor here"),
    )
    for no, changed, params, why in tries:
        await story.stage.refuses(
            step, no, coordinator, "overrideProposal", override | changed, params=params, why=why, beside=[left]
        )
    taken = await coordinator.does("overrideProposal", run=story.run, mentee=hers.id, reason=REASON)
    given = await coordinator.does("overrideProposal", **override)
    now = pairs(await story.computed(story.run))
    held = hers.id not in now and now[left.id] == mentor.id and given["run"]["matched"] == run["matched"]
    held = held and (taken["wish"]["wish"], given["proposal"]["origin"]) == ("FORBID", "OVERRIDDEN")
    story.says(step, "OVERRIDDEN", held, "one pair goes, another has its place, both with a reason")
    await coordinator.does("cancelMatchRun", run=story.run)
    story.run = await story.starts(seed=7)
    again = await story.computed(story.run)
    origin = {one["mentee"]["id"]: one["origin"] for one in again["proposals"]["nodes"]}
    held = pairs(again)[left.id] == mentor.id and origin[left.id] == "PINNED" and pairs(again).get(hers.id) != mentor.id
    story.says(step, "REMEMBERED", held, "the next run honours what was decided, whatever its seed")
    wishes = (await coordinator.ask(RUNS, round=story.round))["node"]["pairWishes"]
    held = {wish["wish"] for wish in wishes} == {"PIN", "FORBID"} and {wish["reason"] for wish in wishes} == {REASON}
    answer = await hers.raw(RUNS, round=story.round)
    held = held and REASON not in str(answer) and bool(answer.get("errors"))
    story.says(step, "FOR_COORDINATORS", held, "who decided what, and why, is for coordinators")
