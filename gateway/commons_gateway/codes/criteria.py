"""What the codes of what people tell for matching mean, for the schema."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

CRITERIA: Words = {
    codes.Topic: (
        "What a mentorship can be about in particular.",
        {
            "APPLICATIONS": "Applying for jobs and places to study.",
            "INTERVIEWS": "Being interviewed.",
            "SALARY": "Pay, and asking for it.",
            "PRESENTING": "Speaking before others.",
            "WRITING": "Writing theses, papers and reports.",
            "FUNDING": "Grants and scholarships.",
            "STUDYING_ABROAD": "A time in another country.",
            "TEACHING": "Teaching others.",
            "LEADING_PEOPLE": "Leading a group.",
            "STARTING_UP": "A company of one's own.",
            "BIAS": "Bias and stereotypes, others' and one's own.",
            "FAMILY": "Work or studies beside a family.",
        },
    ),
    codes.Gender: (
        "Told by someone herself, only to be matched by.",
        {"WOMAN": "A woman.", "MAN": "A man.", "NON_BINARY": "Neither, or not only one of them."},
    ),
    codes.Background: (
        "What someone may want to share with a mentor. Legal status, faith and origin are never asked for.",
        {
            "FIRST_IN_FAMILY": "The first of her family to study.",
            "GREW_UP_ELSEWHERE": "Grew up in another country.",
            "OTHER_FIRST_LANGUAGE": "Spoke another language first than the country she lives in.",
            "FROM_THE_COUNTRY": "Grew up far from a town.",
            "LITTLE_MONEY": "Grew up with little money.",
            "CARES_FOR_OTHERS": "Cares for children or others.",
            "STARTED_LATE": "Began to study later than most.",
            "CAME_BACK": "Came back after years away from studies or work.",
            "DISABILITY": "Lives with a disability.",
            "MINORITY": "Belongs to a minority.",
        },
    ),
    codes.VettingKind: (
        "What was looked at before someone meets the young. The paper itself is never kept.",
        {
            "CRIMINAL_RECORD": "An extract from the criminal record.",
            "CHILD_PROTECTION": "An extract for work with children.",
        },
    ),
    codes.VettingOutcome: (
        "What whoever saw the paper found.",
        {"CLEARED": "Nothing that speaks against it.", "NOT_CLEARED": "Something that speaks against it."},
    ),
}
