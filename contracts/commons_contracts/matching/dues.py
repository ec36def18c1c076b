"""What matching tells itself to look at later."""

from __future__ import annotations

from ..base import Due
from ..ids import ConnectionId, OfferId


class ReminderDue(Due):
    """The mentor has not answered yet; `nth` counts from 1."""

    connection: ConnectionId
    nth: int


class ConnectionExpiryDue(Due):
    connection: ConnectionId


class OfferExpiryDue(Due):
    offer: OfferId
