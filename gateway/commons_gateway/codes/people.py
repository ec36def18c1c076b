"""What the codes about people, organisations and notices mean, for the schema."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

PEOPLE: Words = {
    codes.Language: (
        "A language that the platform itself speaks; content may be in any.",
        {"EN": "English.", "SV": "Swedish.", "NB": "Norwegian Bokmål."},
    ),
    codes.Role: (
        "What a member is in a project.",
        {
            "MENTEE": "Looks for a mentor.",
            "MENTOR": "Mentors others.",
            "PROFESSIONAL": "Works in the field and takes part in circles and courses.",
            "TEACHER": "Teaches at a school.",
            "COUNSELLOR": "Counsels pupils or students.",
            "COMPANY": "Acts for a company.",
            "UNIVERSITY": "Acts for a university.",
            "NETWORK": "Acts for an association or network.",
            "FACILITATOR": "Leads circles. Granted, never chosen.",
            "COORDINATOR": "Runs the project's programmes. Granted, never chosen.",
            "SAFEGUARDING_LEAD": "Looks after the safety of minors. Granted, never chosen.",
        },
    ),
    codes.Conduct: (
        "A kind of code of conduct.",
        {
            "COMMUNITY": "For every member.",
            "MENTOR": "For those who mentor.",
            "MENTEE": "For those who are mentored.",
        },
    ),
    codes.AccountState: (
        "Whether an account can be used.",
        {
            "ACTIVE": "It can.",
            "PENDING_GUARDIAN": "It belongs to someone under age and waits for her guardian; nobody sees it.",
        },
    ),
    codes.AffiliationKind: (
        "What someone can be at a home institution, in the words of eduPerson.",
        {
            "FACULTY": "Teaches or does research there.",
            "STUDENT": "Studies there.",
            "STAFF": "Works there, not as a teacher or researcher.",
            "EMPLOYEE": "Works there.",
            "MEMBER": "Belongs to it: studies, teaches or works there.",
            "AFFILIATE": "Has to do with it, and is no member.",
            "ALUM": "Has studied there.",
        },
    ),
    codes.Audience: (
        "The group of people that a member belongs to.",
        {
            "HEI_STAFF": "Works at a university or college.",
            "STUDENT": "Studies at a university or college.",
            "PUPIL": "Goes to school.",
            "ASSOCIATION": "Belongs to an association.",
            "PROFESSIONAL_WOMAN": "Works in the field.",
            "POLICY_MAKER": "Makes policy.",
            "MIGRANT_WOMAN": "Moved to the country where she looks for her place in the field.",
            "ADVISER": "Advises others.",
            "TEACHER": "Teaches at a school.",
            "COMPANY": "Works at a company that takes part.",
        },
    ),
    codes.ReadinessItem: (
        "What someone does before she takes part.",
        {
            "REGISTERED": "Registered and joined the project.",
            "CONDUCT_MENTORING": "Accepted the code of conduct for her side of mentoring.",
            "MANUAL_READ": "Read the manual.",
            "PREPARATION_MEETING": "Attended the preparation meeting.",
            "PRESENTATION": "Wrote her presentation.",
            "RESOURCES_EXPLORED": "Looked at the resources.",
        },
    ),
    codes.TrainingModule: (
        "A training that a programme may ask for.",
        {
            "PREPARATION_MEETING": "The preparation meeting.",
            "MENTOR_BASICS": "The basics of mentoring.",
            "GENDER": "Gender in science and technology.",
            "GROUP_FACILITATION": "Leading groups.",
            "TRAINING_OF_TRAINERS": "Training others to train.",
            "SAFEGUARDING": "Keeping minors safe.",
        },
    ),
    codes.ActiveBand: (
        "How recently someone was here, never more precise than this.",
        {
            "THIS_WEEK": "Within the last week.",
            "THIS_MONTH": "Within the last month.",
            "THIS_QUARTER": "Within the last three months.",
            "LONGER_AGO": "Before that.",
        },
    ),
    codes.Cefr: (
        "How well someone speaks a language, by the Common European Framework of Reference.",
        {
            "A1": "Beginner.",
            "A2": "Elementary.",
            "B1": "Intermediate.",
            "B2": "Upper intermediate.",
            "C1": "Advanced.",
            "C2": "Proficient, or a first language.",
        },
    ),
    codes.Stage: (
        "Where in a career someone stands.",
        {
            "UPPER_SECONDARY": "In upper secondary school.",
            "BACHELOR": "In a bachelor's programme.",
            "MASTER": "In a master's programme.",
            "DOCTORATE": "In doctoral studies.",
            "EARLY_CAREER": "In the first years of work.",
            "MID_CAREER": "Established at work.",
            "SENIOR": "With long experience.",
        },
    ),
    codes.Goal: (
        "What mentees most often want to work on, and mentors can help with.",
        {
            "CAREER_CHOICE": "Choosing a direction.",
            "FIRST_JOB": "Finding a first job.",
            "CAREER_CHANGE": "Changing direction.",
            "CONFIDENCE": "Trusting her own ability.",
            "NETWORK": "Meeting people in the field.",
            "LEADERSHIP": "Leading others.",
            "RESEARCH": "Working in research.",
            "ENTREPRENEURSHIP": "Starting something of her own.",
            "WORK_LIFE_BALANCE": "Balancing work and the rest of life.",
            "STUDY_SKILLS": "Studying well.",
            "NEW_COUNTRY": "Working in a new country.",
            "OBSTACLES": "Meeting obstacles and prejudice.",
        },
    ),
    codes.OrganisationKind: (
        "What an organisation is.",
        {
            "UNIVERSITY": "A university or college.",
            "SCHOOL": "A school.",
            "COMPANY": "A company.",
            "ASSOCIATION": "An association or network.",
            "AUTHORITY": "A public authority.",
        },
    ),
    codes.NoticeCode: (
        "What a person can be told.",
        {
            "CONNECTION_REQUESTED": "A mentee asks her to be her mentor.",
            "MENTORING_OFFERED": "A mentor asks her to be her mentee.",
            "CONNECTION_REMINDER": "A request still waits for her answer.",
            "CONNECTION_ACCEPTED": "Her request was accepted.",
            "CONNECTION_DECLINED": "Her request was declined.",
            "MENTORING_DECLINED": "A mentee declined the mentoring she offered.",
            "LISTS_CLOSE_SOON": "The ranked lists of a round close soon, and she has sent none.",
            "CONNECTION_EXPIRED": "A request ran out without an answer.",
            "INVITED": "A coordinator registered her; she is asked to come in.",
            "MENTOR_PAUSED_UNANSWERED": "Her mentoring was paused because requests ran out without an answer.",
            "PLACE_OFFERED": "A place became free and is held for her.",
            "OFFER_EXPIRED": "A place that was held for her was let go.",
            "MENTORSHIP_OPENED": "A mentorship of hers has begun.",
            "AGREEMENT_PROPOSED": "A version of the agreement waits for her to read and sign.",
            "AGREEMENT_IN_FORCE": "Both have signed a version of the agreement.",
            "EXTENSION_PROPOSED": "The other side would extend the mentorship.",
            "HALFWAY_REFLECTION": "Half of the agreed time is over; there are questions to look back with.",
            "PERIOD_ENDS": "The agreed time ends in some days.",
            "PERIOD_ENDED": "The agreed time is over.",
            "STILL_MEETING": "They have not met for some days.",
            "MENTORSHIP_PAUSED": "A mentorship of hers was paused, because nothing happened for some days.",
            "MENTORSHIP_RESUMED": "A mentorship of hers goes on after a pause.",
            "NO_PLACE_TO_RESUME": "A mentorship of hers cannot go on yet: the mentor has no place free.",
            "MENTORSHIP_COMPLETED": "A mentorship of hers was completed.",
            "MENTORSHIP_ENDED": "A mentorship of hers is over.",
            "FLASH_TAKEN": "A mentee has taken a flash slot that she offered.",
            "SESSION_PROPOSED": "The other one proposed a session.",
            "SESSION_ACCEPTED": "The other one said yes to a session.",
            "SESSION_MOVED": "The other one proposed another time for a session.",
            "SESSION_CANCELLED": "The other one declined a session or called it off.",
            "SESSION_REMINDER": "A session begins soon.",
        },
    ),
}
