"""What mentees and mentors can do in a round."""

from __future__ import annotations

from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.codes import DeclineReason, Role, Style

from ..context import Info
from ..fields import argument, does, given, wish
from ..refused import Refused, Wish, done
from ..relay import uuid_in
from .connections import ConnectionRequest, Offer, Participation, Waiting
from .mentors import MentorPlaces

ConnectionRequestOrRefused = Annotated[
    ConnectionRequest | Refused, strawberry.union("ConnectionRequestOrRefused", description="The request, or why not.")
]
ParticipationOrRefused = Annotated[
    Participation | Refused, strawberry.union("ParticipationOrRefused", description="The participation, or why not.")
]
MentorPlacesOrRefused = Annotated[
    MentorPlaces | Refused, strawberry.union("MentorPlacesOrRefused", description="The places, or why not.")
]
WaitingOrRefused = Annotated[
    Waiting | Refused, strawberry.union("WaitingOrRefused", description="The place in the queue, or why not.")
]
OfferOrRefused = Annotated[Offer | Refused, strawberry.union("OfferOrRefused", description="The offer, or why not.")]


@wish
class RegisterForProgrammeInput(Wish):
    """Taking part in a round of a programme."""

    round: strawberry.ID = given("The round.", nodes="Round")
    role: Role = given("As what: MENTOR or MENTEE.")


@wish
class SetPlacesInput(Wish):
    """How many mentees a mentor takes."""

    round: strawberry.ID = given("The round.", nodes="Round")
    style: Style = given("For which style of mentoring.")
    most: int = given("How many at most, from 0 to 50.")


@wish
class RequestConnectionInput(Wish):
    """A request to a mentor."""

    round: strawberry.ID = given("The round.", nodes="Round")
    mentor: strawberry.ID = given("Whom to ask: the id of `Mentor.person`.", nodes="Person")
    style: Style = given("The style of mentoring.")
    message: str = given("What to tell her, up to 2,000 characters. Only she reads it.", default="")


@wish
class ConnectionInput(Wish):
    """A request that is there."""

    connection: strawberry.ID = given("The request.", nodes="ConnectionRequest")


@wish
class DeclineConnectionInput(Wish):
    """A no to a request."""

    connection: strawberry.ID = given("The request.", nodes="ConnectionRequest")
    reason: DeclineReason = given("Why.")
    note: str = given("A few words for the mentee alone, up to 1,000 characters.", default="")


@wish
class WaitlistForMentorInput(Wish):
    """A place in the queue for a mentor."""

    round: strawberry.ID = given("The round.", nodes="Round")
    mentor: strawberry.ID = given("Whom to wait for: the id of `Mentor.person`.", nodes="Person")
    style: Style | None = given("The style of mentoring; without it the programme's first.", default=None)


@wish
class LeaveWaitlistInput(Wish):
    """A place in a queue that is there."""

    waiting: strawberry.ID = given("The place in the queue.", nodes="Waiting")


@wish
class TakeOfferInput(Wish):
    """An offered place, taken."""

    offer: strawberry.ID = given("The offer.", nodes="Offer")
    message: str = given("What to tell the mentor, up to 2,000 characters. Only she reads it.", default="")


@wish
class LetOfferGoInput(Wish):
    """An offered place, for the next in line."""

    offer: strawberry.ID = given("The offer.", nodes="Offer")


@strawberry.type
class Mutation:
    @does(contract.RegisterForRound)
    async def register_for_programme(
        self, info: Info, input: Annotated[RegisterForProgrammeInput, argument("The round and the role.")]
    ) -> ParticipationOrRefused | None:
        """Take part in a round of a programme."""
        command = contract.RegisterForRound(round=uuid_in(input.round, "Round"), role=input.role)
        return await done(info, input, command, Participation.of)

    @does(contract.SetPlaces)
    async def set_places(
        self, info: Info, input: Annotated[SetPlacesInput, argument("The places.")]
    ) -> MentorPlacesOrRefused | None:
        """Say how many mentees one takes."""
        command = contract.SetPlaces(round=uuid_in(input.round, "Round"), style=input.style, most=input.most)
        return await done(info, input, command, MentorPlaces.of)

    @does(contract.RequestConnection)
    async def request_connection(
        self, info: Info, input: Annotated[RequestConnectionInput, argument("Whom, and how.")]
    ) -> ConnectionRequestOrRefused | None:
        """Ask a mentor."""
        command = contract.RequestConnection(
            round=uuid_in(input.round, "Round"),
            mentor=uuid_in(input.mentor, "Person"),
            message=input.message,
            style=input.style,
        )
        return await done(info, input, command, ConnectionRequest.of)

    @does(contract.AcceptConnection)
    async def accept_connection(
        self, info: Info, input: Annotated[ConnectionInput, argument("The request.")]
    ) -> ConnectionRequestOrRefused | None:
        """Say yes to a mentee."""
        command = contract.AcceptConnection(connection=uuid_in(input.connection, "ConnectionRequest"))
        return await done(info, input, command, ConnectionRequest.of)

    @does(contract.DeclineConnection)
    async def decline_connection(
        self, info: Info, input: Annotated[DeclineConnectionInput, argument("The request, and why.")]
    ) -> ConnectionRequestOrRefused | None:
        """Say no to a mentee, who sees other mentors at once: `round { suggestions }` of the same request."""
        command = contract.DeclineConnection(
            connection=uuid_in(input.connection, "ConnectionRequest"), reason=input.reason, note=input.note
        )
        return await done(info, input, command, ConnectionRequest.of)

    @does(contract.WithdrawConnection)
    async def withdraw_connection(
        self, info: Info, input: Annotated[ConnectionInput, argument("The request.")]
    ) -> ConnectionRequestOrRefused | None:
        """Take one's request back."""
        command = contract.WithdrawConnection(connection=uuid_in(input.connection, "ConnectionRequest"))
        return await done(info, input, command, ConnectionRequest.of)

    @does(contract.JoinWaitlist)
    async def waitlist_for_mentor(
        self, info: Info, input: Annotated[WaitlistForMentorInput, argument("Whom.")]
    ) -> WaitingOrRefused | None:
        """Wait for a place with a mentor whose places are all taken."""
        command = contract.JoinWaitlist(
            round=uuid_in(input.round, "Round"), mentor=uuid_in(input.mentor, "Person"), style=input.style
        )
        return await done(info, input, command, Waiting.of)

    @does(contract.LeaveWaitlist)
    async def leave_waitlist(
        self, info: Info, input: Annotated[LeaveWaitlistInput, argument("The place in the queue.")]
    ) -> WaitingOrRefused | None:
        """Wait no longer."""
        command = contract.LeaveWaitlist(waiting=uuid_in(input.waiting, "Waiting"))
        return await done(info, input, command, Waiting.of)

    @does(contract.TakeOffer)
    async def take_offer(
        self, info: Info, input: Annotated[TakeOfferInput, argument("The offer.")]
    ) -> ConnectionRequestOrRefused | None:
        """Turn a place that is held into a request; the mentor still decides."""
        command = contract.TakeOffer(offer=uuid_in(input.offer, "Offer"), message=input.message)
        return await done(info, input, command, ConnectionRequest.of)

    @does(contract.LetOfferGo)
    async def let_offer_go(
        self, info: Info, input: Annotated[LetOfferGoInput, argument("The offer.")]
    ) -> OfferOrRefused | None:
        """Leave a place that is held to the next in line."""
        command = contract.LetOfferGo(offer=uuid_in(input.offer, "Offer"))
        return await done(info, input, command, Offer.of)
