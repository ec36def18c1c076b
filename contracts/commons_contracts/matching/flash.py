"""Flash mentoring: one session on one topic, in a slot that a mentor offers and the first mentee to ask for it gets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Event, Message, Page, Query
from ..codes import FlashState, Goal, Role
from ..ids import FlashSlotId, MatchId, PersonId, RoundId
from .views import ConnectionView, First

Minutes = Annotated[int, Field(ge=1, le=480)]


class FlashTime(Message):
    """When a session could be."""

    starts_at: datetime
    minutes: Minutes


class FlashSlotView(Message):
    """`mentee` and `match` are shown to its two people alone."""

    id: FlashSlotId
    round: RoundId
    mentor: PersonId
    topics: tuple[Goal, ...]
    starts_at: datetime
    minutes: int
    state: FlashState
    mentee: PersonId | None = None
    match: MatchId | None = None


class FlashSlots(Message):
    items: tuple[FlashSlotView, ...]


class OfferFlash(Command[FlashSlots], roles=(Role.MENTOR,)):
    """Each slot is a yes beforehand to one mentee who asks about one of the topics."""

    round: RoundId
    slots: Annotated[tuple[FlashTime, ...], Field(min_length=1, max_length=20)]
    topics: Annotated[tuple[Goal, ...], Field(max_length=12)]


class WithdrawFlashSlot(Command[FlashSlotView], roles=(Role.MENTOR,)):
    slot: FlashSlotId


class RequestFlash(Command[ConnectionView], roles=(Role.MENTOR, Role.MENTEE)):
    """Takes the slot: who may begin is the programme's data, and part of the rule."""

    slot: FlashSlotId
    question: Annotated[str, Field(max_length=2000)]
    """For the mentor alone."""


class ContinueAsTraditional(Command[ConnectionView], roles=(Role.MENTOR, Role.MENTEE)):
    """A request like any other to the mentor of a flash session, that says where it comes from."""

    match: MatchId
    round: RoundId | None = None
    """None: the round that recruits now, else the one of the flash session."""
    message: Annotated[str, Field(max_length=2000)] = ""


class FlashSlotsPage(Query[Page[FlashSlotView]]):
    """Slots that the viewer could take, the earliest first."""

    round: RoundId
    mentor: PersonId | None = None
    topics: tuple[Goal, ...] = ()
    first: First = 20
    after: str | None = None


class OwnFlashSlotsPage(Query[Page[FlashSlotView]], roles=(Role.MENTOR,)):
    """What the viewer has offered, the latest first."""

    first: First = 20
    after: str | None = None


class FlashSlotsByIds(Query[FlashSlots]):
    ids: tuple[FlashSlotId, ...]


class FlashOffered(Event, of="slot", about=("mentor",)):
    """A mentor offered a slot."""

    slot: FlashSlotId
    round: RoundId
    mentor: PersonId
    topics: tuple[Goal, ...]
    starts_at: datetime
    minutes: int


class FlashSlotTaken(Event, of="slot", about=("mentor", "mentee")):
    """A mentee has taken a slot."""

    slot: FlashSlotId
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    match: MatchId


class FlashSlotWithdrawn(Event, of="slot", about=("mentor",)):
    """A mentor offers a slot no longer."""

    slot: FlashSlotId
    round: RoundId
    mentor: PersonId
