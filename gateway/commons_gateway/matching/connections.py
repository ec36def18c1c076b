"""Requests from mentees to mentors, what comes of them, and the queues for what is full."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.codes import (
    ConnectionState,
    DeclineReason,
    OfferState,
    RefusalCode,
    Role,
    Style,
    WaitingState,
)
from commons_contracts.ids import ConnectionId, MatchId, OfferId, WaitingId

from ..context import Batch, Info
from ..fields import After, First, Shown, adds, argument, loads, said, shape, told
from ..profiles.own import Viewer
from ..profiles.people import Pair, Person
from ..relay import Listing, Node, listing, uuid_in
from .mentors import ROUNDS, MentorPlaces, Permission, Round, allowed_unless

CONNECTIONS: Batch[ConnectionId, contract.ConnectionView] = Batch(
    contract.ConnectionsByIds, "ids", lambda connection: connection.id
)
MATCHES: Batch[MatchId, contract.MatchView] = Batch(contract.MatchesByIds, "ids", lambda match: match.id)
WAITINGS: Batch[WaitingId, contract.WaitingView] = Batch(contract.OwnWaitings, "", lambda waiting: waiting.id)
OFFERS: Batch[OfferId, contract.OfferView] = Batch(contract.OwnOffers, "", lambda offer: offer.id)


@shape
class ConnectionViewerCan(Shown[contract.ConnectionView]):
    """What the viewer can do with a request."""

    @told
    def accept_connection(self) -> Permission:
        """Say yes."""
        return allowed_unless(self._unless(self.view.may_answer))

    @told
    def decline_connection(self) -> Permission:
        """Say no."""
        return allowed_unless(self._unless(self.view.may_answer))

    @told
    def withdraw_connection(self) -> Permission:
        """Take it back."""
        return allowed_unless(self._unless(self.view.may_withdraw))

    def _unless(self, may: bool) -> RefusalCode | None:
        if may:
            return None
        over = self.view.state is not ConnectionState.ASKED
        return RefusalCode.INVALID_TRANSITION if over else RefusalCode.NOT_REQUEST_RECIPIENT


@shape
class ConnectionRequest(Node, Pair[contract.ConnectionView]):
    """A request between a mentee and a mentor. Only the two see it."""

    style: Style = said("The style of mentoring asked for.")
    state: ConnectionState = said("Where it stands.")
    asked_by: Role = said("Who sent it, MENTEE or MENTOR; the other one answers.")
    message: str = said("What the one who asks wrote to the other.")
    asked_at: datetime = said("When it was sent.")
    expires_at: datetime | None = said("When it runs out without an answer.")
    decline_reason: DeclineReason | None = said("Why the answer was no.")
    decline_note: str = said("What was written with the no, for the one who asked.")

    @told
    async def days_left(self, info: Info) -> int | None:
        """How many days are left for an answer, begun days counted; none where nothing runs out."""
        if self.view.expires_at is None or self.view.state is not ConnectionState.ASKED:
            return None
        left = self.view.expires_at - await info.context.desk.clock.now()
        return max(0, math.ceil(left / timedelta(days=1)))

    @told
    def viewer_can(self) -> ConnectionViewerCan:
        """What the viewer can do now."""
        return ConnectionViewerCan.of(self.view, self.ground)

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round it belongs to; its `suggestions` are other mentors."""
        return Round.of(found, self.ground) if found else None

    @loads(MATCHES, lambda self: self.view.match)
    def match(self, found: contract.MatchView | None) -> Match | None:
        """What came of it."""
        return Match.of(found, self.ground) if found else None


@shape
class Match(Node, Pair[contract.MatchView]):
    """A mentor and a mentee who have found each other."""

    style: Style = said("The style of mentoring.")
    confirmed_at: datetime = said("When it was confirmed.")

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round they met in."""
        return Round.of(found, self.ground) if found else None

    @loads(CONNECTIONS, lambda self: self.view.connection)
    def connection(self, found: contract.ConnectionView | None) -> ConnectionRequest | None:
        """The request it came from, where there was one."""
        return ConnectionRequest.of(found, self.ground) if found else None


@shape
class Participation(Shown[contract.ParticipationView]):
    """Someone takes part in a round."""

    role: Role = said("As what.")

    @told
    def person(self) -> Person:
        """Who takes part."""
        return Person.of(self.view.person, self.ground)

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round."""
        return Round.of(found, self.ground) if found else None


@shape
class Waiting(Node, Shown[contract.WaitingView]):
    """The viewer waits for a place with a mentor."""

    state: WaitingState = said("Where she stands.")
    position: int | None = said("Her place in the queue; 1 is next.")
    style: Style | None = said("The style of mentoring she waits for.")

    @told
    def mentor(self) -> Person:
        """Whom she waits for."""
        return Person.of(self.view.mentor, self.ground)

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round."""
        return Round.of(found, self.ground) if found else None


@shape
class Offer(Node, Shown[contract.OfferView]):
    """A place that became free and is held for the viewer."""

    state: OfferState = said("Where it stands.")
    expires_at: datetime = said("Until when it is held.")
    style: Style | None = said("The style of mentoring.")

    @told
    def mentor(self) -> Person:
        """With whom."""
        return Person.of(self.view.mentor, self.ground)

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round."""
        return Round.of(found, self.ground) if found else None


@adds(Viewer, contract.ConnectionsPage)
async def connections(
    root: strawberry.Parent[Viewer],
    states: Annotated[list[ConnectionState] | None, argument("Only those that stand so.")] = None,
    first: First = 20,
    after: After = None,
) -> Listing[ConnectionRequest] | None:
    """The requests she sent and those she received, newest first."""
    wanted = tuple(states or ())
    return await listing(
        root.ground, contract.ConnectionsPage, ConnectionRequest.of, first=first, after=after, states=wanted
    )


@adds(Viewer, contract.OwnWaitings)
async def waitings(root: strawberry.Parent[Viewer]) -> list[Waiting] | None:
    """The mentors she waits for."""
    found = await root.ground.once(contract.OwnWaitings())
    return [Waiting.of(view, root.ground) for view in found.items]


@adds(Viewer, contract.OwnOffers)
async def offers(root: strawberry.Parent[Viewer]) -> list[Offer] | None:
    """The places that are held for her."""
    found = await root.ground.once(contract.OwnOffers())
    return [Offer.of(view, root.ground) for view in found.items]


@adds(Viewer, contract.OwnPlaces)
async def places(
    root: strawberry.Parent[Viewer],
    round: Annotated[strawberry.ID, argument("The round.", nodes="Round")],
) -> list[MentorPlaces] | None:
    """Her own places as a mentor in a round."""
    found = await root.ground.once(contract.OwnPlaces(round=uuid_in(round, "Round")))
    return [MentorPlaces.of(view, root.ground) for view in found.items]
