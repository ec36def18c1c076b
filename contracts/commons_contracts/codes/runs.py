"""What match runs can be, and why somebody stays without a mentor."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """QUEUED and RUNNING are under way; of PROPOSED a coordinator decides; the others are over."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PROPOSED = "PROPOSED"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    REPEATED = "REPEATED"
    """It has computed another run again, and the same came of it."""


class RunFailure(StrEnum):
    """Why a run came to nothing."""

    NOT_VERIFIED = "NOT_VERIFIED"
    """The independent check found a fault: nothing is proposed."""
    POOL_EMPTY = "POOL_EMPTY"
    """Whoever could be matched has gone since it was started."""
    TOO_MANY_BANDS = "TOO_MANY_BANDS"
    WORK_FAILED = "WORK_FAILED"
    """A piece of the work failed each time that it was tried."""
    DIFFERENT = "DIFFERENT"
    """Another run was computed again, and something else came of it: what was kept of it, or what computes, has changed."""


class ProposalOrigin(StrEnum):
    """How a pair came to be proposed."""

    SOLVED = "SOLVED"
    PINNED = "PINNED"
    """A coordinator had decided it before the run."""
    OVERRIDDEN = "OVERRIDDEN"
    """A coordinator put it in the place of what was computed."""


class PairWish(StrEnum):
    """What a coordinator wants of a pair in the runs to come."""

    PIN = "PIN"
    FORBID = "FORBID"


class Unmet(StrEnum):
    """The one reason why someone has no mentor (journey J6.5). ALL_BLOCKED: rules between people, never whose."""

    NOT_ACKNOWLEDGED = "NOT_ACKNOWLEDGED"
    PROFILE_INCOMPLETE = "PROFILE_INCOMPLETE"
    NO_COMMON_LANGUAGE = "NO_COMMON_LANGUAGE"
    NO_MODALITY_OVERLAP = "NO_MODALITY_OVERLAP"
    ALL_BLOCKED = "ALL_BLOCKED"
    CAPACITY_EXHAUSTED = "CAPACITY_EXHAUSTED"
    NOT_PREFERRED = "NOT_PREFERRED"
    """Where both sides rank each other: nobody who would have her was left, or she has sent no list."""
    TOO_FEW = "TOO_FEW"
    """Where circles are formed: fewer than a circle needs could meet with her in a language and at a time of hers."""


class MatchChange(StrEnum):
    """What she could change, the smallest first."""

    ACKNOWLEDGE = "ACKNOWLEDGE"
    COMPLETE_PROFILE = "COMPLETE_PROFILE"
    ONLINE_TOO = "ONLINE_TOO"
    MORE_HOURS = "MORE_HOURS"
    FARTHER = "FARTHER"
    MEET_TOO = "MEET_TOO"
    ANY_GENDER = "ANY_GENDER"
    LANGUAGE = "LANGUAGE"


class NotPaired(StrEnum):
    """Why a mentor and a mentee are not proposed to each other."""

    PAIRED = "PAIRED"
    """They are."""
    RULE = "RULE"
    """A hard rule keeps them apart."""
    FORBIDDEN = "FORBIDDEN"
    """A coordinator does not want them to be a pair."""
    CAPACITY = "CAPACITY"
    """Others have the mentor's places."""
    ELSEWHERE = "ELSEWHERE"
    """She has a place left; for the round as a whole the mentee's own pair is better."""


class Stale(StrEnum):
    """What changed since a run was computed, so that a pair of it cannot be published."""

    MATCHED = "MATCHED"
    """The mentee has found a mentor meanwhile."""
    AT_CAPACITY = "AT_CAPACITY"
    """The mentor has fewer places left than the run gave away."""
    UNAVAILABLE = "UNAVAILABLE"
    """The mentor is away, or the two may not be a pair any more."""
    LEFT = "LEFT"
    """One of the two takes no part any more."""


class FairnessGroup(StrEnum):
    """By what people have declared the match rates are compared."""

    GENDER = "GENDER"
    STAGE = "STAGE"
    COUNTRY = "COUNTRY"
    FIELD = "FIELD"
