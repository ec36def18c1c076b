"""What the codes about programmes, rounds and requests mean, for the schema."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

PROGRAMMES: Words = {
    codes.Modality: (
        "How people meet.",
        {
            "ONLINE": "Online.",
            "FACE_TO_FACE": "In one place.",
            "HYBRID": "Some in one place and some online, at the same time.",
            "MIXED": "Now online, now in one place.",
        },
    ),
    codes.Style: (
        "A style of mentoring.",
        {
            "TRADITIONAL": "A pair that meets over months.",
            "FLASH": "A pair that meets once.",
            "CIRCLE": "A group that meets with one who leads it.",
        },
    ),
    codes.Unit: (
        "What a programme is made of.",
        {
            "PAIR": "One mentor and one mentee.",
            "GROUP": "One mentor and several mentees.",
            "CIRCLE": "Equals, with one who leads.",
            "COURSE": "A course that people follow.",
            "BOOKING": "A school books an activity.",
        },
    ),
    codes.Initiator: (
        "Who begins.",
        {
            "MENTEE": "The mentee asks.",
            "MENTOR": "The mentor asks.",
            "BY_METHOD": "As the way of matching has it.",
            "TEACHER": "The teacher books.",
            "COORDINATOR": "The coordinator brings people together.",
        },
    ),
    codes.Method: (
        "How people are brought together.",
        {
            "MENTEE_PICKS": "The mentee chooses and asks.",
            "ALGORITHM": "A match run proposes, a coordinator confirms.",
            "ONE_WAY_MENTEE": "Mentees choose and ask, mentors answer.",
            "ONE_WAY_MENTOR": "Mentors choose and ask, mentees answer.",
            "TWO_WAY": "Both sides rank each other, and a match run finds pairs that nobody would rather leave for each other.",
            "CIRCLES": "A match run proposes circles with a facilitator, a coordinator confirms.",
            "COORDINATOR_FORMS": "A coordinator forms the groups.",
            "BOOKING": "A school books what is offered.",
            "WEEK_WINDOW": "Schools wish for weeks, then role models choose.",
        },
    ),
    codes.Criterion: (
        "What may count when people are brought together.",
        {
            "FIELD": "The same field of study or work.",
            "GOALS": "What one wants to work on and the other can help with.",
            "LANGUAGES": "A language in common.",
            "HOURS": "Free hours in common.",
            "PLACE": "How far apart they are.",
            "STAGE": "Where they stand in their careers.",
            "GENDER": "Gender, for those who agreed to it.",
            "MOTIVATION": "Why they take part.",
            "BACKGROUND": "A background in common, for those who agreed to it.",
            "TOPICS": "What one wants to talk about and the other can help with.",
        },
    ),
    codes.Phase: (
        "A phase of a mentorship, circle or booking. Which ones there are, and in what order, is the programme's.",
        {
            "PREPARATION": "Getting ready.",
            "NEGOTIATION": "Agreeing on goals and how to work.",
            "ENABLING": "Working on the goals.",
            "CLOSURE": "Looking back and closing.",
            "FORMING": "A circle comes together.",
            "PACT": "A circle agrees on its pact.",
            "SESSIONS": "A circle meets.",
            "REQUESTED": "A booking was asked for.",
            "CONFIRMED": "A booking was confirmed.",
            "HELD": "The activity took place.",
            "REPORTED": "The activity was reported.",
        },
    ),
    codes.AgreementNeed: (
        "Whether something must be agreed in writing.",
        {
            "REQUIRED": "An agreement is signed.",
            "OPTIONAL": "An agreement may be signed.",
            "PACT": "A circle's pact.",
            "BOOKING_TERMS": "The terms of a booking.",
            "NONE": "Nothing.",
        },
    ),
    codes.EvaluationNeed: (
        "What is evaluated, and who sees it.",
        {
            "PRIVATE": "By each for herself; nobody else can read it.",
            "DURING_AND_AFTER": "On the way and at the end.",
            "HELD_AND_FEEDBACK": "That it took place, and feedback.",
            "PROCESS_REPORT": "A report of the process.",
            "SHARED": "Shared between those who took part.",
            "AGGREGATE_ONLY": "Only as sums over many.",
            "LESSONS_LEARNT": "What was learnt.",
        },
    ),
    codes.Afterwards: (
        "What a programme does with what it learnt.",
        {
            "NEXT_ITERATION": "Its next iteration builds on it.",
            "FINAL_REPORT": "It goes into a final report.",
            "KITS_REVISED": "The kits are revised.",
        },
    ),
    codes.Money: (
        "What a programme pays for.",
        {
            "TRANSPORT_SUBSIDY": "Travel of school classes.",
            "SCHOOL_FUND": "Materials for schools.",
            "SPONSORING": "What sponsors give.",
            "BUDGET_AS_LIMIT": "Nothing, but what it can do ends where its budget does.",
        },
    ),
    codes.ProgrammeState: (
        "Whether a programme's design can still change.",
        {"DRAFT": "It can; only coordinators see it.", "PUBLISHED": "It cannot; it is in force."},
    ),
    codes.ConnectionState: (
        "Where a request stands.",
        {
            "ASKED": "It waits for an answer.",
            "ACCEPTED": "The mentor said yes.",
            "DECLINED": "The mentor said no.",
            "EXPIRED": "It ran out without an answer.",
            "WITHDRAWN": "The mentee took it back.",
            "WITHDRAWN_MATCHED_ELSEWHERE": "It was taken back because the mentee found another mentor.",
        },
    ),
    codes.DeclineReason: (
        "Why a mentor says no.",
        {
            "NO_TIME": "She has no time now.",
            "OTHER_EXPERTISE": "The mentee's questions lie outside of what she knows.",
            "OTHER_MENTOR_BETTER": "Another mentor would suit the mentee better.",
            "OTHER": "Something else.",
        },
    ),
    codes.SessionState: (
        "Where a session of a pair stands.",
        {
            "PROPOSED": "One of the two proposed it; the other one has not said yes yet.",
            "SCHEDULED": "Both have said yes.",
            "HELD": "It was held.",
            "CANCELLED": "It was declined, taken back or called off.",
        },
    ),
    codes.SessionWarning: (
        "What is told beside something that was done all the same.",
        {"HOURS_EXCEEDED": "It is more than the two have agreed on for the month."},
    ),
    codes.FlashState: (
        "Where a slot for a flash session stands.",
        {
            "OPEN": "It can be taken.",
            "TAKEN": "A mentee has taken it.",
            "WITHDRAWN": "The mentor has taken it back.",
        },
    ),
    codes.OfferState: (
        "Where an offered place stands.",
        {
            "OPEN": "It is held for the mentee.",
            "TAKEN": "She took it.",
            "LET_GO": "She let it go.",
            "EXPIRED": "She did not answer in time.",
        },
    ),
    codes.WaitingState: (
        "Where someone who waits for a mentor stands.",
        {
            "WAITING": "She waits.",
            "OFFERED": "A place is held for her.",
            "DONE": "She took a place.",
            "LEFT": "She left the queue.",
        },
    ),
}
