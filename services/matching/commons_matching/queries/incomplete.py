"""Who has not told what a programme matches by, for coordinators."""

from __future__ import annotations

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.matching import IncompletePage, IncompleteView

from ..rules.complete import wanted
from ..tables import participations
from ..tables.complete import lacking
from ..tables.round import find_round


@answers
async def incomplete_page(query: IncompletePage, tx: Tx) -> Page[IncompleteView]:
    round = await find_round(tx, query.round)
    criteria = wanted(round.rules.matching)

    def show(row: Row) -> IncompleteView:
        fields = tuple(criterion for criterion in criteria if row[criterion])
        return IncompleteView(person=row["person"], role=row["role"], fields=fields)

    by_id = (participations.c.id,)
    return await page(tx, lacking(round, criteria), keys=by_id, first=query.first, after=query.after, show=show)
