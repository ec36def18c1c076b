"""J6.1 and J6.2: a run is started once, followed while it is computed, and comes out the same whenever it is repeated."""

from __future__ import annotations

import asyncio
from typing import Any

from commons_contracts.codes import Modality, RefusalCode, Role

from ..stage import together
from .story import FROM, LEFT, Story, pairs

PLACES = (1, 2, 2, 2)
"""Of the mentors whom most could have; a fifth speaks Greek alone and has one place."""
MOST, NORWEGIAN = 10, 3
TOLD: dict[str, dict[str, Any]] = {
    "NO_COMMON_LANGUAGE": {"speaks": "fa", "country": "GR"},
    "NO_MODALITY_OVERLAP": {"modality": Modality.FACE_TO_FACE},
    "ALL_BLOCKED": {"speaks": "el", "country": "GR"},
    "NOT_ACKNOWLEDGED": {"speaks": "el", "reads": False},
    "PROFILE_INCOMPLETE": {"speaks": "el", "stage": None},
}
"""What makes those who are left so."""


async def a_run_is_started_once(story: Story) -> None:
    step = "J6.1"
    await story.opens()
    start = {"round": story.round, "seed": 6, "dryRun": True}
    no, why = RefusalCode.MATCH_POOL_EMPTY, "nobody has registered"
    await story.stage.refuses(step, no, story.coordinator, "startMatchRun", start, why=why)
    await _people_come(story)
    no, why = RefusalCode.ROLE_NOT_ALLOWED, "a mentor starts one"
    await story.stage.refuses(step, no, story.mentors[0], "startMatchRun", start, why=why)
    no, why = RefusalCode.PROGRAMME_VERSION_LOCKED, "other weights than the published ones, and not to try them out"
    weighed = start | {"dryRun": False, "weights": [{"criterion": "FIELD", "points": 10_000}]}
    await story.stage.refuses(step, no, story.coordinator, "startMatchRun", weighed, why=why)
    both = await asyncio.gather(*(story.coordinator.tries("startMatchRun", **start) for _ in range(2)))
    started, told = sorted(both, key=lambda answer: answer.code)
    story.tried = started.shown.get("id", "")
    held = not started.code and told.code == RefusalCode.MATCH_RUN_IN_PROGRESS and told.params == {"run": story.tried}
    story.says(step, RefusalCode.MATCH_RUN_IN_PROGRESS, held, "two at once: one is started, the other is told which")


async def it_can_be_followed_and_repeated(story: Story) -> None:
    step = "J6.2"
    told = await story.follows(story.tried)
    ends = told[-1]
    steady = [one["shardsDone"] for one in told] == sorted(one["shardsDone"] for one in told)
    held = ends["state"] == "PROPOSED" and ends["progress"] == 1 and ends["shards"] > 1 and steady
    story.says(step, "FOLLOWED", held, f"{len(told)} pushes, {ends['shards']} pieces of work, and it is proposed")
    first = await story.computed(story.tried)
    again = await story.computed(await story.starts(seed=6, dryRun=True))
    one, other = ((run["identity"], run["resultHash"], pairs(run)) for run in (first, again))
    said = f"the same people, rules and seed have the same hash {one[1][:8]}, and the same pairs"
    story.says(step, "SAME_AGAIN", one == other and None not in one, said)
    repeat = await story.coordinator.does("repeatMatchRun", run=story.tried)
    third = await story.computed(repeat["id"])
    held = (third["state"], repeat["repeats"], third["resultHash"]) == ("REPEATED", story.tried, first["resultHash"])
    story.says(step, "RUN_AGAIN", held, "and from what was kept of the first, the same comes once more")
    no, why = RefusalCode.INVALID_TRANSITION, "a dry run is published"
    await story.stage.refuses("J6.1", no, story.coordinator, "publishMatchRun", {"run": story.tried}, why=why)


async def _people_come(story: Story) -> None:
    numbers = iter(range(FROM, FROM + 12))
    for places, told in [*((places, {}) for places in PLACES), (1, {"speaks": "el"})]:
        found = None
        while found is None:
            found = await story.mentor(next(numbers), places, **told)
        story.mentors.append(found)
    everyone = await together(story.member(f"mentee-{FROM + n}") for n in range(MOST + len(LEFT)))
    story.mentees, rest = everyone[:MOST], everyone[MOST:]
    most: list[dict[str, Any]] = [
        {"country": "NO" if n < NORWEGIAN else "SE", "fields": ["0714" if n % 2 else "0613"]} for n in range(MOST)
    ]
    hers = [*most, *(TOLD[reason] for reason in LEFT)]
    await together(story.joins(one, Role.MENTEE, **each) for one, each in zip(everyone, hers, strict=True))
    story.left = dict(zip(LEFT, rest, strict=True))
    await story.left["ALL_BLOCKED"].does("blockPerson", person=story.mentors[-1].id)
    await story.stage.quiet()
