"""What becomes of sessions when something happens beside them: a flash slot was taken, a mentorship is over, someone moved."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import Modality
from commons_contracts.mentoring import MentorshipEnded, MentorshipOpened, MentorshipPaused, SessionReminderDue
from commons_contracts.profiles import AccountTakenBack, PersonRegistered, ZoneChosen

from ..rules.mentorship import Mentorship
from ..rules.session import Session, Slot, flash_session
from ..tables import person_zones, sessions
from ..tables.programme import find_rules
from ..tables.session import deadlines_of, keep_time


@answers
async def keep_person_zone(event: PersonRegistered | ZoneChosen, tx: Tx) -> None:
    if event.zone is None:
        return
    put = insert(person_zones).values(person=event.person, zone=event.zone)
    await tx.run(put.on_conflict_do_update(index_elements=[person_zones.c.person], set_={"zone": event.zone}))


@answers
async def forget_person_zone(event: AccountTakenBack, tx: Tx) -> None:
    await tx.run(sa.delete(person_zones).where(person_zones.c.person == event.person))


@answers
async def hold_flash_session(event: MentorshipOpened, tx: Tx) -> None:
    """A flash mentorship begins with its one session, at the slot's time."""
    if event.slot_starts_at is None or event.slot_minutes is None:
        return
    mentorship = await tx.load(Mentorship, event.mentorship)
    slot = Slot(starts_at=event.slot_starts_at, minutes=event.slot_minutes, mode=Modality.ONLINE)
    session = flash_session(slot, mentorship)
    tx.add(session)
    if not await keep_time(tx, session):
        session.only_propose()
        await keep_time(tx, session)
    await tx.emit(session.begun(tx.now))
    rules = await find_rules(tx, mentorship.programme)
    for minutes, at in session.reminders(rules, tx.now).items():
        key = f"{deadlines_of(mentorship.id, session.id)}{minutes}"
        await tx.later(SessionReminderDue(session=session.id, minutes=minutes), at=at, key=key)


@answers
async def let_sessions_go(event: MentorshipEnded | MentorshipPaused, tx: Tx) -> None:
    """What was still to come does not take place; what was held stays."""
    await tx.forget(f"mentorship:{event.mentorship}:session:")
    for session in await tx.all_of(Session, sessions.c.mentorship == event.mentorship):
        if gone := session.fall_away(tx.now):
            await keep_time(tx, session)
            await tx.emit(*gone)
