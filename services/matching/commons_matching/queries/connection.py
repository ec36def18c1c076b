"""Reading connections and matches: each is seen by its two people alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import news, page
from commons_chassis.service import answers
from commons_chassis.standing import contactable
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.codes import ConnectionState, Role
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
    wanted = _requests(tx)
    if query.states:
        wanted = wanted.where(_state(tx).in_(query.states))
    newest = (connections.c.id.desc(),)
    return await page(tx, wanted, keys=newest, first=query.first, after=query.after, show=lambda row: _view(tx, row))


@answers
async def connections_by_ids(query: ConnectionsByIds, tx: Tx) -> Connections:
    wanted = _requests(tx).where(connections.c.id.in_(query.ids)).order_by(connections.c.id.desc())
    return Connections(items=tuple(_view(tx, row) for row in await tx.rows(wanted)))


@answers
async def connections_since(query: ConnectionsSince, tx: Tx) -> ConnectionNews:
    rows, cursor = await news(tx, _requests(tx), connections.c.changed, query.cursor)
    return ConnectionNews(items=tuple(_view(tx, row) for row in rows), cursor=cursor)


@answers
async def matches_by_ids(query: MatchesByIds, tx: Tx) -> Matches:
    m = matches.c
    wanted = sa.select(matches).where((m.mentor == tx.person) | (m.mentee == tx.person), m.id.in_(query.ids))
    return Matches(items=tuple(match_view(row) for row in await tx.rows(wanted.order_by(m.id))))


def _requests(tx: Tx) -> sa.Select[Any]:
    c = connections.c
    whole = [_state(tx).label(column.name) if column is c.state else column for column in c]
    return sa.select(*whole).where((c.mentor == tx.person) | (c.mentee == tx.person))


def _state(tx: Tx) -> sa.ColumnElement[ConnectionState]:
    """To who was asked, an open request of someone who has blocked her, or whom she has, looks as if it were taken back."""
    c = connections.c
    by_mentor = c.asked_by == Role.MENTOR
    asked, asker = sa.case((by_mentor, c.mentee), else_=c.mentor), sa.case((by_mentor, c.mentor), else_=c.mentee)
    apart = (c.state == ConnectionState.ASKED) & (asked == tx.person) & ~contactable(tx, tx.person, asker)
    return sa.case((apart, sa.literal(ConnectionState.WITHDRAWN, c.state.type)), else_=c.state)


def _view(tx: Tx, row: Row) -> ConnectionView:
    return connection_view(dict(row), tx.person, tx.now)
