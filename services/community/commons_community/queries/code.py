"""Reading the codes of conduct in force."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import Conduct
from commons_contracts.community import CodesOfConduct, ConductInForceNow

from ..tables import code_versions, codes_of_conduct
from ..views import code_view


@answers
async def conduct_in_force_now(query: ConductInForceNow, tx: Tx) -> CodesOfConduct:
    newest = (code_versions.c.code == codes_of_conduct.c.id) & (code_versions.c.number == codes_of_conduct.c.newest)
    in_force = sa.select(codes_of_conduct.c.kind, code_versions).join(code_versions, newest)
    if query.kinds:
        in_force = in_force.where(codes_of_conduct.c.kind.in_(query.kinds))
    found = {row["kind"]: code_view(row, tx.actor.language) for row in await tx.rows(in_force)}
    return CodesOfConduct(items=tuple(found[kind] for kind in Conduct if kind in found))
