"""J3.2 and J3.3: flash mentoring has three phases and one session; an agreement is welcome, not asked for."""

from __future__ import annotations

from commons_contracts.codes import RefusalCode

from ..j2.story import TERMS
from .story import SECOND, Story


async def there_are_three_phases(story: Story) -> None:
    step, both = "J3.2", [story.winner, story.birgit]
    no, input = RefusalCode.PHASE_NOT_IN_STYLE, {"mentorship": story.flash, "to": "ENABLING"}
    why = "flash mentoring does not work over months"
    await story.stage.refuses(step, no, story.winner, "advancePhase", input, why=why, beside=both)
    await story.goes_on("NEGOTIATION")
    await story.stage.refuses(step, no, story.birgit, "advancePhase", input, why=why, beside=both)
    seen = await story.seen(story.winner)
    story.says(step, "THREE_PHASES", seen["phase"] == "NEGOTIATION", "PREPARATION, NEGOTIATION, CLOSURE")


async def there_is_one_session(story: Story) -> None:
    step, both = "J3.3", [story.winner, story.birgit]
    no = RefusalCode.FLASH_SINGLE_SESSION
    wish = {"mentorship": story.flash, "startsAt": SECOND.isoformat(), "minutes": 30}
    why = "a second session"
    hers = wish | {"agenda": "Mer om samma sak."}
    await story.stage.refuses(step, no, story.winner, "scheduleSession", hers, why=why, beside=both)
    await story.stage.refuses(step, no, story.birgit, "scheduleSession", wish, why=f"{why}, by the mentor", beside=both)
    many = {**TERMS, "mentorship": story.flash, "goals": [{"text": f"Mål {n}"} for n in range(4)]}
    many |= {"startsOn": "2027-01-18", "endsOn": "2027-01-18"}
    no, why = RefusalCode.GOAL_LIMIT_EXCEEDED, "an agreement, if there is one, is an agreement"
    await story.stage.refuses(step, no, story.winner, "proposeAgreement", many, params={"max": 3}, why=why, beside=both)
    await story.goes_on("CLOSURE")
    seen = await story.seen(story.birgit)
    story.says(step, "NO_AGREEMENT_NEEDED", seen["phase"] == "CLOSURE", "it comes to its last phase without one")
