"""What people, organisations and notices can be."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """The languages the platform itself speaks; content may be in any."""

    EN = "en"
    SV = "sv"
    NB = "nb"


class Role(StrEnum):
    """What a member is in a project. The first eight may be chosen on joining; the others are granted."""

    MENTEE = "MENTEE"
    MENTOR = "MENTOR"
    PROFESSIONAL = "PROFESSIONAL"
    TEACHER = "TEACHER"
    COUNSELLOR = "COUNSELLOR"
    COMPANY = "COMPANY"
    UNIVERSITY = "UNIVERSITY"
    NETWORK = "NETWORK"
    FACILITATOR = "FACILITATOR"
    COORDINATOR = "COORDINATOR"
    SAFEGUARDING_LEAD = "SAFEGUARDING_LEAD"


class AffiliationKind(StrEnum):
    """What someone can be at a home institution, in the words of eduPerson."""

    FACULTY = "FACULTY"
    STUDENT = "STUDENT"
    STAFF = "STAFF"
    EMPLOYEE = "EMPLOYEE"
    MEMBER = "MEMBER"
    AFFILIATE = "AFFILIATE"
    ALUM = "ALUM"


class Conduct(StrEnum):
    """The codes of conduct: one for the community, one for each side of mentoring."""

    COMMUNITY = "COMMUNITY"
    MENTOR = "MENTOR"
    MENTEE = "MENTEE"


class AccountState(StrEnum):
    ACTIVE = "ACTIVE"
    PENDING_GUARDIAN = "PENDING_GUARDIAN"


class Audience(StrEnum):
    """The audience kinds of WESTEM and the kinds that the other programmes add."""

    HEI_STAFF = "HEI_STAFF"
    STUDENT = "STUDENT"
    PUPIL = "PUPIL"
    ASSOCIATION = "ASSOCIATION"
    PROFESSIONAL_WOMAN = "PROFESSIONAL_WOMAN"
    POLICY_MAKER = "POLICY_MAKER"
    MIGRANT_WOMAN = "MIGRANT_WOMAN"
    ADVISER = "ADVISER"
    TEACHER = "TEACHER"
    COMPANY = "COMPANY"


class ReadinessItem(StrEnum):
    """What a mentor or mentee does before she takes part (WESTEM mentor manual, both checklists)."""

    REGISTERED = "REGISTERED"
    CONDUCT_MENTORING = "CONDUCT_MENTORING"
    MANUAL_READ = "MANUAL_READ"
    PREPARATION_MEETING = "PREPARATION_MEETING"
    PRESENTATION = "PRESENTATION"
    RESOURCES_EXPLORED = "RESOURCES_EXPLORED"


class TrainingModule(StrEnum):
    PREPARATION_MEETING = "PREPARATION_MEETING"
    MENTOR_BASICS = "MENTOR_BASICS"
    GENDER = "GENDER"
    GROUP_FACILITATION = "GROUP_FACILITATION"
    TRAINING_OF_TRAINERS = "TRAINING_OF_TRAINERS"
    SAFEGUARDING = "SAFEGUARDING"


class ActiveBand(StrEnum):
    """How recently she was here, never to the minute."""

    THIS_WEEK = "THIS_WEEK"
    THIS_MONTH = "THIS_MONTH"
    THIS_QUARTER = "THIS_QUARTER"
    LONGER_AGO = "LONGER_AGO"


class Cefr(StrEnum):
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


class Stage(StrEnum):
    """Where in a career someone stands."""

    UPPER_SECONDARY = "UPPER_SECONDARY"
    BACHELOR = "BACHELOR"
    MASTER = "MASTER"
    DOCTORATE = "DOCTORATE"
    EARLY_CAREER = "EARLY_CAREER"
    MID_CAREER = "MID_CAREER"
    SENIOR = "SENIOR"


class Goal(StrEnum):
    """What mentees most often want to work on, and mentors can help with."""

    CAREER_CHOICE = "CAREER_CHOICE"
    FIRST_JOB = "FIRST_JOB"
    CAREER_CHANGE = "CAREER_CHANGE"
    CONFIDENCE = "CONFIDENCE"
    NETWORK = "NETWORK"
    LEADERSHIP = "LEADERSHIP"
    RESEARCH = "RESEARCH"
    ENTREPRENEURSHIP = "ENTREPRENEURSHIP"
    WORK_LIFE_BALANCE = "WORK_LIFE_BALANCE"
    STUDY_SKILLS = "STUDY_SKILLS"
    NEW_COUNTRY = "NEW_COUNTRY"
    OBSTACLES = "OBSTACLES"


class OrganisationKind(StrEnum):
    UNIVERSITY = "UNIVERSITY"
    SCHOOL = "SCHOOL"
    COMPANY = "COMPANY"
    ASSOCIATION = "ASSOCIATION"
    AUTHORITY = "AUTHORITY"


class PauseCause(StrEnum):
    OWN_WISH = "OWN_WISH"
    UNANSWERED_REQUESTS = "UNANSWERED_REQUESTS"


class NoticeCode(StrEnum):
    """What a person can be told. The sentence is made where it is shown, in her language."""

    CONNECTION_REQUESTED = "CONNECTION_REQUESTED"
    MENTORING_OFFERED = "MENTORING_OFFERED"
    CONNECTION_REMINDER = "CONNECTION_REMINDER"
    CONNECTION_ACCEPTED = "CONNECTION_ACCEPTED"
    CONNECTION_DECLINED = "CONNECTION_DECLINED"
    MENTORING_DECLINED = "MENTORING_DECLINED"
    CONNECTION_EXPIRED = "CONNECTION_EXPIRED"
    LISTS_CLOSE_SOON = "LISTS_CLOSE_SOON"
    MENTOR_PAUSED_UNANSWERED = "MENTOR_PAUSED_UNANSWERED"
    PLACE_OFFERED = "PLACE_OFFERED"
    OFFER_EXPIRED = "OFFER_EXPIRED"
    MENTORSHIP_OPENED = "MENTORSHIP_OPENED"
    FLASH_TAKEN = "FLASH_TAKEN"
    SESSION_PROPOSED = "SESSION_PROPOSED"
    SESSION_ACCEPTED = "SESSION_ACCEPTED"
    SESSION_MOVED = "SESSION_MOVED"
    SESSION_CANCELLED = "SESSION_CANCELLED"
    SESSION_REMINDER = "SESSION_REMINDER"
    AGREEMENT_PROPOSED = "AGREEMENT_PROPOSED"
    AGREEMENT_IN_FORCE = "AGREEMENT_IN_FORCE"
    EXTENSION_PROPOSED = "EXTENSION_PROPOSED"
    HALFWAY_REFLECTION = "HALFWAY_REFLECTION"
    PERIOD_ENDS = "PERIOD_ENDS"
    PERIOD_ENDED = "PERIOD_ENDED"
    STILL_MEETING = "STILL_MEETING"
    MENTORSHIP_PAUSED = "MENTORSHIP_PAUSED"
    MENTORSHIP_RESUMED = "MENTORSHIP_RESUMED"
    NO_PLACE_TO_RESUME = "NO_PLACE_TO_RESUME"
    MENTORSHIP_COMPLETED = "MENTORSHIP_COMPLETED"
    MENTORSHIP_ENDED = "MENTORSHIP_ENDED"
    INVITED = "INVITED"
