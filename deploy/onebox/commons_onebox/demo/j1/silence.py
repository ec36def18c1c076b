"""J1.9: a no has a reason and opens other ways; silence is reminded of, runs out, and ends in a pause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..player import Faulted, Player
from ..verbs import VERBS
from .search import all_mentors
from .story import OPENS, SECOND, Story

STEP = "J1.9"
DECLINING, SILENT, DECLINED, WAITING = 9, 10, 74, (75, 76)
NOTE = "Prova gärna någon med mer labberfarenhet."
DAY = timedelta(days=1)
MEETS_ONLINE = {"fields": ["0613"], "languages": [{"language": code, "level": "C2"} for code in ("sv", "en")]}
"""So that others can be suggested to her: whoever wants to meet is shown those within reach alone."""
PROFILE = "{ viewer { profile { paused } } }"
MALFORMED = {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}


async def a_no_has_a_reason(story: Story) -> None:
    (mentor,), (mentee,) = await story.mentors([DECLINING]), await story.mentees([DECLINED])
    await mentee.does("describeProfile", **MEETS_ONLINE)
    request = await story.asks(mentee, mentor)
    await _reason_is_needed(story, mentor, mentee, request)
    said = await mentor.does("declineConnection", connection=request, reason="OTHER_EXPERTISE", note=NOTE)
    seen = await story.request(mentee, request)
    told = (seen["state"], seen["declineReason"], seen["declineNote"]) == ("DECLINED", "OTHER_EXPERTISE", NOTE)
    story.says(STEP, "DECLINED_WITH_REASON", told, "the mentee reads the reason and the note")
    elsewhere = [await story.request(one, request) for one in (story.coordinator, story.ebba)]
    private = not any(elsewhere) and not said["declineNote"]
    story.says(STEP, "NOTE_IS_PRIVATE", private, "for the mentee alone: not for the coordinator, nor another mentee")
    best = seen["round"]["suggestions"]
    summed = all(one["fit"]["points"] == sum(p["points"] for p in one["fit"]["parts"]) for one in best)
    fresh = bool(best) and mentor.id not in {one["person"]["id"] for one in best}
    story.says(
        STEP, "SUGGESTIONS_AT_ONCE", fresh and summed, f"{len(best)} others, best first, with reasons that add up"
    )
    await story.stage.quiet()
    notices = len(await story.notices(mentee, "CONNECTION_DECLINED"))
    story.says(STEP, "DECLINE_TOLD", notices == 1, "she is told once")


async def _reason_is_needed(story: Story, mentor: Player, mentee: Player, request: str) -> None:
    stage, document = story.stage, VERBS["declineConnection"].document("declineConnection")
    await stage.quiet()
    before = await stage.seen([mentor, mentee])
    codes = set()
    for input in ({"connection": request}, {"connection": request, "reason": "BECAUSE"}):
        try:
            await mentor.ask(document, input=input)
        except Faulted as fault:
            codes |= set(fault.codes)
    untouched = before == await stage.seen([mentor, mentee])
    detail = f"none, and one that is not of the four: {', '.join(sorted(codes))}"
    story.says(STEP, "REASON_REQUIRED_BY_SCHEMA", bool(codes) and codes <= MALFORMED and untouched, detail)


async def silence_runs_out(story: Story) -> None:
    """One request on the first day and one on the second, and no answer to either."""
    (mentor,), (first, second) = await story.mentors([SILENT]), await story.mentees(WAITING)
    early = await story.asks(first, mentor)
    await story.stage.clock(OPENS + DAY)
    late = await story.asks(second, mentor)
    for days, times in ((5, 1), (10, 2)):
        await story.stage.clock(OPENS + days * DAY - SECOND)
        before = await _reminders(story, mentor, early)
        await story.stage.clock(OPENS + days * DAY)
        after = await _reminders(story, mentor, early)
        held = (before, after) == (list(range(1, times)), list(range(1, times + 1)))
        story.says(STEP, f"REMINDER_AFTER_{days}_DAYS", held, f"to the second; {len(after)} so far")
    await story.stage.clock(OPENS + 14 * DAY - SECOND)
    waits = (await story.request(first, early))["state"]
    await story.stage.clock(OPENS + 14 * DAY)
    gone = (await story.request(first, early))["state"]
    detail = f"after 14 days to the second: {waits}, then {gone}"
    story.says(STEP, "EXPIRED", (waits, gone) == ("ASKED", "EXPIRED"), detail)
    told = len(await story.notices(first, "CONNECTION_EXPIRED"))
    story.says(STEP, "EXPIRY_TOLD", told == 1, "the mentee is told, once")
    await _pause_after_two(story, mentor, second, late)


async def _reminders(story: Story, mentor: Player, request: str) -> list[int]:
    told = await story.notices(mentor, "CONNECTION_REMINDER")
    return sorted(notice["number"] for notice in told if notice["subject"] and notice["subject"]["id"] == request)


async def _pause_after_two(story: Story, mentor: Player, second: Player, late: str) -> None:
    after_one = await _paused(mentor)
    await story.stage.clock(OPENS + 15 * DAY)
    gone = (await story.request(second, late))["state"] == "EXPIRED"
    after_two = await _paused(mentor)
    told = await story.notices(mentor, "MENTOR_PAUSED_UNANSWERED")
    found = {card["person"]["id"] for card in await all_mentors(story, story.ebba, first=20)}
    held = gone and (after_one, after_two) == (False, True) and mentor.id not in found
    story.says(STEP, "AUTO_PAUSED", held, "not after one, but after two in a row; and out of the search")
    story.says(STEP, "PAUSE_TOLD", [notice["number"] for notice in told] == [2], "she is told, once, and why")


async def _paused(mentor: Player) -> Any:
    return (await mentor.ask(PROFILE))["viewer"]["profile"]["paused"]
