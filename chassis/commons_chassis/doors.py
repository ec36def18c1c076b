"""How a message becomes a transaction: requests with their checks and repeats, facts, deadlines."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from commons_contracts.base import Actor, Command, Due, Entry, Event, Refusal, Request
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import PLATFORM

from . import telemetry
from .faults import conflicting
from .ids import new_id
from .service import Service
from .standing import admit
from .tx import NOBODY, Tx

T = TypeVar("T")
TRIES = 3
BEGIN_ANSWER = sa.text("""
    insert into answered (project, person, operation, key, body_hash)
    values (:project, :person, :operation, :key, :digest) on conflict do nothing returning 1
""")
EARLIER_ANSWER = sa.text("""
    select body_hash, reply from answered
    where project = :project and person = :person and operation = :operation and key = :key
""").columns(reply=JSONB)
KEEP_ANSWER = sa.text("""
    with kept as (
        update answered set reply = cast(:reply as jsonb)
        where project = :project and person = :person and operation = :operation and key = cast(:key as text)
    )
    insert into audit (id, project, person, operation) values (:entry, :project, :who, :operation)
""")

GONE = sa.text("delete from due where project = :project and key = :key and subject = :subject returning true")
NOTE = sa.text("insert into audit (id, project, person, operation) values (:entry, :project, :who, :operation)")


@asynccontextmanager
async def transaction(
    service: Service,
    engine: AsyncEngine,
    actor: Actor,
    now: datetime,
    *,
    own: bool = False,
    cause: UUID | None = None,
) -> AsyncIterator[Tx]:
    """A transaction on the actor's ground; committed with its facts when the block ends well, else rolled back.

    `own`: the service acts for itself, on a fact or a deadline.
    """
    with telemetry.span("transaction"):
        async with AsyncSession(engine, expire_on_commit=False) as db, db.begin():
            tx = Tx(
                db=db,
                metadata=service.metadata,
                actor=actor,
                now=now,
                cause=cause,
                own_reactions=service.own_reactions,
                keys=service.seal,
            )
            await tx.enter(own=own)
            yield tx
            await tx.write_facts()


async def answer(request: Request[Any], tx: Tx, service: Service, *, key: str | None = None) -> BaseModel:
    """Check the caller, see whether this was answered before, ask the handler. Refusals and faults are raised."""
    kind, fn = service.requests[type(request).subject]
    await admit(kind, tx)
    if kind.entry in {Entry.OPERATOR, Entry.GATEWAY}:
        await tx.enter(own=True)
    if not isinstance(request, Command):
        return await fn(request, tx)  # type: ignore[no-any-return]
    if key is not None and (before := await _answered(request, tx, service, key)) is not None:
        return before
    reply: BaseModel = await fn(request, tx)
    await _keep_answer(request, tx, key, reply)
    return reply


async def _answered(request: Request[Any], tx: Tx, service: Service, key: str) -> BaseModel | None:
    """The first answer to this key; while the first is still at work, this waits for it (on its row)."""
    digest = hmac.digest(service.pepper, request.model_dump_json().encode(), "sha256")
    which = _which(request, tx, key)
    if (await tx.db.execute(BEGIN_ANSWER, {**which, "digest": digest})).first() is not None:
        return None
    known = (await tx.db.execute(EARLIER_ANSWER, which)).mappings().first()
    if known is None or known["body_hash"] != digest:
        raise Refusal(RefusalCode.IDEMPOTENCY_CONFLICT)
    return type(request).reply.model_validate(known["reply"])


def _which(request: Request[Any], tx: Tx, key: str | None) -> dict[str, Any]:
    person = tx.actor.person or NOBODY
    return {"project": tx.project, "person": person, "operation": type(request).subject, "key": key}


async def _keep_answer(request: Request[Any], tx: Tx, key: str | None, reply: BaseModel) -> None:
    kept = {**_which(request, tx, key), "reply": reply.model_dump_json(), "entry": new_id(), "who": tx.actor.person}
    await tx.db.execute(KEEP_ANSWER, kept)


async def note(request: Request[Any], service: Service, engine: AsyncEngine, actor: Actor, now: datetime) -> None:
    """Before somebody is answered who asks for something private, it stands in the audit log that she asked."""
    async with transaction(service, engine, actor, now) as tx:
        said = {"entry": new_id(), "project": tx.project, "who": actor.person, "operation": type(request).subject}
        await tx.db.execute(NOTE, said)


async def react(event: Event, tx: Tx, service: Service) -> None:
    """All of the service's reactions to one fact, in the transaction that also notes that it was heard."""
    _, reactions = service.reactions.get(type(event).subject, (None, []))
    for reaction in reactions:
        await reaction(event, tx)


async def fall_due(due: Due, key: str, tx: Tx, service: Service) -> None:
    """The deadline's row goes with its effect; a deadline cancelled meanwhile does nothing."""
    if await tx.value(GONE, project=tx.project, key=key, subject=type(due).subject):
        await service.dues[type(due).subject][1](due, tx)


def service_actor(project: UUID | None) -> Actor:
    """Facts and deadlines act for nobody, on one project's ground."""
    return Actor(project=project or PLATFORM)  # type: ignore[arg-type]


async def rerun(work: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction, and again (at most three times in all) when it crossed another."""
    for left in reversed(range(TRIES)):
        try:
            return await work()
        except (StaleDataError, DBAPIError) as crossed:
            if not left or not conflicting(crossed):
                raise
    raise AssertionError  # the last try has returned or raised
