"""What people tell for matching beside their field and goals, and what is known of them for safety."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What a mentorship can be about in particular."""

    APPLICATIONS = "APPLICATIONS"
    INTERVIEWS = "INTERVIEWS"
    SALARY = "SALARY"
    PRESENTING = "PRESENTING"
    WRITING = "WRITING"
    FUNDING = "FUNDING"
    STUDYING_ABROAD = "STUDYING_ABROAD"
    TEACHING = "TEACHING"
    LEADING_PEOPLE = "LEADING_PEOPLE"
    STARTING_UP = "STARTING_UP"
    BIAS = "BIAS"
    FAMILY = "FAMILY"


class Gender(StrEnum):
    """Told by herself alone, and only to be matched by."""

    WOMAN = "WOMAN"
    MAN = "MAN"
    NON_BINARY = "NON_BINARY"


class Background(StrEnum):
    """What people may want to share with a mentor. Nobody's legal status, faith or origin is ever asked for."""

    FIRST_IN_FAMILY = "FIRST_IN_FAMILY"
    GREW_UP_ELSEWHERE = "GREW_UP_ELSEWHERE"
    OTHER_FIRST_LANGUAGE = "OTHER_FIRST_LANGUAGE"
    FROM_THE_COUNTRY = "FROM_THE_COUNTRY"
    LITTLE_MONEY = "LITTLE_MONEY"
    CARES_FOR_OTHERS = "CARES_FOR_OTHERS"
    STARTED_LATE = "STARTED_LATE"
    CAME_BACK = "CAME_BACK"
    DISABILITY = "DISABILITY"
    MINORITY = "MINORITY"


class VettingKind(StrEnum):
    """What was looked at. The paper itself is never kept."""

    CRIMINAL_RECORD = "CRIMINAL_RECORD"
    CHILD_PROTECTION = "CHILD_PROTECTION"


class VettingOutcome(StrEnum):
    """What whoever saw the paper found."""

    CLEARED = "CLEARED"
    NOT_CLEARED = "NOT_CLEARED"
