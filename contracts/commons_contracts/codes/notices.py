"""What notices are about, and how each kind of them reaches someone by mail."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from .people import NoticeCode


class NoticeCategory(StrEnum):
    """Kinds of notices, which a person chooses between for each of her projects."""

    REQUESTS = "REQUESTS"
    """Asking for a mentor and being asked: requests, answers, places."""
    MENTORSHIPS = "MENTORSHIPS"
    """What becomes of a mentorship and its agreement."""
    SESSIONS = "SESSIONS"
    REMINDERS = "REMINDERS"
    PROGRAMME = "PROGRAMME"
    """What the programme itself asks of its people."""
    SAFEGUARDING = "SAFEGUARDING"
    """Nobody can be without these."""


class NoticeWay(StrEnum):
    """How the notices of a kind come by mail. On the platform itself they are always to be seen."""

    AT_ONCE = "AT_ONCE"
    DIGEST = "DIGEST"
    NEVER = "NEVER"


class DigestRhythm(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


_OF: Mapping[NoticeCategory, frozenset[NoticeCode]] = {
    NoticeCategory.REQUESTS: frozenset(
        {
            NoticeCode.CONNECTION_REQUESTED,
            NoticeCode.MENTORING_OFFERED,
            NoticeCode.MENTORING_DECLINED,
            NoticeCode.CONNECTION_ACCEPTED,
            NoticeCode.CONNECTION_DECLINED,
            NoticeCode.CONNECTION_EXPIRED,
            NoticeCode.MENTOR_PAUSED_UNANSWERED,
            NoticeCode.PLACE_OFFERED,
            NoticeCode.OFFER_EXPIRED,
            NoticeCode.FLASH_TAKEN,
        }
    ),
    NoticeCategory.MENTORSHIPS: frozenset(
        {
            NoticeCode.MENTORSHIP_OPENED,
            NoticeCode.AGREEMENT_PROPOSED,
            NoticeCode.AGREEMENT_IN_FORCE,
            NoticeCode.EXTENSION_PROPOSED,
            NoticeCode.PERIOD_ENDED,
            NoticeCode.MENTORSHIP_PAUSED,
            NoticeCode.MENTORSHIP_RESUMED,
            NoticeCode.NO_PLACE_TO_RESUME,
            NoticeCode.MENTORSHIP_COMPLETED,
            NoticeCode.MENTORSHIP_ENDED,
            NoticeCode.NOTE_SHARED,
        }
    ),
    NoticeCategory.SESSIONS: frozenset(
        {
            NoticeCode.SESSION_PROPOSED,
            NoticeCode.SESSION_ACCEPTED,
            NoticeCode.SESSION_MOVED,
            NoticeCode.SESSION_CANCELLED,
        }
    ),
    NoticeCategory.REMINDERS: frozenset(
        {
            NoticeCode.CONNECTION_REMINDER,
            NoticeCode.LISTS_CLOSE_SOON,
            NoticeCode.SESSION_REMINDER,
            NoticeCode.PERIOD_ENDS,
            NoticeCode.STILL_MEETING,
        }
    ),
    NoticeCategory.PROGRAMME: frozenset(
        {NoticeCode.INVITED, NoticeCode.DISCORD_DISABLED, NoticeCode.HALFWAY_REFLECTION}
    ),
    NoticeCategory.SAFEGUARDING: frozenset(),
}

CATEGORY: Mapping[NoticeCode, NoticeCategory] = {code: kind for kind, codes in _OF.items() for code in codes}
"""Each code's one kind."""
OPTIONAL = tuple(kind for kind in NoticeCategory if kind is not NoticeCategory.SAFEGUARDING)
"""The kinds that somebody may choose about."""
