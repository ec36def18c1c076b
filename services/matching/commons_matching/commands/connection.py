"""Asking a mentor, and answering."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import ConnectionState, NoticeCode, RefusalCode, Role, Style
from commons_contracts.ids import ConnectionId, MatchId
from commons_contracts.matching import (
    AcceptConnection,
    ConnectionExpiryDue,
    ConnectionView,
    DeclineConnection,
    OfferMentoring,
    ReminderDue,
    RequestConnection,
    WithdrawConnection,
)

from ..leaving import leave_elsewhere
from ..offering import free_held_place
from ..rules.asking import may_ask
from ..rules.connection import Connection, ask
from ..rules.offering import may_offer
from ..rules.places import Spot
from ..rules.refusing import invalid_transition, mentor_unavailable
from ..rules.round import Round
from ..tables import connections, silences
from ..tables.person import (
    find_asked,
    find_asker,
    find_wanted,
    is_available,
    is_supervision,
    require_trained,
    take_seat,
)
from ..tables.place import find_places, use_place
from ..tables.round import find_round
from ..views import connection_view

REQUESTED = {Role.MENTEE: NoticeCode.CONNECTION_REQUESTED, Role.MENTOR: NoticeCode.MENTORING_OFFERED}
DECLINED = {Role.MENTEE: NoticeCode.CONNECTION_DECLINED, Role.MENTOR: NoticeCode.MENTORING_DECLINED}
"""What the other one is told, by who began."""


@answers
async def request_connection(command: RequestConnection, tx: Tx) -> ConnectionView:
    return await request(command, tx)


async def request(command: RequestConnection, tx: Tx, *, continues: MatchId | None = None) -> ConnectionView:
    """A mentee's request, perhaps to go on from a flash session."""
    round = await find_round(tx, command.round)
    asker = await find_asker(tx, round, command.style)
    asked = await find_asked(tx, round, command.mentor, command.style)
    may_ask(round, asker, asked, at=tx.now)
    connection = ask(
        ConnectionId(new_id()),
        round,
        mentee=tx.person,
        mentor=command.mentor,
        style=command.style,
        message=command.message,
        at=tx.now,
        continues=continues,
    )
    return await send(tx, round, connection)


@answers
async def accept_connection(command: AcceptConnection, tx: Tx) -> ConnectionView:
    await _take_seat_of(tx, command.connection)
    connection = await _settle(tx, command.connection)
    match = connection.accept(by=tx.person, at=tx.now)
    await _require_contact(tx, connection, ConnectionState.ACCEPTED)
    round = await find_round(tx, connection.round)
    await _require_pair(tx, round, connection)
    if not await use_place(tx, connection, held=connection.holds_place):
        raise Refusal(RefusalCode.MENTOR_AT_CAPACITY)
    tx.add(match)
    confirmed = match.confirmed(round)
    notice = connection.notice(connection.asker, NoticeCode.CONNECTION_ACCEPTED, tx.now)
    await tx.emit(connection.accepted(tx.now), confirmed, notice)
    await _break_silence(tx, connection)
    if connection.style is not Style.FLASH:
        matched = sa.select(sa.literal(connection.mentee, sa.Uuid))
        await leave_elsewhere(tx, connection.round, matched, but=connection.id)
    return _view(tx, connection)


@answers
async def decline_connection(command: DeclineConnection, tx: Tx) -> ConnectionView:
    connection = await _settle(tx, command.connection)
    declined = connection.decline(by=tx.person, at=tx.now, reason=command.reason, note=command.note)
    await _require_contact(tx, connection, ConnectionState.DECLINED)
    await tx.emit(declined, connection.notice(connection.asker, DECLINED[connection.asked_by], tx.now))
    await _break_silence(tx, connection)
    await _let_hold_go(tx, connection)
    return _view(tx, connection)


@answers
async def withdraw_connection(command: WithdrawConnection, tx: Tx) -> ConnectionView:
    connection = await _settle(tx, command.connection)
    await tx.emit(connection.withdraw(by=tx.person, at=tx.now))
    await _let_hold_go(tx, connection)
    return _view(tx, connection)


@answers
async def offer_mentoring(command: OfferMentoring, tx: Tx) -> ConnectionView:
    round = await find_round(tx, command.round)
    mentor = await find_asker(tx, round, command.style, as_=Role.MENTOR)
    wanted = await find_wanted(tx, round, command.mentee, command.style)
    spot = Spot(round=round.id, mentor=tx.person, style=command.style)
    free, ready = await find_places(tx, spot, lock=False), await is_available(tx, tx.person)
    may_offer(round, mentor, wanted, places=free, available=ready, at=tx.now)
    await require_trained(tx, round, tx.person)
    connection = ask(
        ConnectionId(new_id()),
        round,
        mentee=command.mentee,
        mentor=tx.person,
        style=command.style,
        message=command.message,
        at=tx.now,
        asked_by=Role.MENTOR,
    )
    return await send(tx, round, connection)


async def send(tx: Tx, round: Round, connection: Connection) -> ConnectionView:
    """Store a request, tell who is asked, and note when she is reminded and when it runs out."""
    tx.add(connection)
    for nth, at in enumerate(connection.reminders(round), start=1):
        key = f"connection:{connection.id}:reminder:{nth}"
        await tx.later(ReminderDue(connection=connection.id, nth=nth), at=at, key=key)
    if connection.expires_at is not None:
        expiry = ConnectionExpiryDue(connection=connection.id)
        await tx.later(expiry, at=connection.expires_at, key=f"connection:{connection.id}:expiry")
    notice = connection.notice(connection.asked, REQUESTED[connection.asked_by], tx.now)
    await tx.emit(connection.requested(), notice)
    return _view(tx, connection)


async def _take_seat_of(tx: Tx, id: UUID) -> None:
    """Several mentors may accept the same mentee at once: each in her turn."""
    c = connections.c
    row = await tx.row(sa.select(c.round, c.mentee).where(c.id == id))
    if row is not None:
        await take_seat(tx, row["round"], row["mentee"])


async def _settle(tx: Tx, id: UUID) -> Connection:
    """Lock a request that is about to end: its deadlines first, as the jobs do, so that the two never deadlock."""
    await tx.forget(f"connection:{id}:")
    return await tx.load(Connection, id)


async def _require_contact(tx: Tx, connection: Connection, to: ConnectionState) -> None:
    """A block since the request looks as if the asker had taken it back; a no with words would reach her, too."""
    contact = await may_contact(tx, connection.mentor, connection.mentee)
    if contact is Contact.UNKNOWN:
        raise Refusal(RefusalCode.SAFEGUARDING_UNKNOWN)
    if contact is Contact.BLOCKED:
        raise invalid_transition(ConnectionState.WITHDRAWN, to)


async def _require_pair(tx: Tx, round: Round, connection: Connection) -> None:
    """What has been declared, or has run out, since she was asked. What a mentor lacks is told to her alone."""
    if await is_supervision(tx, connection.mentor, connection.mentee):
        raise Refusal(RefusalCode.SUPERVISION_CONFLICT)
    try:
        await require_trained(tx, round, connection.mentor)
    except Refusal:
        if tx.person == connection.mentor:
            raise
        raise mentor_unavailable() from None


async def _break_silence(tx: Tx, answered: Connection) -> None:
    """A mentor who answers is not silent; a mentee's silence is not counted."""
    if answered.asked_by is Role.MENTOR:
        return
    await tx.run(sa.update(silences).where(silences.c.mentor == tx.person).values(expired=0))


async def _let_hold_go(tx: Tx, connection: Connection) -> None:
    if connection.holds_place:
        await free_held_place(tx, connection)


def _view(tx: Tx, connection: Connection) -> ConnectionView:
    return connection_view(asdict(connection), tx.person, tx.now)
