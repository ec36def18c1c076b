"""What profiles looks at when time has passed."""

from __future__ import annotations

from datetime import timedelta

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import ComingOfAgeDue, SheetEndsDue

from .rules.person import Person
from .rules.sheet import Sheet
from .tables.sheet import forget_sheet


@answers
async def see_whether_of_age(due: ComingOfAgeDue, tx: Tx) -> None:
    person = await tx.load(Person, due.person)
    await tx.emit(*person.come_of_age(at=tx.now))


@answers
async def end_sheet(due: SheetEndsDue, tx: Tx) -> None:
    """Nothing of a table is kept for longer than its day; what is just being worked on ends an hour later."""
    sheet = await tx.find(Sheet, due.sheet)
    if sheet is not None and sheet.busy:
        await tx.later(due, at=tx.now + timedelta(hours=1), key=f"sheet:{due.sheet}:end")
    else:
        await forget_sheet(tx, due.sheet)
