"""Repairs: dead letters looked at, tried again or dropped; the stream and every read model rebuilt from the logs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from nats.js.errors import NotFoundError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.connect import DEPLOY, OPERATOR, connected
from commons_chassis.deploy import STREAM, declare_streams
from commons_chassis.inbox import Fact, Inbox
from commons_chassis.runtime import Runtime, engine_for, running
from commons_chassis.service import Service
from commons_chassis.settings import ServiceSettings

Letter = dict[str, Any]
TOLD = sa.text("select (select count(*) from event_log) - (select count(*) from outbox)")
MOST_SUBJECTS = 100_000
"""The broker lists no more of a stream."""


async def dead_letters(service: Service, settings: ServiceSettings) -> Sequence[sa.RowMapping]:
    """The service's dead letters, oldest first: (owner, aggregate, seq) names one; bodies hold ids and codes only."""
    t = service.metadata.tables["dead_letters"]
    engine = engine_for(settings.engine_dsn, 1)
    async with engine.connect() as c:
        rows = (await c.execute(sa.select(t).order_by(t.c.since))).mappings().all()
    await engine.dispose()
    return rows


async def redrive(service: Service, settings: ServiceSettings, letter: Letter) -> bool:
    """Try a dead letter again; with it what waited behind it. False where it still cannot be digested."""
    async with running(service, settings, user=OPERATOR) as runtime:
        try:
            if letter["owner"] == service.name:
                await _again_due(runtime, letter)
            else:
                await _again_fact(runtime, letter)  # what is no fact has no envelope: it stays
        except Exception:  # noqa: BLE001 - it is a dead letter: the answer is yes or no, the letter stays
            return False
        return True


async def was_told(owner: Service, settings: ServiceSettings, letter: Letter) -> bool:
    """Whether the owner's log has this very fact: somebody else may have told one in her name, with her next number."""
    t = owner.metadata.tables["event_log"]
    this = (t.c.aggregate == letter["aggregate"], t.c.seq == letter["seq"])
    engine = engine_for(settings.engine_dsn, 1)
    async with engine.connect() as c:
        found = (await c.execute(sa.select(t.c.id).where(*this))).scalar()
    await engine.dispose()
    return found is not None and str(found) == letter["headers"].get("ce-id")


async def drop(service: Service, settings: ServiceSettings, letter: Letter, *, told: bool = True) -> None:
    """Give a dead letter up: its aggregate's later facts are applied without it.

    `told`: by its owner. One that was not has no place among her facts: the number it bears is still to come.
    """
    async with running(service, settings, user=OPERATOR) as runtime:
        if letter["seq"] == 0 or not told:  # also a deadline, or what is no fact: nothing waits behind it
            await _bin(runtime, letter)
        else:
            await _again_fact(runtime, letter, skip=True)


async def _again_fact(runtime: Runtime, letter: Letter, *, skip: bool = False) -> None:
    inbox = Inbox(runtime.service, runtime.settings, letter["owner"])
    fact = Fact(letter["subject"], letter["headers"], letter["body"])
    actor = doors.service_actor(fact.envelope.project)
    async with doors.transaction(runtime.service, runtime.app, actor, runtime.clock.now(), own=True) as tx:
        await inbox.resume(fact, tx, skip=skip)
        await tx.run(_gone(runtime, letter))


async def _again_due(runtime: Runtime, letter: Letter) -> None:
    """Back among the deadlines, due since it was due; the running service takes it from there."""
    headers = letter["headers"]
    row = {
        "project": headers["project"],
        "key": headers["key"],
        "due_at": datetime.fromisoformat(headers["due_at"]),
    }
    put = insert(runtime.service.metadata.tables["due"]).values(**row, subject=letter["subject"], body=letter["body"])
    async with runtime.engine.begin() as c:
        await c.execute(put.on_conflict_do_nothing())
        await c.execute(_gone(runtime, letter))


async def _bin(runtime: Runtime, letter: Letter) -> None:
    async with runtime.engine.begin() as c:
        await c.execute(_gone(runtime, letter))


def _gone(runtime: Runtime, letter: Letter) -> sa.Delete:
    t = runtime.service.metadata.tables["dead_letters"]
    return sa.delete(t).where(*(t.c[name] == letter[name] for name in ("owner", "aggregate", "seq")))


async def stand_up(nats_url: str, services: Iterable[tuple[Service, ServiceSettings]], seed: str = "") -> int:
    """The stream and its consumers, as they should be; how many facts the relays will tell again.

    Where the stream is not there (a first start, a wiped store, a restored platform), or lacks facts that it once took,
    every logged fact is queued before it is made anew: no listener can then take an empty stream for all there is. Those
    who have heard them leave them alone.
    """
    pairs = list(services)
    queued = 0
    told = {service.name: await _told(settings) for service, settings in pairs}
    if not await _has(nats_url, told, seed):
        await _no_stream(nats_url, seed)
        for service, settings in pairs:
            async with _as_owner(settings) as c:
                queued += await _queue_all(service, c)
    await declare_streams(nats_url, [service for service, _ in pairs], seed)
    return queued


async def replay(nats_url: str, services: Iterable[tuple[Service, ServiceSettings]], seed: str = "") -> int:
    """Empty the stream and every read model, and queue every logged fact to be told again; how many were queued.

    For a platform whose services are at rest: they fill everything up once they start. What services own is not touched.
    """
    pairs = list(services)
    await _no_stream(nats_url, seed)
    await declare_streams(nats_url, [service for service, _ in pairs], seed)
    queued = 0
    for service, settings in pairs:
        await forget_what_was_heard(service, settings)
        async with _as_owner(settings) as c:
            queued += await _queue_all(service, c)
    return queued


@asynccontextmanager
async def _as_owner(settings: ServiceSettings) -> AsyncIterator[AsyncConnection]:
    """One transaction in the service's database, of the role that may empty tables."""
    engine = engine_for(settings.owner_dsn, 1)
    try:
        async with engine.begin() as c:
            yield c
    finally:
        await engine.dispose()


async def forget_what_was_heard(service: Service, settings: ServiceSettings) -> None:
    """Empty the service's copies of others' things, as if it had never heard of them; its own stays."""
    tables = service.metadata.tables
    own_aside = {None, service.name}  # of its own facts a service keeps its copies at once, and hears them never again
    copies = [t.name for t in tables.values() if t.info["copy_of"] not in own_aside]
    letters = tables["dead_letters"]  # those of its own deadlines are in no log
    async with _as_owner(settings) as c:
        await c.execute(sa.text(f"truncate {', '.join([*copies, 'heard', 'parked', 'owners_heard'])}"))
        await c.execute(sa.delete(letters).where(letters.c.owner != service.name))


async def _queue_all(service: Service, c: AsyncConnection) -> int:
    log, outbox = service.metadata.tables["event_log"], service.metadata.tables["outbox"]
    logged = sa.select(log.c.id, log.c.project, sa.literal(real_now()))
    await c.execute(insert(outbox).from_select(["id", "project", "since"], logged).on_conflict_do_nothing())
    return int((await c.execute(sa.select(sa.func.count()).select_from(outbox))).scalar_one())


async def _told(settings: ServiceSettings) -> int:
    """How many facts of a service the broker has acknowledged."""
    async with _as_owner(settings) as c:
        return int((await c.execute(TOLD)).scalar_one())


async def _has(nats_url: str, told: Mapping[str, int], seed: str) -> bool:
    """Whether there is a stream, with at least as many facts of each owner as the broker acknowledged.

    It has fewer where it runs on a disk that had not kept what it said it wrote, or was brought back from an old copy.
    """
    async with connected(nats_url, DEPLOY, seed) as client:
        js = client.jetstream()
        for owner, count in told.items():
            try:
                kinds = (await js.stream_info(STREAM, subjects_filter=f"evt.{owner}.>")).state.subjects or {}
            except NotFoundError:
                return False
            there = sum(number for subject, number in kinds.items() if subject != f"evt.{owner}.beat")
            if there < count and len(kinds) < MOST_SUBJECTS:
                return False
    return True


async def _no_stream(nats_url: str, seed: str) -> None:
    """Deleted, to be declared anew: a purge would keep the message ids, and drop what is told again as repeats."""
    async with connected(nats_url, DEPLOY, seed) as client:
        with suppress(NotFoundError):
            await client.jetstream().delete_stream(STREAM)
