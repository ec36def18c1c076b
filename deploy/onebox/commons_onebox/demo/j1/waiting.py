"""J1.10: who waits for a full mentor is offered the next free place, for 72 hours; next time she comes first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import RefusalCode, Role

from ..play import ZONE, utc
from ..player import Player
from .silence import DAY
from .story import OPENS, SECOND, Story

STEP = "J1.10"
FULL, TAKEN_BY, HEAD, NEXT, LATE = 11, 79, 77, 78, 80
AGAIN_FULL, AGAIN_TAKEN_BY, UNMATCHED, NEWCOMER = 12, 82, 83, 81
BEGAN = OPENS + 15 * DAY
"""Where the step before left the clock."""
OFFERED_FOR = timedelta(hours=72)
SECOND_STARTS_ON, SECOND_ENDS_ON, SECOND_OPENS = "2026-12-01", "2027-03-31", datetime(2026, 11, 10, tzinfo=ZONE)
QUEUE = "{ viewer { waitings { id state position mentor { id } } offers { id state expiresAt mentor { id } } } }"


async def a_place_comes_free(story: Story) -> None:
    stage = story.stage
    mentor = await story.mentor_with(FULL, 1)
    taken_by, head, following, late = await story.mentees([TAKEN_BY, HEAD, NEXT, LATE])
    wait = {"round": story.round, "mentor": mentor.id, "style": "TRADITIONAL"}
    free, why = {"from": "FREE", "to": "WAITING"}, "while a place is free"
    no = RefusalCode.INVALID_TRANSITION
    await stage.refuses(STEP, no, head, "waitlistForMentor", wait, params=free, why=why, beside=[mentor])
    await story.matched(taken_by, mentor)
    places = [(await one.does("waitlistForMentor", **wait))["position"] for one in (head, following)]
    story.says(STEP, "WAITLIST_WHEN_FULL", places == [1, 2], f"positions {places}, in the order they came")
    why = "waiting for her already"
    await stage.refuses(STEP, RefusalCode.DUPLICATE_REQUEST, head, "waitlistForMentor", wait, why=why)
    await story.gives(mentor, 2)
    await stage.quiet()
    offer = await _offer(head, mentor)
    told = len(await story.notices(head, "PLACE_OFFERED"))
    held = (offer["state"], offer["expiresAt"], told) == ("OPEN", utc(BEGAN + OFFERED_FOR), 1)
    held = held and not await _offer(following, mentor)
    story.says(STEP, "PLACE_OFFERED", held, f"to the first alone, until {offer['expiresAt']}")
    story.things |= {"Offer": offer["id"], "Waiting": (await _waiting(head, mentor))["id"]}
    no, why = RefusalCode.MENTOR_UNAVAILABLE, "the place is kept for her: nobody else gets it meanwhile"
    await stage.refuses(STEP, no, late, "requestConnection", story.wish(mentor), why=why, beside=[mentor])
    await _the_offer_runs_out(story, mentor, head, following)


async def _the_offer_runs_out(story: Story, mentor: Player, head: Player, following: Player) -> None:
    stage, offered = story.stage, (await _offer(head, mentor))["id"]
    await stage.clock(BEGAN + OFFERED_FOR - SECOND)
    still = (await _offer(head, mentor))["state"]
    await stage.clock(BEGAN + OFFERED_FOR)
    input, why = {"offer": offered, "message": "Here I am."}, "taken after 72 hours"
    await stage.refuses(STEP, RefusalCode.OFFER_EXPIRED, head, "takeOffer", input, why=why, beside=[mentor])
    told = len(await story.notices(head, "OFFER_EXPIRED"))
    ended = (still, (await _offer(head, mentor))["state"], told) == ("OPEN", "EXPIRED", 1)
    story.says(STEP, "OFFER_LASTS_72_HOURS", ended, "open at 71:59:59, over at 72:00:00; and she is told, once")
    passed_on = await _offer(following, mentor)
    story.says(STEP, "OFFER_PASSED_ON", passed_on["state"] == "OPEN", "to the next in the queue")
    request = await following.does("takeOffer", offer=passed_on["id"], message="Gladly.")
    accepted = await mentor.tries("acceptConnection", connection=request["id"])
    story.says(STEP, "OFFER_TAKEN", not accepted.code, "her request takes the place that was kept")


async def the_unmatched_come_first(story: Story) -> None:
    """A second round: who took part in the last one and found nobody is ahead of who came before her."""
    stage, first_round = story.stage, story.round
    (unmatched,) = await story.mentees([UNMATCHED])
    story.round = await _second_round(story)
    await stage.clock(SECOND_OPENS)
    mentor = await story.mentor_with(AGAIN_FULL, 1)
    taken_by, newcomer = await story.mentees([AGAIN_TAKEN_BY, NEWCOMER])
    await unmatched.does("registerForProgramme", round=story.round, role=Role.MENTEE)
    await story.matched(taken_by, mentor)
    wait = {"round": story.round, "mentor": mentor.id, "style": "TRADITIONAL"}
    came_first = (await newcomer.does("waitlistForMentor", **wait))["position"]
    came_later = (await unmatched.does("waitlistForMentor", **wait))["position"]
    moved = (await _waiting(newcomer, mentor))["position"]
    held = (came_first, came_later, moved) == (1, 1, 2)
    story.says(STEP, "UNMATCHED_FIRST", held, "who found nobody last round overtakes who joined before her")
    await story.gives(mentor, 2)
    await stage.quiet()
    offered = (await _offer(unmatched, mentor)).get("state"), (await _offer(newcomer, mentor)).get("state")
    story.says(STEP, "OFFERED_TO_THE_UNMATCHED", offered == ("OPEN", None), "the freed place is offered to her")
    story.round = first_round


async def _second_round(story: Story) -> str:
    dates = {"startsOn": SECOND_STARTS_ON, "endsOn": SECOND_ENDS_ON}
    draft = await story.coordinator.does("createProgramme", **dates)
    published = await story.coordinator.does("publishProgramme", programme=draft["id"])
    return str((await story.round_of(published["id"]))["id"])


async def _offer(mentee: Player, mentor: Player) -> dict[str, Any]:
    """Her newest offer of a place with this mentor; empty where there is none."""
    found: list[dict[str, Any]] = (await mentee.ask(QUEUE))["viewer"]["offers"]
    return next((offer for offer in found if offer["mentor"]["id"] == mentor.id), {})


async def _waiting(mentee: Player, mentor: Player) -> dict[str, Any]:
    found: list[dict[str, Any]] = (await mentee.ask(QUEUE))["viewer"]["waitings"]
    return next((waiting for waiting in found if waiting["mentor"]["id"] == mentor.id), {})
