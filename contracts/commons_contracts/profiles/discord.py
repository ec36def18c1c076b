"""A project's announcements on Discord: where they go is told once, by a coordinator, and shown to nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Done, Message, Query
from ..codes import DiscordState, DiscordTopic, Role

Topics = Annotated[tuple[DiscordTopic, ...], Field(min_length=1, max_length=len(DiscordTopic))]


class DiscordView(Message):
    """Nothing of the address: who has it can write there."""

    state: DiscordState
    topics: tuple[DiscordTopic, ...]
    since: datetime


class Discords(Message):
    """The project's, if it has one."""

    items: tuple[DiscordView, ...]


class SetDiscordWebhook(Command[DiscordView], roles=(Role.COORDINATOR,)):
    """WEBHOOK_NOT_ALLOWED for an address that is not one of Discord's webhooks, and where nothing can be sealed."""

    url: Annotated[str, Field(max_length=300, repr=False)]
    topics: Topics


class ChooseDiscordTopics(Command[DiscordView], roles=(Role.COORDINATOR,)):
    """What is announced from now on; NOT_FOUND where there is no webhook."""

    topics: Topics


class RemoveDiscordWebhook(Command[Done], roles=(Role.COORDINATOR,)):
    """It is forgotten, with all that waits to be announced."""


class Discord(Query[Discords], roles=(Role.COORDINATOR,)):
    pass
