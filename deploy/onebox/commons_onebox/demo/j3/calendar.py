"""J3: the session stands in a calendar that other programs follow, behind an address that can be taken back."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from .story import FIRST, Story

STEP = "J3"
ACCOUNT = "{ viewer { account { zone } } }"
FEED = "{ viewer { calendarFeed { since } } }"


async def it_can_be_followed(story: Story) -> None:
    winner, http = story.winner, story.stage.http
    seen = await story.seen(winner)
    zones = [(await one.ask(ACCOUNT))["viewer"]["account"]["zone"] for one in (story.birgit, winner)]
    hers = [FIRST.astimezone(ZoneInfo(zone)) for zone in zones]
    times = [(time["zone"], time["startsAt"]) for time in seen["sessions"]["nodes"][0]["times"]]
    same = times == [(zone, at.isoformat()) for zone, at in zip(zones, hers, strict=True)]
    story.says(STEP, "BOTH_CLOCKS", same, f"each on her own clock: {', '.join(f'{at:%H:%M}' for at in hers)}")
    old = (await winner.does("renewCalendarFeed"))["url"]
    answer = await http.get(old)
    line = f"DTSTART;TZID={zones[-1]}:{hers[-1]:%Y%m%dT%H%M%S}"
    quiet = "visste du" not in answer.text and story.birgit.name not in answer.text
    held = answer.headers["content-type"].startswith("text/calendar") and line in answer.text and quiet
    story.says(STEP, "CALENDAR", held, "the session in her zone, with a title that names nobody")
    new = (await winner.does("renewCalendarFeed"))["url"]
    codes = [(await http.get(url)).status_code for url in (old, new)]
    story.says(STEP, "CALENDAR_RENEWED", codes == [404, 200], "a new address; the one before opens nothing any more")
    await winner.does("endCalendarFeed")
    gone = (await http.get(new)).status_code, (await winner.ask(FEED))["viewer"]["calendarFeed"]
    story.says(STEP, "CALENDAR_ENDED", gone == (404, None), "and it is taken away")
