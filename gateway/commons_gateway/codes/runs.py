"""What the codes about match runs mean, for the schema."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

RUNS: Words = {
    codes.RunState: (
        "Where a match run stands.",
        {
            "QUEUED": "It waits for a worker.",
            "RUNNING": "It is being computed.",
            "PROPOSED": "It is computed and checked, and a coordinator decides.",
            "PUBLISHED": "Its pairs have become matches.",
            "CANCELLED": "A coordinator stopped it, or laid it aside.",
            "FAILED": "It came to nothing.",
            "REPEATED": "It has computed another run again, and the same came of it.",
        },
    ),
    codes.RunFailure: (
        "Why a match run came to nothing.",
        {
            "NOT_VERIFIED": "The independent check found a fault in it.",
            "POOL_EMPTY": "Nobody was left to be matched.",
            "TOO_MANY_BANDS": "So many bands cannot be weighed for so many people.",
            "WORK_FAILED": "A piece of the work failed each time it was tried.",
            "DIFFERENT": "It has computed another run again, and something else came of it.",
        },
    ),
    codes.ProposalOrigin: (
        "How a pair came to be proposed.",
        {
            "SOLVED": "It was computed.",
            "PINNED": "A coordinator had wished for it before the run.",
            "OVERRIDDEN": "A coordinator put it in the place of what was computed.",
        },
    ),
    codes.PairWish: (
        "What a coordinator wants of a pair in the runs to come.",
        {"PIN": "The two shall be a pair.", "FORBID": "The two shall not be a pair."},
    ),
    codes.Unmet: (
        "Why someone stays without a mentor.",
        {
            "NOT_ACKNOWLEDGED": "She has not confirmed that she read how matching works.",
            "PROFILE_INCOMPLETE": "Her profile lacks what the programme needs to know.",
            "NO_COMMON_LANGUAGE": "No mentor speaks a language of hers.",
            "NO_MODALITY_OVERLAP": "No mentor meets as, where and when she can.",
            "ALL_BLOCKED": "Rules between people keep all mentors who would be left from her.",
            "CAPACITY_EXHAUSTED": "Mentors would be allowed, and their places are taken.",
            "NOT_PREFERRED": "By the ranked lists, nobody who would have her was left.",
            "TOO_FEW": "Fewer than a circle needs could meet with her in a language and at a time of hers.",
        },
    ),
    codes.MatchChange: (
        "What she could change, the smallest first.",
        {
            "ACKNOWLEDGE": "Confirm that she read how matching works.",
            "COMPLETE_PROFILE": "Complete her profile.",
            "ONLINE_TOO": "Meet online as well.",
            "MORE_HOURS": "Name more hours.",
            "FARTHER": "Travel farther.",
            "MEET_TOO": "Meet in one place as well.",
            "ANY_GENDER": "Take a mentor of any gender.",
            "LANGUAGE": "Speak one more language.",
        },
    ),
    codes.NotPaired: (
        "Why a mentor and a mentee are not proposed to each other.",
        {
            "PAIRED": "They are.",
            "RULE": "A hard rule keeps them apart.",
            "FORBIDDEN": "A coordinator does not want them to be a pair.",
            "CAPACITY": "Others have the mentor's places.",
            "ELSEWHERE": "For the round as a whole the mentee's own pair is better.",
        },
    ),
    codes.Stale: (
        "What has changed since a run was computed.",
        {
            "MATCHED": "The mentee has found a mentor.",
            "AT_CAPACITY": "The mentor has fewer places left than the run gave away.",
            "UNAVAILABLE": "The mentor is away, or the two may not be a pair any more.",
            "LEFT": "One of the two takes no part any more.",
        },
    ),
    codes.FairnessGroup: (
        "By what people have declared match rates are compared.",
        {
            "GENDER": "By gender, of those who agreed that it counts.",
            "STAGE": "By where they stand in their careers.",
            "COUNTRY": "By the country they live in.",
            "FIELD": "By the broad field of study or work.",
        },
    ),
}
