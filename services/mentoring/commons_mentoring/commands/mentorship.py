"""Ending a mentorship, completing it, going on after a pause; freezing it while something is looked into."""

from __future__ import annotations

from uuid import UUID

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.mentoring import (
    EndMentorship,
    FreezeMentorship,
    MentorshipView,
    ResumeMentorship,
    ThawMentorship,
)

from ..pace import deadlines_of, watch_period, watch_standstill
from ..rules import ending
from ..rules.mentorship import Mentorship
from ..tables.mentorship import find_lines, find_mentorship
from ..tables.programme import find_rules
from ..views import mentorship_view


@answers
async def end_mentorship(command: EndMentorship, tx: Tx) -> MentorshipView:
    mentorship = await _settle(tx, command.mentorship)
    await tx.emit(*ending.end(mentorship, by=tx.person, at=tx.now))
    return mentorship_view(mentorship, await find_lines(tx, mentorship))


@answers
async def resume_mentorship(command: ResumeMentorship, tx: Tx) -> MentorshipView:
    mentorship = await find_mentorship(tx, command.mentorship)
    await tx.emit(*ending.resume(mentorship, by=tx.person, at=tx.now))
    return mentorship_view(mentorship, await find_lines(tx, mentorship))


@answers
async def freeze_mentorship(command: FreezeMentorship, tx: Tx) -> Done:
    mentorship = await tx.load(Mentorship, command.mentorship)
    ending.require_apart(mentorship, tx.person)
    await tx.emit(*ending.freeze(mentorship, tx.now))
    return Done()


@answers
async def thaw_mentorship(command: ThawMentorship, tx: Tx) -> Done:
    mentorship = await tx.load(Mentorship, command.mentorship)
    ending.require_apart(mentorship, tx.person)
    await tx.emit(*ending.thaw(mentorship, tx.now))
    rules = await find_rules(tx, mentorship.programme)
    await watch_standstill(tx, mentorship, rules)
    await watch_period(tx, mentorship, rules)
    return Done()


async def _settle(tx: Tx, id: UUID) -> Mentorship:
    """Lock one that is about to end: its deadlines first, as the jobs do, so that the two never deadlock."""
    await tx.forget(deadlines_of(id))
    return await find_mentorship(tx, id)
