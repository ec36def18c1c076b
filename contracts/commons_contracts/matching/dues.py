"""What matching tells itself to look at later."""

from __future__ import annotations

from ..base import Due
from ..ids import ConnectionId, OfferId, PersonId, RoundId, RunId


class ReminderDue(Due):
    """The mentor has not answered yet; `nth` counts from 1."""

    connection: ConnectionId
    nth: int


class ConnectionExpiryDue(Due):
    connection: ConnectionId


class OfferExpiryDue(Due):
    offer: OfferId


class ListsReminderDue(Due):
    """Ranked lists close soon; `days`: in how many. `after`: who was told already, in the order of ids."""

    round: RoundId
    days: int
    after: PersonId | None = None


class RunKeptDue(Due):
    """Whom a run was about has been kept for long enough."""

    run: RunId


class ListsDue(Due):
    """Ranked lists close."""

    round: RoundId
