"""Marking notices as read."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.profiles import ReadNotices

from ..tables import notices


@answers
async def read_notices(cmd: ReadNotices, tx: Tx) -> Done:
    """Her own; someone else's id is passed over like one that never was."""
    n = notices.c
    hers = n.id.in_(cmd.ids) & (n.person == tx.person) & n.read_at.is_(None)
    await tx.run(sa.update(notices).where(hers).values(read_at=tx.now))
    return Done()
