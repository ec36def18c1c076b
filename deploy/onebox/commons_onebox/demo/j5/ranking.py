"""J5.6: both sides rank each other until a midnight of the project's zone; what comes of it nobody would rather leave."""

from __future__ import annotations

import asyncio
from typing import Any

from commons_contracts.codes import RefusalCode, Role

from ..play import utc
from ..player import Player
from .story import CLOSE, SECOND, Story

STEP = "J5.6"
MENTEES_RANK = ((0, 1), (0, 1), (1, 0, 2), (1,), (2, 0))
MENTORS_RANK = ((2, 1, 0), (0, 2, 3), (4,))
"""Of the first mentees and mentors, whom each ranks, by number; the last mentor and the last mentee rank nobody."""
COUNTS = """query ($id: ID!) { node(id: $id) { ... on Round { preferenceCounts {
  mentors mentorsSent mentees menteesSent } viewerPreferences { role } } } }"""


async def both_sides_rank(story: Story) -> None:
    mentors, mentees = story.mentors, story.mentees
    await _lists_have_rules(story)
    for n, ranked in enumerate(MENTEES_RANK):
        await _ranks(story, mentees[n], Role.MENTEE, [mentors[m] for m in ranked])
    for n, ranked in enumerate(MENTORS_RANK):
        await _ranks(story, mentors[n], Role.MENTOR, [mentees[m] for m in ranked])
    await _two_devices(story, mentees[0], mentors)
    await _hers_alone(story)


async def _lists_have_rules(story: Story) -> None:
    mentee, mentors = story.mentees[0], [mentor.id for mentor in story.mentors]
    tries: tuple[tuple[RefusalCode, list[str], dict[str, Any], str], ...] = (
        (RefusalCode.COMMITMENT_OUT_OF_RANGE, mentors, {"minRanked": 1, "maxRanked": 3}, "four on a list of three"),
        (RefusalCode.DUPLICATE_REQUEST, [mentors[0], mentors[0]], {"twice": 1}, "one of them twice"),
        (RefusalCode.SELF_REQUEST, [mentee.id], {}, "herself"),
        (RefusalCode.MENTOR_UNAVAILABLE, [story.mentees[1].id], {}, "somebody who is no mentor here"),
    )
    for no, ranked, params, why in tries:
        await story.stage.refuses(
            STEP, no, mentee, "submitPreferences", _wish(story, Role.MENTEE, ranked), params=params, why=why
        )
    before = {"person": story.mentees[-1].id}
    again = _wish(story, Role.MENTOR, [story.mentees[0].id, story.mentees[-1].id])
    no, why = RefusalCode.PREVIOUS_PAIR, "a mentor ranks someone whom she has worked with before"
    await story.stage.refuses(STEP, no, story.mentors[-1], "submitPreferences", again, params=before, why=why)
    no, params, why = RefusalCode.COMMITMENT_OUT_OF_RANGE, {"maxEqual": 1}, "two in one place"
    tied = _wish(story, Role.MENTEE, mentors[:2]) | {"equal": mentors[1:2]}
    await story.stage.refuses(STEP, no, mentee, "submitPreferences", tied, params=params, why=why)


def _wish(story: Story, role: Role, ranked: list[str]) -> dict[str, Any]:
    return {"round": story.two_way.id, "role": role, "ranked": ranked}


async def _ranks(story: Story, author: Player, role: Role, ranked: list[Player]) -> None:
    ids = [one.id for one in ranked]
    await author.does("submitPreferences", **_wish(story, role, ids))
    story.lists[author.id] = tuple(ids)


async def _two_devices(story: Story, author: Player, mentors: list[Player]) -> None:
    one, other = ([mentors[n].id for n in ranked] for ranked in ((0, 1), (1, 0, 2)))
    await asyncio.gather(
        *(author.does("submitPreferences", **_wish(story, Role.MENTEE, ranked)) for ranked in (one, other))
    )
    (kept,) = (await story.seen(author, story.two_way))["viewerPreferences"]
    ids = [person["id"] for person in kept["ranked"]]
    story.lists[author.id] = tuple(ids)
    story.says(STEP, "ONE_LIST_WHOLE", ids in (one, other), "two devices at once: one of the two lists stands, whole")


async def _hers_alone(story: Story) -> None:
    found = (await story.coordinator.ask(COUNTS, id=story.two_way.id))["node"]
    numbers = {"mentors": 4, "mentorsSent": 3, "mentees": 6, "menteesSent": 5}
    private = found["preferenceCounts"] == numbers and found["viewerPreferences"] == []
    (own,) = (await story.seen(story.mentors[0], story.two_way))["viewerPreferences"]
    hers = tuple(person["id"] for person in own["ranked"]) == story.lists[story.mentors[0].id]
    detail = "each reads her own; the coordinator reads how many there are"
    story.says(STEP, "A_LIST_IS_HERS_ALONE", private and hers, detail)


async def lists_close_at_midnight(story: Story) -> None:
    mentee, mentor = story.mentees[0], story.mentors[0]
    await story.stage.clock(CLOSE - SECOND)
    silent, sent = [len(await story.notices(one, "LISTS_CLOSE_SOON")) for one in (story.mentors[3], mentor)]
    story.says(STEP, "REMINDED", (silent, sent) == (1, 0), "two days before, who had sent none was reminded")
    again = _wish(story, Role.MENTEE, list(story.lists[mentee.id]))
    answer = await mentee.tries("submitPreferences", **again)
    story.says(STEP, "OPEN_TO_THE_SECOND", not answer.code, "at 23:59:59 in Stockholm a list is still taken")
    no, early = RefusalCode.PICKING_NOT_OPEN, {"round": story.two_way.id}
    params, why = {"opensAt": utc(CLOSE)}, "a match run while lists may still change"
    await story.stage.refuses(STEP, no, story.coordinator, "startMatchRun", early, params=params, why=why)
    await story.stage.clock(CLOSE)
    no, params, why = RefusalCode.PREFERENCES_CLOSED, {"closesAt": utc(CLOSE)}, "at 00:00:00 it is over"
    await story.stage.refuses(STEP, no, mentee, "submitPreferences", again, params=params, why=why)
