"""What a notice is about: a request, an offer, a mentorship, a session."""

from __future__ import annotations

import strawberry

from commons_contracts.codes import NoticeCode
from commons_contracts.ids import ConnectionId, MentorshipId, OfferId, SessionId
from commons_contracts.matching import ConnectionsByIds, OwnOffers
from commons_contracts.mentoring import MentorshipsByIds, SessionsByIds

from ..fields import adds
from ..matching.connections import CONNECTIONS, OFFERS, ConnectionRequest, Offer
from ..profiles.own import Notice
from ..relay import Node
from .mentorships import MENTORSHIPS, Mentorship
from .sessions import SESSIONS, Session

OF_MENTORSHIPS = frozenset(
    {
        NoticeCode.MENTORSHIP_OPENED,
        NoticeCode.AGREEMENT_PROPOSED,
        NoticeCode.AGREEMENT_IN_FORCE,
        NoticeCode.EXTENSION_PROPOSED,
        NoticeCode.HALFWAY_REFLECTION,
        NoticeCode.PERIOD_ENDS,
        NoticeCode.PERIOD_ENDED,
        NoticeCode.STILL_MEETING,
        NoticeCode.MENTORSHIP_PAUSED,
        NoticeCode.MENTORSHIP_RESUMED,
        NoticeCode.NO_PLACE_TO_RESUME,
        NoticeCode.MENTORSHIP_COMPLETED,
        NoticeCode.MENTORSHIP_ENDED,
        NoticeCode.NOTE_SHARED,
    }
)
"""The notices that are about a mentorship."""
OF_SESSIONS = frozenset(
    {
        NoticeCode.SESSION_PROPOSED,
        NoticeCode.SESSION_ACCEPTED,
        NoticeCode.SESSION_MOVED,
        NoticeCode.SESSION_CANCELLED,
        NoticeCode.SESSION_REMINDER,
    }
)
"""The notices that are about a session."""


@adds(Notice, ConnectionsByIds, OwnOffers, MentorshipsByIds, SessionsByIds)
async def subject(root: strawberry.Parent[Notice]) -> Node | None:
    """What it is about, where that is in the project asked about."""
    id, code, ground = root.view.subject_id, root.view.code, root.ground
    if id is None:
        return None
    if code in OF_MENTORSHIPS:
        opened = await ground.load(MENTORSHIPS, MentorshipId(id))
        return Mentorship.of(opened, ground) if opened else None
    if code in OF_SESSIONS:
        session = await ground.load(SESSIONS, SessionId(id))
        return Session.of(session, ground) if session else None
    if code in {NoticeCode.PLACE_OFFERED, NoticeCode.OFFER_EXPIRED}:
        offer = await ground.load(OFFERS, OfferId(id))
        return Offer.of(offer, ground) if offer else None
    request = await ground.load(CONNECTIONS, ConnectionId(id))
    return ConnectionRequest.of(request, ground) if request else None
