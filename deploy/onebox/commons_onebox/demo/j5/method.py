"""J5.2 at work: who may begin is what the programme's method says, and the server holds to it."""

from __future__ import annotations

from commons_contracts.codes import Method, RefusalCode, Role

from ..player import Player
from ..stage import together
from .story import Opened, Story, asks, offers

STEP = "J5.2"
MENTORS, MENTEES = range(1, 5), range(1, 7)


async def the_method_says_who_begins(story: Story) -> None:
    story.mentors = await together(story.member(f"mentor-{n}") for n in MENTORS)
    story.mentees = await together(story.member(f"mentee-{n}") for n in MENTEES)
    await _nobody(story)
    await _mentors(story)
    await _mentees(story)


async def _two(story: Story, method: Method, nth: int = -1) -> tuple[Opened, Player, Player]:
    """A mentor and a mentee take part in a round with this method: the last ones, who find each other."""
    opened, mentor, mentee = await story.opens(method), story.mentors[nth], story.mentees[nth]
    await story.takes_part(mentor, Role.MENTOR, opened)
    await story.takes_part(mentee, Role.MENTEE, opened)
    return opened, mentor, mentee


async def _nobody(story: Story) -> None:
    opened, mentor, mentee = await _two(story, Method.ALGORITHM, nth=0)
    no, params = RefusalCode.INITIATOR_NOT_ALLOWED, {"initiator": "BY_METHOD", "method": "ALGORITHM"}
    why = "ALGORITHM: a mentee asks"
    await story.stage.refuses(
        STEP, no, mentee, "requestConnection", asks(opened, mentor), params=params, why=why, beside=[mentor]
    )
    why = "ALGORITHM: a mentor asks"
    await story.stage.refuses(
        STEP, no, mentor, "offerMentoring", offers(opened, mentee), params=params, why=why, beside=[mentee]
    )
    can = (await story.seen(mentee, opened))["viewerCan"]
    held = {one["reason"] for one in can.values()} == {no} and not any(one["allowed"] for one in can.values())
    story.says(STEP, "SAID_BEFORE", held, "the round says so before anybody tries")


async def _mentors(story: Story) -> None:
    opened, mentor, mentee = await _two(story, Method.ONE_WAY_MENTOR)
    no, params = RefusalCode.INITIATOR_NOT_ALLOWED, {"method": "ONE_WAY_MENTOR"}
    why = "ONE_WAY_MENTOR: a mentee asks"
    await story.stage.refuses(
        STEP, no, mentee, "requestConnection", asks(opened, mentor), params=params, why=why, beside=[mentor]
    )
    found = "query ($id: ID!) { node(id: $id) { ... on Round { mentees(first: 5) { nodes { person { id } } } } } }"
    listed = (await mentor.ask(found, id=opened.id))["node"]["mentees"]["nodes"]
    sent = await mentor.does("offerMentoring", **offers(opened, mentee))
    await story.stage.quiet()
    told, input = len(await story.notices(mentee, "MENTORING_OFFERED")), {"connection": sent["id"]}
    no, why = RefusalCode.NOT_REQUEST_RECIPIENT, "the mentor says yes to herself"
    await story.stage.refuses(STEP, no, mentor, "acceptConnection", input, why=why, beside=[mentee])
    answer = await mentee.does("acceptConnection", **input)
    held = [one["person"]["id"] for one in listed] == [mentee.id] and told == 1 and answer["state"] == "ACCEPTED"
    story.says(STEP, "MENTORS_CHOOSE", held, "a mentor finds a mentee and asks; she is told, and says yes")


async def _mentees(story: Story) -> None:
    opened, mentor, mentee = await _two(story, Method.ONE_WAY_MENTEE)
    no, params = RefusalCode.INITIATOR_NOT_ALLOWED, {"method": "ONE_WAY_MENTEE"}
    why = "ONE_WAY_MENTEE: a mentor asks"
    await story.stage.refuses(
        STEP, no, mentor, "offerMentoring", offers(opened, mentee), params=params, why=why, beside=[mentee]
    )
    request = await mentee.does("requestConnection", **asks(opened, mentor))
    answer = await mentor.does("acceptConnection", connection=request["id"])
    story.says(STEP, "MENTEES_CHOOSE", answer["state"] == "ACCEPTED", "a mentee asks a mentor, who says yes")
