"""Ticking what is done, and going on to the next phase."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.mentoring import AdvancePhase, MentorshipView, TickItem

from ..rules import phase as rule
from ..rules.agreement import unsigned
from ..tables.agreement import find_agreement
from ..tables.mentorship import find_lines, find_mentorship
from ..tables.programme import find_rules
from ..views import mentorship_view


@answers
async def tick_item(command: TickItem, tx: Tx) -> MentorshipView:
    mentorship = await find_mentorship(tx, command.mentorship)
    lines = await find_lines(tx, mentorship)
    facts = rule.tick(mentorship, lines, command.item, by=tx.person, done=command.done, at=tx.now)
    await tx.emit(*facts)
    return mentorship_view(mentorship, lines)


@answers
async def advance_phase(command: AdvancePhase, tx: Tx) -> MentorshipView:
    mentorship = await find_mentorship(tx, command.mentorship)
    lines, rules = await find_lines(tx, mentorship), await find_rules(tx, mentorship.programme)
    newest = await find_agreement(tx, mentorship, mentorship.newest)
    entered = rule.advance(
        mentorship,
        command.to,
        lines=lines,
        rules=rules,
        unsigned=unsigned(newest),
        merge=command.merge,
        by=tx.person,
        at=tx.now,
    )
    fresh = rule.lines_of(mentorship, rules)
    tx.add(*fresh)
    await tx.emit(entered)
    return mentorship_view(mentorship, (*lines, *fresh))
