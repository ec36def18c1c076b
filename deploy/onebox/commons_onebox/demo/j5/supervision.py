"""J5.7 at work: who supervises someone is not her mentor as well."""

from __future__ import annotations

from commons_contracts.codes import Method, RefusalCode, Role

from .story import Story, asks

STEP = "J5.7"


async def a_supervisor_is_no_mentor(story: Story) -> None:
    opened = await story.opens(Method.ONE_WAY_MENTEE)
    mentor, mentee = await story.member("mentor-6"), await story.member("mentee-8")
    await story.takes_part(mentor, Role.MENTOR, opened)
    await story.takes_part(mentee, Role.MENTEE, opened)
    pair = {"supervisor": mentor.id, "supervised": mentee.id}
    no, why = RefusalCode.ROLE_NOT_ALLOWED, "someone else declares it"
    await story.stage.refuses(STEP, no, story.mentees[0], "declareSupervision", pair, why=why, beside=[mentor, mentee])
    await mentor.does("declareSupervision", **pair)
    no, why = RefusalCode.SUPERVISION_CONFLICT, "a mentee asks her supervisor"
    await story.stage.refuses(STEP, no, mentee, "requestConnection", asks(opened, mentor), why=why, beside=[mentor])
    no, why = RefusalCode.NOT_FOUND, "the mentee takes back what her supervisor said"
    await story.stage.refuses(STEP, no, mentee, "withdrawSupervision", pair, why=why, beside=[mentor])
    await mentor.does("withdrawSupervision", **pair)
    request = await mentee.does("requestConnection", **asks(opened, mentor))
    story.says(STEP, "TAKEN_BACK", request["state"] == "ASKED", "taken back by its maker, it stands in nobody's way")
