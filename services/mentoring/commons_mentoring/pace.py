"""The deadlines of a mentorship: when it is looked at again, and what is no longer due."""

from __future__ import annotations

from uuid import UUID

from commons_chassis.tx import Tx
from commons_contracts.mentoring import HalfwayDue, PeriodEndDue, ProgrammeRules, StandstillDue

from .rules import timing
from .rules.mentorship import Mentorship
from .rules.phase import works_over_time
from .tables.programme import zone_of


def deadlines_of(mentorship: UUID) -> str:
    """What the keys of all its deadlines begin with."""
    return f"mentorship:{mentorship}:"


async def watch_standstill(tx: Tx, mentorship: Mentorship, rules: ProgrammeRules, *, step: int = 0) -> None:
    """Look again when the next rung of the ladder is reached, if nothing happens before."""
    rungs = timing.ladder(rules.time.pace, mentorship.style)
    if step < len(rungs):
        due = StandstillDue(mentorship=mentorship.id, step=step)
        at = timing.rung_at(mentorship, rungs[step])
        await tx.later(due, at=at, key=f"{deadlines_of(mentorship.id)}standstill")


async def watch_period(tx: Tx, mentorship: Mentorship, rules: ProgrammeRules) -> None:
    """Its half and its end; what was due in a period agreed earlier is due no more."""
    starts_on, ends_on = mentorship.starts_on, mentorship.ends_on
    key, zone = deadlines_of(mentorship.id), await zone_of(tx)
    await tx.forget(f"{key}period:")
    if starts_on is None or ends_on is None:
        return
    reflects = rules.time.halfway_reflection and works_over_time(rules, mentorship.style)
    if reflects and mentorship.halfway_at is None:
        at = timing.halfway(starts_on, ends_on, zone)
        await tx.later(HalfwayDue(mentorship=mentorship.id), at=at, key=f"{key}period:half")
    for days, at in timing.period_ends(ends_on, rules, zone):
        if at > tx.now:
            await tx.later(PeriodEndDue(mentorship=mentorship.id, days=days), at=at, key=f"{key}period:{days}")
