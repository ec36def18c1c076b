"""What programmes, rounds and connections can be."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    ONLINE = "ONLINE"
    FACE_TO_FACE = "FACE_TO_FACE"
    HYBRID = "HYBRID"
    MIXED = "MIXED"


class Style(StrEnum):
    TRADITIONAL = "TRADITIONAL"
    FLASH = "FLASH"
    CIRCLE = "CIRCLE"


class Unit(StrEnum):
    """What a programme is made of."""

    PAIR = "PAIR"
    GROUP = "GROUP"
    CIRCLE = "CIRCLE"
    COURSE = "COURSE"
    BOOKING = "BOOKING"


class Initiator(StrEnum):
    MENTEE = "MENTEE"
    MENTOR = "MENTOR"
    BY_METHOD = "BY_METHOD"
    TEACHER = "TEACHER"
    COORDINATOR = "COORDINATOR"


class Method(StrEnum):
    """How people are brought together."""

    MENTEE_PICKS = "MENTEE_PICKS"
    ALGORITHM = "ALGORITHM"
    ONE_WAY_MENTEE = "ONE_WAY_MENTEE"
    ONE_WAY_MENTOR = "ONE_WAY_MENTOR"
    TWO_WAY = "TWO_WAY"
    CIRCLES = "CIRCLES"
    COORDINATOR_FORMS = "COORDINATOR_FORMS"
    BOOKING = "BOOKING"
    WEEK_WINDOW = "WEEK_WINDOW"


class Criterion(StrEnum):
    """What may count when people are brought together."""

    FIELD = "FIELD"
    GOALS = "GOALS"
    LANGUAGES = "LANGUAGES"
    HOURS = "HOURS"
    PLACE = "PLACE"
    STAGE = "STAGE"
    GENDER = "GENDER"
    MOTIVATION = "MOTIVATION"
    BACKGROUND = "BACKGROUND"
    TOPICS = "TOPICS"


class Phase(StrEnum):
    """The phases of the four programmes; which of them, and in what order, is the programme's data."""

    PREPARATION = "PREPARATION"
    NEGOTIATION = "NEGOTIATION"
    ENABLING = "ENABLING"
    CLOSURE = "CLOSURE"
    FORMING = "FORMING"
    PACT = "PACT"
    SESSIONS = "SESSIONS"
    REQUESTED = "REQUESTED"
    CONFIRMED = "CONFIRMED"
    HELD = "HELD"
    REPORTED = "REPORTED"


class AgreementNeed(StrEnum):
    REQUIRED = "REQUIRED"
    OPTIONAL = "OPTIONAL"
    PACT = "PACT"
    BOOKING_TERMS = "BOOKING_TERMS"
    NONE = "NONE"


class EvaluationNeed(StrEnum):
    PRIVATE = "PRIVATE"
    DURING_AND_AFTER = "DURING_AND_AFTER"
    HELD_AND_FEEDBACK = "HELD_AND_FEEDBACK"
    PROCESS_REPORT = "PROCESS_REPORT"
    SHARED = "SHARED"
    AGGREGATE_ONLY = "AGGREGATE_ONLY"
    LESSONS_LEARNT = "LESSONS_LEARNT"


class Afterwards(StrEnum):
    """What a programme does with what it learnt."""

    NEXT_ITERATION = "NEXT_ITERATION"
    FINAL_REPORT = "FINAL_REPORT"
    KITS_REVISED = "KITS_REVISED"


class Money(StrEnum):
    """What a programme pays for; BUDGET_AS_LIMIT: nothing, but what it can do ends where its budget does."""

    TRANSPORT_SUBSIDY = "TRANSPORT_SUBSIDY"
    SCHOOL_FUND = "SCHOOL_FUND"
    SPONSORING = "SPONSORING"
    BUDGET_AS_LIMIT = "BUDGET_AS_LIMIT"


class ProgrammeState(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"


class ConnectionState(StrEnum):
    ASKED = "ASKED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    WITHDRAWN_MATCHED_ELSEWHERE = "WITHDRAWN_MATCHED_ELSEWHERE"


class DeclineReason(StrEnum):
    NO_TIME = "NO_TIME"
    OTHER_EXPERTISE = "OTHER_EXPERTISE"
    OTHER_MENTOR_BETTER = "OTHER_MENTOR_BETTER"
    OTHER = "OTHER"


class OfferState(StrEnum):
    OPEN = "OPEN"
    TAKEN = "TAKEN"
    LET_GO = "LET_GO"
    EXPIRED = "EXPIRED"


class WaitingState(StrEnum):
    WAITING = "WAITING"
    OFFERED = "OFFERED"
    DONE = "DONE"
    LEFT = "LEFT"


class SessionState(StrEnum):
    """Where a session of a pair stands."""

    PROPOSED = "PROPOSED"
    SCHEDULED = "SCHEDULED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


class SessionWarning(StrEnum):
    """What is told beside something that was done all the same."""

    HOURS_EXCEEDED = "HOURS_EXCEEDED"


class FlashState(StrEnum):
    """What has become of a slot that a mentor offered."""

    OPEN = "OPEN"
    TAKEN = "TAKEN"
    WITHDRAWN = "WITHDRAWN"
