"""Finding mentors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from commons_chassis.pages import Whole, page
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

from ..rules.card import choosing
from ..rules.engine.live import beside, mentor_ids, ranked
from ..rules.engine.people import Profile
from ..rules.engine.weights import Rules
from ..rules.round import Round
from ..tables import cards, connections, metadata, participations, places
from ..tables.people import profiles_of, was_or_is_apart
from ..tables.person import waiting_for
from ..tables.pool import mentors_pool
from ..tables.round import find_round
from ..tables.told import EVERY, Counted, counted, find_card, told_of
from ..views import mentor_card_view

LOOK = 60
"""How many of the best are asked for at a time."""


@answers
async def mentors_page(query: MentorsPage, tx: Tx) -> Page[MentorCardView]:
    """In the order of ids, which is nobody's rank and the same on every page; what fits best is in Suggestions."""
    round = await find_round(tx, query.round)
    rules = choosing(round.rules.matching)
    show, what = await _shown(tx, round, rules), counted(rules)
    asked: dict[str, Any] = {"keys": BY_ID, "first": query.first, "after": query.after, "show": show}
    if query.filter == EVERYONE:
        here = {"round": round.id, "project": round.project, "viewer": tx.person}
        return await page(tx, ALL[what], **asked, values=here, whole=WHOLE[what])
    style = query.filter.style
    wanted = _filtered(_mentors(tx, round, rules, style), query.filter)
    return await page(tx, wanted, **asked, whole=_whole(round.id, round.project, style, what))


@answers
async def mentor_cards_by_ids(query: MentorCardsByIds, tx: Tx) -> MentorCards:
    round = await find_round(tx, query.round)
    rules = choosing(round.rules.matching)
    wanted = _mentors(tx, round, rules, None, full=True).where(cards.c.person.in_(query.ids))
    show = await _shown(tx, round, rules)
    return MentorCards(items=tuple(show(row) for row in await tx.rows(wanted.order_by(cards.c.person))))


@answers
async def suggestions(query: Suggestions, tx: Tx) -> MentorCards:
    """The best fits among those whom no hard rule keeps from her and whom she has not yet asked.

    The order is the pool's: how well they fit, less what a place costs because others seek it, as far as the design has that
    count. The database says of so many at a time who is free, until there are enough.
    """
    round = await find_round(tx, query.round)
    kept = await mentors_pool(tx, round)
    pool = beside(kept.pool, await _asking(tx, round))
    best, _ = ranked(pool, 0, kept.prices * round.rules.matching.price_percent, scale=100)
    c, mentor = connections.c, cards.c.person
    asked = sa.exists().where(c.round == round.id, c.mentee == tx.person, c.mentor == mentor)
    new = ~asked & ~was_or_is_apart(round, tx.person, mentor) & _hears_one_more(round)
    wanted, show = _mentors(tx, round, pool.rules, None).where(new), await _shown(tx, round, pool.rules)
    found: list[MentorCardView] = []
    for first in range(0, len(best), LOOK):
        order = {person: n for n, person in enumerate(mentor_ids(pool, best[first : first + LOOK]))}
        rows = await tx.rows(wanted.where(cards.c.person.in_(order)))
        found += [show(row) for row in sorted(rows, key=lambda row: order[row["person"]])]
        if len(found) >= query.first:
            break
    return MentorCards(items=tuple(found[: query.first]))


def _hears_one_more(round: Round) -> sa.ColumnElement[bool]:
    """Fewer requests wait for her than the programme allows for the places that are free with her."""
    p, most = places.c, round.rules.requests.open_per_place
    if most is None:
        return sa.true()
    waiting = waiting_for(p.round, p.mentor, p.style)
    return sa.exists().where(*_hers(round.id, None), waiting < (p.most - p.used - p.held) * most)


async def _asking(tx: Tx, round: Round) -> Profile:
    """The viewer, as the engine knows a mentee; whom she may ask in the end is for the request to decide."""
    (viewer,) = await profiles_of(tx, round, Role.MENTEE, [tx.person])
    return replace(viewer, ready=True, acknowledged=True)


def _mentors(tx: Tx, round: Round, rules: Rules, style: Style | None, *, full: bool = False) -> sa.Select[Any]:
    return _those(round.id, round.project, tx.person, style, counted(rules), full=full)


def _those(
    round: Any, project: Any, viewer: Any, style: Style | None, what: Counted, *, full: bool = False
) -> sa.Select[Any]:
    """Mentors of a round whom the viewer may meet: introduced, not paused, not herself; `full`: also without a place."""
    here, p = participations.c, places.c
    found = (
        _card(round, style, what)
        .join(participations, here.person == cards.c.person)
        .where(here.round == round, here.role == Role.MENTOR, cards.c.project == project)
        .where(cards.c.introduced, ~cards.c.paused, cards.c.person != viewer)
        .where(may_meet(metadata, project, viewer, cards.c.person))
    )
    return found if full else found.where(sa.exists().where(*_hers(round, style), p.used + p.held < p.most))


def _card(round: Any, style: Style | None, what: Counted) -> sa.Select[Any]:
    """What is shown of a mentor: who she is, how many places are free with her, and what she tells of herself."""
    p = places.c
    free = sa.select(sa.func.coalesce(sa.func.sum(p.most - p.used - p.held), 0)).where(*_hers(round, style))
    return sa.select(cards.c.person, free.scalar_subquery().label("free_places"), *told_of(what))


def _hers(round: Any, style: Style | None) -> list[sa.ColumnElement[bool]]:
    p = places.c
    return [p.round == round, p.mentor == cards.c.person, *([] if style is None else [p.style == style])]


def _whole(round: Any, project: Any, style: Style | None, what: Counted) -> Whole:
    """The cards of those who are on a page."""
    hers = cards.c.project == project
    return lambda here: _card(round, style, what).join(here, here.c["_key_0"] == cards.c.person).where(hers)


EVERYONE, BY_ID = MentorFilter(), (cards.c.person,)
ROUND, PROJECT, VIEWER = (sa.bindparam(name, type_=sa.Uuid) for name in ("round", "project", "viewer"))
ALL = {what: _those(ROUND, PROJECT, VIEWER, None, what) for what in EVERY}
WHOLE = {what: _whole(ROUND, PROJECT, None, what) for what in EVERY}


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


async def _shown(tx: Tx, round: Round, rules: Rules) -> Callable[[Row], MentorCardView]:
    """How this viewer sees each: with how well the two fit."""
    viewer = await find_card(tx, tx.person, rules)
    return lambda row: mentor_card_view(row, round, viewer, rules)
