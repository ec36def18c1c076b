"""Looking at rounds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.reads import kept
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.mentoring import ProgrammeRules

from ..rules.round import Round
from .schema import rounds

ROUND = tuple(column.name for column in rounds.c if column.name != "rules")
ONE = kept(sa.select(rounds).where(rounds.c.id == sa.bindparam("round", type_=sa.Uuid)))


async def find_round(tx: Tx, id: UUID) -> Round:
    """One round; Refusal(NOT_FOUND) where the project has no such one."""
    row = await tx.row(ONE, round=id)
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return round_in(row)


def round_in(row: Row) -> Round:
    found: dict[str, Any] = {name: row[name] for name in ROUND}
    return Round(**found, rules=ProgrammeRules.model_validate(row["rules"]))
