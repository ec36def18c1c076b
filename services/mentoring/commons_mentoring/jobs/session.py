"""What happens when time has passed: both are reminded of a session."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.mentoring import SessionReminderDue

from ..rules.session import Session


@answers
async def remind_of_session(due: SessionReminderDue, tx: Tx) -> None:
    """Where one has blocked the other meanwhile, neither is sent to meet her."""
    session = await tx.load(Session, due.session)
    if await may_contact(tx, session.mentor, session.mentee) is Contact.ALLOWED:
        await tx.emit(*session.remind(due.minutes, tx.now))
