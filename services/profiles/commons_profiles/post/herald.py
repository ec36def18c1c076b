"""Announces on Discord what a coordinator wants announced: at least once, as fast as Discord takes it, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import sqlalchemy as sa
from prometheus_client import Counter

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.faults import passing
from commons_chassis.ids import new_id
from commons_chassis.log import logger, where
from commons_chassis.runtime import Runtime
from commons_chassis.settings import SettingError
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import DiscordState, DiscordTopic, Language, NoticeCode, Role

from ..rules.discord import webhook
from ..tables import discord_posts, discord_webhooks, memberships, projects
from ..tables.people import put_notice
from .announcements import SAID
from .sealing import Sealer
from .settings import PostSettings

AT_ONCE = 10
TICK_SECONDS = 1.0
LEASE = timedelta(seconds=30)
"""Whoever takes an announcement has so long to send it; then it is taken again, each time after twice as long."""
PATIENCE_SECONDS = 10.0
LONGEST_REST = timedelta(hours=1)
SHORTEST_REST = timedelta(seconds=1)
GONE = {401, 403, 404}
SENT = Counter("commons_announcements_total", "Announcements on Discord, by what became of them.", ["outcome"])

hook, post = discord_webhooks.c, discord_posts.c


async def announce(runtime: Runtime) -> None:
    """Work of each process of the service, until it stops."""
    try:
        settings = PostSettings.of_environment()
    except SettingError as wrong:
        logger.error("nothing can be announced", reason=str(wrong))
        raise
    await Herald(runtime, settings).run()


class Herald:
    """No redirect is followed, no proxy of the environment used, and nothing of an answer is kept or logged."""

    def __init__(self, runtime: Runtime, settings: PostSettings) -> None:
        self._runtime, self._server = runtime, settings.discord_server
        self._seal = Sealer(settings.link_key) if settings.link_key else None

    async def run(self) -> None:
        while self._seal and not self._runtime.stopping:
            try:
                if await self.announce_some():
                    continue
            except Exception as broken:
                if not passing(broken):
                    raise
                logger.warning("announcements wait", **where(broken))
            await asyncio.sleep(TICK_SECONDS)

    async def announce_some(self) -> int:
        """Send the announcements whose time has come, ten at most; how many there were."""
        taken = await self._take()
        client = httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=PATIENCE_SECONDS)
        resting: set[UUID] = set()
        async with client:
            for row in taken:
                if row["project"] in resting or not await self._announced(row, client):
                    resting.add(row["project"])
        return len(taken)

    async def _take(self) -> Sequence[Row]:
        now, taking = real_now(), discord_posts.alias()
        stopped = (hook.rests_until > now) | (hook.state != DiscordState.ACTIVE)
        rests = sa.exists().where(hook.project == taking.c.project, stopped)
        due = sa.select(taking.c.id).where(taking.c.over_at.is_(None), taking.c.try_at <= now, ~rests)
        due = due.order_by(taking.c.try_at, taking.c.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        again = sa.literal(now, post.try_at.type) + LEASE * sa.func.power(2, sa.func.least(post.tries, 8))
        take = sa.update(discord_posts).where(post.id.in_(due)).values(tries=post.tries + 1, try_at=again)
        told = take.where(hook.project == post.project, projects.c.id == post.project)
        told = told.returning(
            post.id, post.project, post.topic, post.tries, post.ends_at, hook.sealed, projects.c.languages
        )
        async with self._transaction() as tx:
            await tx.run(
                sa.update(discord_posts).where(post.over_at.is_(None), post.ends_at <= now).values(over_at=now)
            )
            return sorted(await tx.rows(told), key=lambda row: (row["ends_at"], row["id"]))

    async def _announced(self, row: Row, client: httpx.AsyncClient) -> bool:
        """Whether the next one of this project may be tried."""
        way = self._way(row)
        if way is None:
            await self._disable(row["project"], "no address")
            return False
        try:
            answer = await client.post(way, params={"wait": "true"}, json=_content(row))
        except (httpx.HTTPError, OSError) as broken:
            SENT.labels("failed").inc()
            logger.warning("an announcement was not taken", error=type(broken).__name__, tries=row["tries"])
            return False
        return await self._answered(row, answer)

    async def _answered(self, row: Row, answer: httpx.Response) -> bool:
        if answer.status_code in GONE:
            await self._disable(row["project"], str(answer.status_code))
            return False
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            await self._rest(row, _seconds(answer))
            return False
        if answer.is_server_error:
            SENT.labels("failed").inc()
            return False
        outcome = "sent" if answer.is_success else "refused"
        if outcome == "refused":  # another time would be no better: what is said is always the same
            logger.warning("an announcement was refused", status=answer.status_code)
        SENT.labels(outcome).inc()
        async with self._transaction() as tx:
            await tx.run(sa.update(discord_posts).where(post.id == row["id"]).values(over_at=real_now()))
        return True

    def _way(self, row: Row) -> str | None:
        """Where the request goes: in development another server may stand in for Discord's. None: no key opens the address, or
        it is none that would be taken today.
        """
        url = self._seal.open(row["sealed"], row["project"]) if self._seal else None
        try:
            url = webhook(url or "")
        except Refusal:
            return None
        return self._server + urlsplit(url).path if self._server else url

    async def _rest(self, row: Row, seconds: float) -> None:
        """Discord says how long; until then nothing of this project is tried, by any process."""
        SENT.labels("rested").inc()
        now = real_now()
        until = now + min(max(timedelta(seconds=seconds), SHORTEST_REST), LONGEST_REST)
        async with self._transaction() as tx:
            await tx.run(sa.update(discord_webhooks).where(hook.project == row["project"]).values(rests_until=until))
            waits = (post.project == row["project"]) & post.over_at.is_(None)
            await tx.run(
                sa.update(discord_posts).where(waits).values(try_at=until, tries=sa.func.greatest(post.tries - 1, 0))
            )

    async def _disable(self, project: UUID, reason: str) -> None:
        """Nothing more is tried, and the coordinators are told, once."""
        SENT.labels("disabled").inc()
        logger.warning("announcements of a project have stopped", project=str(project), reason=reason)
        now = self._runtime.clock.now()
        async with self._transaction(project) as tx:
            disable = sa.update(discord_webhooks).where(hook.project == project, hook.state == DiscordState.ACTIVE)
            if await tx.run(disable.values(state=DiscordState.DISABLED)):
                await tx.run(sa.delete(discord_posts).where(post.project == project, post.over_at.is_(None)))
                member = memberships.c
                hers = sa.select(member.person).where(
                    member.project == project, member.roles.contains([Role.COORDINATOR])
                )
                for coordinator in await tx.rows(hers.order_by(member.person)):
                    row = {"project": project, "code": NoticeCode.DISCORD_DISABLED, "at": now}
                    await put_notice(tx, new_id(), {**row, "person": coordinator["person"]})

    def _transaction(self, project: UUID | None = None) -> AbstractAsyncContextManager[Tx]:
        runtime = self._runtime
        return doors.transaction(runtime.service, runtime.app, doors.service_actor(project), real_now(), own=True)


def _content(row: Row) -> Mapping[str, Any]:
    """Nobody is mentioned. The nonce is the same at every try: where Discord looks at it, a second try says nothing."""
    spoken = next(iter(row["languages"]), Language.EN)
    language = Language(spoken) if spoken in set(Language) else Language.EN
    said = SAID[DiscordTopic(row["topic"])][language]
    return {"content": said, "allowed_mentions": {"parse": []}, "nonce": row["id"].hex[:25], "enforce_nonce": True}


def _seconds(answer: httpx.Response) -> float:
    """How long to rest, by the body or else the header; a minute where neither says."""
    try:
        return float(answer.json()["retry_after"])
    except (ValueError, KeyError, TypeError):
        try:
            return float(answer.headers.get("retry-after", "60"))
        except ValueError:
            return 60.0
