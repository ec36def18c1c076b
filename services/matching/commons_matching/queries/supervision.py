"""The supervisions that concern the viewer, or that she declared."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.matching import OwnSupervisions, SupervisionsView

from ..rules.supervision import Supervision
from ..tables import supervisions
from ..views import supervision_view


@answers
async def own_supervisions(_: OwnSupervisions, tx: Tx) -> SupervisionsView:
    s = supervisions.c
    hers = (s.by == tx.person) | (s.supervisor == tx.person) | (s.supervised == tx.person)
    found = await tx.rows(sa.select(supervisions).where(s.project == tx.project, hers).order_by(s.at, s.id))
    return SupervisionsView(items=tuple(supervision_view(Supervision(**row), tx.person) for row in found))
