"""Meeting: proposing a session, accepting, moving and calling it off, and recording it once it was held."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role, SessionState
from commons_contracts.ids import SessionId
from commons_contracts.mentoring import (
    AcceptSession,
    CancelSession,
    Meeting,
    ProgrammeRules,
    ProposeFirstMeeting,
    RecordSession,
    RescheduleSession,
    ScheduleSession,
    SessionReminderDue,
    SessionView,
    SetAgenda,
)

from ..rules import session as rule
from ..rules.mentorship import Mentorship
from ..rules.session import Session, Slot
from ..tables import session_texts, sessions
from ..tables.mentorship import find_mentorship
from ..tables.programme import find_rules, zone_of
from ..tables.session import deadlines_of, find_session, has_time, keep_time, write
from ..tables.shown_session import sessions_of
from ..views import session_view

s = sessions.c


@answers
async def propose_first_meeting(command: ProposeFirstMeeting, tx: Tx) -> SessionView:
    mentorship = await find_mentorship(tx, command.mentorship)
    mentorship.require_open()
    earlier = await _earlier(tx, mentorship)
    if mentorship.side_of(tx.person) is Role.MENTOR:
        raise Refusal(RefusalCode.FIRST_MEETING_BY_MENTEE)
    rule.require_first(earlier)
    return await _propose(command, mentorship, earlier, tx)


@answers
async def schedule_session(command: ScheduleSession, tx: Tx) -> SessionView:
    mentorship = await find_mentorship(tx, command.mentorship)
    return await _propose(command, mentorship, await _earlier(tx, mentorship), tx)


@answers
async def accept_session(command: AcceptSession, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    await _require_contact(tx, mentorship)
    agenda = command.agenda.strip() or await _agenda(tx, session)
    by, zone = mentorship.side_of(tx.person), await zone_of(tx)
    facts = session.accept(mentorship, by=by, agenda=agenda, at=tx.now, zone=zone)
    await _keep_time(tx, session)
    if command.agenda.strip():
        await write(
            tx, session, agenda=rule.set_agenda(session, mentorship, by=by, agenda=agenda, at=tx.now, zone=zone)
        )
    await tx.emit(*facts)
    await _remind(tx, session, await find_rules(tx, mentorship.programme))
    return await view_of(tx, session.id)


@answers
async def reschedule_session(command: RescheduleSession, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    await _require_contact(tx, mentorship)
    to = Slot(
        starts_at=command.starts_at.astimezone(UTC),
        minutes=command.minutes or session.minutes,
        mode=command.mode or session.mode,
    )
    rules, by = await find_rules(tx, mentorship.programme), mentorship.side_of(tx.person)
    facts = session.move(to, mentorship, rules, by=by, at=tx.now, zone=await zone_of(tx))
    await _keep_time(tx, session)
    await tx.emit(*facts)
    return await view_of(tx, session.id)


@answers
async def cancel_session(command: CancelSession, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    mentorship.require_open()
    facts = session.cancel(by=mentorship.side_of(tx.person), at=tx.now)
    await keep_time(tx, session)
    await tx.emit(*facts)
    return await view_of(tx, session.id)


@answers
async def set_agenda(command: SetAgenda, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    by, zone = mentorship.side_of(tx.person), await zone_of(tx)
    agenda = rule.set_agenda(session, mentorship, by=by, agenda=command.agenda, at=tx.now, zone=zone)
    await write(tx, session, agenda=agenda)
    await _remind(tx, session, await find_rules(tx, mentorship.programme))
    return await view_of(tx, session.id)


@answers
async def record_session(command: RecordSession, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    held = session.record(mentorship, minutes=command.minutes, by=mentorship.side_of(tx.person), at=tx.now)
    if command.notes.strip():
        await write(tx, session, notes=command.notes.strip())
    await tx.emit(held)
    return await view_of(tx, session.id)


async def _propose(command: Meeting, mentorship: Mentorship, earlier: list[SessionState], tx: Tx) -> SessionView:
    slot = Slot(starts_at=command.starts_at.astimezone(UTC), minutes=command.minutes, mode=command.mode)
    session, facts = rule.propose(
        SessionId(new_id()),
        slot,
        mentorship,
        await find_rules(tx, mentorship.programme),
        by=mentorship.side_of(tx.person),
        agenda=command.agenda,
        earlier=earlier,
        at=tx.now,
        zone=await zone_of(tx),
    )
    await _require_contact(tx, mentorship)
    tx.add(session)
    await _keep_time(tx, session)
    await write(tx, session, agenda=command.agenda.strip())
    await tx.emit(*facts)
    return await view_of(tx, session.id)


async def _earlier(tx: Tx, mentorship: Mentorship) -> list[SessionState]:
    return [row["state"] for row in await tx.rows(sa.select(s.state).where(s.mentorship == mentorship.id))]


async def _require_contact(tx: Tx, mentorship: Mentorship) -> None:
    """Asked for every session; who is blocked is told what she would be told of someone busy."""
    contact = await may_contact(tx, mentorship.mentor, mentorship.mentee)
    if contact is Contact.UNKNOWN:
        raise Refusal(RefusalCode.SAFEGUARDING_UNKNOWN)
    if contact is Contact.BLOCKED:
        raise Refusal(RefusalCode.SESSION_CONFLICT)


async def _keep_time(tx: Tx, session: Session) -> None:
    if not await keep_time(tx, session) or not await has_time(tx, session):
        raise Refusal(RefusalCode.SESSION_CONFLICT)


async def _agenda(tx: Tx, session: Session) -> str:
    words = session_texts.c
    return await tx.value(sa.select(words.agenda).where(words.session == session.id)) or ""


async def _remind(tx: Tx, session: Session, rules: ProgrammeRules) -> None:
    """Anew: what was due of it before is due no more."""
    for minutes, at in session.reminders(rules, tx.now).items():
        key = f"{deadlines_of(session.mentorship, session.id)}{minutes}"
        await tx.later(SessionReminderDue(session=session.id, minutes=minutes), at=at, key=key)


async def view_of(tx: Tx, session: UUID) -> SessionView:
    """A session of who acts, as it is now."""
    row = await tx.row(sessions_of(tx).where(s.id == session))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return session_view(row, tx.person, tx.now)
