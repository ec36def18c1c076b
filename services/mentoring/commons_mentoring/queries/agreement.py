"""Reading agreements: only the two who made one."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.mentoring import (
    AgreementHistories,
    AgreementHistory,
    Agreements,
    AgreementsByIds,
    AgreementsOf,
    AgreementView,
)

from ..tables import agreements
from ..views import shown_agreement

a = agreements.c


@answers
async def agreements_of(query: AgreementsOf, tx: Tx) -> AgreementHistories:
    found = await _listed(a.mentorship.in_(query.mentorships), tx)
    by_mentorship = groupby(found, key=lambda version: version.mentorship)
    return AgreementHistories(
        items=tuple(AgreementHistory(mentorship=id, versions=tuple(versions)) for id, versions in by_mentorship)
    )


@answers
async def agreements_by_ids(query: AgreementsByIds, tx: Tx) -> Agreements:
    return Agreements(items=await _listed(a.id.in_(query.ids), tx))


async def _listed(wanted: sa.ColumnElement[bool], tx: Tx) -> tuple[AgreementView, ...]:
    """The wall of the table shows nobody else's; asking for the two by name besides costs nothing."""
    hers = (a.mentor == tx.person) | (a.mentee == tx.person)
    found: sa.Select[Any] = sa.select(agreements).where(wanted, hers).order_by(a.mentorship, a.number.desc())
    return tuple(shown_agreement(row) for row in await tx.rows(found))
