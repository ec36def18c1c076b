"""What the viewer has agreed to be matched by."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import AgreedCriteria, AgreedView, OwnAgreedCriteria

from ..tables import criterion_consents


@answers
async def own_agreed_criteria(_: OwnAgreedCriteria, tx: Tx) -> AgreedCriteria:
    c = criterion_consents.c
    hers = (c.project == tx.project) & (c.person == tx.person) & c.withdrawn_at.is_(None)
    told = sa.select(c.criterion, c.gender, c.background, c.given_at.label("since"))
    rows = await tx.rows(told.where(hers).order_by(c.criterion))
    return AgreedCriteria(items=tuple(AgreedView.model_validate(dict(row)) for row in rows))
