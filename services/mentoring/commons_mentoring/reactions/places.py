"""What matching answers when a paused mentorship would go on: whether the mentor has a place."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.matching import NoPlaceLeft, PlaceTakenAgain

from ..pace import watch_period, watch_standstill
from ..rules import ending
from ..rules.mentorship import Mentorship, mentorship_of
from ..tables.programme import find_rules


@answers
async def go_on(event: PlaceTakenAgain | NoPlaceLeft, tx: Tx) -> None:
    mentorship = await tx.find(Mentorship, mentorship_of(event.match))
    if mentorship is None:
        return
    taken = isinstance(event, PlaceTakenAgain)
    facts = ending.answer_place(mentorship, turn=event.turn, taken=taken, at=tx.now)
    await tx.emit(*facts)
    if facts and taken:
        rules = await find_rules(tx, mentorship.programme)
        await watch_standstill(tx, mentorship, rules)
        await watch_period(tx, mentorship, rules)
