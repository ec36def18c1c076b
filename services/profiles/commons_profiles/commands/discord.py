"""Where a project's announcements go, and which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done, Refusal
from commons_contracts.codes import DiscordState, RefusalCode
from commons_contracts.profiles import ChooseDiscordTopics, DiscordView, RemoveDiscordWebhook, SetDiscordWebhook

from ..post.sealing import sealer
from ..rules.discord import webhook
from ..tables import discord_posts, discord_webhooks
from ..views import discord_view

hook, post = discord_webhooks.c, discord_posts.c


@answers
async def set_discord_webhook(cmd: SetDiscordWebhook, tx: Tx) -> DiscordView:
    """What waited for another address is not announced at this one."""
    url, seal = webhook(cmd.url), sealer()
    if seal is None:
        raise Refusal(RefusalCode.WEBHOOK_NOT_ALLOWED, "no key to seal it with")
    row: Mapping[str, Any] = {
        "sealed": seal.close(url, tx.project),
        "topics": cmd.topics,
        "state": DiscordState.ACTIVE,
        "since": tx.now,
        "rests_until": None,
    }
    await _forget_posts(tx)
    put = insert(discord_webhooks).values(project=tx.project, **row)
    await tx.run(put.on_conflict_do_update(index_elements=[hook.project], set_=row))
    return discord_view(row)


@answers
async def choose_discord_topics(cmd: ChooseDiscordTopics, tx: Tx) -> DiscordView:
    chosen = sa.update(discord_webhooks).where(hook.project == tx.project).values(topics=cmd.topics)
    row = await tx.row(chosen.returning(hook.topics, hook.state, hook.since))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return discord_view(row)


@answers
async def remove_discord_webhook(_: RemoveDiscordWebhook, tx: Tx) -> Done:
    await tx.run(sa.delete(discord_webhooks).where(hook.project == tx.project))
    await _forget_posts(tx)
    return Done()


async def _forget_posts(tx: Tx) -> None:
    await tx.run(sa.delete(discord_posts).where(post.project == tx.project, post.over_at.is_(None)))
