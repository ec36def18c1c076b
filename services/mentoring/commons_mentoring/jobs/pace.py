"""What happens when time has passed: half of a period, its end, and a mentorship in which nothing happens."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.mentoring import HalfwayDue, PeriodEndDue, StandstillDue

from ..pace import watch_standstill
from ..rules import timing
from ..rules.mentorship import Mentorship
from ..tables.programme import find_rules


@answers
async def look_after_standstill(due: StandstillDue, tx: Tx) -> None:
    mentorship = await tx.load(Mentorship, due.mentorship)
    rules = await find_rules(tx, mentorship.programme)
    rungs = timing.ladder(rules.time.pace, mentorship.style)
    facts, following = timing.stand_still(mentorship, due.step, rungs, tx.now)
    await tx.emit(*facts)
    if following is not None:
        await watch_standstill(tx, mentorship, rules, step=following)


@answers
async def open_reflection(due: HalfwayDue, tx: Tx) -> None:
    mentorship = await tx.load(Mentorship, due.mentorship)
    await tx.emit(*timing.reach_halfway(mentorship, tx.now))


@answers
async def remind_of_end(due: PeriodEndDue, tx: Tx) -> None:
    mentorship = await tx.load(Mentorship, due.mentorship)
    await tx.emit(*timing.near_period_end(mentorship, due.days, tx.now))
