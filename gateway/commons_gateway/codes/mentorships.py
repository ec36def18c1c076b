"""What the codes of mentorships, agreements and goals mean."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

MENTORSHIPS: Words = {
    codes.MentorshipState: (
        "What has become of a mentorship.",
        {
            "OPEN": "It runs.",
            "PAUSED_INACTIVE": "Nothing happened for long; either can let it go on.",
            "COMPLETED": "They went all the way to its end.",
            "ENDED_NO_FAULT": "One of the two ended it, without a reason and without blame.",
            "FROZEN": "It rests while something is looked into.",
        },
    ),
    codes.AgreementState: (
        "What has become of a version of an agreement.",
        {
            "PROPOSED": "It waits for signatures.",
            "IN_FORCE": "Both have signed it.",
            "REPLACED": "A later version took its place.",
        },
    ),
    codes.GoalState: (
        "What has become of a goal.",
        {
            "ACTIVE": "They work on it.",
            "REACHED": "They have reached it.",
            "SET_ASIDE": "They have put it aside.",
        },
    ),
    codes.Ticker: (
        "Who ticks a line of a checklist.",
        {
            "EITHER": "One of the two, for both.",
            "MENTOR": "The mentor.",
            "MENTEE": "The mentee.",
            "EACH": "Each of the two for herself.",
        },
    ),
    codes.AgreementField: (
        "A part of an agreement.",
        {
            "LANGUAGE": "The language they meet and write in.",
            "STARTS_ON": "Its first day.",
            "ENDS_ON": "Its last day.",
            "COMMITMENT": "How much time a month.",
            "CADENCE": "How often they meet.",
            "SESSION_LENGTH": "How long a meeting is.",
            "STEPS": "The steps to each goal.",
            "EXPECTATIONS": "What they expect of each other.",
            "AVAILABILITY": "When and how they can be reached.",
            "WORKING_METHOD": "How they work.",
            "MENTOR_BOUNDARIES": "What the mentor will not do.",
            "MENTEE_BOUNDARIES": "What the mentee will not do.",
            "CONFIDENTIALITY": "What stays between them.",
            "FORBIDDEN_TOPICS": "What they do not talk about.",
            "MENTOR_SUCCESS": "By what the mentor will notice that it worked.",
            "MENTEE_SUCCESS": "By what the mentee will notice that it worked.",
        },
    ),
}
