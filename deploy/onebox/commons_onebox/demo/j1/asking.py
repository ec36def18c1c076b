"""J1.6: a mentee asks a mentor; each thing that stops her has its own answer, and a block has the answer of an absence."""

from __future__ import annotations

import asyncio
from uuid import UUID

from commons_contracts.codes import RefusalCode
from commons_gateway.relay import global_id

from ..player import Player
from ..stage import together
from ..verbs import VERBS
from .search import FULL, PAUSED, all_mentors
from .story import Story

STEP = "J1.6"
NOBODY = UUID("0190a000-0000-7000-8000-00000000dead")
ASKED, BLOCKER, BLOCKED, MATCHING, OTHER = (1, 2, 3), 6, 7, 13, 14
"""Seeded mentors by what they are for; all took part in the search."""
REPEATS = 10


async def a_mentee_asks(story: Story) -> None:
    ebba, refuses = story.ebba, story.stage.refuses
    asked = [await _mentor(story, n) for n in ASKED]
    await refuses(STEP, RefusalCode.SELF_REQUEST, ebba, "requestConnection", story.wish(ebba), why="herself")
    await _absences_look_alike(story)
    await _ten_times_with_one_key(story, asked[0])
    why = "the same mentor while a request is open"
    wish = story.wish(asked[0])
    await refuses(STEP, RefusalCode.DUPLICATE_REQUEST, ebba, "requestConnection", wish, why=why, beside=asked[:1])
    for mentor in asked[1:]:
        await story.asks(ebba, mentor)
    fourth, no, most = story.astrid, RefusalCode.OPEN_REQUEST_LIMIT, {"max": 3}
    why = "a fourth open request"
    await refuses(STEP, no, ebba, "requestConnection", story.wish(fourth), params=most, why=why, beside=[fourth])
    await _matched_already(story)
    why = "a mentor begins"
    no = RefusalCode.INITIATOR_NOT_ALLOWED
    await refuses(STEP, no, story.astrid, "requestConnection", story.wish(asked[0]), why=why, beside=asked[:1])


async def _mentor(story: Story, number: int) -> Player:
    return await story.stage.player(f"mentor-{number}@{story.stage.project}").known()


async def _absences_look_alike(story: Story) -> None:
    """Blocked by her, blocking her, paused, full, unknown: one answer, to the letter."""
    ebba = story.ebba
    blocker, blocked = await _mentor(story, BLOCKER), await _mentor(story, BLOCKED)
    await blocker.does("blockPerson", person=ebba.id)
    await ebba.does("blockPerson", person=blocked.id)
    await story.stage.quiet()
    absent = {
        "paused": (await _mentor(story, PAUSED)).id,
        "without a place": (await _mentor(story, FULL)).id,
        "unknown": str(global_id("Person", NOBODY)),
        "blocked her": blocker.id,
        "blocked by her": blocked.id,
    }
    no = RefusalCode.MENTOR_UNAVAILABLE
    for why, id in absent.items():
        wish = story.wish(blocker) | {"mentor": id}
        await story.stage.refuses(STEP, no, ebba, "requestConnection", wish, why=why, beside=[blocker, blocked])
    document = VERBS["requestConnection"].document("requestConnection")
    answers = [await ebba.raw(document, input=story.wish(blocker) | {"mentor": id}) for id in absent.values()]
    for answer in answers:
        answer.pop("extensions", None)  # what she may still ask, which the clock tells
    same = all(answer == answers[0] for answer in answers)
    story.says(STEP, "BLOCK_LOOKS_LIKE_ABSENCE", same, f"{len(answers)} answers, equal in every letter")
    seen = {card["person"]["id"] for card in await all_mentors(story, ebba, first=20)}
    hidden = not seen & {blocker.id, blocked.id}
    story.says(STEP, "BLOCKED_NOT_FOUND", hidden, "neither is in her search")


async def _ten_times_with_one_key(story: Story, mentor: Player) -> None:
    ebba, key = story.ebba, "a-key-of-her-own"
    wish = story.wish(mentor, "Hej! Jag funderar på programvara.") | {"idempotencyKey": key}
    answers = await asyncio.gather(*(ebba.tries("requestConnection", **wish) for _ in range(REPEATS)))
    await story.stage.quiet()
    requests = (await ebba.ask("{ viewer { connections { totalCount } } }"))["viewer"]["connections"]["totalCount"]
    told = len(await story.notices(mentor, "CONNECTION_REQUESTED"))
    same = all(answer == answers[0] and not answer.code for answer in answers)
    detail = f"{REPEATS} times the same command and key: {requests} request, {told} notice, one answer"
    story.says(STEP, "IDEMPOTENT", same and (requests, told) == (1, 1), detail)
    story.things["ConnectionRequest"] = answers[0].shown.get("id", "")
    other = wish | {"message": "Something else."}
    no, why = RefusalCode.IDEMPOTENCY_CONFLICT, "another body with the same key"
    await story.stage.refuses(STEP, no, ebba, "requestConnection", other, why=why, beside=[mentor])


async def _matched_already(story: Story) -> None:
    (freja,) = await story.mentees([1])
    mentor, other = await together([_mentor(story, MATCHING), _mentor(story, OTHER)])
    story.things["Match"] = await story.matched(freja, mentor)
    story.things["Person"] = freja.id
    no, wish, why = RefusalCode.ALREADY_MATCHED, story.wish(other), "matched in this round already"
    await story.stage.refuses(STEP, no, freja, "requestConnection", wish, why=why, beside=[other])
