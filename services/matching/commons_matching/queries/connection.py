"""Reading connections and matches: each is seen by its two people alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import news, page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.matching import (
    ConnectionNews,
    Connections,
    ConnectionsByIds,
    ConnectionsPage,
    ConnectionsSince,
    ConnectionView,
    Matches,
    MatchesByIds,
)

from ..tables import connections, matches
from ..views import connection_view, match_view


@answers
async def connections_page(query: ConnectionsPage, tx: Tx) -> Page[ConnectionView]:
    wanted = _own(tx, connections)
    if query.states:
        wanted = wanted.where(connections.c.state.in_(query.states))
    newest = (connections.c.id.desc(),)
    return await page(tx, wanted, keys=newest, first=query.first, after=query.after, show=lambda row: _view(tx, row))


@answers
async def connections_by_ids(query: ConnectionsByIds, tx: Tx) -> Connections:
    wanted = _own(tx, connections).where(connections.c.id.in_(query.ids)).order_by(connections.c.id.desc())
    return Connections(items=tuple(_view(tx, row) for row in await tx.rows(wanted)))


@answers
async def connections_since(query: ConnectionsSince, tx: Tx) -> ConnectionNews:
    rows, cursor = await news(tx, _own(tx, connections), connections.c.changed, query.cursor)
    return ConnectionNews(items=tuple(_view(tx, row) for row in rows), cursor=cursor)


@answers
async def matches_by_ids(query: MatchesByIds, tx: Tx) -> Matches:
    wanted = _own(tx, matches).where(matches.c.id.in_(query.ids)).order_by(matches.c.id)
    return Matches(items=tuple(match_view(row) for row in await tx.rows(wanted)))


def _own(tx: Tx, of: sa.Table) -> sa.Select[Any]:
    return sa.select(of).where(sa.or_(of.c.mentor == tx.person, of.c.mentee == tx.person))


def _view(tx: Tx, row: sa.RowMapping) -> ConnectionView:
    return connection_view(dict(row), tx.person, tx.now)
