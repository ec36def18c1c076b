"""Reading people: oneself whole, others as they show themselves in the project."""

from __future__ import annotations

from commons_chassis.pages import page
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Page
from commons_contracts.profiles import (
    AccountView,
    MembersPage,
    OwnProfile,
    OwnProfileView,
    People,
    PeopleByIds,
    PersonView,
    Readiness,
    ReadinessView,
    Viewer,
)

from ..tables import memberships
from ..views import find_account, find_members, find_own_profile, find_readiness, members_shown, person_view


@answers
async def viewer(_: Viewer, tx: Tx) -> AccountView:
    return await find_account(tx, tx.person)


@answers
async def own_profile(_: OwnProfile, tx: Tx) -> OwnProfileView:
    return await find_own_profile(tx)


@answers
async def own_readiness(_: Readiness, tx: Tx) -> ReadinessView:
    return await find_readiness(tx)


@answers
async def people_by_ids(query: PeopleByIds, tx: Tx) -> People:
    """Whoever is no member of this project is not there, like an id that nobody has."""
    today = tx.now.date()
    return People(items=tuple(person_view(row, today) for row in await find_members(tx, query.ids)))


@answers
async def members_page(query: MembersPage, tx: Tx) -> Page[PersonView]:
    wanted = members_shown(tx)
    if query.role is not None:
        wanted = wanted.where(memberships.c.roles.contains([query.role]))
    return await page(
        tx,
        wanted,
        keys=(memberships.c.id,),
        first=query.first,
        after=query.after,
        show=lambda row: person_view(row, tx.now.date()),
    )
