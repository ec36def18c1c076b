"""What happens when time has passed: reminders, requests and offers that run out."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.codes import NoticeCode, Role
from commons_contracts.ids import PersonId
from commons_contracts.matching import (
    ConnectionExpiryDue,
    ListsDue,
    ListsReminderDue,
    OfferExpiryDue,
    ReminderDue,
    RunKeptDue,
)

from .listing import remind_unlisted
from .offering import free_held_place
from .rules.connection import Connection
from .rules.places import fell_silent
from .rules.preference import closed
from .rules.run import Run
from .rules.waiting import Offer, Waiting
from .runs.forgetting import forget
from .tables import offers, silences
from .tables.preference import count_lists
from .tables.round import find_round


@answers
async def remind_of_request(due: ReminderDue, tx: Tx) -> None:
    connection = await tx.load(Connection, due.connection)
    if not await _apart(tx, connection):
        await tx.emit(*connection.remind(due.nth, at=tx.now))


@answers
async def expire_connection(due: ConnectionExpiryDue, tx: Tx) -> None:
    connection = await tx.load(Connection, due.connection)
    notice = connection.notice(connection.asker, NoticeCode.CONNECTION_EXPIRED, tx.now)
    await tx.emit(connection.expire(tx.now), notice)
    if connection.holds_place:
        await free_held_place(tx, connection)
    if connection.asked_by is Role.MENTOR or await _apart(tx, connection):
        return
    expired = await _count_silence(tx, connection.mentor)
    await tx.emit(*fell_silent(connection.mentor, expired, await find_round(tx, connection.round), tx.now))


@answers
async def expire_offer(due: OfferExpiryDue, tx: Tx) -> None:
    waiting = await tx.load(Waiting, await tx.value(sa.select(offers.c.waiting).where(offers.c.id == due.offer)))
    offer = await tx.load(Offer, due.offer)
    await tx.emit(*offer.expire(at=tx.now), waiting.leave(at=tx.now))
    await free_held_place(tx, offer)


@answers
async def remind_of_lists(due: ListsReminderDue, tx: Tx) -> None:
    await remind_unlisted(tx, await find_round(tx, due.round), due)


@answers
async def close_lists(due: ListsDue, tx: Tx) -> None:
    round = await find_round(tx, due.round)
    (_, mentors), (_, mentees) = [await count_lists(tx, round.id, role) for role in (Role.MENTOR, Role.MENTEE)]
    await tx.emit(closed(round, mentors=mentors, mentees=mentees, at=tx.now))


@answers
async def forget_people_of_run(due: RunKeptDue, tx: Tx) -> None:
    await forget(tx, await tx.load(Run, due.run))


async def _apart(tx: Tx, connection: Connection) -> bool:
    """One has blocked the other: nobody is asked for an answer, and not answering says nothing about her."""
    return await may_contact(tx, connection.mentor, connection.mentee) is Contact.BLOCKED


async def _count_silence(tx: Tx, mentor: PersonId) -> int:
    """How many requests in a row she has now let run out."""
    s = silences.c
    put = insert(silences).values(project=tx.project, mentor=mentor, expired=1)
    more = put.on_conflict_do_update(index_elements=[s.project, s.mentor], set_={"expired": s.expired + 1})
    count: int = await tx.value(more.returning(s.expired))
    return count
