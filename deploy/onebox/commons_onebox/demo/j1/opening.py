"""J1.8: from one match follow a mentorship, a private channel and the end of her other requests, once and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from ..player import Player
from .story import Story

STEP = "J1.8"
TOLD, FOLLOWER, TIMES, SOON = 17, 90, 10, 15.0
OPENED = """{ viewer { mentorships { totalCount nodes { id phase style programmeVersion
  checklist { item done } match { id } channel { id } mentor { id } mentee { id } } }
  channels { totalCount nodes { id match { id } members { id } } } notices(first: 1) { totalCount } } }"""
OTHERS = "{ viewer { connections(first: 100) { nodes { id state } } } }"
AGAIN = "mutation ($node: ID!, $times: Int!) { redeliverEvents(input: {node: $node, times: $times}) { events } }"
CHANNEL = "query ($id: ID!) { node(id: $id) { id } }"
FOLLOW = """subscription ($since: String) { connectionChanged(since: $since) { cursor connections { id state } } }"""


async def a_match_opens_everything(story: Story) -> None:
    mentee, mentor = story.winner, story.astrid
    await story.stage.quiet()
    seen = (await mentee.ask(OPENED))["viewer"]
    mentorship = seen["mentorships"]["nodes"][0]
    begun = seen["mentorships"]["totalCount"] == 1 and mentorship["phase"] == "PREPARATION"
    begun = begun and mentorship["match"]["id"] == story.match
    items = [line["item"] for line in mentorship["checklist"]]
    detail = f"one mentorship in {mentorship['phase']}, {len(items)} things to do, none done"
    undone = not any(line["done"] for line in mentorship["checklist"])
    story.says(STEP, "MENTORSHIP_IN_PREPARATION", begun and len(items) == 7 and undone, detail)  # noqa: PLR2004
    channel = seen["channels"]["nodes"][0]
    pair = {one["id"] for one in channel["members"]} == {mentee.id, mentor.id}
    hidden = (await story.loser.ask(CHANNEL, id=channel["id"]))["node"] is None
    story.says(STEP, "PRIVATE_CHANNEL", pair and hidden, "for the two of them, and for nobody else")
    states = {c["id"]: c["state"] for c in (await mentee.ask(OTHERS))["viewer"]["connections"]["nodes"]}
    others = {state for id, state in states.items() if id != story.won_request}
    story.says(STEP, "WITHDRAWN_MATCHED_ELSEWHERE", others == {"WITHDRAWN_MATCHED_ELSEWHERE"}, f"{others}")
    story.things |= {"Mentorship": mentorship["id"], "Channel": channel["id"]}
    await _ten_redeliveries(story)


async def _ten_redeliveries(story: Story) -> None:
    people = [story.winner, story.astrid]
    before = [await _counters(one) for one in people]
    told = 0
    for thing in (story.match, story.won_request):
        answer = await story.stage.operator.ask(AGAIN, node=thing, times=TIMES)
        told += answer["redeliverEvents"]["events"]
    story.stage.stir()
    await story.stage.quiet()
    after = [await _counters(one) for one in people]
    held = before == after and told >= 2 * TIMES
    detail = f"{told} facts told again; mentorships, channels, notices: {_said(before)} before, {_said(after)} after"
    story.says(STEP, "REDELIVERY_CHANGES_NOTHING", held, detail)


async def _counters(player: Player) -> tuple[int, ...]:
    seen = (await player.ask(OPENED))["viewer"]
    return tuple(seen[name]["totalCount"] for name in ("mentorships", "channels", "notices"))


def _said(counters: list[tuple[int, ...]]) -> str:
    return " and ".join("/".join(map(str, one)) for one in counters)


async def it_is_told_at_once(story: Story) -> None:
    """A socket is told of the yes, and after an interruption nothing is missing."""
    stage = story.stage
    (mentee,) = await story.mentees([FOLLOWER])
    mentor = await stage.player(f"mentor-{TOLD}@{stage.project}").known()
    request = await story.asks(mentee, mentor)
    await stage.quiet()
    accepted = {"id": request, "state": "ACCEPTED"}
    async with mentee.follows(FOLLOW) as pushes:
        async with asyncio.timeout(SOON):
            cursor = (await anext(pushes))["connectionChanged"]["cursor"]
        await mentor.does("acceptConnection", connection=request)
        told = await _arrives(accepted, pushes)
    story.says(STEP, "TOLD_AT_ONCE", told, "the yes arrives on the mentee's open socket")
    async with mentee.follows(FOLLOW, since=cursor) as pushes:
        told = await _arrives(accepted, pushes)
    story.says(STEP, "RESUMES_WITHOUT_A_GAP", told, "with the cursor from before, the yes comes again")


async def _arrives(wanted: dict[str, Any], pushes: AsyncIterator[dict[str, Any]]) -> bool:
    """Soon, whatever else is told before it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SOON):
            async for push in pushes:
                if wanted in push["connectionChanged"]["connections"]:
                    return True
    return False
