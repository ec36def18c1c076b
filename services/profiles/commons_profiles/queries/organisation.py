"""Reading organisations."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import Organisations, OrganisationsByIds, OrganisationView

from ..tables import organisations


@answers
async def organisations_by_ids(query: OrganisationsByIds, tx: Tx) -> Organisations:
    rows = await tx.rows(sa.select(organisations).where(organisations.c.id.in_(query.ids)))
    return Organisations(items=tuple(OrganisationView(**row) for row in rows))
