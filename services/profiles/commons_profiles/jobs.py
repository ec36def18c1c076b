"""What profiles looks at when time has passed."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import ComingOfAgeDue

from .rules.person import Person


@answers
async def see_whether_of_age(due: ComingOfAgeDue, tx: Tx) -> None:
    person = await tx.load(Person, due.person)
    await tx.emit(*person.come_of_age(at=tx.now))
