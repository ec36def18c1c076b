"""Reading programmes: what is published, for every member; drafts, for those who coordinate."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.codes import ProgrammeState, Role
from commons_contracts.mentoring import Programmes, ProgrammesByIds, ProgrammesPage, ProgrammeView

from ..tables import programmes
from ..views import view_of

p = programmes.c
SHOWN = (p.id, p.number, p.state, p.starts_on, p.ends_on, p.rules, p.texts)


@answers
async def programmes_page(query: ProgrammesPage, tx: Tx) -> Page[ProgrammeView]:
    return await page(tx, _visible(tx), keys=(p.number.desc(),), first=query.first, after=query.after, show=_shown)


@answers
async def programmes_by_ids(query: ProgrammesByIds, tx: Tx) -> Programmes:
    rows = await tx.rows(_visible(tx).where(p.id.in_(query.ids)).order_by(p.number.desc()))
    return Programmes(items=tuple(_shown(row) for row in rows))


def _visible(tx: Tx) -> sa.Select[Any]:
    statement = sa.select(*SHOWN)
    return statement if Role.COORDINATOR in tx.actor.roles else statement.where(p.state == ProgrammeState.PUBLISHED)


def _shown(row: Row) -> ProgrammeView:
    return view_of(**{column.name: row[column.name] for column in SHOWN})
