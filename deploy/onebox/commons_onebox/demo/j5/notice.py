"""J5.8: everyone reads how matching works, and that it may not feel perfect, and says that she has."""

from __future__ import annotations

from commons_contracts.codes import Method, RefusalCode, Role

from ..play import utc
from .story import CLOSE, Story

STEP = "J5.8"
LISTS = {"dueDays": 7, "reminderDays": [2], "least": 1, "most": 3, "ties": False, "completed": False}
WORDS = "query ($id: ID!) { node(id: $id) { ... on Round { programme { matchingNotice { language text } } } } }"


async def everyone_reads_how_it_works(story: Story) -> None:
    story.two_way = opened = await story.opens(Method.TWO_WAY, lists=LISTS)
    for mentor in story.mentors:
        await story.takes_part(mentor, Role.MENTOR, opened, reads=False)
    for mentee in story.mentees:
        await story.takes_part(mentee, Role.MENTEE, opened, reads=False)
    mentor, mentee = story.mentors[0], story.mentees[0]
    seen = await story.seen(mentee, opened)
    waits = (seen["noticeAcknowledged"], seen["viewerCan"]["submitPreferences"]["reason"])
    asked = waits == (False, RefusalCode.NOTICE_NOT_ACKNOWLEDGED)
    story.says(STEP, "ASKED_AGAIN", asked, "she read the words of the versions before; of this one she has not")
    no, params = RefusalCode.NOTICE_NOT_ACKNOWLEDGED, {"round": opened.id, "version": opened.version}
    list_of_one = {"round": opened.id, "role": Role.MENTEE, "ranked": [mentor.id]}
    why = "a list before she has read how it works"
    await story.stage.refuses(STEP, no, mentee, "submitPreferences", list_of_one, params=params, why=why)
    words = [
        (await mentee.speaking(language).ask(WORDS, id=opened.id))["node"]["programme"]["matchingNotice"]
        for language in ("sv", "en")
    ]
    read = [word["language"] for word in words] == ["sv", "en"] and len({word["text"] for word in words}) == len(words)
    story.says(STEP, "NOTICE_IN_HER_LANGUAGE", read, "how matching works, in Swedish and in English")
    stale = {"round": opened.id, "version": opened.version - 1}
    why = "confirming the version before"
    await story.stage.refuses(STEP, no, mentee, "acknowledgeMatchingNotice", stale, params=params, why=why)
    for one in (*story.mentors, *story.mentees[:-1]):
        await story.reads(one, opened)
    seen = await story.seen(mentee, opened)
    open_now = (seen["noticeAcknowledged"], seen["viewerCan"]["submitPreferences"]["allowed"], seen["listsCloseAt"])
    story.says(STEP, "ACKNOWLEDGED", open_now == (True, True, utc(CLOSE)), "all but one have confirmed it")
