"""Whether a project's announcements work, for its coordinators."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import Discord, Discords

from ..tables import discord_webhooks
from ..views import discord_view

hook = discord_webhooks.c


@answers
async def discord(_: Discord, tx: Tx) -> Discords:
    """The address itself is not even selected."""
    shown = sa.select(hook.topics, hook.state, hook.since).where(hook.project == tx.project)
    return Discords(items=tuple(discord_view(row) for row in await tx.rows(shown)))
