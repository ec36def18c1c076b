"""J2.2, J2.5 and J2.7: the mentee proposes the first meeting, nobody is in two at once, and hours beyond the agreement are said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import RefusalCode

from ..play import ZONE
from .story import Story

FIRST = datetime(2026, 11, 24, 17, tzinfo=ZONE)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AGENDA = "Hur väljer man mellan två kurser?"
HOURS = "query ($id: ID!) { node(id: $id) { ... on Mentorship { hours { month minutes heldMinutes agreedMinutes } } } }"
WORDS = "query ($id: ID!) { node(id: $id) { ... on Session { agenda notes } } }"


def _at(at: datetime, minutes: int = 60) -> dict[str, Any]:
    return {"startsAt": at.isoformat(), "minutes": minutes}


async def the_first_is_the_mentees(story: Story) -> None:
    step, pair = "J2.2", story.finishing
    no, why = RefusalCode.FIRST_MEETING_BY_MENTEE, "the mentor proposes it"
    for ask in ("proposeFirstMeeting", "scheduleSession"):
        await story.refuses(step, no, pair, pair.mentor, ask, why=why, **_at(FIRST))
    first = await pair.mentee.does("proposeFirstMeeting", mentorship=pair.id, agenda=AGENDA, **_at(FIRST))
    no, why = RefusalCode.INVALID_TRANSITION, "she says yes to herself"
    input = {"session": first["id"]}
    await story.stage.refuses(step, no, pair.mentee, "acceptSession", input, why=why, beside=pair.both)
    stands = await pair.mentor.does("acceptSession", session=first["id"])
    story.says(step, "FIRST_MEETING", stands["state"] == "SCHEDULED", "proposed by the mentee, accepted by the mentor")
    story.session = first["id"]


async def they_meet(story: Story) -> None:
    step, pair, ask, first = "J2.5", story.finishing, "scheduleSession", {"session": story.session}
    no, why = RefusalCode.SESSION_CONFLICT, "half an hour into another one"
    await story.refuses(step, no, pair, pair.mentor, ask, why=why, **_at(FIRST + HOUR / 2))
    no, why = RefusalCode.OUTSIDE_AGREEMENT_PERIOD, "a day after the last one agreed on"
    outside = _at(datetime(2026, 12, 22, 17, tzinfo=ZONE))
    await story.refuses(step, no, pair, pair.mentor, ask, why=why, params={"latest": "2026-12-21"}, **outside)
    no, why = RefusalCode.AGENDA_BY_MENTEE, "the mentor sets the agenda"
    await story.refuses(step, no, pair, pair.mentor, ask, why=why, agenda="Min plan", **_at(FIRST + 2 * DAY))
    input = first | {"agenda": "Min plan"}
    await story.stage.refuses(step, no, pair.mentor, "setAgenda", input, why=why, beside=pair.both)
    no, why = RefusalCode.SESSION_NOT_HELD, "before it has begun"
    await story.stage.refuses(step, no, pair.mentor, "recordSession", first, why=why, beside=pair.both)
    await story.stage.clock(FIRST + HOUR)
    held = await pair.mentor.does("recordSession", notes="Vi pratade om kurser.", **first)
    others = [(await one.ask(WORDS, id=story.session))["node"] for one in (story.coordinator, story.merging.mentor)]
    for_two = (await pair.mentee.ask(WORDS, id=story.session))["node"] == {"agenda": AGENDA, "notes": held["notes"]}
    story.says(step, "HELD", (held["state"], held["warnings"]) == ("HELD", []), "and nothing to be said of it")
    story.says(step, "FOR_THE_TWO_ALONE", for_two and others == [None, None], "both read its minutes, nobody else does")
    await _more_than_agreed(story)


async def _more_than_agreed(story: Story) -> None:
    """Two hours a month are agreed on: an hour was held, an hour more is fine, and twenty minutes more are said."""
    pair, said = story.finishing, []
    for nth, minutes in ((2, 60), (3, 20)):
        wish = _at(FIRST + nth * DAY, minutes)
        session = await pair.mentor.does("scheduleSession", mentorship=pair.id, **wish)
        said.append((await pair.mentee.does("acceptSession", session=session["id"], agenda=AGENDA))["warnings"])
    (month,) = (await pair.mentee.ask(HOURS, id=pair.id))["node"]["hours"]
    november = {"month": "2026-11-01", "minutes": 140, "heldMinutes": 60, "agreedMinutes": 120}
    held = said == [[], ["HOURS_EXCEEDED"]] and month == november
    story.says(
        "J2.7", "HOURS_EXCEEDED", held, f"done, and said: {month['minutes']} of {month['agreedMinutes']} minutes"
    )
