"""J1.7: many ask one mentor; however many answers cross, she gets as many mentees as she has places."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from commons_contracts.codes import RefusalCode

from ..player import Answer, Player
from ..stage import together
from .story import Story

STEP = "J1.7"
EIGHT, BESIDE, CROWD, ALONE, OUTSIDER = range(2, 10), 15, range(10, 74), 8, 16
PLACES = "query ($round: ID!) { viewer { places(round: $round) { style most used held free } } }"


async def eight_ask_one(story: Story) -> None:
    """Two devices say yes to two of eight requests at the same instant."""
    astrid, stage = story.astrid, story.stage
    await story.gives(astrid, 1)
    eight = await story.mentees(EIGHT)
    beside = await stage.player(f"mentor-{BESIDE}@{stage.project}").known()
    await together(story.asks(mentee, beside) for mentee in eight)
    requests = await together(story.asks(mentee, astrid) for mentee in eight)
    outsider = await stage.player(f"mentor-{OUTSIDER}@{stage.project}").known()
    await _only_she_answers(story, eight[0], outsider, requests[0])
    first, second = requests[:2]
    answers = await asyncio.gather(
        astrid.tries("acceptConnection", connection=first, idempotencyKey="phone"),
        astrid.tries("acceptConnection", connection=second, idempotencyKey="laptop"),
    )
    codes = sorted(answer.code for answer in answers)
    detail = "two devices at once: one match, and a no that says why"
    story.says(STEP, "ONE_MATCH", codes == ["", RefusalCode.MENTOR_AT_CAPACITY], detail)
    won = next((n for n, answer in enumerate(answers) if not answer.code), 0)
    story.winner, story.loser = eight[won], eight[1 - won]
    story.won_request, story.match = requests[won], answers[won].shown["match"]["id"]
    await _repeated(story, answers[won], ("phone", "laptop")[won])
    lost = requests[1 - won]
    await stage.refuses(
        STEP,
        RefusalCode.MENTOR_AT_CAPACITY,
        astrid,
        "acceptConnection",
        {"connection": lost},
        why="her only place is taken",
        beside=[story.loser],
    )
    await _no_longer_pending(story, eight[2], requests[2])


async def _only_she_answers(story: Story, mentee: Player, outsider: Player, request: str) -> None:
    refuses, input, beside = story.stage.refuses, {"connection": request}, [story.astrid]
    no, why = RefusalCode.NOT_REQUEST_RECIPIENT, "the mentee herself says yes"
    await refuses(STEP, no, mentee, "acceptConnection", input, why=why, beside=beside)
    no, why = RefusalCode.NOT_REQUEST_RECIPIENT, "another mentor says yes"
    await refuses(STEP, no, outsider, "acceptConnection", input, why=why, beside=beside)


async def _repeated(story: Story, first: Answer, key: str) -> None:
    again = await story.astrid.tries("acceptConnection", connection=story.won_request, idempotencyKey=key)
    same = again == first and again.shown["match"]["id"] == story.match
    story.says(STEP, "SAME_MATCH", same, "the same yes with the same key: the same match id")


async def _no_longer_pending(story: Story, mentee: Player, request: str) -> None:
    await mentee.does("withdrawConnection", connection=request)
    no, params = RefusalCode.INVALID_TRANSITION, {"from": "WITHDRAWN", "to": "ACCEPTED"}
    input, why = {"connection": request}, "the request was taken back"
    await story.stage.refuses(STEP, no, story.astrid, "acceptConnection", input, params=params, why=why)
    no, params = RefusalCode.INVALID_TRANSITION, {"from": "ACCEPTED", "to": "ACCEPTED"}
    input, why = {"connection": story.won_request}, "accepted once more, with a new key"
    await story.stage.refuses(STEP, no, story.astrid, "acceptConnection", input, params=params, why=why)


async def sixty_four_at_once(story: Story) -> None:
    """64 yeses at one instant, one free place."""
    mentor = await story.mentor_with(ALONE, 1)
    crowd = await story.mentees(CROWD)
    requests = await together(story.asks(mentee, mentor) for mentee in crowd)
    answers = await asyncio.gather(*(mentor.tries("acceptConnection", connection=request) for request in requests))
    await story.stage.quiet()
    codes = Counter(answer.code for answer in answers)
    places = await _places(story, mentor)
    opened = (await mentor.ask("{ viewer { mentorships { totalCount } } }"))["viewer"]["mentorships"]["totalCount"]
    expected = {"": 1, RefusalCode.MENTOR_AT_CAPACITY.value: len(requests) - 1}
    held = dict(codes) == expected and (places["used"], places["free"], opened) == (1, 0, 1)
    detail = f"{codes['']} match, {codes[RefusalCode.MENTOR_AT_CAPACITY]} told that the place is taken"
    story.says(STEP, "SIXTY_FOUR_AT_ONCE", held, detail)


async def _places(story: Story, mentor: Player) -> dict[str, Any]:
    found = (await mentor.ask(PLACES, round=story.round))["viewer"]["places"]
    return next(places for places in found if places["style"] == "TRADITIONAL")
