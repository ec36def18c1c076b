"""J2.3 and J2.4: what an agreement must hold, and two signatures on one version."""

from __future__ import annotations

from typing import Any

from commons_contracts.codes import RefusalCode

from .story import TERMS, Story

AGREEMENT = "query ($id: ID!) { node(id: $id) { ... on Agreement { mentorBoundaries } } }"
GOAL = {"text": "Ett mål", "steps": ""}
NOT_AN_AGREEMENT: tuple[tuple[str, dict[str, Any], dict[str, Any], str], ...] = (
    ("GOAL_LIMIT_EXCEEDED", {"goals": [GOAL] * 4}, {"max": 3}, "four goals"),
    ("GOALS_REQUIRED", {"goals": []}, {}, "no goal"),
    ("DURATION_OUT_OF_RANGE", {"endsOn": "2027-03-24"}, {"max": 4, "latest": "2027-03-23"}, "a day over four months"),
    ("DURATION_OUT_OF_RANGE", {"endsOn": "2026-11-29"}, {"earliest": "2026-11-30"}, "less than a week"),
    ("COMMITMENT_OUT_OF_RANGE", {"minutesAMonth": 30}, {"min": 60, "max": 180}, "half an hour a month"),
    ("COMMITMENT_OUT_OF_RANGE", {"minutesAMonth": 300}, {"min": 60, "max": 180}, "five hours a month"),
    ("SESSION_LENGTH_OUT_OF_RANGE", {"sessionMinutes": 90}, {"min": 20, "max": 60}, "sessions of an hour and a half"),
    ("AGREEMENT_INCOMPLETE", {"mentorBoundaries": " "}, {"fields": ["MENTOR_BOUNDARIES"]}, "no boundaries"),
    ("AGREEMENT_INCOMPLETE", {"menteeBoundaries": ""}, {"fields": ["MENTEE_BOUNDARIES"]}, "none of the other side"),
    ("AGREEMENT_INCOMPLETE", {"confidentiality": ""}, {"fields": ["CONFIDENTIALITY"]}, "nothing is confidential"),
    ("AGREEMENT_INCOMPLETE", {"cadenceDays": None}, {"fields": ["CADENCE"]}, "no word on how often"),
    ("AGREEMENT_INCOMPLETE", {"mentorSuccess": []}, {"fields": ["MENTOR_SUCCESS"]}, "no success of the mentor's"),
    ("AGREEMENT_INCOMPLETE", {"menteeSuccess": [" "]}, {"fields": ["MENTEE_SUCCESS"]}, "none of the mentee's"),
    ("CLAUSE_LOCKED", {"clause": "Den som slutar har skulden."}, {}, "the clause about ending without fault, reworded"),
)


async def an_agreement_is_complete(story: Story) -> None:
    step, pair, ask = "J2.3", story.finishing, "proposeAgreement"
    for code, change, params, why in NOT_AN_AGREEMENT:
        terms = {**TERMS, **change}
        await story.refuses(step, code, pair, pair.mentee, ask, params=params, why=why, **terms)
    no, why = RefusalCode.PHASE_FORBIDS, "before they have come to negotiate"
    early = story.resting
    await story.refuses(step, no, early, early.mentee, ask, why=why, **TERMS)
    await story.ticks(pair)
    first = await pair.mentee.does(ask, mentorship=pair.id, **TERMS)
    clause = "skäl" in first["clause"]
    others = (story.coordinator, story.merging.mentor, story.stage.operator)
    found = [(await one.raw(AGREEMENT, id=first["id"])).get("data") or {} for one in others]
    outside = not any(one.get("node") for one in found)
    story.says(step, "NO_FAULT_CLAUSE", clause, "stands in it as the programme has it, in their language")
    story.says(step, "FOR_THE_TWO_ALONE", outside, "no coordinator, no other member and no operator reads it")


async def both_sign_one_version(story: Story) -> None:
    step, pair = "J2.4", story.finishing
    no, sign = RefusalCode.AGREEMENT_NOT_SIGNED, "signAgreement"
    why, missing = "nobody has signed", {"missing": ["MENTOR", "MENTEE"]}
    await story.refuses(step, no, pair, pair.mentee, "advancePhase", to="ENABLING", params=missing, why=why)
    await pair.mentee.does(sign, mentorship=pair.id, version=1)
    await pair.mentor.does("proposeAgreement", mentorship=pair.id, **TERMS)
    no, current, why = RefusalCode.AGREEMENT_VERSION_STALE, {"current": 2}, "the version before"
    await story.refuses(step, no, pair, pair.mentor, sign, version=1, params=current, why=why)
    await pair.mentee.does(sign, mentorship=pair.id, version=2)
    no, missing, why = RefusalCode.AGREEMENT_NOT_SIGNED, {"missing": ["MENTOR"]}, "with one signature"
    await story.refuses(step, no, pair, pair.mentee, "advancePhase", to="ENABLING", params=missing, why=why)
    await pair.mentor.does(sign, mentorship=pair.id, version=2)
    seen = await story.seen(pair, pair.mentor)
    states = {one["version"]: one["state"] for one in seen["agreements"]}
    held = states == {1: "REPLACED", 2: "IN_FORCE"} and (seen["startsOn"], seen["endsOn"]) == (
        "2026-11-23",
        "2026-12-07",
    )
    story.says(step, "IN_FORCE", held, f"versions {states}; from {seen['startsOn']} to {seen['endsOn']}")
    await pair.mentee.does("advancePhase", mentorship=pair.id, to="ENABLING")
    await story.stage.quiet()
    notices = [len(await story.told(one, "AGREEMENT_IN_FORCE", pair)) for one in pair.both]
    story.says(step, "BOTH_ARE_TOLD", notices == [1, 1], "once each")
