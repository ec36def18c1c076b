"""J3.4 and J3.5: it ends when the session is evaluated, which nobody else reads; and it may go on as a mentorship."""

from __future__ import annotations

from typing import Any

from commons_contracts.codes import RefusalCode, Style

from ..j1.walls import answered_alike
from ..play import utc
from .story import DAY, FIRST, HOUR, Story

WORDS = "Jag vågade fråga om lönen."
WRITTEN = "query ($id: ID!) { node(id: $id) { ... on Mentorship { evaluations { id } } } }"
EVALUATIONS = """query ($id: ID!) { node(id: $id) { ... on Mentorship { evaluations {
  kind side doneAt answers { words } } } } }"""
REQUEST = """query ($id: ID!) { node(id: $id) { ... on ConnectionRequest { state style continues { id }
  mentor { id } round { id } match { id mentorship { style phase } } } } }"""


async def it_is_evaluated_first(story: Story) -> None:
    step, both = "J3.4", [story.winner, story.birgit]
    held, no = {"session": story.session}, RefusalCode.SESSION_NOT_HELD
    params = {"startsAt": utc(FIRST)}
    await story.stage.refuses(
        step, no, story.birgit, "recordSession", held, params=params, why="before it", beside=both
    )
    no, going_on = RefusalCode.SESSION_NOT_HELD, {"match": story.match}
    why = "going on before it has begun"
    await story.stage.refuses("J3.5", no, story.winner, "continueAsTraditional", going_on, params=params, why=why)
    await story.stage.clock(FIRST + HOUR)
    recorded = await story.birgit.does("recordSession", session=story.session, minutes=25)
    story.says(step, "HELD", (recorded["state"], recorded["minutes"]) == ("HELD", 25), "and how long it was")
    todo = {"session": story.session, "owner": "MENTEE", "what": "Ring företaget."}
    (task,) = (await story.winner.does("addTask", **todo))["tasks"]
    story.task = task["id"]
    (done,) = (await story.winner.does("completeTask", task=story.task))["tasks"]
    story.says(step, "FOLLOWED_UP", bool(done["doneAt"]), "what she said she would do is done")
    reminded = [len(await story.notices(one, "SESSION_REMINDER")) for one in both]
    story.says(step, "REMINDED", reminded == [2, 2], "both were told a day and an hour before")
    await story.ticks()
    close = {"mentorship": story.flash}
    no, missing = RefusalCode.SESSION_EVALUATION_REQUIRED, {"missing": ["MENTOR", "MENTEE"]}
    why = "nobody has evaluated the session"
    await story.stage.refuses(step, no, story.winner, "completeMentorship", close, params=missing, why=why, beside=both)
    await _evaluates(story, story.winner)
    missing, why = {"missing": ["MENTOR"]}, "the mentor has not"
    await story.stage.refuses(step, no, story.winner, "completeMentorship", close, params=missing, why=why, beside=both)
    await _only_that_it_is_done(story)
    await _evaluates(story, story.birgit)
    await story.winner.does("completeMentorship", mentorship=story.flash)
    await story.stage.quiet()
    seen, places = await story.seen(story.birgit), await story.places(Style.FLASH)
    story.says(step, "COMPLETED", seen["state"] == "COMPLETED" and places[0] == 0, "its place is free again")
    no, why = RefusalCode.RELATIONSHIP_CLOSED, "another session afterwards"
    again = {"mentorship": story.flash, "startsAt": (FIRST + 3 * DAY).isoformat(), "minutes": 30, "agenda": "Mer."}
    await story.stage.refuses(step, no, story.winner, "scheduleSession", again, why=why, beside=both)


async def _evaluates(story: Story, who: Any) -> None:
    answers = [{"question": "purpose", "words": WORDS}]
    await who.does("submitSessionEvaluation", mentorship=story.flash, session=story.session, answers=answers)


async def _only_that_it_is_done(story: Story) -> None:
    answer = await story.birgit.raw(EVALUATIONS, id=story.flash)
    (seen,) = answer["data"]["node"]["evaluations"]
    codes = {error["extensions"].get("refusal", {}).get("code") for error in answer.get("errors", ())}
    private = seen["answers"] is None and codes == {"PRIVATE_EVALUATION"} and WORDS not in str(answer)
    held = private and (seen["kind"], seen["side"]) == ("SESSION", "MENTEE") and bool(seen["doneAt"])
    story.says("J3.4", "ONLY_THAT_IT_IS_DONE", held, "the other one sees that it was written, and not what")


async def it_goes_on(story: Story) -> None:
    step, both = "J3.5", [story.winner, story.birgit]
    going_on = {"match": story.match, "message": "Kan vi fortsätta?"}
    no, why = RefusalCode.NOT_FOUND, "the mentor asks in her place"
    await story.stage.refuses(step, no, story.birgit, "continueAsTraditional", going_on, why=why, beside=both)
    await story.birgit.does("setPlaces", round=story.round, style=Style.TRADITIONAL, most=0)
    no, why = RefusalCode.MENTOR_UNAVAILABLE, "no traditional place, whatever flash places there are"
    await story.stage.refuses(step, no, story.winner, "continueAsTraditional", going_on, why=why, beside=both)
    await story.birgit.does("setPlaces", round=story.round, style=Style.TRADITIONAL, most=1)
    request = (await story.winner.does("continueAsTraditional", **going_on))["id"]
    seen = (await story.birgit.ask(REQUEST, id=request))["node"]
    held = (seen["state"], seen["style"], seen["continues"]["id"]) == ("ASKED", "TRADITIONAL", story.match)
    story.says(step, "CONTINUED", held, "a request like any other, that says where it comes from")
    no, why = RefusalCode.DUPLICATE_REQUEST, "while it is open"
    await story.stage.refuses(step, no, story.winner, "continueAsTraditional", going_on, why=why, beside=both)
    await story.birgit.does("acceptConnection", connection=request)
    await story.stage.quiet()
    seen = (await story.winner.ask(REQUEST, id=request))["node"]
    mentorship = seen["match"]["mentorship"]
    flash, season = await story.places(Style.FLASH), await story.places(Style.TRADITIONAL)
    opened = mentorship == {"style": "TRADITIONAL", "phase": "PREPARATION"} and (flash[0], season) == (0, (1, 0))
    story.says(step, "TRADITIONAL_OPENED", opened, "a mentorship over months, on a place of its own")


async def strangers_learn_nothing(story: Story) -> None:
    """What this journey has made is tried from another project."""
    made = {"FlashSlot": story.slots[1], "Session": story.session, "Match": story.match, "Mentorship": story.flash}
    made |= {"SessionTask": story.task, "Round": story.round}
    (seen,) = (await story.winner.ask(WRITTEN, id=story.flash))["node"]["evaluations"][:1]
    await answered_alike(story.stage, "J3", "stranger-of-flash", made | {"Evaluation": seen["id"]})
