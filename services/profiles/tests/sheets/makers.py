"""Tables as tests hand them in, and what came of them."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.testing import run
from commons_contracts.profiles import SheetRowsPage, SheetsByIds
from commons_profiles.app import service
from commons_profiles.tables import addresses

HEADER = "Namn;E-post;Född;Roll;Land;Platser;Motivation\n"
ADA = "Ada Berg;ada@example.org;1985-03;mentor;SE;2;kanariefågel\n"
EVA = "Eva Ek;eva@example.org;1999-07;adept;SE;;\n"


async def seen(sheet, tx):
    (view,) = (await run(service, SheetsByIds(ids=(sheet,)), tx)).items
    return view


async def rows_of(sheet, tx):
    page = await run(service, SheetRowsPage(sheet=sheet, first=100), tx)
    return [(row.number, row.outcome, [problem.code for problem in row.problems]) for row in page.items]


async def own(tx, statement):
    """What the service itself sees."""
    await tx.enter(own=True)
    found = await tx.rows(statement)
    await tx.enter(own=False)
    return found


async def person_at(address, tx):
    rows = await own(tx, sa.select(addresses.c.person).where(addresses.c.address == address))
    return rows[0]["person"] if rows else None
