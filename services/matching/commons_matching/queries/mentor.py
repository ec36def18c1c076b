"""Finding mentors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.standing import may_meet
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.codes import Role, Style
from commons_contracts.matching import (
    MentorCards,
    MentorCardsByIds,
    MentorCardView,
    MentorFilter,
    MentorsPage,
    Suggestions,
)

from ..rules.card import profile_of
from ..rules.engine.live import beside, mentor_ids, ranked
from ..rules.engine.people import Profile
from ..rules.round import Round
from ..tables import cards, connections, metadata, participations, places
from ..tables.person import find_description
from ..tables.pool import mentors_pool
from ..tables.round import find_round
from ..views import mentor_card_view

LOOK = 60
"""How many of the best are asked for at a time."""


@answers
async def mentors_page(query: MentorsPage, tx: Tx) -> Page[MentorCardView]:
    """In the order of ids, which is nobody's rank and the same on every page; what fits best is in Suggestions."""
    round = await find_round(tx, query.round)
    show = await _shown(tx, round)
    asked: dict[str, Any] = {"keys": BY_ID, "first": query.first, "after": query.after, "show": show}
    if query.filter == EVERYONE:
        return await page(tx, ALL, **asked, values={"round": round.id, "project": round.project, "viewer": tx.person})
    return await page(tx, _filtered(_mentors(tx, round, query.filter.style, full=False), query.filter), **asked)


@answers
async def mentor_cards_by_ids(query: MentorCardsByIds, tx: Tx) -> MentorCards:
    round = await find_round(tx, query.round)
    wanted = _mentors(tx, round, None, full=True).where(cards.c.person.in_(query.ids))
    show = await _shown(tx, round)
    return MentorCards(items=tuple(show(row) for row in await tx.rows(wanted.order_by(cards.c.person))))


@answers
async def suggestions(query: Suggestions, tx: Tx) -> MentorCards:
    """The best fits among those whom no hard rule keeps from her and whom she has not yet asked.

    The order is the pool's; the database says of so many at a time who is free, until there are enough.
    """
    round = await find_round(tx, query.round)
    pool = beside(await mentors_pool(tx, round), await _asking(tx, round))
    best, _ = ranked(pool, 0)
    c = connections.c
    asked = sa.exists().where(c.round == round.id, c.mentee == tx.person, c.mentor == cards.c.person)
    wanted, show = _mentors(tx, round, None, full=False).where(~asked), await _shown(tx, round)
    found: list[MentorCardView] = []
    for first in range(0, len(best), LOOK):
        order = {person: n for n, person in enumerate(mentor_ids(pool, best[first : first + LOOK]))}
        rows = await tx.rows(wanted.where(cards.c.person.in_(order)))
        found += [show(row) for row in sorted(rows, key=lambda row: order[row["person"]])]
        if len(found) >= query.first:
            break
    return MentorCards(items=tuple(found[: query.first]))


async def _asking(tx: Tx, round: Round) -> Profile:
    """The viewer, as the engine knows a mentee."""
    return profile_of(tx.person, round.project, await find_description(tx, tx.person))


def _mentors(tx: Tx, round: Round, style: Style | None, *, full: bool) -> sa.Select[Any]:
    return _those(round.id, round.project, tx.person, style, full=full)


def _those(round: Any, project: Any, viewer: Any, style: Style | None, *, full: bool) -> sa.Select[Any]:
    """Mentors of a round whom the viewer may meet: introduced, not paused, not herself; `full`: also without a place."""
    here, p = participations.c, places.c
    hers = [p.round == round, p.mentor == cards.c.person, *([] if style is None else [p.style == style])]
    free = sa.select(sa.func.coalesce(sa.func.sum(p.most - p.used - p.held), 0)).where(*hers).scalar_subquery()
    found = (
        sa.select(cards.c.person, cards.c.description, free.label("free_places"))
        .join(participations, here.person == cards.c.person)
        .where(here.round == round, here.role == Role.MENTOR, cards.c.project == project)
        .where(cards.c.introduced, ~cards.c.paused, cards.c.person != viewer)
        .where(may_meet(metadata, project, viewer, cards.c.person))
    )
    return found if full else found.where(sa.exists().where(*hers, p.used + p.held < p.most))


EVERYONE, BY_ID = MentorFilter(), (cards.c.person,)
ROUND, PROJECT, VIEWER = (sa.bindparam(name, type_=sa.Uuid) for name in ("round", "project", "viewer"))
ALL = _those(ROUND, PROJECT, VIEWER, None, full=False)


def _filtered(found: sa.Select[Any], by: MentorFilter) -> sa.Select[Any]:
    c = cards.c
    if by.fields:
        found = found.where(c.fields.overlap(list(by.fields)))
    if by.languages:
        found = found.where(c.languages.overlap(list(by.languages)))
    if by.countries:
        found = found.where(c.country.in_(by.countries))
    if by.places:
        found = found.where(c.place.in_(by.places))
    return found


async def _shown(tx: Tx, round: Round) -> Callable[[Row], MentorCardView]:
    """How this viewer sees each: with how well the two fit."""
    viewer = await find_description(tx, tx.person)
    return lambda row: mentor_card_view(row, round, viewer)
