"""Looking for those who have not told what a programme matches by: in one statement, however many take part."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.tx import Tx
from commons_contracts.codes import Criterion

from ..rules.complete import require_told, uncollected
from ..rules.round import Round
from .schema import cards, participations

c, told = cards.c, cards.c.description
NOTHING_LISTED = sa.cast([], pg.JSONB)


def _unlisted(name: str) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(told[name], NOTHING_LISTED) == NOTHING_LISTED


LACKS = {
    Criterion.FIELD: _unlisted("fields"),
    Criterion.GOALS: _unlisted("goals"),
    Criterion.TOPICS: _unlisted("topics"),
    Criterion.LANGUAGES: _unlisted("languages"),
    Criterion.HOURS: sa.func.coalesce(sa.cast(told["hours"].astext, sa.BigInteger), 0) == 0,
    Criterion.PLACE: c.country.is_(None) & c.place.is_(None),
    Criterion.STAGE: told["stage"].astext.is_(None),
}
"""Whether a card lacks what a criterion compares; also where there is no card yet."""


def lacking(round: Round, criteria: Collection[Criterion]) -> sa.Select[Any]:
    """Who takes part, with a column for each criterion that says whether she lacks it; those alone who lack any."""
    p = participations.c
    flags = {criterion: sa.func.coalesce(LACKS[criterion], sa.true()) for criterion in criteria}
    hers = (c.person == p.person) & (c.project == round.project)
    return (
        sa.select(p.id, p.person, p.role, *(flag.label(criterion) for criterion, flag in flags.items()))
        .outerjoin(cards, hers)
        .where(p.round == round.id, sa.or_(sa.false(), *flags.values()))
    )


async def require_collected(tx: Tx, round: Round) -> None:
    """Nobody is matched by what was never asked for while some have not told it."""
    criteria = uncollected(round.rules.matching)
    if not criteria:
        return
    those = lacking(round, criteria).subquery()
    anybody = [sa.func.bool_or(those.c[criterion]).label(criterion) for criterion in criteria]
    row = await tx.row(sa.select(sa.func.count(those.c.person.distinct()).label("people"), *anybody))
    if row is not None:
        require_told(row["people"], [criterion for criterion in criteria if row[criterion]])
