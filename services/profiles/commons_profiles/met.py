"""What happens elsewhere to people whom a table has brought: it is no longer the table's to take back."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.matching import ConnectionRequested, MatchConfirmed, ParticipantLeft

from .tables import registrations, sheet_rows


@answers
async def note_meeting(event: MatchConfirmed | ConnectionRequested, tx: Tx) -> None:
    hers = sheet_rows.c.person.in_([event.mentor, event.mentee])
    await tx.run(sa.update(sheet_rows).where(hers).values(met=True))


@answers
async def forget_registration(event: ParticipantLeft, tx: Tx) -> None:
    c = registrations.c
    gone = (c.project == event.project) & (c.person == event.person) & (c.role == event.role)
    await tx.run(sa.delete(registrations).where(gone))
