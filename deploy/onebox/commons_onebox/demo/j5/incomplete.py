"""J5.5 at work: who has not told what counts is known before anyone is matched; gender counts for who agrees, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commons_contracts.codes import Criterion, Method, RefusalCode, Role

from ..player import Player
from .story import TELLS, Opened, Story

STEP = "J5.5"
LACKING = """query ($id: ID!) { node(id: $id) { ... on Round { incompleteProfiles(first: 50) {
  nodes { person { id } role fields } } } } }"""
FIT = """query ($id: ID!, $mentor: ID!) { node(id: $id) { ... on Round { mentor(person: $mentor) {
  fit { points parts { criterion points most skipped } } } } } }"""
UNASKED: Mapping[str, Any] = {
    "units": ["PAIR"],
    "styles": ["TRADITIONAL"],
    "requests": {"initiator": "BY_METHOD"},
    "matching": {"method": Method.ALGORITHM, "criteria": [{"criterion": Criterion.STAGE, "points": 100}]},
    "places": {"suggested": [{"style": "TRADITIONAL", "count": 1}]},
    "time": {"sessionMinutes": {"least": 20, "most": 60}, "durationMonths": {"least": 1}},
    "steps": {"phases": [{"style": "TRADITIONAL", "phases": ["CLOSURE"]}]},
}
"""A design that counts how far people have come, and asks nobody."""
WOMAN = {"criterion": Criterion.GENDER, "gender": "WOMAN"}


async def what_counts_is_told_or_skipped(story: Story) -> None:
    opened = await story.opens(Method.ONE_WAY_MENTEE)
    mentor, mentee = await story.member("mentor-5"), await story.member("mentee-7")
    await mentee.does("describeProfile", **{name: told for name, told in TELLS.items() if name != "stage"})
    await story.takes_part(mentor, Role.MENTOR, opened)
    await story.takes_part(mentee, Role.MENTEE, opened)
    await story.stage.quiet()
    found = (await story.coordinator.ask(LACKING, id=opened.id))["node"]["incompleteProfiles"]["nodes"]
    told = [(one["person"]["id"], one["role"], one["fields"]) for one in found]
    held = told == [(mentee.id, Role.MENTEE, [Criterion.STAGE])]
    story.says(STEP, "INCOMPLETE", held, "the coordinator reads who lacks what")
    await _no_run(story, mentor, mentee)
    await mentee.does("describeProfile", **TELLS)
    await _by_consent(story, opened, mentor, mentee)


async def _no_run(story: Story, mentor: Player, mentee: Player) -> None:
    """Started by what it did not ask for, a run would quietly give her less."""
    opened = await story.opens(Method.ALGORITHM, rules=UNASKED)
    await story.takes_part(mentor, Role.MENTOR, opened, reads=False)
    await story.takes_part(mentee, Role.MENTEE, opened, reads=False)
    await story.stage.quiet()
    no, params = RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, {"people": 1, "fields": [Criterion.STAGE]}
    why, input = "a run by what the programme counts and does not collect", {"round": opened.id}
    await story.stage.refuses(STEP, no, story.coordinator, "startMatchRun", input, params=params, why=why)


async def _by_consent(story: Story, opened: Opened, mentor: Player, mentee: Player) -> None:
    no, params = RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, {"fields": [Criterion.GENDER]}
    why, input = "consent to be matched by gender, and not a word of it", {"criterion": Criterion.GENDER}
    await story.stage.refuses(STEP, no, mentee, "agreeToCriterion", input, params=params, why=why, beside=[mentor])
    seen = [await _gender(story, opened, mentor, mentee)]
    for player, verb, wish in (
        (mentee, "agreeToCriterion", WOMAN),
        (mentor, "agreeToCriterion", WOMAN),
        (mentor, "withdrawFromCriterion", {"criterion": Criterion.GENDER}),
    ):
        await player.does(verb, **wish)
        await story.stage.quiet()
        seen.append(await _gender(story, opened, mentor, mentee))
    skipped = [part["skipped"] for part in seen]
    held = skipped == [True, True, False, True] and seen[2]["points"] == seen[2]["most"] > 0
    story.says(STEP, "OPT_IN", held, "gender counts while both agree; before and after it is said to be skipped")


async def _gender(story: Story, opened: Opened, mentor: Player, mentee: Player) -> dict[str, Any]:
    """The part of the two's fit that is about gender, while all parts sum to the points."""
    fit = (await mentee.ask(FIT, id=opened.id, mentor=mentor.id))["node"]["mentor"]["fit"]
    if sum(part["points"] for part in fit["parts"]) != fit["points"]:
        story.says(STEP, "OPT_IN", False, f"the parts do not sum to the points: {fit}")
    part: dict[str, Any] = next(part for part in fit["parts"] if part["criterion"] == Criterion.GENDER)
    return part
