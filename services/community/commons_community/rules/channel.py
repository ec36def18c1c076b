"""The private channel of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.community import ChannelOpened
from commons_contracts.ids import ChannelId, MatchId, PersonId, ProjectId, derived


@dataclass(frozen=True, kw_only=True)
class Match:
    """What community needs to know of a confirmed match."""

    id: MatchId
    project: ProjectId
    mentor: PersonId
    mentee: PersonId
    confirmed_at: datetime


@dataclass(eq=False, kw_only=True)
class Channel:
    """A place to talk for a mentor and her mentee; nobody else sees that it exists (WESTEM framework, private sessions)."""

    id: ChannelId
    project: ProjectId
    match: MatchId
    mentor: PersonId
    mentee: PersonId
    opened_at: datetime


def channel_of(match: MatchId) -> ChannelId:
    """A match has one channel, however often it is told."""
    return ChannelId(derived("channel", match))


def open_channel(match: Match) -> tuple[Channel, ChannelOpened]:
    """It is open from the moment of the match, also when the news of it came late."""
    channel = Channel(
        id=channel_of(match.id),
        project=match.project,
        match=match.id,
        mentor=match.mentor,
        mentee=match.mentee,
        opened_at=match.confirmed_at,
    )
    opened = ChannelOpened(
        project=match.project,
        at=match.confirmed_at,
        channel=channel.id,
        match=match.id,
        mentor=match.mentor,
        mentee=match.mentee,
    )
    return channel, opened
