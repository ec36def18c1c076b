"""What mentorships, agreements and goals can be."""

from __future__ import annotations

from enum import StrEnum


class MentorshipState(StrEnum):
    OPEN = "OPEN"
    PAUSED_INACTIVE = "PAUSED_INACTIVE"
    COMPLETED = "COMPLETED"
    ENDED_NO_FAULT = "ENDED_NO_FAULT"
    FROZEN = "FROZEN"


class AgreementState(StrEnum):
    """A version of an agreement: waits for signatures, is in force, or gave way to a later one."""

    PROPOSED = "PROPOSED"
    IN_FORCE = "IN_FORCE"
    REPLACED = "REPLACED"


class GoalState(StrEnum):
    ACTIVE = "ACTIVE"
    REACHED = "REACHED"
    SET_ASIDE = "SET_ASIDE"


class Ticker(StrEnum):
    """Who ticks a line of a checklist."""

    EITHER = "EITHER"
    MENTOR = "MENTOR"
    MENTEE = "MENTEE"
    EACH = "EACH"


class AgreementField(StrEnum):
    """The parts of an agreement that a programme may demand (WESTEM mentor manual, the mentoring agreement)."""

    LANGUAGE = "LANGUAGE"
    STARTS_ON = "STARTS_ON"
    ENDS_ON = "ENDS_ON"
    COMMITMENT = "COMMITMENT"
    CADENCE = "CADENCE"
    SESSION_LENGTH = "SESSION_LENGTH"
    STEPS = "STEPS"
    EXPECTATIONS = "EXPECTATIONS"
    AVAILABILITY = "AVAILABILITY"
    WORKING_METHOD = "WORKING_METHOD"
    MENTOR_BOUNDARIES = "MENTOR_BOUNDARIES"
    MENTEE_BOUNDARIES = "MENTEE_BOUNDARIES"
    CONFIDENTIALITY = "CONFIDENTIALITY"
    FORBIDDEN_TOPICS = "FORBIDDEN_TOPICS"
    MENTOR_SUCCESS = "MENTOR_SUCCESS"
    MENTEE_SUCCESS = "MENTEE_SUCCESS"
