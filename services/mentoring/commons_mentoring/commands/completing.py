"""Completing a mentorship, when everything is ticked and evaluated."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import EvaluationKind
from commons_contracts.mentoring import CompleteMentorship, MentorshipView

from ..pace import deadlines_of
from ..rules import ending
from ..tables.evaluation import find_evaluated
from ..tables.mentorship import find_lines, find_mentorship
from ..tables.programme import find_rules
from ..views import mentorship_view


@answers
async def complete_mentorship(command: CompleteMentorship, tx: Tx) -> MentorshipView:
    await tx.forget(deadlines_of(command.mentorship))
    mentorship = await find_mentorship(tx, command.mentorship)
    lines, rules = await find_lines(tx, mentorship), await find_rules(tx, mentorship.programme)
    wanted = ending.evaluation_wanted(rules, mentorship.style)
    evaluated = await find_evaluated(tx, mentorship.id, EvaluationKind(wanted[0])) if wanted else frozenset()
    facts = ending.complete(mentorship, lines=lines, evaluated=evaluated, rules=rules, by=tx.person, at=tx.now)
    await tx.emit(*facts)
    return mentorship_view(mentorship, lines)
