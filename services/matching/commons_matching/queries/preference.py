"""Looking at the choice: one's own lists, how many have sent theirs, and mentees where mentors choose."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Page
from commons_contracts.codes import Role
from commons_contracts.matching import (
    ListCounts,
    MenteeCardView,
    MenteesPage,
    OwnLists,
    OwnPreferences,
    PreferenceCounts,
)

from ..rules.asking import Asker
from ..rules.card import choosing
from ..rules.offering import may_browse
from ..tables import participations
from ..tables.partners import mentees_for
from ..tables.person import has_acknowledged, roles_in
from ..tables.preference import count_lists, find_list
from ..tables.round import find_round
from ..tables.told import counted, find_card
from ..views import mentee_card_view, preferences_view


@answers
async def own_preferences(query: OwnPreferences, tx: Tx) -> OwnLists:
    p = participations.c
    hers = sa.select(p.role, p.listed_at).where(p.round == query.round, p.person == tx.person, p.listed_at.is_not(None))
    return OwnLists(
        items=tuple(
            [
                preferences_view(
                    query.round, row["role"], await find_list(tx, query.round, row["role"]), row["listed_at"]
                )
                for row in await tx.rows(hers.order_by(p.role))
            ]
        )
    )


@answers
async def preference_counts(query: PreferenceCounts, tx: Tx) -> ListCounts:
    """Numbers alone: nobody but her sees whom someone ranks, a coordinator neither."""
    round = await find_round(tx, query.round)
    mentors, mentors_sent = await count_lists(tx, round.id, Role.MENTOR)
    mentees, mentees_sent = await count_lists(tx, round.id, Role.MENTEE)
    return ListCounts(
        round=round.id, mentors=mentors, mentors_sent=mentors_sent, mentees=mentees, mentees_sent=mentees_sent
    )


@answers
async def mentees_page(query: MenteesPage, tx: Tx) -> Page[MenteeCardView]:
    round = await find_round(tx, query.round)
    registered, known = await roles_in(tx, round.id, tx.person), await has_acknowledged(tx, round, tx.person)
    may_browse(round, Asker(person=tx.person, roles=tx.actor.roles, registered=registered, acknowledged=known))
    rules = choosing(round.rules.matching)
    viewer = await find_card(tx, tx.person, rules)

    def show(row: Row) -> MenteeCardView:
        return mentee_card_view(row, round, viewer, rules)

    by_id = (participations.c.person,)
    wanted = mentees_for(tx, round, counted(rules))
    return await page(tx, wanted, keys=by_id, first=query.first, after=query.after, show=show)
