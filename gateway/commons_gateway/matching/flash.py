"""Flash mentoring: slots that mentors offer, and taking one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.codes import FlashState, Goal
from commons_contracts.ids import FlashSlotId

from ..context import Batch, Ground, Info
from ..fields import After, First, Shown, adds, argument, does, given, loads, said, shape, told, wish
from ..profiles.own import Viewer
from ..profiles.people import Person
from ..refused import Refused, Wish, done
from ..relay import Listing, Node, listing, uuid_in
from .connections import MATCHES, ConnectionRequest, Match
from .mentors import ROUNDS, Round
from .verbs import ConnectionRequestOrRefused

SLOTS: Batch[FlashSlotId, contract.FlashSlotView] = Batch(contract.FlashSlotsByIds, "ids", lambda slot: slot.id)


@shape
class FlashSlot(Node, Shown[contract.FlashSlotView]):
    """A time that a mentor offers for one session on one topic. The first mentee who asks for it has it."""

    topics: list[Goal] = said("What she can be asked about.")
    starts_at: datetime = said("When the session begins.")
    minutes: int = said("How long it lasts.")
    state: FlashState = said("Where it stands.")

    @told
    def mentor(self) -> Person:
        """Who offers it."""
        return Person.of(self.view.mentor, self.ground)

    @told
    def mentee(self) -> Person | None:
        """Who has taken it. Only the two see that."""
        return Person.of(self.view.mentee, self.ground) if self.view.mentee else None

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round it belongs to."""
        return Round.of(found, self.ground) if found else None

    @loads(MATCHES, lambda self: self.view.match)
    def match(self, found: contract.MatchView | None) -> Match | None:
        """What came of it. Only the two see that."""
        return Match.of(found, self.ground) if found else None


@shape
class FlashSlots:
    """Slots that were offered together."""

    slots: list[FlashSlot] = said("The slots, as they were given.")


@adds(Round, contract.FlashSlotsPage)
async def flash_slots(
    root: strawberry.Parent[Round],
    mentor: Annotated[strawberry.ID | None, argument("Only those of this mentor.", nodes="Person")] = None,
    topics: Annotated[list[Goal] | None, argument("Only those about one of these.")] = None,
    first: First = 20,
    after: After = None,
) -> Listing[FlashSlot] | None:
    """Slots for a flash session that the viewer could take, the earliest first."""
    whose = uuid_in(mentor, "Person") if mentor else None
    asked = {"round": root.view.id, "mentor": whose, "topics": tuple(topics or ())}
    return await listing(root.ground, contract.FlashSlotsPage, FlashSlot.of, first=first, after=after, **asked)


@adds(Viewer, contract.OwnFlashSlotsPage, name="flash_slots")
async def own_flash_slots(
    root: strawberry.Parent[Viewer], first: First = 20, after: After = None
) -> Listing[FlashSlot] | None:
    """The slots for flash sessions that she has offered as a mentor, the latest first."""
    return await listing(root.ground, contract.OwnFlashSlotsPage, FlashSlot.of, first=first, after=after)


@adds(ConnectionRequest, contract.MatchesByIds)
async def continues(root: strawberry.Parent[ConnectionRequest]) -> Match | None:
    """The flash session that the mentee wants to go on from."""
    if root.view.continues is None:
        return None
    found = await root.ground.load(MATCHES, root.view.continues)
    return Match.of(found, root.ground) if found else None


FlashSlotOrRefused = Annotated[
    FlashSlot | Refused, strawberry.union("FlashSlotOrRefused", description="The slot, or why not.")
]
FlashSlotsOrRefused = Annotated[
    FlashSlots | Refused, strawberry.union("FlashSlotsOrRefused", description="The slots, or why not.")
]


@wish
class FlashTimeInput:
    """When a flash session could be."""

    starts_at: datetime = given("When it begins.")
    minutes: int = given("How long it lasts, within what the programme gives a session.")


@wish
class OfferFlashInput(Wish):
    """Times for flash sessions, each for the first mentee who asks."""

    round: strawberry.ID = given("The round.", nodes="Round")
    slots: list[FlashTimeInput] = given("The times, from 1 to 20.")
    topics: list[Goal] = given("What one can be asked about.")


@wish
class FlashSlotInput(Wish):
    """A slot that is there."""

    slot: strawberry.ID = given("The slot.", nodes="FlashSlot")


@wish
class RequestFlashInput(Wish):
    """A slot, and what to talk about."""

    slot: strawberry.ID = given("The slot.", nodes="FlashSlot")
    question: str = given("What to talk about, up to 2,000 characters. Only the mentor reads it.")


@wish
class ContinueAsTraditionalInput(Wish):
    """A flash session to go on from."""

    match: strawberry.ID = given("The match of the flash session.", nodes="Match")
    round: strawberry.ID | None = given(
        "The round to ask in; without it the one that recruits now, else that of the flash session.",
        default=None,
        nodes="Round",
    )
    message: str = given("What to tell the mentor, up to 2,000 characters. Only she reads it.", default="")


def _slots(view: contract.FlashSlots, ground: Ground) -> FlashSlots:
    return FlashSlots(slots=[FlashSlot.of(slot, ground) for slot in view.items])


@strawberry.type
class Mutation:
    @does(contract.OfferFlash)
    async def offer_flash(
        self, info: Info, input: Annotated[OfferFlashInput, argument("The times and the topics.")]
    ) -> FlashSlotsOrRefused | None:
        """Offer times for flash sessions. To offer one is a yes to the mentee who takes it."""
        command = contract.OfferFlash(
            round=uuid_in(input.round, "Round"),
            slots=tuple(contract.FlashTime(starts_at=slot.starts_at, minutes=slot.minutes) for slot in input.slots),
            topics=tuple(input.topics),
        )
        return await done(info, input, command, _slots)

    @does(contract.WithdrawFlashSlot)
    async def withdraw_flash_slot(
        self, info: Info, input: Annotated[FlashSlotInput, argument("The slot.")]
    ) -> FlashSlotOrRefused | None:
        """Take back a slot that nobody has taken."""
        command = contract.WithdrawFlashSlot(slot=uuid_in(input.slot, "FlashSlot"))
        return await done(info, input, command, FlashSlot.of)

    @does(contract.RequestFlash)
    async def request_flash(
        self, info: Info, input: Annotated[RequestFlashInput, argument("The slot and the question.")]
    ) -> ConnectionRequestOrRefused | None:
        """Take a slot for a flash session: it is matched at once, and opens a mentorship of one session."""
        command = contract.RequestFlash(slot=uuid_in(input.slot, "FlashSlot"), question=input.question)
        return await done(info, input, command, ConnectionRequest.of)

    @does(contract.ContinueAsTraditional)
    async def continue_as_traditional(
        self, info: Info, input: Annotated[ContinueAsTraditionalInput, argument("The flash session.")]
    ) -> ConnectionRequestOrRefused | None:
        """Ask the mentor of a flash session for a mentorship over months. The rules are those of any request."""
        command = contract.ContinueAsTraditional(
            match=uuid_in(input.match, "Match"),
            round=uuid_in(input.round, "Round") if input.round else None,
            message=input.message,
        )
        return await done(info, input, command, ConnectionRequest.of)
