"""Seeing channels: one's own, and no others."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.community import Channels, ChannelsByIds, ChannelsByMatch, ChannelsPage, ChannelView

from ..tables import channels
from ..views import channel_view


@answers
async def channels_page(query: ChannelsPage, tx: Tx) -> Page[ChannelView]:
    keys = (channels.c.opened_at.desc(), channels.c.id.desc())
    return await page(tx, _own(tx), keys=keys, first=query.first, after=query.after, show=channel_view)


@answers
async def channels_by_ids(query: ChannelsByIds, tx: Tx) -> Channels:
    return await _shown(_own(tx).where(channels.c.id.in_(query.ids)), tx)


@answers
async def channels_by_match(query: ChannelsByMatch, tx: Tx) -> Channels:
    return await _shown(_own(tx).where(channels.c.match.in_(query.matches)), tx)


def _own(tx: Tx) -> sa.Select[Any]:
    """The channels that the viewer is a member of: for her, there are no others."""
    return sa.select(channels).where((channels.c.mentor == tx.person) | (channels.c.mentee == tx.person))


async def _shown(statement: sa.Select[Any], tx: Tx) -> Channels:
    rows = await tx.rows(statement.order_by(channels.c.id))
    return Channels(items=tuple(channel_view(row) for row in rows))
