"""What community answers, and what it tells the others: codes of conduct and channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from .base import Command, Event, Message, Page, Query
from .codes import Conduct, Role
from .ids import ChannelId, MatchId, PersonId, Tongue


class CodeOfConductView(Message):
    """A code of conduct in the best language for the viewer; `language` says which one was served."""

    kind: Conduct
    version: int
    language: Tongue
    text: str
    published_at: datetime


class ChannelView(Message):
    id: ChannelId
    match: MatchId
    members: tuple[PersonId, ...]
    opened_at: datetime


class CodesOfConduct(Message):
    items: tuple[CodeOfConductView, ...]


class Channels(Message):
    items: tuple[ChannelView, ...]


class PublishCodeOfConduct(Command[CodeOfConductView], roles=(Role.COORDINATOR,)):
    """A new version of a code; whoever accepted an older one is asked again. Versions count from 1 per project and kind."""

    kind: Conduct
    texts: Annotated[Mapping[Tongue, Annotated[str, Field(min_length=1, max_length=20_000)]], Field(min_length=1)]


class ConductInForceNow(Query[CodesOfConduct]):
    kinds: tuple[Conduct, ...] = ()


class ChannelsPage(Query[Page[ChannelView]]):
    """The viewer's own."""

    first: Annotated[int, Field(ge=1, le=100)] = 20
    after: str | None = None


class ChannelsByIds(Query[Channels]):
    ids: tuple[ChannelId, ...]


class ChannelsByMatch(Query[Channels]):
    matches: tuple[MatchId, ...]


class CodeOfConductPublished(Event, of="conduct"):
    """A new version of a code of conduct is in force in a project; who wants to write accepts it first."""

    conduct: UUID
    kind: Conduct
    version: int


class ChannelOpened(Event, of="channel", about=("mentor", "mentee")):
    """The private channel of a mentor and a mentee was opened, when their match was confirmed."""

    channel: ChannelId
    match: MatchId
    mentor: PersonId
    mentee: PersonId
